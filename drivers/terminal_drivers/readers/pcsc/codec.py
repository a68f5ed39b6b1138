"""What PC/SC software says in bytes: pseudo-APDUs to a contactless reader, features, PIN structures; both ways.

1. Pseudo-APDUs have class FF and go to the reader, not to the card (PC/SC part 3, 3.2).
2. A reader's features are triplets of tag, length 4 and the control code that reaches the feature, MSB first
   (part 10, 2.2).
3. PIN structures are those of CCID, little-endian, with a second time-out, three message indices where a PIN
   changes, and the length of the APDU before it (part 10, 2.5). So they are made from CCID's.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Self

from terminal_drivers.base import FrameError
from terminal_drivers.iso7816.apdu import CommandApdu
from terminal_drivers.readers.ccid.pin import PinFormat, PinModify, PinOperation, PinVerify

PSEUDO_CLASS = 0xFF
GET_DATA = 0xCA
UID, HISTORICAL = 0x00, 0x01
NOT_SUPPORTED = bytes.fromhex("6A81")


class Feature(IntEnum):
    """Features of a reader (part 10, 2.3)."""

    VERIFY_PIN_START = 0x01
    VERIFY_PIN_FINISH = 0x02
    MODIFY_PIN_START = 0x03
    MODIFY_PIN_FINISH = 0x04
    GET_KEY_PRESSED = 0x05
    VERIFY_PIN_DIRECT = 0x06
    MODIFY_PIN_DIRECT = 0x07
    MCT_READER_DIRECT = 0x08
    MCT_UNIVERSAL = 0x09
    IFD_PIN_PROPERTIES = 0x0A
    ABORT = 0x0B
    SET_SPE_MESSAGE = 0x0C
    WRITE_DISPLAY = 0x0F
    GET_KEY = 0x10
    IFD_DISPLAY_PROPERTIES = 0x11
    GET_TLV_PROPERTIES = 0x12
    CCID_ESC_COMMAND = 0x13


class Property(IntEnum):
    """Properties of a reader (part 10, 2.6.14)."""

    LCD_LAYOUT = 0x01
    ENTRY_VALIDATION = 0x02
    TIMEOUT2 = 0x03
    LCD_MAX_CHARACTERS = 0x04
    LCD_MAX_LINES = 0x05
    MIN_PIN_SIZE = 0x06
    MAX_PIN_SIZE = 0x07
    FIRMWARE_ID = 0x08
    PPDU_SUPPORT = 0x09
    MAX_APDU_DATA = 0x0A
    VENDOR = 0x0B
    PRODUCT = 0x0C


def get_data(what: int) -> bytes:
    """The pseudo-APDU for the UID (0) or the historical bytes (1) of a contactless card."""
    return CommandApdu(PSEUDO_CLASS, GET_DATA, what, 0, ne=256).build()


def parse_features(data: bytes) -> dict[int, int]:
    """Control code by feature tag; `FrameError` where the list is broken."""
    found = {}
    for at in range(0, len(data), 6):
        tag, length, *code = data[at : at + 6] if len(data) - at >= 6 else (0, 0)
        if length != 4:
            raise FrameError("the reader's list of features is broken")
        found[tag] = int.from_bytes(bytes(code), "big")
    return found


def build_features(features: Mapping[int, int]) -> bytes:
    return b"".join(struct.pack(">BBI", tag, 4, code) for tag, code in features.items())


def parse_properties(data: bytes) -> dict[int, bytes]:
    """Value by property tag, LSB first as it comes; `FrameError` where the list is broken."""
    found = {}
    at = 0
    while at < len(data):
        value = data[at + 2 : at + 2 + data[at + 1]] if at + 1 < len(data) else b""
        if at + 1 >= len(data) or len(value) != data[at + 1]:
            raise FrameError("the reader's list of properties is broken")
        found[data[at]] = value
        at += 2 + len(value)
    return found


@dataclass(frozen=True, slots=True)
class PinProperties:
    """PIN_PROPERTIES (part 10, 2.5.5): lines and characters of the display, what ends an entry, second time-out."""

    lcd_layout: int
    entry_validation: int
    timeout2: int

    @classmethod
    def parse(cls, data: bytes) -> Self:
        if len(data) != 4:
            raise FrameError(f"the PIN properties of a reader are 4 bytes, not {len(data)}")
        return cls(*struct.unpack("<HBB", data))

    def build(self) -> bytes:
        return struct.pack("<HBB", self.lcd_layout, self.entry_validation, self.timeout2)


INDICES = 3


def build_pin(operation: PinOperation) -> bytes:
    """PIN_VERIFY or PIN_MODIFY; the second time-out is the reader's own."""
    ccid = operation.build()
    timeouts = bytes((operation.timeout, 0))
    body = ccid[2 : len(ccid) - len(operation.apdu) - len(operation.teo)]
    if isinstance(operation, PinModify):
        body += bytes(INDICES - len(operation.message_indices))
    return timeouts + body + operation.teo + struct.pack("<I", len(operation.apdu)) + operation.apdu


def parse_verify(data: bytes) -> PinVerify:
    """Read PIN_VERIFY; `FrameError` where it is broken."""
    head = _before_apdu(data, 19)
    return PinVerify.parse(bytes((PinVerify.OPERATION, head[0])) + head[2:15] + data[19:])


def parse_modify(data: bytes) -> PinModify:
    """Read PIN_MODIFY; `FrameError` where it is broken."""
    head = _before_apdu(data, 24)
    with_all = PinModify(
        PinFormat(*head[2:5]),
        apdu=data[24:],
        timeout=head[0],
        old_offset=head[5],
        new_offset=head[6],
        longest=head[7],
        shortest=head[8],
        confirm=head[9],
        validation=head[10],
        messages=head[11],
        language=int.from_bytes(head[12:14], "little"),
        message_indices=head[14:17],
        teo=head[17:20],
    )
    used = 1 + (with_all.messages != 0) + (with_all.messages == INDICES)
    return replace(with_all, message_indices=head[14 : 14 + used])


def _before_apdu(data: bytes, size: int) -> bytes:
    if len(data) < size or int.from_bytes(data[size - 4 : size], "little") != len(data) - size:
        raise FrameError("the PIN structure does not end with its APDU")
    return data[: size - 4]


def pseudo_answer(apdu: bytes, uid: bytes, historical: bytes) -> bytes | None:
    """The device end of `get_data`: a reader's R-APDU, or None where the APDU is for the card.

    6Cxx where Le asks for less than there is, 6282 where for more (part 3, 3.2.2.1.3).
    """
    if apdu[:1] != bytes((PSEUDO_CLASS,)):
        return None
    try:
        command = CommandApdu.parse(apdu)
    except FrameError:
        return bytes.fromhex("6700")
    known = {UID: uid, HISTORICAL: historical}
    if command.ins != GET_DATA or command.p1 not in known or command.p2:
        return NOT_SUPPORTED
    value = known[command.p1]
    if not command.ne:
        return bytes.fromhex("6700")
    if command.ne < len(value):
        return bytes((0x6C, len(value)))
    short = len(value) < command.ne < 256
    return value.ljust(command.ne, b"\0") + bytes.fromhex("6282") if short else value + bytes.fromhex("9000")
