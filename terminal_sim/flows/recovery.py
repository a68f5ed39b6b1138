"""After a boot: what is in doubt is resolved before the home screen shows.

A payment whose answer never came may have been approved, so it is reversed. If the acquirer cannot be reached now, the terminal
goes on and keeps trying behind whatever else it does: a reversal is never forgotten.
"""

from __future__ import annotations

from terminal_sim.core.events import Event, Trigger
from terminal_sim.core.flow import DONE, STAY, Context, Flow, Move, State
from terminal_sim.core.payment import PaymentState
from terminal_sim.core.screen import Screen, TextLine, Tone
from terminal_sim.core.text import say
from terminal_sim.flows.payment import NO_ANSWER


class RecoveryFlow(Context):
    __slots__ = ()

    def begin(self, _: Event) -> None:
        reversals = self.terminal.reversals
        sent = [p for p in self.terminal.durable.in_doubt() if p.state is PaymentState.AUTH_SENT]
        for payment in sent:
            reversals.begin(payment, NO_ANSWER)
        if not sent:
            reversals.due()

    def all_resolved(self, _: Event) -> bool:
        return self.terminal.reversals.idle

    def screen(self) -> Screen:
        return Screen("checking-last", (TextLine(say("checking-last"), "checking-last", Tone.BIG),))


RECOVERY = Flow(
    "recovery",
    RecoveryFlow,
    "checking",
    (State("checking", RecoveryFlow.screen, timeout="reversal", enter=RecoveryFlow.begin),),
    (
        Move(Trigger.RESOLVED, "checking", DONE, guard=RecoveryFlow.all_resolved),
        Move(Trigger.RESOLVED, "checking", STAY),
        Move(Trigger.UNRESOLVED, "checking", DONE),
        Move(Trigger.TIMEOUT, "checking", DONE),
    ),
)
