"""What every host end of a stripe head does with the swipes that it has read."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping

from terminal_drivers.base import Change, ContactSlot, PartedReader, Presence, Tracks, Transport
from terminal_drivers.readers.parted import HeadReader


class StripeReader(ABC):
    """`poll` gives the swipes; `changes` gives only that there was one."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self._swipes: list[Tracks] = []
        self._unreported = 0

    def poll(self, timeout: float = 0.0) -> list[Tracks]:
        self._read(0 if self._swipes else timeout)
        swipes, self._swipes = self._swipes, []
        self._unreported = 0
        return swipes

    def changes(self, timeout: float = 0.0) -> list[Presence]:
        """Return one SWIPED for each swipe that neither `poll` nor `changes` has returned; `poll` still gives the tracks."""
        self._read(0 if self._unreported else timeout)
        unreported, self._unreported = self._unreported, 0
        return [Presence(Change.SWIPED, None)] * unreported

    def parted(self) -> PartedReader:
        return HeadReader(self)

    def about(self) -> Iterator[tuple[str, str]]:
        yield "reader", "stripe head: it takes no questions and speaks when a card is swiped"

    def places(self) -> Mapping[str, ContactSlot]:
        return {}

    def wait(self, timeout: float) -> None:
        self._read(timeout)

    def close(self) -> None:
        self.transport.close()

    def _swiped(self, tracks: Tracks) -> None:
        """Keep a swipe until it is asked for."""
        self._swipes.append(tracks)
        self._unreported += 1

    @abstractmethod
    def _read(self, timeout: float) -> None:
        """Read until a swipe has come and no more waits; `FrameError` where something came that was no swipe."""
