"""Bugs of money: answers, reversals, voids, what is forwarded, and what is in doubt after the power failed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from terminal_sim.core import batch_report, beside, events, reversals, settlements, terminal
from terminal_sim.core import effects as fx
from terminal_sim.core.batch_totals import BatchTotals
from terminal_sim.core.closed_batch import ClosedBatch
from terminal_sim.core.durable_state import DurableState
from terminal_sim.core.events import Trigger
from terminal_sim.core.message import HostReply
from terminal_sim.core.money import Money
from terminal_sim.core.offline import OfflineQueue
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.payment_request import asked_for
from terminal_sim.core.reversals import Reversals
from terminal_sim.core.rows.offline import OfflineStoredRow
from terminal_sim.core.settlements import Settlements
from terminal_sim.core.terminal import Terminal
from terminal_sim.core.trace_number import TraceNumber
from terminal_sim.flows import request, void
from terminal_sim.flows.card_payment import CardPaymentFlow
from terminal_sim.flows.ending import EndingFlow
from terminal_sim.flows.last_word import LastWordFlow
from terminal_sim.flows.moto import MotoFlow
from terminal_sim.flows.payment import PaymentFlow
from terminal_sim.flows.recovery import RecoveryFlow
from terminal_sim.flows.request import payment_of, request_of
from terminal_sim.flows.sale import SaleFlow
from terminal_sim.flows.void import VoidFlow
from tests.explore.planted.planting import (
    ALLOWED,
    READER,
    S1F2,
    SQUARE,
    STAND,
    V400M,
    Plant,
    PlantedBug,
    always,
    every,
    fold,
    nothing,
    sets,
    wraps,
)  # fmt: skip


def _as_requested(payments: Any) -> Any:
    return BatchTotals.of((one.kind.facts.booking, one.requested or one.amount.minor) for one in payments)


def _in_spite_of_voids(sound: Any) -> Any:
    def refusal(self: Any) -> Any:
        found, durable = sound(self), self._terminal.durable
        voids = all(one.kind.undoes for one in durable.in_doubt())
        return None if found is not None and found.id == "settle-in-doubt" and voids else found

    return refusal


def _send_first(self: Any, card: Any) -> None:
    self.payment = payment_of(self.terminal, self.kind, self.amount, card, self.locale)
    self.terminal.send(request_of(self.terminal, self.payment, card))
    self.terminal.record(self.payment)


def _void_alone(self: Any, void: Any, reply: Any) -> None:
    state = PaymentState.COMPLETED if reply.approved else PaymentState.DECLINED
    self._terminal.record(structs.replace(void, state=state, response_code=reply.response_code))


def _network_without_reversals(patch: pytest.MonkeyPatch) -> None:
    def network(self: Any, event: Any) -> None:
        self.environment.network_up, self.environment.link = event.up, event.link
        self.offline.look_around()
        self.fire(Trigger.NETWORK_RESTORED if event.up else Trigger.NETWORK_LOST, event)

    patch.setitem(terminal._HANDLERS, events.NetworkChanged, network)


def _service_is_not_told(patch: pytest.MonkeyPatch) -> None:
    def service(self: Any, event: Any) -> None:
        beside.service(self, event)
        self.environment.service_up = True

    patch.setitem(terminal._HANDLERS, events.ServiceChanged, service)


def _newest_stored_first(self: Any, row: Any) -> None:
    stored = self.stored
    DurableState._stored(self, row)
    self.stored = {row.reference: self.stored[row.reference], **stored}


def _declined_void_keeps_its_original(sound: Any) -> Any:
    def apply(self: DurableState, payment: Payment) -> None:
        sound(self, payment)
        if payment.original:
            self.taken_originals[payment.original] = {payment.reference: payment.amount.minor}

    return apply


def _counts_as_approved(undoes: bool) -> Any:
    def make(sound: Any) -> Any:
        def reply(self: Any, answer: Any) -> Any:
            sent = self._sent
            if sent is not None and self._terminal.durable.payments[sent.reference].kind.undoes is undoes:
                answer = structs.replace(answer, response_code="00")
            return sound(self, answer)

        return reply

    return make


def _without_repeat(owner: Any) -> Plant:
    return wraps(
        owner,
        "_request",
        lambda sound: lambda self, *of, **how: structs.replace(sound(self, *of, **how), repeat=False),
    )


def _announced(owner: Any, name: str, notice: str) -> Plant:
    """A patch by which a method ends the payment on the screen and does nothing else."""
    return sets(owner, name, lambda self, _event: self.announce(notice))


def _in_the_batch_of_its_sale(sound: Any) -> Any:
    def begin_void(self: Reversals, void: Payment) -> None:
        original = self._terminal.durable.payments[void.original]
        sound(self, structs.replace(void, batch=original.batch))

    return begin_void


def _upload_forgotten(sound: Any) -> Any:
    return lambda self, row: replace(sound(self, row), uploaded=False)


def _newest_uploaded_first(sound: Any) -> Any:
    def request(self: Settlements, settling: ClosedBatch) -> Any:
        turned = replace(settling, payments=settling.payments[::-1])
        return sound(self, turned)

    return request


MONEY = (
    PlantedBug("a request without an answer is declined and never reversed", V400M, _announced(PaymentFlow, "reverse_unanswered", "declined")),
    PlantedBug("an answer with another amount counts", V400M, sets(terminal, "answers", lambda reply, asked: reply.stan == asked.stan)),
    PlantedBug("an answer with another trace number counts", V400M, sets(terminal, "answers", lambda reply, asked: reply.amount == asked.amount)),
    PlantedBug("a payment is voided twice", V400M, sets(DurableState, "voidable", lambda _, one: one.kind.facts.voidable and one.state in (PaymentState.COMPLETED, PaymentState.VOIDED))),
    PlantedBug("a partial approval is booked in full", S1F2, wraps(PaymentFlow, "answered", lambda sound: lambda self, one: structs.replace(sound(self, one), amount=one.amount))),
    PlantedBug("the newest reversal leaves first", V400M, sets(Reversals, "_oldest", lambda self: next((one for one in reversed(self._terminal.durable.in_doubt()) if one.state is PaymentState.REVERSAL_PENDING), None))),
    PlantedBug("a reversal is repeated every second", V400M, sets(reversals, "patience", always(1_000_000))),
    PlantedBug("a payment that was cut off by the power is forgotten", V400M, sets(DurableState, "in_doubt", always([]))),
    PlantedBug("a void goes by the amount that was asked for", V400M, wraps(Reversals, "begin_void", lambda sound: lambda self, void: sound(self, structs.replace(void, amount=Money(self._terminal.durable.payments[void.original].requested, "CAD"))))),
    PlantedBug("an answer that nothing waits for is on no record", V400M, sets(Terminal, "_unexpected_reply", nothing)),
    PlantedBug("a reversal waits on when the link is back", V400M, _network_without_reversals),
    PlantedBug("a reversal that the acquirer refused counts as done", V400M, wraps(Reversals, "reply", _counts_as_approved(undoes=False))),
    PlantedBug("a void that the acquirer declined counts as done", V400M, wraps(Reversals, "reply", _counts_as_approved(undoes=True))),
    PlantedBug("a repeated reversal has the message type of a first one", V400M, _without_repeat(Reversals)),
    PlantedBug("a repeated advice has the message type of a first one", SQUARE, _without_repeat(OfflineQueue), ALLOWED),
    PlantedBug("the newest of the stored payments leaves first", SQUARE, fold(OfflineStoredRow, lambda _: _newest_stored_first), ALLOWED),
    PlantedBug("a stored payment that the acquirer declines counts as paid", SQUARE, wraps(OfflineQueue, "reply", lambda sound: lambda self, one: sound(self, structs.replace(one, response_code="00"))), ALLOWED),
    PlantedBug("a payment whose address did not match is cancelled and not reversed", V400M, _announced(MotoFlow, "take_back", "cancelled")),
    PlantedBug("a void leaves its original completed", V400M, sets(Reversals, "_void_answered", _void_alone)),
    PlantedBug("a payment whose void was declined is never voided again", V400M, fold(Payment, _declined_void_keeps_its_original)),
    PlantedBug("a void that never left is sent when the link is back", V400M, sets(Reversals, "unreachable", lambda self, stan: self._sent is not None and self._sent.stan == stan)),
    PlantedBug("the waiting between two reversals grows without end", V400M, sets(reversals, "patience", lambda timeouts, attempts: timeouts.reversal_retry << attempts)),
    PlantedBug("a payment that was sent before the power failed is not reversed", V400M, sets(RecoveryFlow, "begin", lambda self, _: self.terminal.reversals.due())),
    PlantedBug("an approval that the card refuses is not reversed", S1F2, sets(LastWordFlow, "card_overrules", always(False))),
    PlantedBug("a card that leaves while the acquirer is asked ends the payment without a reversal", V400M, sets(CardPaymentFlow, "card_gone_in_doubt", lambda self, _: (self.record_declined(), self.announce("card-removed")))),
    PlantedBug("a partial approval counts as declined", S1F2, sets(HostReply, "approved", lambda self: self.response_code == "00")),
    PlantedBug("the trace number stays the same", V400M, sets(TraceNumber, "following", always(1))),
    PlantedBug("the trace number goes on by two after a power cut", V400M, sets(TraceNumber, "following", lambda self: self.last + 2 if self.last else 1)),
    PlantedBug("a declined payment is shown as approved", V400M, sets(PaymentFlow, "decline", lambda self, event: (self.keep_reply(event), self.record_declined(), self.announce("approved")))),
    PlantedBug("a request leaves before its row is durable", V400M, sets(PaymentFlow, "request", _send_first)),
    PlantedBug("a void without an answer is shown as approved", S1F2, _announced(VoidFlow, "leave_void_pending", "approved")),
    PlantedBug("a void without an answer is shown as declined", S1F2, _announced(VoidFlow, "leave_void_pending", "void-declined")),
    PlantedBug("a declined void is shown as approved", V400M, sets(VoidFlow, "fail_void", lambda self, _: (self._refresh(), self.announce("approved")))),
    PlantedBug("a payment that never left is shown as declined by the acquirer and kept in doubt", V400M, _announced(PaymentFlow, "give_up", "declined")),
    PlantedBug("a service that is down is not noticed", READER, _service_is_not_told, ALLOWED),
    PlantedBug("a fallback to the stripe is sent as an ordinary stripe", V400M, wraps(SaleFlow, "_swiped", lambda sound: lambda self, stripe: structs.replace(sound(self, stripe), fallback=False))),
    PlantedBug("a typed card is sent with year and month exchanged", V400M, wraps(PaymentFlow, "request", lambda sound: lambda self, card: sound(self, _turned(card)))),
    PlantedBug("the answer of the acquirer is not handed to the card", S1F2, sets(CardPaymentFlow, "tell_card", lambda self, event: (self.keep_reply(event), self.tell_card_of_no_host(event)))),
    PlantedBug("a completed payment is a cent higher", V400M, wraps(PaymentFlow, "answered", lambda sound: lambda self, one: structs.replace(sound(self, one), amount=Money(one.amount.minor + 1, one.amount.currency)))),
    PlantedBug("the journal keeps card numbers in clear", V400M, sets(request, "mask_pan", lambda pan: pan)),
    PlantedBug("a payment that ends keeps the reader open", V400M, wraps(EndingFlow, "announce", lambda sound: lambda self, notice: (sound(self, notice), self.terminal.effects[:] and self.terminal.effects.remove(fx.CloseReader())))),
    PlantedBug("a void is sent in the batch of its sale", V400M, wraps(Reversals, "begin_void", _in_the_batch_of_its_sale)),
    PlantedBug("the payments of a batch are uploaded newest first", V400M, wraps(Settlements, "_request", _newest_uploaded_first)),
    PlantedBug("a void that a till asked for has no ticket", V400M, sets(void, "asked_for", lambda one, _: one)),
    PlantedBug("a void that a till asks for is in no batch", V400M, sets(void, "asked_for", lambda one, asked: structs.replace(asked_for(one, asked), batch=0 if asked else one.batch))),
    PlantedBug("a result gives way to a till while the card is in", S1F2, sets(EndingFlow, "card_is_out", always(True))),
    PlantedBug("a batch that was uploaded is said to be in balance", V400M, wraps(ClosedBatch, "moved", _upload_forgotten)),
    PlantedBug("a payment whose void is in doubt is voided once more", V400M, sets(DurableState, "voidable", lambda _, payment: payment.kind.facts.voidable and payment.state is PaymentState.COMPLETED)),
    PlantedBug("a batch counts what was asked for where a part was approved", V400M, every(sets(batch_report, "totals_of", _as_requested), sets(settlements, "totals_of", _as_requested))),
    PlantedBug("a batch is closed though a void is in doubt", S1F2, wraps(Settlements, "refusal", _in_spite_of_voids)),
    PlantedBug("a boot without a link forgets what is in doubt", STAND, wraps(RecoveryFlow, "begin", lambda sound: lambda self, event: sound(self, event) if self.terminal.environment.network_up else None), ALLOWED),
)  # fmt: skip


def _turned(card: Any) -> Any:
    if card.cvc is None or card.expiry is None:
        return card
    expiry = card.expiry.reveal()
    return structs.replace(card, expiry=type(card.expiry)(expiry[2:] + expiry[:2]))
