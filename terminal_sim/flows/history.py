"""The history: the last payments, newest first; one of them voided, or one of its receipts printed again.

Rules:
1. A void goes to the card of the original sale, once, and never after a refund of it; one that is not answered yet is told as such.
2. A reprint is the receipt as it was with a mark on top, and sends no message. It is on record once it has come out, and one that the paper
   ran out for comes out when there is paper again.
"""

from __future__ import annotations

from terminal_sim.core import effects as fx
from terminal_sim.core.environment import refusal_to_begin
from terminal_sim.core.events import Event, Printed, Trigger
from terminal_sim.core.flow import DONE, STAY, Firmware, Flow, Move, Moves, State, States
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.receipt import Copy, reprinted
from terminal_sim.core.screen import Choice, Element, Screen, TextLine, Title, Tone
from terminal_sim.core.text import Text, say
from terminal_sim.flows import fields
from terminal_sim.flows.ending import ENDINGS, left_to_pay
from terminal_sim.flows.paging import PagedFlow, page_moves
from terminal_sim.flows.receipts import Copies, receipt_for, reprint_of
from terminal_sim.flows.void import VOID_MOVES, VoidFlow

# What a void in vain says, by whether the money went back by a void, and whether that is still in doubt.
_GIVEN_BACK = {
    (True, False): "already-voided",
    (True, True): "void-unanswered",
    (False, False): "already-refunded",
    (False, True): "refund-unanswered",
}


class HistoryFlow(VoidFlow, PagedFlow):
    """`original` is the payment that was touched, `payment` the void of it."""

    __slots__ = ("copy", "passed", "remark")

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.passed = 0
        self.copy = Copy.CUSTOMER
        self.remark: Text | None = None

    @property
    def rows(self) -> list[Payment]:
        return self.terminal.durable.newest_first(self.terminal.profile.limits.history)

    @property
    def length(self) -> int:
        return len(self.rows)

    # Guards.

    def picks_row(self, event: Event) -> bool:
        return fields.touched(event).startswith("txn-")

    def picks_void(self, event: Event) -> bool:
        return (
            fields.touched(event) == "void"
            and self.original is not None
            and self.terminal.durable.voidable(self.terminal.durable.payments[self.original.reference])
            and self._refusal_to_begin is None
        )

    def picks_void_in_vain(self, event: Event) -> bool:
        return fields.touched(event) == "void" and self._offers_void

    def picks_receipts(self, event: Event) -> bool:
        return fields.touched(event) == "receipts" and self.terminal.profile.printer is not None

    def copy_waits(self, _: Event) -> bool:
        return self.copies.stopped is not None

    @property
    def _refusal_to_begin(self) -> Text | None:
        return refusal_to_begin(self.terminal.profile, self.terminal.environment)

    @property
    def _why_no_void(self) -> Text | None:
        """Why a void that is touched is not begun now: it may have been answered since."""
        return self._told_of_void() or self._refusal_to_begin

    def _told_of_void(self) -> Text | None:
        """What a person is told who wants to void a payment that has a void or a refund, None where it has neither."""
        durable = self.terminal.durable
        names = durable.taken_originals.get(self.original.reference, {}) if self.original is not None else {}
        if not names:
            return None
        newest = durable.payments[list(names)[-1]]
        return say(_GIVEN_BACK[newest.kind.undoes, newest.state.in_doubt])

    @property
    def _offers_void(self) -> bool:
        """Void stands where it can work, and where it has: there it says so."""
        durable = self.terminal.durable
        if not self.terminal.profile.refunds.void or self.original is None:
            return False
        picked = durable.payments[self.original.reference]
        return durable.voidable(picked) or picked.reference in durable.taken_originals

    # Actions.

    def pick(self, event: Event) -> None:
        self.original = self.rows[int(fields.touched(event).removeprefix("txn-")) - 1]
        self.remark = None

    def explain(self, _: Event) -> None:
        self.remark = self._why_no_void

    def choose_copy(self, event: Event) -> None:
        self.copy = Copy.CUSTOMER if fields.touched(event) == "customer-receipt" else Copy.MERCHANT
        self.forget_remark(event)

    def print_copy(self, _: Event) -> None:
        if self.original is not None:
            terminal = self.terminal
            picked = terminal.durable.payments[self.original.reference]
            terminal.order(fx.Print(reprinted(receipt_for(terminal, picked, self.copy))))

    def copy_printed(self, event: Event) -> None:
        self.forget_remark(event)
        if isinstance(event, Printed):
            self.terminal.record(reprint_of(event.receipt))
            self.remark = say("copy-printed")

    def say_no_paper(self, event: Event) -> None:
        self.paper_gone(event)
        self.remark = say("out-of-paper")

    def forget_remark(self, _: Event) -> None:
        """Forget it, and the copy that waits for paper."""
        self.remark, self.copies = None, Copies()

    # Screens.

    def list_rows(self) -> Screen:
        rows = self.rows
        elements: list[Element] = [Title("history", say("history"))]
        if not rows:
            elements.append(TextLine(say("no-transactions"), "no-transactions"))
        first = self.newer + 1
        shown = rows[self.newer : self.newer + self.page_length]
        elements += [
            Choice(f"txn-{n}", _summary(payment), self._told(payment))
            for n, payment in enumerate(shown, first)
        ]
        elements += self.foot(first, first + len(shown) - 1)
        return Screen("history", (*elements, fields.leave(self.terminal)))

    def one(self) -> Screen:
        elements: list[Element] = [Title("transaction", say("transaction"))]
        if self.original is not None:
            picked = self.terminal.durable.payments[self.original.reference]
            elements += [
                *self._day(picked),
                TextLine(_summary(picked)),
                TextLine(_detail(picked), picked.state.shown_as),
                TextLine(say("card-line", brand=picked.card_type, last4=picked.last4)),
            ]
            if picked.state is PaymentState.COMPLETED:
                elements += left_to_pay(picked)
        if self.remark is not None and (remark := self._why_no_void) is not None:
            elements.append(TextLine(remark, remark.id, Tone.BAD))
        if self._offers_void:
            elements.append(Choice("void", say("void")))
        if self.terminal.profile.printer is not None:
            elements.append(Choice("receipts", say("receipts")))
        return Screen("transaction", (*elements, fields.leave(self.terminal)))

    def _told(self, payment: Payment) -> Text:
        """The state of a row, and its day where that is not today."""
        detail = _detail(payment)
        return say("day-and-state", at=payment.at, state=detail) if self._is_past(payment) else detail

    def _day(self, payment: Payment) -> tuple[TextLine, ...]:
        day = TextLine(say("day", at=payment.at), "day")
        return (day,) if self._is_past(payment) else ()

    def _is_past(self, payment: Payment) -> bool:
        return payment.at.date() != self.terminal.now.civil.date()

    def which_receipt(self) -> Screen:
        return Screen(
            "receipts",
            (
                Title("receipts", say("receipts")),
                Choice("customer-receipt", say("customer-receipt")),
                Choice("merchant-receipt", say("merchant-receipt")),
                fields.leave(self.terminal),
            ),
        )

    def one_receipt(self) -> Screen:
        title = f"{self.copy.value}-receipt"
        remark = (TextLine(self.remark, self.remark.id),) if self.remark is not None else ()
        return Screen(
            title,
            (
                Title(title, say(title)),
                *remark,
                Choice("print", say("print")),
                fields.leave(self.terminal),
            ),
        )


def _summary(payment: Payment) -> Text:
    return say("history-row", time=say("time", at=payment.at), amount=payment.amount, last4=payment.last4)


def _detail(payment: Payment) -> Text:
    if payment.kind.charges:
        return say(f"state-{payment.state.value}")
    return say(
        "kind-and-state", kind=say(f"type-{payment.kind.value}"), state=say(f"state-{payment.state.value}")
    )


HISTORY_STATES: States[HistoryFlow] = (
    State("list", HistoryFlow.list_rows, timeout="menu", free=True),
    State("transaction", HistoryFlow.one, timeout="menu", free=True),
    State("receipts", HistoryFlow.which_receipt, timeout="menu", free=True),
    State("receipt", HistoryFlow.one_receipt, timeout="menu", free=True),
    State("printed", HistoryFlow.one_receipt, timeout="menu", free=True),
    State("voiding", HistoryFlow.processing, timeout="issuer", enter=HistoryFlow.begin_void),
    *ENDINGS,
)
HISTORY_MOVES: Moves[HistoryFlow] = (
    Move(Trigger.SELECT, "list", "transaction", guard=HistoryFlow.picks_row, action=HistoryFlow.pick),
    *page_moves("list"),
    Move(Trigger.CANCEL, "list", DONE),
    Move(Trigger.SELECT, "transaction", "voiding", guard=HistoryFlow.picks_void),
    Move(
        Trigger.SELECT, "transaction", STAY, guard=HistoryFlow.picks_void_in_vain, action=HistoryFlow.explain
    ),
    Move(
        Trigger.SELECT,
        "transaction",
        "receipts",
        guard=HistoryFlow.picks_receipts,
        action=HistoryFlow.forget_remark,
    ),
    Move(Trigger.CANCEL, "transaction", "list", action=HistoryFlow.forget_remark),
    Move(Trigger.SELECT, "receipts", "receipt", action=HistoryFlow.choose_copy),
    Move(Trigger.CANCEL, "receipts", "transaction"),
    Move(Trigger.SELECT, ("receipt", "printed"), STAY, action=HistoryFlow.print_copy),
    Move(Trigger.PRINTED, ("receipt", "printed"), "printed", action=HistoryFlow.copy_printed),
    Move(Trigger.OUT_OF_PAPER, ("receipt", "printed"), STAY, action=HistoryFlow.say_no_paper),
    Move(
        Trigger.PAPER_LOADED,
        ("receipt", "printed"),
        STAY,
        guard=HistoryFlow.copy_waits,
        action=HistoryFlow.print_again,
    ),
    Move(Trigger.CANCEL, "receipt", "receipts", action=HistoryFlow.forget_remark),
    Move(Trigger.CANCEL, "printed", "transaction", action=HistoryFlow.forget_remark),
    Move(
        Trigger.TIMEOUT,
        ("list", "transaction", "receipts", "receipt", "printed"),
        DONE,
        action=HistoryFlow.go_home,
    ),
    *VOID_MOVES,
)

HISTORY = Flow("history", HistoryFlow, "list", HISTORY_STATES, HISTORY_MOVES)
