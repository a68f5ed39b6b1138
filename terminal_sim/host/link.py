"""What lies between terminal and acquirer, as a seam: bytes out, and what arrives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from msgspec import Struct

CONNECT_TIMEOUT = 5_000_000  # microseconds until a terminal gives up connecting


class Arrival(Struct, frozen=True, kw_only=True):
    """What reaches the terminal `delay` microseconds of virtual time after it was handed over: bytes, or a problem instead.

    `unreachable`: there was no connection, so nothing was sent and nothing can have been charged. `closed`: the connection has
    ended behind a request, which the host may have got. `said`: nothing for the terminal, only a `note` of what the line itself did. Bytes that the dialect cannot read count as no answer likewise.
    `stan` is the trace number of the request that a problem is about, 0 where the link cannot tell. `note` is for the trace.
    """

    delay: int = 0
    message: bytes = b""
    problem: Literal["", "unreachable", "closed", "said"] = ""
    note: str = ""
    stan: int = 0


class HostLink(Protocol):
    """The way to the acquirer, in this process or over a network; it knows nothing of what the bytes mean.

    `up` says whether the acquirer can be reached, and `slow` adds microseconds to each round trip: the bench sets both.
    """

    up: bool
    slow: int

    def send(self, message: bytes, stan: int) -> Sequence[Arrival]:
        """Send one message. The result is what comes back of it as far as the link can tell at once, in order of delay.

        It may reach the terminal after `release` has returned. `stan` is the message's trace number, by which a later problem is told.
        """
        ...

    def release(self) -> None:
        """Let what `send` gave leave: an acquirer in the same process makes its answers durable, all of them at once.

        Raises `StorageFailed`, and then none of them leaves.
        """
        ...

    def receive(self) -> Sequence[Arrival]:
        """What has come since the last call and was no result of `send`; this does not wait."""
        ...

    def close(self) -> None:
        """Release what the link holds of the system."""
        ...
