"""Advices of what a card said in the end, on their way to its issuer (ISO 8583 0120).

Rules:
1. An advice moves no money. It leaves behind the row that it speaks of, and carries the data of the card's last cryptogram.
2. One that is not answered is repeated (0121) before the next request, and when link or service are back.
3. Nothing of it is durable, since its card's number would be: a power cut drops it, and the card says the same in its next request.
"""

from __future__ import annotations

from typing import Final

from msgspec import structs

from terminal_sim.core import effects as fx
from terminal_sim.core.message import HostReply, HostRequest, answers
from terminal_sim.core.services import Services

_MOST: Final = 16
"""How many wait for an answer: of an acquirer that answers none the oldest are dropped."""


class CardAdvices:
    """The advices of one terminal that are not answered yet, oldest first."""

    __slots__ = ("_terminal", "_waiting")

    def __init__(self, terminal: Services) -> None:
        self._terminal = terminal
        self._waiting: tuple[HostRequest, ...] = ()

    def snapshot(self) -> tuple[HostRequest, ...]:
        return self._waiting

    def restore(self, waiting: tuple[HostRequest, ...]) -> None:
        self._waiting = waiting

    def begin(self, advice: HostRequest) -> None:
        """Send `advice`."""
        self._waiting = (*self._waiting, advice)[-_MOST:]
        self._terminal.order(fx.Send(advice))

    def repeat(self) -> None:
        """Send all that is not answered again."""
        for advice in self._waiting:
            self._terminal.order(fx.Send(structs.replace(advice, repeat=True)))

    def reply(self, reply: HostReply) -> bool:
        """Whether `reply` answers one of them, which is over by that, whatever the answer."""
        left = tuple(advice for advice in self._waiting if not answers(reply, advice))
        found, self._waiting = len(left) < len(self._waiting), left
        return found
