"""An unreferenced refund: money to a card without the sale it came from, behind a passcode of its own."""

from __future__ import annotations

from terminal_sim.core.events import Event, Returned, Trigger
from terminal_sim.core.flow import DONE, Flow, Move, State
from terminal_sim.core.message import MessageKind
from terminal_sim.core.screen import Screen, Shown
from terminal_sim.flows.card_payment import BEFORE_REQUEST
from terminal_sim.flows.fields import highest_of
from terminal_sim.flows.passcode import PASSCODE, default_in_use
from terminal_sim.flows.restricted import RESTRICTIONS, RestrictedFlow
from terminal_sim.flows.sale import AMOUNT, AMOUNT_MOVES, CARD_MOVES, CARD_STATES


class RefundFlow(RestrictedFlow):
    """The same conversation with card and acquirer as a sale, with another type and another limit."""

    __slots__ = ()
    kind = MessageKind.REFUND

    @property
    def highest(self) -> int:
        return highest_of(self.terminal.profile.limits, MessageKind.REFUND)

    def ask_passcode(self, _: Event) -> None:
        passcode = PASSCODE.begin(self.terminal)
        passcode.name = self.terminal.profile.refunds.passcode
        self.terminal.push(passcode)

    def passcode_accepted(self, event: Event) -> bool:
        return isinstance(event, Returned) and event.accepted

    def amount_screen(self) -> Screen:
        reminder = default_in_use(self.terminal, self.terminal.profile.refunds.passcode)
        return self.field("amount", Shown.MONEY, self.typed_amount, *reminder)


REQUESTED_REFUND = Flow(
    "requested-refund",
    RefundFlow,
    "present",
    CARD_STATES,
    (
        Move(Trigger.REQUEST_CANCELLED, ("present", *BEFORE_REQUEST), "failed", action=RefundFlow.taken_back),
        *RESTRICTIONS,
        *CARD_MOVES,
    ),
    needs="unreferenced-refunds",
)

REFUND = Flow(
    "refund",
    RefundFlow,
    "closed",
    (State("closed", RefundFlow.amount_screen, enter=RefundFlow.ask_passcode), AMOUNT, *CARD_STATES),
    (
        Move(Trigger.RETURNED, "closed", "amount", guard=RefundFlow.passcode_accepted),
        Move(Trigger.RETURNED, "closed", DONE),
        *AMOUNT_MOVES,
        *CARD_MOVES,
    ),
    starts=(PASSCODE.name,),
)
