"""The requests of a point of sale: one is served at a time, and each is answered.

Rules:
1. A request is taken, refused or met with busy at once; one that was taken is ended exactly once.
2. The end is ordered after the payment's final row, so it is durable before the answer leaves.
3. The rows of a request carry its id. After a power cut no request runs: the journal answers a question for one, and a request
   that comes again is answered with its end and not served twice.
4. A question, a print and something to show leave no row: what becomes of them is answered once, and not after a power cut.
5. A void without an answer goes on behind the screen: its request runs until the acquirer has decided.
"""

from __future__ import annotations

from collections.abc import Sequence

from terminal_sim.core.device_request import Given
from terminal_sim.core.effects import AnswerPayment
from terminal_sim.core.flow import Context, Firmware
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.payment_request import (
    AcquiredCard,
    Awaited,
    CardAcquired,
    CardRequest,
    InputGiven,
    PaymentRequest,
    RefundRequest,
    RequestAnswer,
    RequestBusy,
    RequestEnded,
    RequestRefusal,
    RequestRefused,
    RequestRunning,
    RequestTaken,
    RequestUnknown,
    TerminalRequest,
)
from terminal_sim.core.text import Text, say

_NOTICES = {
    PaymentState.COMPLETED: "approved",
    PaymentState.PENDING: "accepted-offline",
    PaymentState.FORWARD_SENT: "accepted-offline",
    PaymentState.VOIDED: "already-voided",
}


class PaymentRequests:
    """`running` is the request that is served now, by a flow that stands on the home screen."""

    __slots__ = ("_serving", "_terminal", "running")

    def __init__(self, terminal: Firmware) -> None:
        self._terminal = terminal
        self._serving: Context | None = None
        self.running: TerminalRequest | None = None

    def restore(self, running: TerminalRequest | None, stack: Sequence[Context]) -> None:
        """Serve `running` as at a moment at which these flows ran: the one on the home screen was begun for it."""
        self.running = running
        self._serving = stack[1] if running is not None else None

    @property
    def payment(self) -> PaymentRequest | None:
        """The payment that is asked for now, if one is."""
        return self.running if isinstance(self.running, PaymentRequest) else None

    @property
    def for_card(self) -> PaymentRequest | CardRequest | None:
        """What a card is asked for now by a point of sale: a payment, or to be read."""
        return self.running if isinstance(self.running, PaymentRequest | CardRequest) else None

    @property
    def refund(self) -> RefundRequest | None:
        """The payment that is to be given back now, if one is."""
        return self.running if isinstance(self.running, RefundRequest) else None

    def take(self, request: TerminalRequest, serving: Context) -> None:
        """Serve `request` from now on, by the flow `serving`."""
        self.running, self._serving = request, serving
        self._answer(request.id, RequestTaken())

    def refuse(self, request: TerminalRequest, reason: RequestRefusal) -> None:
        """Serve `request` at no time."""
        self._answer(request.id, RequestRefused(reason))

    def busy(self, request: TerminalRequest, awaited: Awaited | None) -> None:
        """Answer a request that no flow takes now; `awaited` is what the screen waits for."""
        running = self.running.id if self.running is not None else ""
        self._answer(request.id, RequestBusy(running, awaited))

    def end(self, notice: Text, payment: Payment | None) -> None:
        """End the running request, where there is one, as the screen says; a void in doubt is not over by that."""
        if self.running is None:
            return
        request, self.running, self._serving = self.running.id, None, None
        known = self._known(request)
        if known is not None and known.kind.undoes and known.state.in_doubt:
            self._answer(request, RequestRunning())
        else:
            self._answer(request, RequestEnded(notice, payment))

    def acquired(self, card: AcquiredCard) -> None:
        """Answer the running request for a card, which goes on as long as the card is held."""
        if self.running is not None:
            self._answer(self.running.id, CardAcquired(card))

    def give(self, given: Given) -> None:
        """End the running question with a person's answer."""
        if self.running is not None:
            request, self.running, self._serving = self.running.id, None, None
            self._answer(request, InputGiven(given))

    def abandon(self) -> None:
        """End the running request, where there is one, as cancelled."""
        self.end(say("cancelled"), None)

    def abandon_without(self, stack: Sequence[Context]) -> None:
        """End the running request as cancelled where its flow is none of those that run: it was left before it came to an end.

        Another flow may have taken its place, and what that one does is no answer to the request.
        """
        if self.running is not None and not any(context is self._serving for context in stack):
            self.abandon()

    def resolved(self, void: Payment) -> None:
        """Tell of a void that was decided behind the screen."""
        if void.request and (self.running is None or self.running.id != void.request):
            self.tell(void.request)

    def is_known(self, request: str) -> bool:
        """Whether the request runs or has begun a payment, so that it must not be served again."""
        return self._runs(request) or self._known(request) is not None

    def tell(self, request: str) -> None:
        """Answer what has become of `request`."""
        payment = self._known(request)
        if self._runs(request) or (payment is not None and payment.kind.undoes and payment.state.in_doubt):
            self._answer(request, RequestRunning())
        elif payment is None:
            self._answer(request, RequestUnknown())
        else:
            notice = "approved" if payment.is_approved_by_card else _NOTICES.get(payment.state, "declined")
            self._answer(request, RequestEnded(say(notice), payment))

    def _runs(self, request: str) -> bool:
        return self.running is not None and self.running.id == request

    def _known(self, request: str) -> Payment | None:
        durable = self._terminal.durable
        reference = durable.requested.get(request)
        return durable.payments[reference] if reference is not None else None

    def _answer(self, request: str, answer: RequestAnswer) -> None:
        self._terminal.order(AnswerPayment(request, answer))
