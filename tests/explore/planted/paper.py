"""Bugs of receipts, and of the lists of payments."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from terminal_sim.core import effects as fx
from terminal_sim.core import receipt
from terminal_sim.core.durable_state import DurableState
from terminal_sim.core.events import Trigger
from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.receipt import Copy, Pair
from terminal_sim.core.rows.kinds import OrdersSeenRow, ReceiptRow, ReprintRow
from terminal_sim.core.rows.offline import OfflineDeclinedRow
from terminal_sim.core.text import say
from terminal_sim.flows import batches, ending, history, receipts
from terminal_sim.flows.batch_report import BatchReportFlow
from terminal_sim.flows.ending import EndingFlow
from terminal_sim.flows.history import HistoryFlow
from terminal_sim.flows.message_receipt import MessageReceiptFlow
from terminal_sim.flows.orders import OrdersFlow
from terminal_sim.flows.paging import PagedFlow
from terminal_sim.flows.receipts import Copies
from terminal_sim.flows.settle import SettleFlow
from terminal_sim.flows.transactions import FILTERS, TransactionsFlow
from tests.explore.planted.planting import (
    ALLOWED,
    REGISTER,
    S1F2,
    SQUARE,
    V400M,
    Plant,
    PlantedBug,
    always,
    before,
    behind,
    every,
    fold,
    moves,
    nothing,
    put,
    sets,
    without_fold,
    wraps,
)  # fmt: skip

_PROMPTED = {"receipts.merchant": "prompt", "receipts.customer": "prompt"}


def _lines(change: Any) -> Plant:
    """A patch of the lines of every receipt: `change` makes of each line what is printed, None for nothing."""
    return wraps(
        receipt,
        "_lines",
        lambda sound: lambda *given: (one for line in sound(*given) if (one := change(line)) is not None),
    )


def _without_line(text: str) -> Plant:
    return _lines(lambda line: None if text in (_id(line, "text"), _id(line, "label")) else line)


def _id(line: Any, part: str) -> str:
    return getattr(getattr(line, part, ""), "id", "")


def _also_prints(sound: Any) -> Any:
    def announce(self: Any, notice: Any) -> None:
        sound(self, notice)
        if self.payment is not None and not self.copies.queue and not self.terminal.profile.receipts.declined:
            self.copies = Copies.by(self.terminal.profile.receipts)
            self._print_next()

    return announce


def _offers_void(states: tuple[PaymentState, ...]) -> Any:
    def offers(self: Any) -> bool:
        if self.original is None:
            return False
        picked = self.terminal.durable.payments[self.original.reference]
        return picked.kind.facts.voidable and picked.state in states

    return offers


def _sum_of(chosen: Any) -> Any:
    """A sum over what `chosen` lets through, whatever else it should leave out."""

    def total(self: Any, name: str, *, given_away: bool = False) -> tuple[int, Money]:
        del given_away
        found = [
            one.amount.minor
            for one in self.terminal.durable.payments.values()
            if one.state in FILTERS[name] and chosen(one)
        ]
        return len(found), Money(sum(found), self.terminal.profile.currency)

    return total


def _as_it_was_kept(self: Any, _: Any) -> None:
    self.receipt_to, self.typed = "*" * (len(self.typed) - 4) + self.typed[-4:], ""
    state = "sent" if self.payment.state is PaymentState.COMPLETED else "due"
    self.terminal.record(ReceiptRow(original=self.payment.reference, to=self.receipt_to, state=state))


def _receipt_row(self: Any, _: Any) -> None:
    self.receipt_to, self.typed = "*" * (len(self.typed) - 4) + self.typed[-4:], ""
    self.terminal.record(ReceiptRow(original=self.payment.reference, to=self.receipt_to, state="sent"))


def _promised(self: Any, _: Any) -> None:
    self.receipt_to, self.typed = "*" * (len(self.typed) - 4) + self.typed[-4:], ""
    now = self.terminal.durable.payments[self.payment.reference]
    state = "sent" if now.state is PaymentState.COMPLETED else "due"
    self.terminal.record(ReceiptRow(original=now.reference, to=self.receipt_to, state=state))


def _whole_number(self: Any, _: Any) -> None:
    self.receipt_to, self.typed = self.typed, ""
    state = "sent" if self.payment.state is PaymentState.COMPLETED else "due"
    self.terminal.record(ReceiptRow(original=self.payment.reference, to=self.receipt_to, state=state))


def _prints_at(self: Any, picked: Any) -> None:
    terminal = self.terminal
    terminal.order(fx.Print(receipt.reprinted(receipts.receipt_for(terminal, picked, self.copy))))


def _on_record_before(sound: Any) -> Any:
    """A reprint that is on record as soon as it was asked for."""

    def print_copy(self: Any, event: Any) -> None:
        self.terminal.record(ReprintRow(original=self.original.reference, copy=self.copy.value))
        sound(self, event)

    return print_copy


def _in_the_cards_language(terminal: Any, payment: Any, copy: Copy) -> Any:
    made = receipts.receipt_for(terminal, payment, copy)
    return structs.replace(made, locale=payment.language or terminal.locale)


def _prints_with_its_remark(self: Any) -> None:
    settled = self.terminal.durable.settled
    if settled is not None:
        report = batches.closed_batch(self.terminal, settled)
        self.terminal.order(fx.Print(batches.printed(self.terminal, report)))


def _signed_by_the_customer(sound: Any) -> Any:
    """The two copies have each other's line for the signature."""

    def lines(content: Any, copy: Copy) -> Any:
        signed = content.payment.cvm == "signature" and copy is Copy.CUSTOMER
        for line in sound(content, copy):
            if getattr(getattr(line, "label", None), "id", "") != "receipt-signature":
                yield line
        if signed:
            yield Pair(say("receipt-signature"), "____________________")

    return lines


def _without_declined(sound: Any) -> Any:
    return lambda self: [one for one in sound(self) if one.state is not PaymentState.DECLINED]


PAPER = (
    PlantedBug("a settled batch says that there is no paper when its report came out", S1F2, sets(SettleFlow, "_print", _prints_with_its_remark)),
    PlantedBug("a merchant copy that is printed again speaks the card's language", S1F2, sets(history, "receipt_for", _in_the_cards_language)),
    PlantedBug("the customer's copy comes out twice", S1F2, sets(Copies, "by", staticmethod(lambda _: Copies(queue=(Copy.MERCHANT, Copy.CUSTOMER, Copy.CUSTOMER))))),
    PlantedBug("only the merchant's copy comes out", S1F2, sets(Copies, "by", staticmethod(lambda _: Copies(queue=(Copy.MERCHANT,))))),
    PlantedBug("a reprint is the customer's copy whichever was asked for", V400M, wraps(HistoryFlow, "print_copy", before("copy", lambda _self, _event: Copy.CUSTOMER))),
    PlantedBug("a reprint has no mark", V400M, sets(history, "reprinted", lambda paper: paper)),
    PlantedBug("the merchant's copy speaks the card's language", V400M, wraps(receipts, "receipt_of", lambda sound: lambda payment, copy, **more: sound(payment, copy, **{**more, "locale": payment.language or more["locale"]}))),
    PlantedBug("the customer's copy never speaks the card's language", V400M, wraps(ending, "receipt_for", lambda sound: lambda terminal, payment, copy: sound(terminal, structs.replace(payment, language=""), copy))),
    PlantedBug("the copy that stopped does not come out", V400M, sets(EndingFlow, "print_again", nothing)),
    PlantedBug("the receipt of a void has no mark", V400M, wraps(receipt, "say", lambda sound: lambda text, **more: sound("receipt-approved" if text == "receipt-void" else text, **more))),
    PlantedBug("a declined payment prints although the profile says that it does not", V400M, wraps(EndingFlow, "announce", _also_prints), {"receipts.declined": "false"}),
    PlantedBug("the customer's copy is never offered", S1F2, wraps(Copies, "by", lambda sound: staticmethod(lambda rules: structs.replace(sound.__func__(rules), offered=sound.__func__(rules).offered[:1]))), _PROMPTED),
    PlantedBug("the copy that is offered is not the one that prints", S1F2, sets(EndingFlow, "print_offer", lambda self, _: self._print(self.copies.offered[-1])), _PROMPTED),
    PlantedBug("a receipt shows the whole number that the journal has", V400M, _lines(lambda line: structs.replace(line, value="424242******4242") if _id(line, "label") == "receipt-card" else line)),
    PlantedBug("a receipt lacks the authorisation code", V400M, _without_line("receipt-auth-code")),
    PlantedBug("a receipt lacks the acquirer's reference", S1F2, _without_line("receipt-reference")),
    PlantedBug("a receipt lacks the time", V400M, _without_line("receipt-time")),
    PlantedBug("a receipt lacks the line for the signature", V400M, _without_line("receipt-signature")),
    PlantedBug("a receipt lacks the application of the card", V400M, _without_line("receipt-application")),
    PlantedBug("a receipt does not say how the card came in", S1F2, _without_line("receipt-entry")),
    PlantedBug("the receipt of a partial approval does not say what was asked for", V400M, _without_line("receipt-requested")),
    PlantedBug("a receipt does not name its transaction", V400M, _without_line("receipt-tender")),
    PlantedBug("the two copies have each other's title", V400M, _lines(lambda line: structs.replace(line, text=say("receipt-customer-copy")) if _id(line, "text") == "receipt-merchant-copy" else line)),
    PlantedBug("a copy that is printed again has the time of the printing", V400M, sets(HistoryFlow, "print_copy", lambda self, _: _prints_at(self, structs.replace(self.terminal.durable.payments[self.original.reference], at=self.terminal.now.civil_second)))),
    PlantedBug("a copy that is printed again is of the newest payment", V400M, sets(HistoryFlow, "print_copy", lambda self, _: _prints_at(self, self.rows[0]))),
    PlantedBug("a message with the receipt leaves before the payment is approved", SQUARE, sets(MessageReceiptFlow, "take_receipt_number", _receipt_row), ALLOWED),
    PlantedBug("a receipt is promised for what was declined while its number was typed", SQUARE, sets(MessageReceiptFlow, "take_receipt_number", _promised), ALLOWED),
    PlantedBug("the whole telephone number stands in the journal", SQUARE, sets(MessageReceiptFlow, "take_receipt_number", _whole_number)),
    PlantedBug("a receipt that was to follow never does", SQUARE, fold(ReceiptRow, always(nothing)), ALLOWED),
    PlantedBug("a receipt by message waits where its payment was forwarded meanwhile", SQUARE, sets(MessageReceiptFlow, "take_receipt_number", _as_it_was_kept), ALLOWED),
    PlantedBug("the copy of a void that nobody has answered says that it was declined", S1F2, wraps(receipt, "say", lambda sound: lambda text, **more: sound("receipt-declined", code="") if text == "receipt-void-unanswered" else sound(text, **more))),
    PlantedBug("a reprint without paper is on record", V400M, every(wraps(HistoryFlow, "print_copy", _on_record_before), wraps(HistoryFlow, "copy_printed", behind("remark", lambda _self, _event: say("copy-printed"))))),
    PlantedBug("a reprint that found no paper does not come out", V400M, sets(HistoryFlow, "copy_waits", always(False))),
    PlantedBug("the report of a batch that found no paper does not come out", V400M, sets(BatchReportFlow, "report_waits", always(False))),
    PlantedBug("a print that found no paper says that a copy was printed", V400M, sets(HistoryFlow, "say_no_paper", lambda self, _: put(self, remark=say("copy-printed")))),
    # Lists.
    PlantedBug("the history begins with the oldest payment", S1F2, wraps(HistoryFlow, "rows", lambda sound: lambda self: sound(self)[::-1])),
    PlantedBug("the row below the one that was touched is picked", S1F2, wraps(HistoryFlow, "pick", behind("original", lambda self, event: self.rows[min(len(self.rows) - 1, int(event.target[4:]))]))),
    PlantedBug("a sum of what waits counts payments once too often", SQUARE, wraps(TransactionsFlow, "_sum", lambda sound: lambda self, name, **more: (sound(self, name, **more)[0] + (1 if sound(self, name, **more)[0] else 0), sound(self, name, **more)[1])), ALLOWED),
    PlantedBug("a list that has become shorter stays on a page that it has no more", SQUARE, sets(PagedFlow, "newer", lambda self: self.passed), ALLOWED),
    PlantedBug("a page of the history goes on after five rows", V400M, sets(HistoryFlow, "scroll_down", lambda self, _: put(self, passed=self.passed + 5))),
    PlantedBug("the history goes back to its beginning in one step", S1F2, sets(HistoryFlow, "scroll_up", lambda self, _: put(self, passed=0))),
    PlantedBug("the history has one payment more than the profile says", V400M, sets(HistoryFlow, "rows", lambda self: self.terminal.durable.newest_first(self.terminal.profile.limits.history + 1)), {"limits.history": "3"}),
    PlantedBug("a filter keeps the page that was open", SQUARE, sets(TransactionsFlow, "set_filter", lambda self, event: put(self, filter=event.target if event.target in FILTERS else ""))),
    PlantedBug("sums count voids", SQUARE, sets(TransactionsFlow, "_sum", _sum_of(always(True)))),
    PlantedBug("the sum of what was declined counts those whose customer was still there", SQUARE, sets(TransactionsFlow, "_sum", _sum_of(lambda one: one.kind.charges))),
    PlantedBug("what the acquirer declined later is not summed", SQUARE, fold(OfflineDeclinedRow, lambda _: DurableState._resolved), ALLOWED),
    PlantedBug("a filter lets through what was declined as well", SQUARE, wraps(TransactionsFlow, "rows", lambda sound: lambda self: [*sound(self), *(one for one in HistoryFlow.rows.fget(self) if self.filter == "completed" and one.state is PaymentState.DECLINED)])),  # type: ignore[attr-defined]
    PlantedBug("the receipt of what its card has approved says that it waits", V400M, sets(Payment, "is_approved_by_card", always(False)), {"kernel": "offline-capable"}),
    PlantedBug("the copy of what has expired says that it is accepted", SQUARE, lambda patch: patch.setitem(receipt._OFFLINE, PaymentState.EXPIRED, "receipt-offline"), ALLOWED),
    PlantedBug("the filter for what was declined lets through what has expired", SQUARE, lambda patch: patch.setitem(FILTERS, "declined", (PaymentState.DECLINED, PaymentState.EXPIRED)), ALLOWED),
    PlantedBug("a void is offered for a declined payment", V400M, sets(HistoryFlow, "_offers_void", _offers_void((PaymentState.COMPLETED, PaymentState.VOIDED, PaymentState.DECLINED)))),
    PlantedBug("a void is not offered for a payment without the card", V400M, wraps(HistoryFlow, "_offers_void", lambda sound: lambda self: sound(self) and self.original.kind.value == "sale")),
    PlantedBug("a void that nobody has answered is told as done", V400M, lambda patch: patch.setitem(history._GIVEN_BACK, (True, True), "already-voided")),
    PlantedBug("a remark stays when another payment is picked", V400M, every(sets(HistoryFlow, "forget_remark", nothing), wraps(HistoryFlow, "pick", lambda sound: lambda self, event: _picked(sound, self, event)))),
    PlantedBug("a list shows what was asked for in place of what was approved", V400M, sets(history, "_summary", lambda one: say("history-row", time=say("time", at=one.at), amount=Money(one.requested or one.amount.minor, one.amount.currency), last4=one.last4))),
    PlantedBug("a voided payment is shown as completed", S1F2, sets(history, "_detail", lambda one: say("state-COMPLETED") if one.state is PaymentState.VOIDED else say(f"state-{one.state.value}"))),
    PlantedBug("a transaction is left for the home screen", S1F2, moves("history", Trigger.CANCEL, "transaction", dest="done", action=HistoryFlow.go_home)),
    PlantedBug("the list of orders has the oldest of many", REGISTER, sets(OrdersFlow, "page_length", 1)),
    PlantedBug("orders that were looked at count as new", REGISTER, without_fold(OrdersSeenRow)),
    PlantedBug("the customer's copy has the line for the signature", V400M, wraps(receipt, "_lines", _signed_by_the_customer)),
    PlantedBug("the history leaves out what was declined", V400M, wraps(HistoryFlow, "rows", _without_declined)),
)  # fmt: skip


def _picked(sound: Any, self: Any, event: Any) -> None:
    kept = self.remark
    sound(self, event)
    self.remark = kept or self.remark
