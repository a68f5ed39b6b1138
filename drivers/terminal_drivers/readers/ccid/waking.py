"""Both ends of a serial reader whose speed after power-on is not its working speed (GemCore SIM Pro 2).

1. The host asks for the slot's status at the waking speed, for a second at most, sends the Escape that changes the
   speed, and goes on at the working speed. A silent reader is at its working speed already, which
   only a loss of power ends (as in the CCID project's ccid_serial.c).
2. The device ignores a host whose line runs at another speed, which is noise to a UART, and sends it nothing. A line
   without a speed (a loopback) always matches.
"""

from contextlib import suppress

from terminal_drivers.base import FrameError, LineDevice, ReaderLost, SpeedChange
from terminal_drivers.readers.ccid.codec import encode
from terminal_drivers.readers.ccid.gempc import BAUD, GemPcDevice, GemPcLink, GemPcVariant, Waking
from terminal_drivers.readers.ccid.messages import Escape, GetSlotStatus
from terminal_drivers.readers.ccid.virtual import VirtualCcid

PATIENCE = 1.0  # s
SETTLING = 0.25  # s that a reader takes for its new speed


def wake(link: GemPcLink) -> GemPcLink:
    """Bring the reader at a line that has just been opened to its working speed, and return the link to it.

    `ReaderLost`: the line is gone; it is closed then.
    """
    waking, line = link.variant.waking, link.transport
    if waking is not None and isinstance(line, SpeedChange):
        try:
            line.set_speed(waking.baud)
            _speed_up(link, waking.speed_up)
            line.set_speed(BAUD)
        except ReaderLost:
            link.close()
            raise
    return link


def _speed_up(link: GemPcLink, escape: bytes) -> None:
    # What a reader at another speed says is noise, and may look like anything.
    with suppress(FrameError, ReaderLost):
        link.send(encode(GetSlotStatus(0, 0)))
        if link.receive(PATIENCE) is not None:
            link.send(encode(Escape(0, 1, escape)))
            link.receive(PATIENCE)
            link.listen(SETTLING)


def line_device(framed: GemPcDevice, reader: VirtualCcid, variant: GemPcVariant) -> LineDevice:
    """The device end of the framing of `reader`, at the variant's waking speed where it has one."""
    return framed if variant.waking is None else SlowStarter(framed, reader, variant.waking)


class SlowStarter:
    """A reader that has just got power."""

    def __init__(self, framed: GemPcDevice, reader: VirtualCcid, waking: Waking) -> None:
        self._framed = framed
        self._baud = self._next = waking.baud
        self._host: int | None = None
        self._said = b""
        reader.escapes.obey(waking.speed_up, self._speed_up)

    def host_speed(self, baud: int) -> None:
        self._host = baud

    def feed(self, data: bytes) -> None:
        if self._is_same_speed():
            self._framed.feed(data)
            # The answer goes out before the speed changes that it agrees to.
            self._said += self._framed.take()
            self._baud = self._next

    def take(self) -> bytes:
        late = self._framed.take()
        said, self._said = self._said + (late if self._is_same_speed() else b""), b""
        return said

    def _is_same_speed(self) -> bool:
        return self._host in (None, self._baud)

    def _speed_up(self) -> None:
        self._next = BAUD
