"""The host end of a serial stripe head: collects lines and hands out swipes."""

from terminal_drivers.base import Change, FrameError, Presence, Tracks, Transport
from terminal_drivers.readers.magstripe.line import CR, LONGEST, parse


class SerialStripeHead:
    """`poll` gives the swipes; `changes` only tells that there was one."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self._buffer = b""
        self._swipes: list[Tracks] = []
        self._untold = 0

    def poll(self, timeout: float = 0.0) -> list[Tracks]:
        self._read(0 if self._swipes else timeout)
        swipes, self._swipes = self._swipes, []
        self._untold = 0
        return swipes

    def changes(self, timeout: float = 0.0) -> list[Presence]:
        """Return one SWIPED for each swipe that neither `poll` nor `changes` has told; `poll` still gives the
        tracks.
        """
        self._read(0 if self._untold else timeout)
        untold, self._untold = self._untold, 0
        return [Presence(Change.SWIPED, None)] * untold

    def close(self) -> None:
        self.transport.close()

    def _read(self, timeout: float) -> None:
        """Read until a whole line has come and no more waits; `FrameError` where one of them was no swipe."""
        fault = None
        while data := self.transport.read(LONGEST + 1, timeout):
            *lines, rest = (self._buffer + data).split(CR)
            # No swipe is longer: of a line that is too long, enough is kept to know it when its CR comes.
            self._buffer = rest[: LONGEST + 1]
            for line in filter(None, lines):
                try:
                    self._swipes.append(parse(line))
                    self._untold += 1
                except FrameError as error:
                    fault = error
            if lines:
                timeout = 0
            elif len(self._buffer) > LONGEST:
                break  # noise has no end
        if fault is not None:
            raise fault
