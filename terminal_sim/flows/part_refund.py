"""A part of a payment goes back to the card that paid it, which is not there: the refund names the payment (ISO 8583 DE 90)."""

from __future__ import annotations

from terminal_sim.core.events import Event
from terminal_sim.core.flow import Firmware, Flow, State
from terminal_sim.core.message import HostRequest, MessageKind, Original
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.payment_request import asked_for
from terminal_sim.flows.ending import ENDING_MOVES, ENDINGS
from terminal_sim.flows.payment import ANSWER_MOVES, PaymentFlow


class PartRefundFlow(PaymentFlow):
    """`amount` of the payment `original` is given back. A request without an answer is reversed, as that of any payment."""

    __slots__ = ("original",)
    kind = MessageKind.REFUND

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.original: Payment | None = None

    def begin_refund(self, _: Event) -> None:
        if self.original is None:
            return
        terminal, original = self.terminal, self.original
        refund = Payment(
            kind=self.kind,
            reference=terminal.reference(),
            state=PaymentState.AUTH_SENT,
            amount=self.amount,
            requested=self.amount.minor,
            entry=original.entry,
            fallback=original.fallback,
            pan=original.pan,
            brand=original.brand,
            sequence=original.sequence,
            stan=terminal.durable.trace_number.following,
            at=terminal.now.civil_second,
            original=original.reference,
            language=original.language,
            batch=terminal.settlements.batch,
        )
        self.payment = asked_for(refund, terminal.requests.refund)
        terminal.record(self.payment)
        terminal.send(_request(terminal, self.payment, original))


def _request(terminal: Firmware, refund: Payment, original: Payment) -> HostRequest:
    return HostRequest(
        kind=refund.kind,
        terminal=terminal.name,
        merchant=terminal.profile.merchant.id,
        stan=refund.stan,
        reference=refund.reference,
        amount=refund.amount,
        at=refund.at,
        entry=refund.entry,
        fallback=refund.is_fallback,
        original=Original(kind=original.kind, stan=original.stan, reference=original.reference),
        batch=refund.batch,
    )


PART_REFUND = Flow(
    "part-refund",
    PartRefundFlow,
    "authorising",
    (
        State("authorising", PartRefundFlow.processing, timeout="issuer", enter=PartRefundFlow.begin_refund),
        *ENDINGS,
    ),
    (*ANSWER_MOVES, *ENDING_MOVES),
    needs="void",
)
