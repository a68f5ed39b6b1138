"""The class descriptor of a CCID device (USB CCID rev 1.1, table 5.1-1): 54 bytes, both ways."""

import struct
from dataclasses import astuple, dataclass
from typing import Self

from terminal_drivers.base import FrameError, Misuse
from terminal_drivers.readers.ccid.features import SERIAL_TPDU

LENGTH, TYPE = 54, 0x21
_LAYOUT = struct.Struct("<BBHBBIIIBIIBIIIIIBBHBB")


@dataclass(frozen=True, slots=True)
class ClassDescriptor:
    """What a reader says of itself, in the order of the wire; the defaults are a reader with one slot.

    Clocks are in kHz, data rates in bit/s, `max_message` in bytes with the 10-byte header.
    """

    bcd_ccid: int = 0x0110
    max_slot_index: int = 0
    voltages: int = 0x07
    protocols: int = 0x03
    default_clock: int = 4000
    max_clock: int = 4000
    clocks: int = 0
    data_rate: int = 10_753
    max_data_rate: int = 344_086
    data_rates: int = 0
    max_ifsd: int = 254
    synch_protocols: int = 0
    mechanical: int = 0
    features: int = SERIAL_TPDU
    max_message: int = 271
    class_get_response: int = 0xFF
    class_envelope: int = 0xFF
    lcd_layout: int = 0
    pin_support: int = 0
    max_busy_slots: int = 1

    def build(self) -> bytes:
        try:
            return _LAYOUT.pack(LENGTH, TYPE, *astuple(self))
        except struct.error as error:
            raise Misuse(f"a field of the class descriptor does not fit its place: {error}") from error

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read exactly one; `FrameError` where length or type is another."""
        if len(data) != LENGTH or data[0] != LENGTH or data[1] != TYPE:
            raise FrameError(f"a CCID class descriptor is {LENGTH} bytes that begin 36 21")
        return cls(*_LAYOUT.unpack(data)[2:])


def find(descriptors: bytes) -> ClassDescriptor | None:
    """The class descriptor among others that follow each other; None where there is none."""
    at = 0
    while at + 2 <= len(descriptors) and descriptors[at] >= 2:
        if descriptors[at : at + 2] == bytes((LENGTH, TYPE)):
            return ClassDescriptor.parse(descriptors[at : at + LENGTH])
        at += descriptors[at]
    return None
