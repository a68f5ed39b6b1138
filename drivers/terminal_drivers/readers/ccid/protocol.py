"""CCID as one protocol of the table: over USB, and over the serial framing of the GemPC family."""

from __future__ import annotations

from terminal_drivers.base import ReaderPart
from terminal_drivers.readers.address import Address
from terminal_drivers.readers.both_ends import BothEnds
from terminal_drivers.readers.clauses import Kit
from terminal_drivers.readers.machine import Finding, program
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

SMART_CARD = "0b"  # USB class, as sysfs writes it


def _open_host(where: Address, how: Opening) -> HostReader:
    from terminal_drivers.readers.ccid.opening import open_ccid

    return open_ccid(where, how)


def _open_both(where: Address, how: Opening) -> BothEnds[HostReader, object]:
    from terminal_drivers.readers.ccid.opening import open_both

    return open_both(where, how)


def _serve_serial(at: ServedAt) -> Served:
    from terminal_drivers.readers.ccid.serving import DEFAULT_VARIANT, ServedSerialReader

    return ServedSerialReader(at.variant or DEFAULT_VARIANT, at.link, at.person)


def _serve_usb(at: ServedAt) -> Served:
    from terminal_drivers.readers.ccid.serving import ServedUsbReader

    return ServedUsbReader(port=at.port)


def _kit() -> Kit:
    from terminal_drivers.readers.ccid.conformance import KIT

    return KIT


def _parsers() -> tuple[Parser, ...]:
    from terminal_drivers.readers.ccid.codec import decode

    return (Parser("CCID message", decode, ("65000000000007000000",)),)


def _choices() -> tuple[str, ...]:
    from terminal_drivers.readers.ccid.gempc import VARIANTS

    return tuple(VARIANTS)


def _checks() -> tuple[Finding, ...]:
    return (program("libccidtwin.so", "libccid", "our virtual serial reader under pcscd"),)


PROTOCOL = ReaderProtocol(
    name="ccid",
    title="CCID",
    parts=(ReaderPart.CONTACT, ReaderPart.CONTACTLESS),
    transports=("virtual", "pty", "serial", "tcp", "usb", "capture"),
    variants=Variants(_choices, hardware="gempc-twin", own="built-in"),
    open_host=_open_host,
    open_both=_open_both,
    services=(Service("pty", _serve_serial), Service("usbip", _serve_usb, at_port=True)),
    usb=(UsbMatch(SMART_CARD, "usb"),),
    kit=_kit,
    parsers=_parsers,
    checks=_checks,
)
