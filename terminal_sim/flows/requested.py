"""What every home screen does with the request of a point of sale: start a sale of the amount, or say why not."""

from __future__ import annotations

from terminal_sim.core.events import Event, PaymentRequested, Trigger
from terminal_sim.core.flow import STAY, Move, Moves
from terminal_sim.core.payment_request import PaymentRequest, RequestRefusal
from terminal_sim.flows import fields
from terminal_sim.flows.charge import CHARGE


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
            self.terminal.requests.take(event.request)
            charge = CHARGE.begin(self.terminal)
            charge.amount = event.request.amount
            self.terminal.push(charge)

    def refuse_request(self, event: Event) -> None:
        if isinstance(event, PaymentRequested):
            reason = self._refusal(event.request)
            if reason is not None:
                self.terminal.requests.refuse(event.request, reason)

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
    """The moves of the home screen's state `home`; in every other state of every flow the terminal is busy."""
    return (
        Move(
            Trigger.PAYMENT_REQUESTED,
            home,
            STAY,
            guard=RequestedFlow.may_serve,
            action=RequestedFlow.serve,
        ),
        Move(Trigger.PAYMENT_REQUESTED, home, STAY, action=RequestedFlow.refuse_request),
    )
