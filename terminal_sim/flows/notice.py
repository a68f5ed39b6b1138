"""One sentence on the screen, until a key or the time-out takes it away."""

from __future__ import annotations

from terminal_sim.core.events import Trigger
from terminal_sim.core.flow import DONE, Flow, State, on_each
from terminal_sim.core.own_flows import NoticeContext
from terminal_sim.core.screen import Screen, TextLine, Tone
from terminal_sim.flows import fields


class NoticeFlow(NoticeContext):
    """The sentence, in large letters."""

    __slots__ = ()

    def sentence(self) -> Screen:
        return Screen(
            self.text.id, (TextLine(self.text, self.text.id, Tone.BIG), fields.CONFIRM, fields.CANCEL)
        )


NOTICE = Flow(
    "notice",
    NoticeFlow,
    "shown",
    (State("shown", NoticeFlow.sentence, timeout="notice"),),
    on_each((Trigger.CONFIRM, Trigger.CANCEL, Trigger.TIMEOUT), "shown", DONE),
)
