"""What every home screen does with the request of a point of sale: start a sale or a void, or say why not."""

from __future__ import annotations

from terminal_sim.core.events import Event, PaymentRequested, RefundRequested, Trigger
from terminal_sim.core.flow import STAY, Move, Moves
from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment
from terminal_sim.core.payment_request import PaymentRequest, RefundRequest, RequestRefusal
from terminal_sim.flows import fields
from terminal_sim.flows.charge import CHARGE
from terminal_sim.flows.part_refund import PART_REFUND
from terminal_sim.flows.void import VOID

REQUESTED = (CHARGE.name, VOID.name, PART_REFUND.name)  # the flows that a request starts


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
        """The void, or the refund of a part, begins at once: the payment is known, and its card is not needed."""
        original = self._original(event.request) if isinstance(event, RefundRequested) else None
        if not isinstance(event, RefundRequested) or original is None:
            return
        amount = event.request.amount
        if amount is None or self._is_whole(original, amount):
            void = VOID.begin(self.terminal)
            void.original = original
            self.terminal.requests.take(event.request, void)
            self.terminal.push(void)
        else:
            refund = PART_REFUND.begin(self.terminal)
            refund.original, refund.amount = original, amount
            self.terminal.requests.take(event.request, refund)
            self.terminal.push(refund)

    def refuse_refund(self, event: Event) -> None:
        if isinstance(event, RefundRequested):
            self.terminal.requests.refuse(event.request, RequestRefusal.ORIGINAL)

    def _original(self, request: RefundRequest) -> Payment | None:
        """The payment to give back, where it can be."""
        durable, amount = self.terminal.durable, request.amount
        original = durable.payments.get(request.original)
        if original is None:
            return None
        if amount is None or self._is_whole(original, amount):
            return original if durable.voidable(original) else None
        fits = amount.currency == original.amount.currency and 0 < amount.minor <= durable.left_of(original)
        return original if fits else None

    def _is_whole(self, original: Payment, amount: Money) -> bool:
        """Whether all of an untouched payment is asked for, which is a void."""
        return amount == original.amount and self.terminal.durable.voidable(original)

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
