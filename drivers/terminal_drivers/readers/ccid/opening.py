"""The host end of a CCID reader at an address: on a serial line or a port, on USB, or recorded."""

from dataclasses import replace
from pathlib import Path

from terminal_drivers.base import Trace
from terminal_drivers.readers.address import Address
from terminal_drivers.readers.ccid import capture, quirks
from terminal_drivers.readers.ccid.both_ends import VirtualCcidReader, virtual_ccid
from terminal_drivers.readers.ccid.descriptor import ClassDescriptor
from terminal_drivers.readers.ccid.gempc import BAUD, VARIANTS, GemPcLink
from terminal_drivers.readers.ccid.link import CcidLine
from terminal_drivers.readers.ccid.reader import TIMEOUT, CcidReader
from terminal_drivers.readers.ccid.usb import CcidUsbLink, Pipes
from terminal_drivers.readers.ccid.waking import wake
from terminal_drivers.readers.lines import open_line
from terminal_drivers.readers.protocol import Opening
from terminal_drivers.transports.lines import LineKind

STOP_BITS = 2


def open_ccid(where: Address, how: Opening) -> CcidReader:
    """Open the reader at an address that is not virtual."""
    line = how.interceptor.line(str(where), capture.LINES, lambda: _line(where, how.variant))
    return on_line(line, timeout=how.timeout, trace=how.trace)


def open_both(where: Address, how: Opening) -> VirtualCcidReader:
    """Make both ends of a reader."""
    variant = VARIANTS[how.variant]
    link = Path(where.where) if where.where else None
    line: LineKind = "pty" if where.transport == "pty" else "loopback"
    return virtual_ccid(line, variant, timeout=how.timeout, trace=how.trace, link=link)


def over_usb(
    pipes: Pipes,
    said: ClassDescriptor,
    device: tuple[int, int],
    *,
    release: int,
    timeout: float = TIMEOUT,
    trace: Trace | None = None,
) -> CcidReader:
    """The reader at these pipes; where its vendor and product, and its firmware `release` (bcdDevice), are in
    quirks.toml, that is believed and not what it `said`.
    """
    return on_line(_usb(pipes, said, device, release), timeout=timeout, trace=trace)


def on_line(end: CcidLine, *, timeout: float, trace: Trace | None) -> CcidReader:
    """The reader behind a line."""
    return CcidReader(
        end.link,
        end.features,
        descriptor=end.descriptor,
        pin_ban=end.pin_ban,
        timeout=timeout,
        trace=trace,
    )


def _line(where: Address, variant: str) -> CcidLine:
    if where.transport == "usb":
        # Imported here: it needs pyusb.
        from terminal_drivers.readers.ccid.usb_pipes import open_pipes

        pipes = open_pipes(*where.device())
        return _usb(pipes, pipes.descriptor, where.device(), pipes.release)
    if where.transport == "capture":
        recorded = capture.replay(Path(where.where), where.name or capture.NAME)
        return replace(recorded, features=VARIANTS[where.variant].features) if where.variant else recorded
    model = VARIANTS[variant]
    link = GemPcLink(open_line(where, BAUD, stop_bits=STOP_BITS), model)
    if where.baud is None:
        wake(link)  # a baud in the address is the one at which the reader works
    return CcidLine(link, model.features, model.descriptor)


def _usb(pipes: Pipes, said: ClassDescriptor, device: tuple[int, int], release: int) -> CcidLine:
    correction = quirks.shipped().correction(*device, release)
    believed = said if correction is None else correction.of(said)
    withdrawn = correction is not None and said.pin_support & ~believed.pin_support
    return CcidLine(
        CcidUsbLink(pipes, believed.max_message),
        (believed.features,) * (believed.max_slot_index + 1),
        believed,
        correction.reason if correction is not None and withdrawn else "",
    )
