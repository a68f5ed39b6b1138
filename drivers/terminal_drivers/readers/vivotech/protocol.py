"""ViVOtech2 as one protocol of the table: ID TECH's readers on a serial line and on USB HID."""

from __future__ import annotations

from typing import TYPE_CHECKING

from terminal_drivers.base import ReaderPart
from terminal_drivers.readers.address import Address
from terminal_drivers.readers.both_ends import BothEnds
from terminal_drivers.readers.clauses import Kit
from terminal_drivers.readers.protocol import (
    HostReader,
    Opening,
    OwnReader,
    Parser,
    ReaderProtocol,
    ServedAt,
    Service,
    UsbMatch,
    Variants,
)
from terminal_drivers.readers.served import Served

if TYPE_CHECKING:
    from terminal_drivers.readers.vivotech.both_ends import VivotechControls
    from terminal_drivers.readers.vivotech.reader import VivotechReader

HID, ID_TECH = "03", "0acd"  # the USB class and the maker, as sysfs writes them


def _open_host(where: Address, how: Opening) -> HostReader:
    from terminal_drivers.readers.vivotech.opening import open_vivotech

    return open_vivotech(where, how)


def _open_both(where: Address, how: Opening) -> BothEnds[HostReader, object]:
    from terminal_drivers.readers.vivotech.opening import open_both

    return open_both(where, how)


def _own(both: BothEnds[VivotechReader, VivotechControls]) -> OwnReader:
    from terminal_drivers.readers.vivotech.own import OwnVivotech

    return OwnVivotech(both)


def _serve(at: ServedAt) -> Served:
    from terminal_drivers.readers.vivotech.serving import ServedVivotech

    return ServedVivotech(at.link)


def _kit() -> Kit:
    from terminal_drivers.readers.vivotech.conformance import KIT

    return KIT


def _variants() -> tuple[str, ...]:
    from terminal_drivers.readers.vivotech.codec import VARIANTS

    return tuple(VARIANTS)


def _parsers() -> tuple[Parser, ...]:
    from terminal_drivers.readers.vivotech.codec import parse_tlvs

    return (Parser("ViVOtech2 data objects", parse_tlvs, ("9F02060000000010009A03261128",)),)


PROTOCOL = ReaderProtocol(
    name="vivotech",
    title="ViVOtech2",
    parts=(ReaderPart.CONTACT, ReaderPart.CONTACTLESS, ReaderPart.STRIPE),
    transports=("virtual", "pty", "serial", "tcp", "hid", "capture"),
    variants=Variants(_variants, hardware="tables", own="tables"),
    open_host=_open_host,
    open_both=_open_both,
    own=_own,
    services=(Service("pty", _serve),),
    usb=(UsbMatch(HID, "hid", ID_TECH),),
    kit=_kit,
    parsers=_parsers,
)
