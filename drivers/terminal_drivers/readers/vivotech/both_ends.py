"""A NEO reader with both ends of ours, on a loopback, a pseudo-terminal or a TCP port, raw or as HID reports."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from terminal_drivers.base import Card, Line, LineDevice, Trace, Tracks, Transport
from terminal_drivers.readers.both_ends import BothEnds
from terminal_drivers.readers.vivotech.codec import TABLES, CrcVariant
from terminal_drivers.readers.vivotech.hid import HidDevice, MessageTransport
from terminal_drivers.readers.vivotech.reader import TIMEOUT, VivotechReader
from terminal_drivers.readers.vivotech.virtual import FIRMWARE, Place, VirtualVivotech
from terminal_drivers.transports.lines import LineKind, line_to

BAUD = 115_200

VivotechLine = LineKind | Literal["hid"]
"""`hid` is reports on a loopback."""


class VivotechControls:
    """Cards in front of a virtual NEO reader."""

    def __init__(self, reader: VirtualVivotech, line: Line) -> None:
        self._reader = reader
        self._line = line

    def insert(self, card: Card) -> None:
        self._line.act(lambda: self._reader.insert(card))

    def put(self, card: Card) -> None:
        self.insert(card)

    def tap(self, card: Card) -> None:
        self._line.act(lambda: self._reader.tap(card))

    def remove(self, *places: Place) -> None:
        """Take the card away from a place, or every card."""
        self._line.act(lambda: self._reader.remove(*places))

    def holds(self, place: Place) -> bool:
        return self._reader.holds(place)

    def swipe(self, tracks: Tracks) -> None:
        self._line.act(lambda: self._reader.swipe(tracks))

    def expire(self) -> None:
        """Let the time of the running transaction be over."""
        self._line.act(self._reader.expire)


class VirtualVivotechReader(BothEnds[VivotechReader, VivotechControls]):
    """A ViVOtech2 reader with both ends."""


def virtual_vivotech(
    transport: VivotechLine = "loopback",
    variant: CrcVariant = TABLES,
    *,
    firmware: str = FIRMWARE,
    timeout: float = TIMEOUT,
    trace: Trace | None = None,
    link: Path | None = None,
    record: list[tuple[str, bytes]] | None = None,
    around: Callable[[Transport], Transport] = lambda line: line,
) -> VirtualVivotechReader:
    """Build both ends. `link` names the pty; `record` is of a loopback; `around` wraps the host's transport."""
    device = VirtualVivotech(firmware)
    end: LineDevice = HidDevice(device) if transport == "hid" else device
    line = line_to(end, "loopback" if transport == "hid" else transport, BAUD, link=link, record=record)
    opened = around(line.open())
    host_line = MessageTransport(opened) if transport == "hid" else opened
    host = VivotechReader(host_line, variant, timeout=timeout, trace=trace)
    return VirtualVivotechReader(host, VivotechControls(device, line), line)
