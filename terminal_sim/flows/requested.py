"""What every home screen does with the request of a point of sale: start a sale or a void, or say why not."""

from __future__ import annotations

from terminal_sim.core.events import Event, PaymentRequested, RefundRequested, Trigger
from terminal_sim.core.flow import STAY, Move, Moves
from terminal_sim.core.payment import Payment
from terminal_sim.core.payment_request import PaymentRequest, RefundRequest, RequestRefusal
from terminal_sim.flows import fields
from terminal_sim.flows.charge import CHARGE
from terminal_sim.flows.void import VOID

REQUESTED = (CHARGE.name, VOID.name)  # the flows that a request starts


class RequestedFlow(fields.TypedField):
    """A home screen that takes requests."""

    __slots__ = ()

    @property
    def sells(self) -> bool:
        """Whether this terminal offers a sale at all."""
        return True

    def may_serve(self, event: Event) -> bool:
        return isinstance(event, PaymentRequested) and self._refusal(event.request) is None

    def serve(self, event: Event) -> None:
        """The sale begins where its amount is known: with the card."""
        if isinstance(event, PaymentRequested):
            charge = CHARGE.begin(self.terminal)
            charge.amount = event.request.amount
            self.terminal.requests.take(event.request, charge)
            self.terminal.push(charge)

    def refuse_request(self, event: Event) -> None:
        if isinstance(event, PaymentRequested):
            reason = self._refusal(event.request)
            if reason is not None:
                self.terminal.requests.refuse(event.request, reason)

    def may_give_back(self, event: Event) -> bool:
        return isinstance(event, RefundRequested) and self._original(event.request) is not None

    def give_back(self, event: Event) -> None:
        """The void begins at once: the payment is known, and its card is not needed."""
        original = self._original(event.request) if isinstance(event, RefundRequested) else None
        if isinstance(event, RefundRequested) and original is not None:
            void = VOID.begin(self.terminal)
            void.original = original
            self.terminal.requests.take(event.request, void)
            self.terminal.push(void)

    def refuse_refund(self, event: Event) -> None:
        if isinstance(event, RefundRequested):
            self.terminal.requests.refuse(event.request, RequestRefusal.ORIGINAL)

    def _original(self, request: RefundRequest) -> Payment | None:
        """The payment to give back, where it can be."""
        durable = self.terminal.durable
        original = durable.payments.get(request.original)
        return original if original is not None and durable.voidable(original) else None

    def _refusal(self, request: PaymentRequest) -> RequestRefusal | None:
        profile, environment = self.terminal.profile, self.terminal.environment
        if not self.sells:
            return RequestRefusal.SALE
        if request.amount.currency != profile.currency:
            return RequestRefusal.CURRENCY
        if not 0 < request.amount.minor <= profile.limits.max_amount:
            return RequestRefusal.AMOUNT
        if profile.battery is not None and environment.battery < profile.battery.critical:
            return RequestRefusal.BATTERY
        if not environment.reader:
            return RequestRefusal.READER
        offline = self.terminal.offline
        return (
            RequestRefusal.OFFLINE if offline.active and offline.refusal_of_amount(request.amount) else None
        )


def request_moves(home: str) -> Moves[RequestedFlow]:
    """The moves of the home screen's state `home`; in every other state of every flow but a result the terminal is busy."""
    return (
        Move(
            Trigger.PAYMENT_REQUESTED,
            home,
            STAY,
            guard=RequestedFlow.may_serve,
            action=RequestedFlow.serve,
        ),
        Move(Trigger.PAYMENT_REQUESTED, home, STAY, action=RequestedFlow.refuse_request),
        Move(
            Trigger.REFUND_REQUESTED,
            home,
            STAY,
            guard=RequestedFlow.may_give_back,
            action=RequestedFlow.give_back,
        ),
        Move(Trigger.REFUND_REQUESTED, home, STAY, action=RequestedFlow.refuse_refund),
    )
