"""The host end of whatever reader stands at an address, of every protocol and transport; each package it needs is
imported when it is needed.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Union

from terminal_drivers import quirks
from terminal_drivers.address import PCSC, VARIANTS, Address
from terminal_drivers.base import Misuse, Trace, Transport
from terminal_drivers.readers.ccid.descriptor import ClassDescriptor
from terminal_drivers.readers.ccid.gempc import GemPcLink
from terminal_drivers.readers.ccid.pin import PinSupport
from terminal_drivers.readers.ccid.reader import TIMEOUT, CcidReader
from terminal_drivers.readers.ccid.usb import CcidUsbLink, Pipes
from terminal_drivers.readers.ccid.waking import wake
from terminal_drivers.readers.magstripe import hid as stripe_reports
from terminal_drivers.readers.magstripe.hid_reader import HidStripeHead
from terminal_drivers.readers.magstripe.reader import SerialStripeHead
from terminal_drivers.readers.vivotech import codec as vivotech
from terminal_drivers.readers.vivotech.hid import MessageTransport
from terminal_drivers.readers.vivotech.reader import VivotechReader
from terminal_drivers.transports import capture, ccid_capture, tcp
from terminal_drivers.virtual import CCID_BAUD, STRIPE_BAUD

if TYPE_CHECKING:
    from terminal_drivers.readers.pcsc.client import PcscReader

HostEnd = Union[CcidReader, SerialStripeHead, HidStripeHead, VivotechReader, "PcscReader"]

VIVOTECH_VARIANTS = {"tables": vivotech.TABLES, "text": vivotech.TEXT, "plain": vivotech.PLAIN}
STRIPE_LAYOUTS = {"vendor": stripe_reports.VENDOR, "standard": stripe_reports.STANDARD}
BAUDS = {"ccid": CCID_BAUD, "msr": STRIPE_BAUD, "vivotech": 115_200}


def open_host(address: Address | str, *, timeout: float = TIMEOUT, trace: Trace | None = None) -> HostEnd:
    """Open a reader that is not ours, or a recorded one.

    `timeout` and `trace` are for `ccid` and `vivotech`. `Misuse`: no such address, one of both ends, or a missing
    package; `ReaderLost`: nothing answers there.
    """
    where = address if isinstance(address, Address) else Address.parse(address)
    if where.protocol == PCSC:
        from terminal_drivers.readers.pcsc.client import PcscReader

        return PcscReader(where.where)
    if where.transport in ("virtual", "pty"):
        raise Misuse(
            f"{where.protocol}+{where.transport}: has both ends of ours: opening.open_reader opens it"
        )
    if where.protocol == "ccid":
        return _ccid(where, timeout, trace)
    line = _transport(where)
    if where.protocol == "vivotech":
        variant = VIVOTECH_VARIANTS[where.variant or "tables"]
        host_line = MessageTransport(line) if where.transport == "hid" else line
        return VivotechReader(host_line, variant, timeout=timeout, trace=trace)
    if where.transport == "hid":
        return HidStripeHead(line, STRIPE_LAYOUTS[where.variant or "vendor"])
    return SerialStripeHead(line)


def _ccid(where: Address, timeout: float, trace: Trace | None) -> CcidReader:
    if where.transport == "usb":
        from terminal_drivers.transports.usb import UsbPipes

        pipes = UsbPipes(*where.device())
        said, device = pipes.descriptor, where.device()
        return over_usb(pipes, said, device, release=pipes.release, timeout=timeout, trace=trace)
    if where.transport == "capture":
        link, recorded = ccid_capture.replay(Path(where.where), where.name or ccid_capture.NAME)
        features = VARIANTS[where.variant].features if where.variant else recorded
        # What the recorded reader said of its PIN pad is in no capture: what is recorded was possible.
        described = ClassDescriptor(features=features[0], pin_support=PinSupport.VERIFY | PinSupport.MODIFY)
        return CcidReader(link, features, descriptor=described, timeout=timeout, trace=trace)
    variant = VARIANTS[where.variant or "gempc-twin"]
    link_end = GemPcLink(_transport(where), variant)
    if where.baud is None:
        wake(link_end)  # a baud that was told is the one at which the reader works
    return CcidReader(link_end, variant.features, descriptor=variant.descriptor, timeout=timeout, trace=trace)


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
    correction = quirks.shipped().correction(*device, release)
    told = said if correction is None else correction.of(said)
    withdrawn = correction is not None and said.pin_support & ~told.pin_support
    return CcidReader(
        CcidUsbLink(pipes, told.max_message),
        (told.features,) * (told.max_slot_index + 1),
        descriptor=told,
        pin_ban=correction.reason if correction is not None and withdrawn else "",
        timeout=timeout,
        trace=trace,
    )


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
