"""The requests of a point of sale: one is served at a time, and each is answered.

Rules:
1. A request is taken, refused or met with busy at once; one that was taken is ended exactly once.
2. The end is ordered after the payment's final row, so it is durable before the answer leaves.
3. After a power cut no request runs: the journal says what became of its payment.
"""

from __future__ import annotations

from terminal_sim.core.effects import AnswerPayment
from terminal_sim.core.firmware import Firmware
from terminal_sim.core.payment import Payment
from terminal_sim.core.payment_request import (
    PaymentRequest,
    RequestBusy,
    RequestEnded,
    RequestRefusal,
    RequestRefused,
    RequestTaken,
)
from terminal_sim.core.text import Text, say


class PaymentRequests:
    """`running` is the request that is served now."""

    __slots__ = ("_terminal", "running")

    def __init__(self, terminal: Firmware) -> None:
        self._terminal = terminal
        self.running: PaymentRequest | None = None

    def take(self, request: PaymentRequest) -> None:
        """Serve `request` from now on."""
        self.running = request
        self._terminal.order(AnswerPayment(request.id, RequestTaken()))

    def refuse(self, request: PaymentRequest, reason: RequestRefusal) -> None:
        """Serve `request` at no time."""
        self._terminal.order(AnswerPayment(request.id, RequestRefused(reason)))

    def busy(self, request: PaymentRequest) -> None:
        """Answer a request that no flow takes now."""
        running = self.running.id if self.running is not None else ""
        self._terminal.order(AnswerPayment(request.id, RequestBusy(running)))

    def end(self, notice: Text, payment: Payment | None) -> None:
        """End the running request, where there is one, as the screen says."""
        if self.running is not None:
            self._terminal.order(AnswerPayment(self.running.id, RequestEnded(notice, payment)))
            self.running = None

    def abandon(self) -> None:
        """End the running request, where there is one, as cancelled: its flow was left before it came to an end."""
        self.end(say("cancelled"), None)
