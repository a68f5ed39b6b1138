"""The link to an acquirer in the same process: it is asked at once, and its answer arrives in virtual time."""

from __future__ import annotations

from collections.abc import Sequence

from terminal_sim.host.acquirer import Acquirer
from terminal_sim.host.link import CONNECT_TIMEOUT, Arrival


class AcquirerLink:
    """A `HostLink`. One terminal's own; the acquirer is shared."""

    __slots__ = ("acquirer", "slow", "up")

    def __init__(self, acquirer: Acquirer) -> None:
        self.acquirer = acquirer
        self.up = True
        self.slow = 0

    def send(self, message: bytes, stan: int) -> Sequence[Arrival]:  # noqa: ARG002 - the answer is known at once
        """The acquirer's answer, or that it is unreachable; nothing at all where the acquirer stays silent."""
        if not self.up:
            return [Arrival(delay=CONNECT_TIMEOUT, problem="unreachable")]
        answer = self.acquirer.decide(message)
        if answer.reply is None:
            return []
        return [Arrival(delay=self.slow + answer.delay, message=answer.reply, note=answer.note)]

    def release(self) -> None:
        """Make the acquirer's answers durable. Raises `StorageFailed`."""
        self.acquirer.make_durable()

    def receive(self) -> Sequence[Arrival]:
        """Nothing: everything is known when it is sent."""
        return ()

    def close(self) -> None:
        """It holds nothing."""
