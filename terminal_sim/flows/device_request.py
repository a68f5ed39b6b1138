"""What a point of sale has a terminal ask, print or show: begun at the home screen, and over with its answer.

It is never in the way of what the point of sale asks for next: a question or a text that is up gives way to that.
"""

from __future__ import annotations

from terminal_sim.core.events import REQUESTS, Event, Trigger
from terminal_sim.core.flow import DONE, Context, Move, Moves
from terminal_sim.core.text import say


class DeviceRequestFlow(Context):
    """A flow that serves such a request. It stands on the home screen, and leads back there."""

    __slots__ = ()
    faces_customer = True

    def end(self, notice: str) -> None:
        self.terminal.requests.end(say(notice), None)
        self.terminal.unwind()

    def cancelled(self, _: Event) -> None:
        self.end("cancelled")

    def run_out_of_time(self, _: Event) -> None:
        self.end("timed-out")

    def taken_back(self, _: Event) -> None:
        self.end("pos-cancelled")

    def give_way(self, event: Event) -> None:
        """The point of sale asks for something else, and so for this no more."""
        self.taken_back(event)
        self.terminal.post(event)


def given_up(state: str) -> Moves[DeviceRequestFlow]:
    """How the point of sale takes back what `state` shows."""
    return (
        Move(Trigger.REQUEST_CANCELLED, state, DONE, action=DeviceRequestFlow.taken_back),
        *(Move(trigger, state, DONE, action=DeviceRequestFlow.give_way) for trigger in REQUESTS),
    )
