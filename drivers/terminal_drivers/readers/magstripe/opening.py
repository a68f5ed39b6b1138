"""A stripe head at an address: its host end, and both ends of ours."""

from pathlib import Path

from terminal_drivers.readers.address import Address
from terminal_drivers.readers.lines import open_line
from terminal_drivers.readers.magstripe.both_ends import VirtualStripeReader, virtual_stripe_head
from terminal_drivers.readers.magstripe.capture import LINES
from terminal_drivers.readers.magstripe.head import StripeReader
from terminal_drivers.readers.magstripe.hid import LAYOUTS
from terminal_drivers.readers.magstripe.hid_reader import HidStripeHead
from terminal_drivers.readers.magstripe.line import BAUD
from terminal_drivers.readers.magstripe.reader import SerialStripeHead
from terminal_drivers.readers.protocol import Opening


def open_head(where: Address, how: Opening) -> StripeReader:
    """Open the head at an address that is not virtual."""
    line = how.interceptor.line(str(where), LINES, lambda: open_line(where, BAUD))
    if where.transport == "hid":
        return HidStripeHead(line, LAYOUTS[how.variant])
    return SerialStripeHead(line)


def open_both(where: Address) -> VirtualStripeReader:
    """Make both ends of a head on a serial line."""
    link = Path(where.where) if where.where else None
    return virtual_stripe_head("pty" if where.transport == "pty" else "loopback", link=link)
