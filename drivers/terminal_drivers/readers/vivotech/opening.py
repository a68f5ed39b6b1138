"""A ViVOtech2 reader at an address: its host end, and both ends of ours."""

from pathlib import Path

from terminal_drivers.base import Transport
from terminal_drivers.readers.address import Address
from terminal_drivers.readers.lines import open_line
from terminal_drivers.readers.protocol import Opening
from terminal_drivers.readers.vivotech.both_ends import BAUD, VirtualVivotechReader, virtual_vivotech
from terminal_drivers.readers.vivotech.capture import LINES
from terminal_drivers.readers.vivotech.codec import VARIANTS
from terminal_drivers.readers.vivotech.hid import MessageTransport
from terminal_drivers.readers.vivotech.reader import VivotechReader
from terminal_drivers.transports.lines import LineKind


def open_vivotech(where: Address, how: Opening) -> VivotechReader:
    """Open the reader at an address that is not virtual."""
    line = how.interceptor.line(str(where), LINES, lambda: _messages(where))
    return VivotechReader(line, VARIANTS[how.variant], timeout=how.timeout, trace=how.trace)


def open_both(where: Address, how: Opening) -> VirtualVivotechReader:
    """Make both ends of a reader."""
    link = Path(where.where) if where.where else None
    line: LineKind = "pty" if where.transport == "pty" else "loopback"
    return virtual_vivotech(line, VARIANTS[how.variant], timeout=how.timeout, trace=how.trace, link=link)


def _messages(where: Address) -> Transport:
    """A line that carries whole messages or bytes: the reports of HID are only their envelope."""
    line = open_line(where, BAUD)
    return MessageTransport(line) if where.transport == "hid" else line
