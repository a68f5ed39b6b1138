"""PIN entry at the reader: the structures of PC_to_RDR_Secure (USB CCID rev 1.1, 6.1.11), both ways.

1. A structure carries a C-APDU template, and says where in its data field the digits go and, maybe, their
   count.
2. Positions are bits from the first data byte on; a format may give them in bytes. Only the bits of the digits
   and of their count change: the filler is the template's.
3. A PIN block of no fixed size makes the data field as long as the PIN: Lc follows.
4. The operations 02 to 06 continue an entry that is split between several messages. Both ends here send it in one.
"""

from dataclasses import dataclass, field
from enum import Enum, IntEnum, IntFlag
from typing import ClassVar, Protocol, Self

from terminal_drivers.base import FrameError, Misuse

AT_DATA = 5  # CLA INS P1 P2 Lc
NO_TEO = bytes(3)
ENGLISH = 0x0409


class PinEncoding(Enum):
    """How a digit stands in the APDU."""

    BINARY = 0
    BCD = 1
    ASCII = 2

    @property
    def bits(self) -> int:
        return 4 if self is PinEncoding.BCD else 8


class FollowUp(IntEnum):
    """bPINOperation of what goes on with an entry; the last two belong to T=1."""

    TRANSFER = 2
    """Take the PIN from the secure buffer."""
    WAIT = 3
    """Wait for the card's response."""
    CANCEL = 4
    RESEND = 5
    """Send the last I-block again."""
    NEXT_PART = 6
    """Send the next part of the APDU."""


class PinSupport(IntFlag):
    """What a reader's PIN pad does (bPINSupport, table 5.1-1)."""

    VERIFY = 1
    MODIFY = 2


class Validation(IntFlag):
    """What ends an entry (bEntryValidationCondition)."""

    MAX_SIZE = 1
    KEY = 2
    TIMEOUT = 4


class Confirm(IntFlag):
    """What a change of PIN asks for (bConfirmPIN)."""

    NEW_TWICE = 1
    OLD = 2


@dataclass(frozen=True, slots=True)
class PinFormat:
    """bmFormatString, bmPINBlockString and bmPINLengthFormat."""

    format_string: int
    block_string: int
    length_format: int

    @property
    def encoding(self) -> PinEncoding:
        """`FrameError` where it is reserved."""
        if self.format_string & 3 == 3:
            raise FrameError("bmFormatString names no encoding")
        return PinEncoding(self.format_string & 3)

    @property
    def position(self) -> int:
        """Bits from the first data byte to the PIN block."""
        return (self.format_string >> 3 & 0x0F) * (8 if self.format_string & 0x80 else 1)

    @property
    def length_position(self) -> int:
        """Bits from the first data byte to the count of digits."""
        return (self.length_format & 0x0F) * (8 if self.length_format & 0x10 else 1)

    def place(self, apdu: bytes, digits: str, offset: int = 0) -> bytes:
        """Put digits into a template, `offset` bytes behind where the format says.

        `FrameError` where they do not fit: the host has announced a place that is not there.
        """
        if len(apdu) < AT_DATA or not digits:
            raise FrameError("the PIN has no place: the APDU template has no data field")
        width, size = self.encoding.bits, 8 * (self.block_string & 0x0F)
        start = self.position + 8 * offset
        head, data = apdu[:AT_DATA], apdu[AT_DATA:]
        if not size:
            size = -(-width * len(digits) // 8) * 8
            data = data.ljust((start + size) // 8, b"\xff")
            head = apdu[:4] + bytes((len(data) & 0xFF,))
        if width * len(digits) > size:
            raise FrameError(f"{len(digits)} digits do not fit into the PIN block")
        if self.format_string & 4:
            start += size - width * len(digits)
        for number, digit in enumerate(digits):
            value = ord(digit) if self.encoding is PinEncoding.ASCII else ord(digit) - ord("0")
            data = _put(data, start + number * width, width, value)
        length_bits = self.block_string >> 4
        if length_bits:
            if len(digits) >> length_bits:
                raise FrameError(f"the count of digits does not fit into {length_bits} bits")
            data = _put(data, self.length_position + 8 * offset, length_bits, len(digits))
        return head + data


def _put(data: bytes, start: int, width: int, value: int) -> bytes:
    """Overwrite `width` bits from bit `start` on, counted from the highest bit of the first byte."""
    shift = 8 * len(data) - start - width
    if shift < 0:
        raise FrameError("the PIN does not fit into the data field of the APDU template")
    mask = ((1 << width) - 1) << shift
    return (int.from_bytes(data) & ~mask | value << shift).to_bytes(len(data))


EMV_PLAINTEXT = PinFormat(0x89, 0x47, 0x04)
"""ISO 9564 format 2 in VERIFY 0020 00 80: a BCD PIN behind `2n`, n its count (EMV Book 3, 6.5.12)."""
EMV_TEMPLATE = bytes.fromhex("002000800820FFFFFFFFFFFFFF")
EMV_CHANGE = bytes.fromhex("002400001020FFFFFFFFFFFFFF20FFFFFFFFFFFFFF")


@dataclass(frozen=True, slots=True)
class PinVerify:
    """Ask for a PIN and present it to the card. `timeout` in s, 0 for the reader's own."""

    OPERATION: ClassVar[int] = 0
    SUPPORT: ClassVar[PinSupport] = PinSupport.VERIFY
    format: PinFormat = EMV_PLAINTEXT
    apdu: bytes = EMV_TEMPLATE
    timeout: int = 30
    longest: int = 12
    shortest: int = 4
    validation: int = Validation.KEY
    messages: int = 1
    language: int = ENGLISH
    message_index: int = 0
    teo: bytes = NO_TEO

    def build(self) -> bytes:
        f = self.format
        head = (self.OPERATION, self.timeout, f.format_string, f.block_string, f.length_format)
        middle = self.longest, self.shortest, self.validation, self.messages
        tail = (*self.language.to_bytes(2, "little"), self.message_index)
        return _bytes(*head, *middle, *tail) + self.teo + self.apdu

    @classmethod
    def parse(cls, data: bytes) -> Self:
        if len(data) < 15 or data[0] != cls.OPERATION:
            raise FrameError("this is no structure for PIN verification")
        return cls(
            PinFormat(*data[2:5]),
            apdu=data[15:],
            timeout=data[1],
            longest=data[5],
            shortest=data[6],
            validation=data[7],
            messages=data[8],
            language=int.from_bytes(data[9:11], "little"),
            message_index=data[11],
            teo=data[12:15],
        )


@dataclass(frozen=True, slots=True)
class PinModify:
    """Ask for a new PIN, maybe the old one and maybe the new one twice, and present them to the card."""

    OPERATION: ClassVar[int] = 1
    SUPPORT: ClassVar[PinSupport] = PinSupport.MODIFY
    format: PinFormat = EMV_PLAINTEXT
    apdu: bytes = EMV_CHANGE
    timeout: int = 30
    old_offset: int = 0
    new_offset: int = 8
    longest: int = 12
    shortest: int = 4
    confirm: int = Confirm.NEW_TWICE | Confirm.OLD
    validation: int = Validation.KEY
    messages: int = 3
    language: int = ENGLISH
    message_indices: bytes = field(default=bytes((0, 1, 2)))
    teo: bytes = NO_TEO

    def build(self) -> bytes:
        if len(self.message_indices) != _indices(self.messages):
            raise Misuse(f"bNumberMessage {self.messages:02X} has {_indices(self.messages)} message indices")
        f = self.format
        head = (self.OPERATION, self.timeout, f.format_string, f.block_string, f.length_format)
        middle = self.old_offset, self.new_offset, self.longest, self.shortest
        tail = (self.confirm, self.validation, self.messages, *self.language.to_bytes(2, "little"))
        return _bytes(*head, *middle, *tail) + self.message_indices + self.teo + self.apdu

    @classmethod
    def parse(cls, data: bytes) -> Self:
        at_teo = 14 + _indices(data[11]) if len(data) > 11 else 0
        if len(data) < max(at_teo, 15) + 3 or data[0] != cls.OPERATION:
            raise FrameError("this is no structure for PIN modification")
        return cls(
            PinFormat(*data[2:5]),
            apdu=data[at_teo + 3 :],
            timeout=data[1],
            old_offset=data[5],
            new_offset=data[6],
            longest=data[7],
            shortest=data[8],
            confirm=data[9],
            validation=data[10],
            messages=data[11],
            language=int.from_bytes(data[12:14], "little"),
            message_indices=data[14:at_teo],
            teo=data[at_teo : at_teo + 3],
        )


def _indices(messages: int) -> int:
    """How many bMsgIndex bytes follow: one, two where bNumberMessage is not 0, three where it is 3."""
    return 1 + (messages != 0) + (messages == 3)


def _bytes(*values: int) -> bytes:
    try:
        return bytes(values)
    except ValueError as error:
        raise Misuse("a field of the PIN structure is no byte") from error


@dataclass(frozen=True, slots=True)
class PinFollowUp:
    """An operation that goes on with an earlier one; `data` is what stands behind bPINOperation."""

    operation: FollowUp
    data: bytes = b""

    def build(self) -> bytes:
        return bytes((self.operation,)) + self.data

    @classmethod
    def parse(cls, data: bytes) -> Self:
        if not data or data[0] not in FollowUp._value2member_map_:
            raise FrameError("this operation goes on with none")
        return cls(FollowUp(data[0]), data[1:])


PinOperation = PinVerify | PinModify


def parse(data: bytes) -> PinOperation | PinFollowUp:
    """Read what PC_to_RDR_Secure carries; `FrameError` for reserved operations and broken structures."""
    match data[:1]:
        case b"\0":
            return PinVerify.parse(data)
        case b"\1":
            return PinModify.parse(data)
    return PinFollowUp.parse(data)


class PinPad(Protocol):
    """A keypad at the reader: the PIN goes to the card and never to the host."""

    def secure(self, operation: PinOperation) -> bytes:
        """Let the cardholder type and return the card's R-APDU; 6400: timed out, 6401: cancelled, 6402: the
        two new PINs differ (PC/SC part 10, 2.5.2). `ReaderRefused` where the reader cannot do this.
        """
        ...
