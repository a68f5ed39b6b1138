"""Magnetic-stripe heads as one protocol of the table: on a serial line and as USB HID devices."""

from __future__ import annotations

from terminal_drivers.base import ReaderPart
from terminal_drivers.readers.address import Address
from terminal_drivers.readers.both_ends import BothEnds
from terminal_drivers.readers.clauses import Kit
from terminal_drivers.readers.protocol import (
    HostReader,
    Opening,
    Parser,
    ReaderProtocol,
    ServedAt,
    Service,
    UsbMatch,
    Variants,
)
from terminal_drivers.readers.served import Served

HID, MAGTEK = "03", "0801"  # the USB class and a maker of heads, as sysfs writes them


def _open_host(where: Address, how: Opening) -> HostReader:
    from terminal_drivers.readers.magstripe.opening import open_head

    return open_head(where, how)


def _open_both(where: Address, _: Opening) -> BothEnds[HostReader, object]:
    from terminal_drivers.readers.magstripe.opening import open_both

    return open_both(where)


def _serve_usb(at: ServedAt) -> Served:
    from terminal_drivers.readers.magstripe.serving import ServedUsbStripeHead

    return ServedUsbStripeHead(port=at.port)


def _kit() -> Kit:
    from terminal_drivers.readers.magstripe.conformance import KIT

    return KIT


def _layouts() -> tuple[str, ...]:
    from terminal_drivers.readers.magstripe.hid import LAYOUTS

    return tuple(LAYOUTS)


def _parsers() -> tuple[Parser, ...]:
    from terminal_drivers.readers.magstripe.line import parse

    return (Parser("stripe line", parse, (b"%E?;E?+E?".hex(),)),)


PROTOCOL = ReaderProtocol(
    name="msr",
    title="stripe head",
    parts=(ReaderPart.STRIPE,),
    transports=("virtual", "pty", "serial", "tcp", "hid", "capture"),
    variants=Variants(_layouts, hardware="vendor", own="vendor", over=("hid",)),
    open_host=_open_host,
    open_both=_open_both,
    services=(Service("usbip", _serve_usb, at_port=True),),
    usb=(UsbMatch(HID, "hid", MAGTEK),),
    kit=_kit,
    parsers=_parsers,
)
