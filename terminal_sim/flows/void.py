"""The void of a payment: the money goes back to the card that paid, once, and the terminal waits until the acquirer has said so.

The history has it for the payment that its user picked, and `VOID` is the same for one that a point of sale names.
"""

from __future__ import annotations

from terminal_sim.core.events import Event, Trigger
from terminal_sim.core.flow import Firmware, Flow, Move, Moves, State
from terminal_sim.core.message import MessageKind
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.payment_request import asked_for
from terminal_sim.flows.ending import ENDING_MOVES, ENDINGS, EndingFlow


class VoidFlow(EndingFlow):
    """`original` is the payment that is given back, `payment` the void of it."""

    __slots__ = ("original",)
    kind = MessageKind.VOID

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.original: Payment | None = None

    # Guards.

    def void_went_through(self, _: Event) -> bool:
        return self._void_state() is PaymentState.COMPLETED

    def void_was_declined(self, _: Event) -> bool:
        return self._void_state() is PaymentState.DECLINED

    def _void_state(self) -> PaymentState | None:
        if self.payment is None:
            return None
        return self.terminal.durable.payments[self.payment.reference].state

    # Actions.

    def begin_void(self, _: Event) -> None:
        if self.original is None:
            return
        terminal = self.terminal
        original = terminal.durable.payments[
            self.original.reference
        ]  # it may have been forwarded since it was picked
        stan = terminal.durable.trace_number.following
        self.amount = original.amount
        void = Payment(
            kind=MessageKind.VOID,
            reference=terminal.reference(),
            state=PaymentState.REVERSAL_PENDING,
            amount=original.amount,
            entry=original.entry,
            fallback=original.fallback,
            pan=original.pan,
            brand=original.brand,
            sequence=original.sequence,
            stan=stan,
            at=terminal.now.civil_second,
            original=original.reference,
            language=original.language,
            batch=terminal.settlements.batch,
        )
        self.payment = asked_for(void, terminal.requests.refund)
        terminal.reversals.begin_void(self.payment)

    def finish_void(self, _: Event) -> None:
        self._refresh()
        self.announce("approved")

    def fail_void(self, _: Event) -> None:
        self._refresh()
        unreachable = self.payment is not None and self.payment.reason == "no-connection"
        self.announce("no-connection" if unreachable else "void-declined")

    def leave_void_pending(self, event: Event) -> None:
        """No answer came: the void stays in doubt and goes on being sent behind the screen, where it has left at all."""
        if self.payment is not None and self.terminal.reversals.withdraw(self.payment):
            self.fail_void(event)
            return
        self.payment = None
        self.announce("void-unanswered")

    def _refresh(self) -> None:
        if self.payment is not None:
            self.payment = self.terminal.durable.payments[self.payment.reference]


VOID_MOVES: Moves[VoidFlow] = (
    Move(
        Trigger.RESOLVED, "voiding", "approved", guard=VoidFlow.void_went_through, action=VoidFlow.finish_void
    ),
    Move(Trigger.RESOLVED, "voiding", "failed", guard=VoidFlow.void_was_declined, action=VoidFlow.fail_void),
    Move(
        Trigger.UNRESOLVED, "voiding", "failed", guard=VoidFlow.void_was_declined, action=VoidFlow.fail_void
    ),
    Move(Trigger.UNRESOLVED, "voiding", "failed", action=VoidFlow.leave_void_pending),
    Move(Trigger.TIMEOUT, "voiding", "failed", action=VoidFlow.leave_void_pending),
    *ENDING_MOVES,
)

VOID = Flow(
    "void",
    VoidFlow,
    "voiding",
    (State("voiding", VoidFlow.processing, timeout="issuer", enter=VoidFlow.begin_void), *ENDINGS),
    VOID_MOVES,
    needs="void",
)
