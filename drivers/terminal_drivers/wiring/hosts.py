"""The host end of whatever reader stands at an address, of every protocol and transport; each package it needs is
imported when it is needed.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Union

from terminal_drivers.base import Misuse, Trace, Transport
from terminal_drivers.captures import capture
from terminal_drivers.captures.interceptor import NO_INTERCEPTOR, CcidLine, LineInterceptor
from terminal_drivers.readers.built_in import CCID_BAUD, STRIPE_BAUD
from terminal_drivers.readers.ccid import capture as ccid_capture
from terminal_drivers.readers.ccid import quirks
from terminal_drivers.readers.ccid.descriptor import ClassDescriptor
from terminal_drivers.readers.ccid.gempc import GemPcLink
from terminal_drivers.readers.ccid.reader import TIMEOUT, CcidReader
from terminal_drivers.readers.ccid.usb import CcidUsbLink, Pipes
from terminal_drivers.readers.ccid.waking import wake
from terminal_drivers.readers.magstripe import hid as stripe_reports
from terminal_drivers.readers.magstripe.hid_reader import HidStripeHead
from terminal_drivers.readers.magstripe.reader import SerialStripeHead
from terminal_drivers.readers.vivotech import codec as vivotech
from terminal_drivers.readers.vivotech.hid import MessageTransport
from terminal_drivers.readers.vivotech.reader import VivotechReader
from terminal_drivers.transports import tcp
from terminal_drivers.wiring.address import PCSC, VARIANTS, Address

if TYPE_CHECKING:
    from terminal_drivers.readers.pcsc.client import PcscReader

HostEnd = Union[CcidReader, SerialStripeHead, HidStripeHead, VivotechReader, "PcscReader"]

VIVOTECH_VARIANTS = {"tables": vivotech.TABLES, "text": vivotech.TEXT, "plain": vivotech.PLAIN}
STRIPE_LAYOUTS = {"vendor": stripe_reports.VENDOR, "standard": stripe_reports.STANDARD}
BAUDS = {"ccid": CCID_BAUD, "msr": STRIPE_BAUD, "vivotech": 115_200}


def open_host(
    address: Address | str,
    *,
    timeout: float = TIMEOUT,
    trace: Trace | None = None,
    interceptor: LineInterceptor = NO_INTERCEPTOR,
) -> HostEnd:
    """Open a reader that is not ours, or a recorded one.

    `timeout` and `trace` are for `ccid` and `vivotech`; `interceptor` stands between each line and its host end.
    `Misuse`: no such address, one of both ends, or a missing package; `ReaderLost`: nothing answers there.
    """
    where = address if isinstance(address, Address) else Address.parse(address)
    if where.protocol == PCSC and interceptor is NO_INTERCEPTOR:
        from terminal_drivers.readers.pcsc.client import PcscReader

        return PcscReader(where.where)
    if where.transport in ("virtual", "pty"):
        raise Misuse(
            f"{where.protocol}+{where.transport}: has both ends of ours: opening.open_reader opens it"
        )
    if where.protocol in ("ccid", PCSC):
        return _reader(interceptor.ccid(str(where), lambda: _ccid(where)), timeout, trace)
    line = interceptor.line(str(where), lambda: _messages(where))
    if where.protocol == "vivotech":
        variant = VIVOTECH_VARIANTS[where.variant or "tables"]
        return VivotechReader(line, variant, timeout=timeout, trace=trace)
    if where.transport == "hid":
        return HidStripeHead(line, STRIPE_LAYOUTS[where.variant or "vendor"])
    return SerialStripeHead(line)


def _ccid(where: Address) -> CcidLine:
    if where.protocol == PCSC:
        from terminal_drivers.readers.pcsc.ccid_link import DESCRIPTOR, SlotLink
        from terminal_drivers.readers.pcsc.client import PcscReader

        return CcidLine(SlotLink(PcscReader(where.where)), (DESCRIPTOR.features,), DESCRIPTOR)
    if where.transport == "usb":
        from terminal_drivers.transports.usb import UsbPipes

        pipes = UsbPipes(*where.device())
        return _usb(pipes, pipes.descriptor, where.device(), pipes.release)
    if where.transport == "capture":
        recorded = ccid_capture.replay(Path(where.where), where.name or ccid_capture.NAME)
        return replace(recorded, features=VARIANTS[where.variant].features) if where.variant else recorded
    variant = VARIANTS[where.variant or "gempc-twin"]
    link = GemPcLink(_transport(where), variant)
    if where.baud is None:
        wake(link)  # a baud that was told is the one at which the reader works
    return CcidLine(link, variant.features, variant.descriptor)


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
    return _reader(_usb(pipes, said, device, release), timeout, trace)


def _usb(pipes: Pipes, said: ClassDescriptor, device: tuple[int, int], release: int) -> CcidLine:
    correction = quirks.shipped().correction(*device, release)
    told = said if correction is None else correction.of(said)
    withdrawn = correction is not None and said.pin_support & ~told.pin_support
    return CcidLine(
        CcidUsbLink(pipes, told.max_message),
        (told.features,) * (told.max_slot_index + 1),
        told,
        correction.reason if correction is not None and withdrawn else "",
    )


def _reader(end: CcidLine, timeout: float, trace: Trace | None) -> CcidReader:
    return CcidReader(
        end.link,
        end.features,
        descriptor=end.descriptor,
        pin_ban=end.pin_ban,
        timeout=timeout,
        trace=trace,
    )


def _messages(where: Address) -> Transport:
    """A line that carries what its protocol calls messages or bytes, and no reports of HID where those are only an envelope."""
    line = _transport(where)
    return MessageTransport(line) if (where.protocol, where.transport) == ("vivotech", "hid") else line


def _transport(where: Address) -> Transport:
    openers: dict[str, Callable[[Address], Transport]] = {
        "serial": _serial,
        "tcp": _tcp,
        "hid": _hid,
        "capture": _capture,
    }
    return openers[where.transport](where)


def _serial(where: Address) -> Transport:
    from terminal_drivers.transports.serial import SerialTransport, StopBits

    stop_bits = StopBits.TWO if where.protocol == "ccid" else StopBits.ONE
    return SerialTransport(where.where, where.baud or BAUDS[where.protocol], stop_bits)


def _tcp(where: Address) -> Transport:
    return tcp.connect(*where.endpoint(), beyond_loopback=where.beyond)


def _hid(where: Address) -> Transport:
    from terminal_drivers.transports.hid import HidTransport

    return HidTransport(*where.device())


def _capture(where: Address) -> Transport:
    return capture.replay(Path(where.where), where.name or where.protocol)
