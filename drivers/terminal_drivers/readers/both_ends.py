"""A reader with both ends of ours: the host end that drives hardware too, and the controls of the device end."""

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar, runtime_checkable

from terminal_drivers.base import Card, Line


class HostEnd(Protocol):
    """What of a host end its line's owner needs."""

    def close(self) -> None: ...


H = TypeVar("H", bound=HostEnd, covariant=True)
C = TypeVar("C", covariant=True)


@dataclass(frozen=True, slots=True)
class BothEnds(Generic[H, C]):
    """`host` drives the reader, `device` moves cards in front of it; they meet on `line`.

    On a loopback there is no thread and nothing blocks; a pseudo-terminal or a socket has one thread for its device.
    """

    host: H
    device: C
    line: Line

    def close(self) -> None:
        self.host.close()
        self.line.close()


@runtime_checkable
class ChipControls(Protocol):
    """Controls of a device end that takes a chip card."""

    def put(self, card: Card) -> None:
        """Put a card into the first slot; `Misuse` where one is in it."""
        ...
