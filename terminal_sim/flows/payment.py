"""A payment that asks the acquirer: the request, the answer, and what becomes of a request without one.

Rules:
1. The request's row is durable before the request leaves; the final row before the screen says how it went.
2. A request that went out and got no answer is in doubt: it is reversed, never repeated and never forgotten.
"""

from __future__ import annotations

from msgspec import structs

from terminal_sim.core.events import Event, HostReplied, Trigger
from terminal_sim.core.flow import Firmware, Move, Moves, State
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.flows.ending import EndingFlow
from terminal_sim.flows.request import CardDetails, brand_name, payment_of, request_of

CUSTOMER_CANCELLED = "4000"
READER_LOST = "4007"
CARD_REFUSED = "4017"
NO_ANSWER = "4021"


class PaymentFlow(EndingFlow):
    """One request and its answer. `receipt_to` is the masked number that a receipt by message goes to, "" where none does."""

    __slots__ = ("receipt_to",)

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.receipt_to = ""

    def request(self, card: CardDetails) -> None:
        """Record `AUTH_SENT`, then send."""
        self.payment = payment_of(self.terminal, self.kind, self.amount, card, self.locale)
        self.terminal.record(self.payment)
        self.terminal.send(request_of(self.terminal, self.payment, card))

    def defer(self, card: CardDetails, cvm: str = "") -> None:
        """Keep the payment for later: the acquirer is out of reach. `cvm` says how the cardholder is verified: who must sign does so now.

        Full track data, card verification codes and PIN blocks are never kept (PCI DSS 3.3).
        """
        card = structs.replace(card, track2=None, cvc=None, pin_block=None, key_serial=b"")
        self.payment = structs.replace(
            payment_of(self.terminal, self.kind, self.amount, card, self.locale),
            state=PaymentState.PENDING,
            aid=card.aid,
            label=card.label,
            auth_code=self.terminal.profile.offline.auth_code,
            cvm=cvm,
        )
        self.terminal.offline.store(self.payment, request_of(self.terminal, self.payment, card))
        self.announce("accepted-offline")

    def answered(self, payment: Payment) -> Payment:
        """`payment` with what the acquirer's answer says of it."""
        if self.reply is None:
            return payment
        return structs.replace(
            payment,
            amount=self.reply.authorised or payment.amount,
            auth_code=self.reply.auth_code,
            response_code=self.reply.response_code,
            host_reference=self.reply.host_reference,
            avs_result=self.reply.avs_result,
        )

    def record_completed(self) -> None:
        """Record the final row of a payment that the acquirer approved."""
        if self.payment is not None:
            self._record(structs.replace(self.answered(self.payment), state=PaymentState.COMPLETED))

    def record_declined(self) -> None:
        """Record the final row of a payment that the acquirer declined; what it might have approved is not paid."""
        if self.payment is not None:
            declined = structs.replace(
                self.answered(self.payment), state=PaymentState.DECLINED, amount=self.amount
            )
            self._record(declined)

    def record_undelivered(self) -> None:
        """Record the final row of a payment whose request never left: there is nothing to reverse."""
        if self.payment is not None:
            self._record(structs.replace(self.payment, state=PaymentState.DECLINED, reason="no-connection"))

    def reverse(self, reason: str) -> None:
        """Take back what the acquirer may have approved; `reason` is the message reason code."""
        self.terminal.forget_request()
        if self.payment is not None:
            self.terminal.reversals.begin(self.payment, reason)
            self.payment = self.terminal.durable.payments[self.payment.reference]

    def _record(self, payment: Payment) -> None:
        self.payment = payment
        self.terminal.record(payment)

    # Guards.

    def is_refused_brand(self, pan: str) -> bool:
        """Whether the point of sale that asked for the payment takes no cards of this number's brand."""
        asked = self.terminal.requests.for_card
        return asked is not None and bool(asked.brands) and brand_name(pan) not in asked.brands

    def host_approves(self, event: Event) -> bool:
        return isinstance(event, HostReplied) and event.reply.approved

    # Actions.

    def refuse_brand(self, _: Event) -> None:
        self.announce("brand-not-taken")

    def keep_reply(self, event: Event) -> None:
        if isinstance(event, HostReplied):
            self.reply = event.reply

    def complete(self, event: Event) -> None:
        self.keep_reply(event)
        self.record_completed()
        self.announce("approved")

    def decline(self, event: Event) -> None:
        self.keep_reply(event)
        self.record_declined()
        self.announce("declined")

    def give_up(self, _: Event) -> None:
        self.record_undelivered()
        self.announce("no-connection")

    def reverse_unanswered(self, _: Event) -> None:
        """The acquirer may have approved a request whose answer did not come."""
        self.reverse(NO_ANSWER)
        self.announce("declined")


AUTHORISING = State("authorising", PaymentFlow.processing, timeout="issuer")
ANSWER_MOVES: Moves[PaymentFlow] = (
    Move(
        Trigger.HOST_REPLY,
        "authorising",
        "approved",
        guard=PaymentFlow.host_approves,
        action=PaymentFlow.complete,
    ),
    Move(Trigger.HOST_REPLY, "authorising", "failed", action=PaymentFlow.decline),
    Move(Trigger.HOST_UNREACHABLE, "authorising", "failed", action=PaymentFlow.give_up),
    Move(Trigger.TIMEOUT, "authorising", "failed", action=PaymentFlow.reverse_unanswered),
)
