"""The host end of a serial stripe head: collects lines and hands out swipes."""

from terminal_drivers.base import FrameError, Transport
from terminal_drivers.readers.magstripe.head import StripeReader
from terminal_drivers.readers.magstripe.line import END, LONGEST, parse


class SerialStripeHead(StripeReader):
    """A head on a serial line; a line of it is a swipe."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport)
        self._buffer = b""

    def _read(self, timeout: float) -> None:
        """Read until a whole line has come and no more waits; `FrameError` where one of them was no swipe."""
        fault = None
        while data := self.transport.read(LONGEST + 1, timeout):
            *lines, rest = END.split(self._buffer + data)
            # No swipe is longer: of a line that is too long, enough is kept to know it when its end comes.
            self._buffer = rest[: LONGEST + 1]
            for line in filter(None, lines):
                try:
                    self._swiped(parse(line))
                except FrameError as error:
                    fault = error
            if lines:
                timeout = 0
            elif len(self._buffer) > LONGEST:
                break  # noise has no end
        if fault is not None:
            raise fault
