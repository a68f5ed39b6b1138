"""What makes pending payments unreachable: signing out, another point of sale, a factory reset, the app deleted.

Rules:
1. The warning has count and sum of what would be lost; what is confirmed is lost and recorded as lost, in one commit.
2. A reset device has no key any more. A terminal that was opened has none either, and takes nothing until it is serviced.
"""

from __future__ import annotations

from terminal_sim.core import effects as fx
from terminal_sim.core.events import Event, Trigger
from terminal_sim.core.flow import DONE, STAY, Context, Flow, Move, State
from terminal_sim.core.money import Money
from terminal_sim.core.rows.kinds import AccountRow
from terminal_sim.core.screen import Button, Element, Screen, TextLine, Title, Tone
from terminal_sim.core.text import say
from terminal_sim.flows import fields

_ERASING = ("factory-reset", "delete-app")
_STAYING = "switch-pos"


class LeaveFlow(Context):
    """The name of the flow says what is asked for."""

    __slots__ = ()

    def stays_signed_in(self, _: Event) -> bool:
        return self.flow.name == _STAYING

    def leave(self, _: Event) -> None:
        self._lose()
        if self.flow.name in _ERASING:
            self.terminal.order(fx.EraseKey())
        self.terminal.push(SIGN_IN.begin(self.terminal))

    def leave_and_stay(self, event: Event) -> None:
        self._lose()
        self.go_home(event)

    def sign_in(self, event: Event) -> None:
        self.terminal.record(AccountRow(act="sign-in"))
        self.go_home(event)

    def _lose(self) -> None:
        self.terminal.offline.discard(self.flow.name, AccountRow(act=self.flow.name))

    def warning(self) -> Screen:
        act, lost = self.flow.name, self.terminal.offline.pending
        elements: list[Element] = [Title(act, say(act))]
        if lost:
            total = Money(sum(payment.amount.minor for payment in lost), self.terminal.profile.currency)
            warned = say("pending-will-be-lost", n=len(lost), amount=total)
            elements.append(TextLine(warned, "pending-will-be-lost", Tone.BAD))
        return Screen(act, (*elements, fields.CONFIRM, fields.CANCEL))

    def signed_out(self) -> Screen:
        return Screen(
            "signed-out",
            (
                TextLine(say("signed-out"), "signed-out", Tone.BIG),
                Button("sign-in", say("sign-in"), "OK"),
            ),
        )

    def tampered(self) -> Screen:
        return Screen("tampered", (TextLine(say("tampered"), "tampered", Tone.BAD),))


def _leaving(act: str) -> Flow[LeaveFlow]:
    return Flow(
        act,
        LeaveFlow,
        "warning",
        (State("warning", LeaveFlow.warning, timeout="menu", free=True),),
        (
            Move(
                Trigger.CONFIRM,
                "warning",
                DONE,
                guard=LeaveFlow.stays_signed_in,
                action=LeaveFlow.leave_and_stay,
            ),
            Move(Trigger.CONFIRM, "warning", DONE, action=LeaveFlow.leave),
            Move(Trigger.CANCEL, "warning", DONE),
            Move(Trigger.TIMEOUT, "warning", DONE, action=LeaveFlow.go_home),
        ),
        starts=("sign-in",),
    )


SIGN_OUT = _leaving("sign-out")
SWITCH_POS = _leaving("switch-pos")
FACTORY_RESET = _leaving("factory-reset")
DELETE_APP = _leaving("delete-app")

SIGN_IN = Flow(
    "sign-in",
    LeaveFlow,
    "out",
    (State("out", LeaveFlow.signed_out),),
    (Move(Trigger.CONFIRM, "out", DONE, action=LeaveFlow.sign_in), Move(Trigger.RETURNED, "out", STAY)),
)
TAMPERED = Flow(
    "tampered",
    LeaveFlow,
    "stopped",
    (State("stopped", LeaveFlow.tampered),),
    (Move(Trigger.RETURNED, "stopped", STAY),),
)
