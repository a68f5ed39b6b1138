"""One sentence on the screen, until somebody has read it."""

from __future__ import annotations

from terminal_sim.core.events import Trigger
from terminal_sim.core.firmware import Firmware
from terminal_sim.core.flow import DONE, Context, Flow, Move, State
from terminal_sim.core.screen import Screen, TextLine, Tone
from terminal_sim.core.text import Text, say
from terminal_sim.flows import fields


class NoticeFlow(Context):
    """`text` is given by whoever pushes it."""

    __slots__ = ("text",)

    def __init__(self, terminal: Firmware, flow: Flow) -> None:
        super().__init__(terminal, flow)
        self.text: Text = say("out-of-service")

    def sentence(self) -> Screen:
        return Screen(
            self.text.id, (TextLine(self.text, self.text.id, Tone.BIG), fields.CONFIRM, fields.CANCEL)
        )


NOTICE = Flow(
    "notice",
    NoticeFlow,
    "shown",
    (State("shown", "sentence", timeout="notice"),),
    tuple(Move(trigger, "shown", DONE) for trigger in (Trigger.CONFIRM, Trigger.CANCEL, Trigger.TIMEOUT)),
)
