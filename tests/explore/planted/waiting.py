"""Bugs of what is waited for: answers, repeats, boots, batches, and screens that stand for ever or do nothing."""

from __future__ import annotations

from typing import Any

from terminal_sim.core import beside, offline, retry, reversals, settlements
from terminal_sim.core.batch_report import BatchReport
from terminal_sim.core.batch_totals import BatchTotals
from terminal_sim.core.durable_state import DurableState, StoredPayment
from terminal_sim.core.events import Trigger
from terminal_sim.core.offline import OfflineQueue
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.reversals import Reversals
from terminal_sim.core.settlements import Settlements
from terminal_sim.core.text import say
from terminal_sim.flows import payment as payment_flow
from terminal_sim.flows import requested
from terminal_sim.flows.ending import EndingFlow
from terminal_sim.flows.recovery import RecoveryFlow
from terminal_sim.flows.settle import SettleFlow
from tests.explore.planted.planting import (
    ALLOWED,
    READER,
    S1F2,
    SQUARE,
    V400M,
    PlantedBug,
    always,
    every,
    fold,
    moves,
    nothing,
    sets,
    timeout,
    without_move,
    wraps,
)  # fmt: skip

_REPEATING = (reversals, offline, settlements)


def _begins_new_ones_only(self: RecoveryFlow, _: object) -> None:
    doubtful = self.terminal.durable.in_doubt()
    for payment in [one for one in doubtful if one.state is PaymentState.AUTH_SENT]:
        self.terminal.reversals.begin(payment, "4021")


def _keeps_the_call(sound: Any) -> Any:
    def apply(self: DurableState, payment: Payment) -> None:
        called = dict(self.unanswered)
        sound(self, payment)
        self.unanswered = called

    return apply


def _closed_in_doubt(self: Settlements) -> Any:
    durable = self._terminal.durable
    return None if durable.settling is not None or durable.batch_payments else say("settle-nothing")


def _without_voids(self: BatchReport) -> BatchTotals:
    return BatchTotals.of(
        (one.kind.facts.booking, one.amount.minor) for one in self.payments if not one.kind.undoes
    )


def _the_oldest_or_none(self: OfflineQueue) -> StoredPayment | None:
    oldest = next(iter(self._terminal.durable.stored.values()), None)
    return oldest if oldest is not None and self._may_leave(oldest) else None


def _the_services_first(self: OfflineQueue) -> StoredPayment | None:
    stored = sorted(self._terminal.durable.stored.values(), key=lambda one: one.outage, reverse=True)
    return next((one for one in stored if self._may_leave(one)), None)


WAITING = (
    # What nobody answers.
    PlantedBug("the waiting between two reversals stays the same", V400M, every(*(sets(each, "patience", lambda timeouts, _: timeouts.reversal_retry) for each in _REPEATING))),
    PlantedBug("a person is never called for what nobody answers", V400M, every(*(sets(each, "record_unanswered", nothing) for each in _REPEATING))),
    PlantedBug("a person is called for after four sends", V400M, sets(retry, "ALARM_AFTER", 4)),
    PlantedBug("the call for a person stays when the message is answered", V400M, fold(Payment, _keeps_the_call)),
    PlantedBug("a payment without an answer is reversed as a cancelled one", V400M, sets(payment_flow, "NO_ANSWER", "4000")),
    PlantedBug("a boot does not go on with a reversal", V400M, sets(RecoveryFlow, "begin", _begins_new_ones_only)),
    PlantedBug("a boot looks at what is in doubt for as long as it may", V400M, without_move("recovery", Trigger.RESOLVED, "checking", "all_resolved")),
    PlantedBug("a link that is back settles no batch", V400M, sets(beside, "_resume", lambda terminal: terminal.reversals.due())),
    PlantedBug("a void may be made again when its power was cut", S1F2, sets(DurableState, "voidable", lambda _self, payment: payment.state is PaymentState.COMPLETED)),
    # Batches.
    PlantedBug("a batch is closed while a payment is in doubt", V400M, sets(Settlements, "refusal", _closed_in_doubt)),
    PlantedBug("the report of a batch leaves voids out", V400M, sets(BatchReport, "totals", _without_voids)),
    PlantedBug("a boot does not go on with a settlement", V400M, wraps(Settlements, "due", lambda sound: lambda self: sound(self) if self._sent_before else None)),
    PlantedBug("a settled batch prints no report", S1F2, sets(SettleFlow, "_print", nothing)),
    PlantedBug("a settled batch stands for a minute", V400M, timeout("settle", "settled", "menu")),
    # What stands for ever, and what does nothing.
    PlantedBug("an amount that nobody types on is asked for for ever", V400M, without_move("sale", Trigger.TIMEOUT, "amount")),
    PlantedBug("a PIN that is typed is not handed to the card", S1F2, moves("sale", Trigger.CONFIRM, "pin", action=None)),
    PlantedBug("a typed card with its address is never sent", V400M, moves("moto", Trigger.CONFIRM, "street-number", action=None)),
    PlantedBug("the answer to a void is not heard", S1F2, without_move("history", Trigger.RESOLVED, "voiding", "void_went_through")),
    PlantedBug("a payment whose address did not match is left as it is", V400M, moves("moto", Trigger.CANCEL, "address-result", action=None)),
    PlantedBug("the card's last word is not heard", V400M, without_move("sale", Trigger.KERNEL_OUTCOME, "completing")),
    PlantedBug("the red key does nothing while a card is asked for", S1F2, without_move("sale", Trigger.CANCEL, "present")),
    PlantedBug("clear does nothing to a PIN", S1F2, without_move("sale", Trigger.CLEAR, "pin")),
    PlantedBug("a print that is touched prints nothing", V400M, moves("history", Trigger.SELECT, "receipt", action=None)),
    PlantedBug("that a copy was printed is not said", V400M, moves("history", Trigger.PRINTED, "receipt", action=None)),
    PlantedBug("the green key starts nothing at home", V400M, without_move("home", Trigger.CONFIRM, "idle")),
    # The till.
    PlantedBug("a till is refused whatever it asks for", SQUARE, without_move("checkout", Trigger.PAYMENT_REQUESTED, "pad", "may_serve")),
    PlantedBug("what a till takes back ends as declined", SQUARE, sets(EndingFlow, "taken_back", lambda self, _: self.announce("declined"))),
    PlantedBug("a till is given more than the highest amount", SQUARE, sets(requested, "refusal_of_amount", always(None)), ALLOWED),
    PlantedBug("a till cannot take its payment back while a PIN is asked for", V400M, without_move("charge", Trigger.REQUEST_CANCELLED, "pin")),
    PlantedBug("the field stays off after a tap that is to be done again", READER, without_move("charge", Trigger.FIELD_ON, "present")),
    PlantedBug("a boot looks for an answer that never comes for ever", V400M, timeout("recovery", "checking", "")),
    PlantedBug("what the service kept waits behind what a closed app keeps back", READER, sets(OfflineQueue, "_first_to_leave", _the_oldest_or_none), ALLOWED),
    PlantedBug("a void that never left goes out after the screen has given it up", V400M, sets(Reversals, "withdraw", always(False))),
    PlantedBug("a void that waits behind a reversal is not over when the link is away", S1F2, sets(Reversals, "unreachable", lambda self, stan: self._sent is not None and self._sent.stan == stan)),
    PlantedBug("what the service kept leaves before what an open app would send first", READER, sets(OfflineQueue, "_first_to_leave", _the_services_first), ALLOWED),
)  # fmt: skip
