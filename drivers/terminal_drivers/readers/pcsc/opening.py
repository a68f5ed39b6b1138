"""A reader of the PC/SC service at an address: by itself, or as a CCID reader between an interceptor and its host end."""

from terminal_drivers.readers.address import Address
from terminal_drivers.readers.ccid.capture import LINES
from terminal_drivers.readers.ccid.link import CcidLine
from terminal_drivers.readers.ccid.opening import on_line
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.protocol import HostReader, Opening


def open_service(where: Address) -> HostReader:
    """Open the reader of that name."""
    # Imported here, as below: it needs pyscard, and a recording does not.
    from terminal_drivers.readers.pcsc.client import PcscReader

    return PcscReader(where.where)


def open_recorded(where: Address, how: Opening) -> CcidReader:
    """Open the reader of that name with its slot as a CCID line."""
    line = how.interceptor.line(str(where), LINES, lambda: _slot_line(where))
    return on_line(line, timeout=how.timeout, trace=how.trace)


def _slot_line(where: Address) -> CcidLine:
    from terminal_drivers.readers.pcsc.ccid_link import DESCRIPTOR, SlotLink
    from terminal_drivers.readers.pcsc.client import PcscReader

    return CcidLine(SlotLink(PcscReader(where.where)), (DESCRIPTOR.features,), DESCRIPTOR)
