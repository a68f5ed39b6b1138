"""Bugs of what stands in a message, of what is sent once more, of what leaves at once, and of papers that wait for it."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from terminal_sim.core import effects as fx
from terminal_sim.core import events, terminal
from terminal_sim.core.card_advices import CardAdvices
from terminal_sim.core.events import Trigger
from terminal_sim.core.message import MessageKind, answers
from terminal_sim.core.money import Money
from terminal_sim.core.offline import OfflineQueue
from terminal_sim.core.payment_request import asked_for
from terminal_sim.core.reversals import Reversals
from terminal_sim.core.rows.kinds import BootRow, PasscodeRow
from terminal_sim.core.rows.offline import OfflineStoredRow, about
from terminal_sim.core.rows.settlement import SettlementState
from terminal_sim.core.screen import Choice, TextLine
from terminal_sim.core.settlements import Settlements
from terminal_sim.core.text import say
from terminal_sim.emv.talk.asks import GoOnline
from terminal_sim.flows import batches, last_word, refund, request
from terminal_sim.flows.batch_report import BatchReportFlow
from terminal_sim.flows.card_payment import CardPaymentFlow
from terminal_sim.flows.ending import EndingFlow
from terminal_sim.flows.fields import AmountField, TypedField
from terminal_sim.flows.last_word import LastWordFlow
from terminal_sim.flows.paging import PagedFlow
from terminal_sim.flows.passcode import default_in_use
from terminal_sim.flows.receipts import Copies
from terminal_sim.flows.recovery import RecoveryFlow
from terminal_sim.flows.void import VoidFlow
from tests.explore.planted.planting import (
    ALLOWED,
    KEEPING,
    REFUNDS,
    S1F2,
    SQUARE,
    V400M,
    Plant,
    PlantedBug,
    always,
    doing,
    fold,
    nothing,
    put,
    sets,
    without_move,
    wraps,
)  # fmt: skip

_CARD_DECIDES = {"kernel": "offline-capable"}


def _older_at_the_end(sound: Any) -> Any:
    def foot(self: Any, first: int, last: int) -> Any:
        found = sound(self, first, last)
        full = last == self.length and last - first == self.page_length - 1
        return (*found, Choice("older", say("older"))) if full else found

    return foot


def _server_and_register(payment: Any, asked: Any) -> Any:
    made = asked_for(payment, asked)
    return structs.replace(made, server=made.register, register=made.server)


def _locks_both(sound: Any) -> Any:
    def apply(self: Any, row: Any) -> None:
        for name in ("admin", "refund") if row.result == "wrong" else (row.name,):
            sound(self, structs.replace(row, name=name))

    return apply


def _as_asked(self: EndingFlow) -> tuple[TextLine, ...]:
    paid = self.payment
    asked = self.amount if paid is None else Money(paid.requested or paid.amount.minor, paid.amount.currency)
    return (TextLine(say("sum", amount=asked), "sum"),) if asked.minor else ()


def _void_without(name: str) -> Plant:
    """A patch by which a void knows nothing of one value of its original."""

    def make(sound: Any) -> Any:
        def begin(self: VoidFlow, event: Any) -> None:
            payments = self.terminal.durable.payments
            original = payments[self.original.reference]  # type: ignore[union-attr]
            payments[original.reference] = structs.replace(original, **{name: ""})
            sound(self, event)
            payments[original.reference] = original

        return begin

    return wraps(VoidFlow, "begin_void", make)


def _changed(kind: MessageKind, **change: Any) -> Any:
    """Makes a method that makes the same request, changed where it is of this kind."""

    def make(sound: Any) -> Any:
        def request(*given: Any, **named: Any) -> Any:
            made = sound(*given, **named)
            return structs.replace(made, **change) if made.kind is kind else made

        return request

    return make


def _stays(self: CardAdvices, reply: Any) -> bool:
    return any(answers(reply, advice) for advice in self._waiting)


def _ends(name: str) -> Any:
    """The end of a message that forgets neither the sends so far nor to go on."""

    def done(self: Any) -> None:
        self._sent = None
        self._terminal.order(fx.DropAlarm(name))
        self._next()

    return done


def _rests(self: Reversals) -> None:
    self._sent, self._attempts = None, 0


def _kept(self: OfflineQueue, payment: Any, request: Any) -> None:
    stored = OfflineStoredRow(**about(payment), outage="", anchor=self._terminal.now.mono)
    self._terminal.store(payment, stored, request)


def _exchanged(sound: Any) -> Any:
    def approve(self: LastWordFlow, event: Any) -> None:
        names = ("OFFLINE_APPROVED", "UNREACHED_APPROVED")
        first, second = (getattr(last_word, name) for name in names)
        put(last_word, **dict(zip(names, (second, first), strict=True)))
        sound(self, event)
        put(last_word, **dict(zip(names, (first, second), strict=True)))

    return approve


def _declined_in_any_case(self: VoidFlow, _: object) -> None:
    self._refresh()
    self.announce("void-declined")


def _without_the_first(sound: Any) -> Any:
    def request(self: Settlements, settling: Any) -> Any:
        uploading = settling.state is SettlementState.UPLOADING
        if uploading and not self._uploaded and len(settling.payments) > 1:
            self._uploaded = 1
        return sound(self, settling)

    return request


def _as_it_was_kept(sound: Any) -> Any:
    def reply(self: OfflineQueue, answer: Any) -> Any:
        if self._sent is not None and answer.approved:
            kept = self._terminal.durable.payments[self._sent.reference]
            answer = structs.replace(answer, auth_code=kept.auth_code)
        return sound(self, answer)

    return reply


def _verified(sound: Any) -> Any:
    def refusal(self: CardPaymentFlow, event: Any) -> Any:
        ask = getattr(event, "ask", None)
        if isinstance(event, events.KernelAsked) and isinstance(ask, GoOnline):
            event = events.KernelAsked(structs.replace(ask, verified=True))
        return sound(self, event)

    return refusal


def _boots_blindly(patch: pytest.MonkeyPatch) -> None:
    def boot(self: Any, _: Any) -> None:
        doubtful = len(self.durable.doubtful)
        self.record(BootRow(boot=self.durable.boots + 1, in_doubt=doubtful, model=self.profile.id))
        self._begin()
        self.settlements.due()

    patch.setitem(terminal._HANDLERS, events.PoweredOn, boot)


WIRE = (
    # What stands in a message.
    PlantedBug("what was forwarded before the power went is sent again as if it were new", SQUARE, wraps(OfflineQueue, "_request", lambda sound: lambda self, payment, *, repeat: sound(self, payment, repeat=repeat and self._attempts > 0)), ALLOWED),
    PlantedBug("a void says nothing of the sequence number of its card", S1F2, _void_without("sequence")),
    PlantedBug("a void of a stripe in place of a chip is of a plain one", V400M, _void_without("fallback")),
    PlantedBug("a void speaks the language of the terminal", V400M, _void_without("language")),
    PlantedBug("a void is sent for the reason of a time-out", V400M, wraps(Reversals, "_request", _changed(MessageKind.VOID, reason="4021"))),
    PlantedBug("a forwarded stripe is one of a chip", S1F2, wraps(OfflineQueue, "_request", _changed(MessageKind.ADVICE, fallback=True)), KEEPING),
    PlantedBug("the codes of two approvals by a card are exchanged", V400M, wraps(LastWordFlow, "approve_offline", _exchanged), _CARD_DECIDES),
    # What is sent once more.
    PlantedBug("who serves a till's payment and where are swapped", SQUARE, sets(request, "asked_for", _server_and_register)),
    PlantedBug("a boot without a connection looks until its time-out", S1F2, without_move("recovery", Trigger.UNRESOLVED, "checking")),
    PlantedBug("what a script has done to a card is told to nobody", V400M, sets(CardAdvices, "begin", nothing)),
    PlantedBug("what a card said is sent again although it was answered", V400M, sets(CardAdvices, "reply", _stays)),
    PlantedBug("a repeated settlement does not say that it is one", V400M, wraps(Settlements, "_next", doing(lambda self: self._sent_before.clear()))),
    PlantedBug("the waiting for the second message of a settlement goes on with that of the first", V400M, sets(Settlements, "_done", _ends("settlement"))),
    PlantedBug("the upload of a batch leaves out its first payment", S1F2, wraps(Settlements, "_request", _without_the_first)),
    PlantedBug("a void that never left is sent later", S1F2, sets(Reversals, "unreachable", lambda self, stan: self._sent is not None and self._sent.stan == stan)),
    # What leaves at once.
    PlantedBug("the second reversal waits when the first is answered", V400M, sets(Reversals, "_done", _rests)),
    PlantedBug("what a card approves by itself has no approval code", V400M, wraps(OfflineQueue, "store_approved", lambda sound: lambda self, payment, request: sound(self, structs.replace(payment, auth_code=""), request)), _CARD_DECIDES),
    PlantedBug("what a card approved by itself waits for whatever comes next", V400M, sets(OfflineQueue, "store_approved", _kept), _CARD_DECIDES),
    PlantedBug("a boot looks at the first of two payments in doubt", V400M, sets(RecoveryFlow, "all_resolved", always(True))),
    PlantedBug("a terminal that boots without a link asks for approval", S1F2, _boots_blindly, KEEPING),
    PlantedBug("a card that could not verify its holder pays offline", S1F2, wraps(CardPaymentFlow, "_refusal_of_chip", _verified), KEEPING),
    # What is said and printed of it.
    PlantedBug("a payment that was forwarded keeps the code that it was taken with", S1F2, wraps(OfflineQueue, "reply", _as_it_was_kept), {**KEEPING, "offline.auth_code": "Y1"}),
    PlantedBug("a complaint of a field stays while it is rubbed out", V400M, sets(TypedField, "rub_out", lambda self, _: put(self, typed=self.typed[:-1]))),
    PlantedBug("the last batch is the one that is settled while another waits", V400M, sets(BatchReportFlow, "last", lambda self: self.terminal.durable.settled or self.terminal.durable.settling)),
    PlantedBug("wrong passcodes of refunds lock the menu as well", S1F2, fold(PasscodeRow, _locks_both), REFUNDS),
    PlantedBug("a result has the amount that was asked for and not the one that was paid", V400M, sets(EndingFlow, "sum", _as_asked)),
    PlantedBug("an amount is confirmed while another one is said to be too high", S1F2, sets(AmountField, "amount_is_good", lambda self, _: bool(self.typed_amount.minor))),
    PlantedBug("a void that never left is said to be declined", S1F2, sets(VoidFlow, "fail_void", _declined_in_any_case)),
    PlantedBug("a void that nobody has answered prints its receipt", V400M, sets(VoidFlow, "leave_void_pending", lambda self, _: self.announce("void-unanswered"))),
    PlantedBug("a void that nobody has answered is said to have found no connection", S1F2, sets(VoidFlow, "leave_void_pending", lambda self, _: (put(self, payment=None), self.announce("no-connection")))),
    PlantedBug("the report of a settled batch has the time of its printing", V400M, wraps(batches, "closed_batch", lambda sound: lambda terminal, batch: structs.replace(sound(terminal, batch), at=terminal.now.civil_second))),
    PlantedBug("new paper prints no report of the batch", S1F2, without_move("settle", Trigger.PAPER_LOADED, "settled")),
    PlantedBug("the copy that stopped takes the next one along", V400M, wraps(Copies, "stopped_at", lambda sound: lambda self, paper: structs.replace(sound(self, paper), queue=()))),
    PlantedBug("the refund reminds of the passcode of the menu", S1F2, sets(refund, "default_in_use", lambda terminal, _: default_in_use(terminal, "admin")), REFUNDS),
    PlantedBug("a full last page offers older ones that are not there", V400M, wraps(PagedFlow, "foot", _older_at_the_end)),
    PlantedBug("a payment whose card was taken out is said to have had no answer", SQUARE, sets(CardPaymentFlow, "card_gone_in_doubt", lambda self, _: (self._undo("4021"), self.announce("card-removed")))),
)  # fmt: skip
