"""A NEO reader with both ends of ours, on a loopback, a pseudo-terminal or a TCP port, raw or as HID reports."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from terminal_drivers.base import Card, Line, LineDevice, Misuse, Trace, Tracks, Transport
from terminal_drivers.readers.vivotech.codec import TABLES, Variant
from terminal_drivers.readers.vivotech.hid import HidDevice, MessageTransport
from terminal_drivers.readers.vivotech.reader import TIMEOUT, VivotechReader
from terminal_drivers.readers.vivotech.virtual import FIRMWARE, VirtualNeo
from terminal_drivers.transports.loopback import LoopbackLine

BAUD = 115_200

NeoLine = Literal["loopback", "hid", "pty", "tcp"]


class NeoHands:
    """Cards in front of a virtual NEO reader."""

    def __init__(self, reader: VirtualNeo, line: Line) -> None:
        self._reader = reader
        self._line = line

    def insert(self, card: Card) -> None:
        self._line.act(lambda: self._reader.insert(card))

    def tap(self, card: Card) -> None:
        self._line.act(lambda: self._reader.tap(card))

    def remove(self) -> None:
        self._line.act(self._reader.remove)

    def swipe(self, tracks: Tracks) -> None:
        self._line.act(lambda: self._reader.swipe(tracks))

    def expire(self) -> None:
        """Let the time of the running transaction be over."""
        self._line.act(self._reader.expire)


@dataclass(frozen=True, slots=True)
class VirtualVivotechReader:
    """A NEO reader with both ends."""

    host: VivotechReader
    device: NeoHands
    line: Line

    def close(self) -> None:
        self.host.close()
        self.line.close()


def virtual_vivotech(
    transport: NeoLine = "loopback",
    variant: Variant = TABLES,
    *,
    firmware: str = FIRMWARE,
    timeout: float = TIMEOUT,
    trace: Trace | None = None,
    link: Path | None = None,
    record: list[tuple[str, bytes]] | None = None,
    around: Callable[[Transport], Transport] = lambda line: line,
) -> VirtualVivotechReader:
    """Build both ends. `link` names the pty; `record` is of a loopback; `around` wraps the host's transport."""
    device = VirtualNeo(firmware)
    line = _line(transport, device, link, record)
    opened = around(line.open())
    host_line = MessageTransport(opened) if transport == "hid" else opened
    host = VivotechReader(host_line, variant, timeout=timeout, trace=trace)
    return VirtualVivotechReader(host, NeoHands(device, line), line)


def _line(
    transport: NeoLine, device: VirtualNeo, link: Path | None, record: list[tuple[str, bytes]] | None
) -> Line:
    if link is not None and transport != "pty":
        raise Misuse("only the pty has a path for a link")
    if transport in ("loopback", "hid"):
        end: LineDevice = HidDevice(device) if transport == "hid" else device
        return LoopbackLine(end, record)
    if record is not None:
        raise Misuse("only the loopback records")
    if transport == "tcp":
        from terminal_drivers.transports.tcp import TcpLine

        return TcpLine(device)
    # Imported here: it needs pyserial and a system with pseudo-terminals.
    from terminal_drivers.transports.pty import PtyLine

    return PtyLine(device, link, baud=BAUD)
