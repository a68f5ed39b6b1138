"""The bytes of CCID messages (USB CCID rev 1.1, 6.1 to 6.3), both ways.

1. The layouts are declared with construct, field names as in the specification; nothing else defines the wire format.
2. `decode` and `encode` use a `struct` format that is derived from each declaration: the same result
   as the interpreted declaration at a seventh of its cost. The two are held against each other by a
   differential test.
3. A frame is read header first: 10 bytes, then the bound of dwLength, then the rest.
4. RFU bytes are zero when built and ignored when read. A reserved bStatus is an error.
"""

import struct
from collections.abc import Callable
from operator import attrgetter
from typing import Any, BinaryIO

from construct import (
    Byte,
    Bytes,
    Const,
    Construct,
    ConstructError,
    ExprValidator,
    FormatField,
    GreedyBytes,
    Int16ul,
    Int32ul,
    Padded,
    Padding,
    Rebuild,
    StreamError,
    Struct,
    Subconstruct,
    Terminated,
    len_,
    this,
)

from terminal_drivers.base import FrameError, Misuse
from terminal_drivers.readers.ccid.messages import (
    Abort,
    DataBlock,
    DataRateAndClockFrequency,
    Escape,
    EscapeResponse,
    GetParameters,
    GetSlotStatus,
    HardwareError,
    IccClock,
    IccPowerOff,
    IccPowerOn,
    Mechanical,
    Message,
    NotifySlotChange,
    Parameters,
    ResetParameters,
    Secure,
    SetDataRateAndClockFrequency,
    SetParameters,
    SlotStatus,
    T0Apdu,
    XfrBlock,
)

HEADER = 10
LONGEST_ICC_STATE = 64
LONGEST_DATA = 65_556 - HEADER  # the longest C-APDU has 65 544 bytes


def _not_reserved(value: int, _context: object) -> bool:
    return value & 0x03 != 3 and value & 0xC0 != 0xC0


_RESERVED = frozenset(value for value in range(0x100) if not _not_reserved(value, None))
_AT_STATUS = 4  # behind bMessageType, dwLength, bSlot and bSeq


def _declare(code: int, *specific: Any, data: tuple[Any, ...] | None = None) -> Any:
    """A message: header with three specific bytes, then free bytes (`data` is None) or fixed fields, maybe
    none.
    """
    length, tail = (
        (Rebuild(Int32ul, len_(this.abData)), ("abData" / Bytes(this.dwLength),))
        if data is None
        else (Const(sum(field.sizeof() for field in data), Int32ul), data)
    )
    head = "bMessageType" / Const(code, Byte), "dwLength" / length, "bSlot" / Byte, "bSeq" / Byte
    return Struct(*head, *specific, *tail, Terminated)


_STATUS = "bStatus" / ExprValidator(Byte, _not_reserved), "bError" / Byte
_BLOCK = "bBWI" / Byte, "wLevelParameter" / Int16ul
_RATE = "dwClockFrequency" / Int32ul, "dwDataRate" / Int32ul

LAYOUTS: dict[type[Message], Any] = {
    SetParameters: _declare(0x61, "bProtocolNum" / Byte, Padding(2)),
    IccPowerOn: _declare(0x62, "bPowerSelect" / Byte, Padding(2), data=()),
    IccPowerOff: _declare(0x63, Padding(3), data=()),
    GetSlotStatus: _declare(0x65, Padding(3), data=()),
    Secure: _declare(0x69, *_BLOCK),
    T0Apdu: _declare(0x6A, "bmChanges" / Byte, "bClassGetResponse" / Byte, "bClassEnvelope" / Byte, data=()),
    Escape: _declare(0x6B, Padding(3)),
    GetParameters: _declare(0x6C, Padding(3), data=()),
    ResetParameters: _declare(0x6D, Padding(3), data=()),
    IccClock: _declare(0x6E, "bClockCommand" / Byte, Padding(2), data=()),
    XfrBlock: _declare(0x6F, *_BLOCK),
    Mechanical: _declare(0x71, "bFunction" / Byte, Padding(2), data=()),
    Abort: _declare(0x72, Padding(3), data=()),
    SetDataRateAndClockFrequency: _declare(0x73, Padding(3), data=_RATE),
    DataBlock: _declare(0x80, *_STATUS, "bChainParameter" / Byte),
    SlotStatus: _declare(0x81, *_STATUS, "bClockStatus" / Byte, data=()),
    Parameters: _declare(0x82, *_STATUS, "bProtocolNum" / Byte),
    EscapeResponse: _declare(0x83, *_STATUS, Padding(1)),
    DataRateAndClockFrequency: _declare(0x84, *_STATUS, Padding(1), data=_RATE),
    NotifySlotChange: Struct(
        "bMessageType" / Const(0x50, Byte),
        "bmSlotICCState" / ExprValidator(GreedyBytes, lambda bits, _: 1 <= len(bits) <= LONGEST_ICC_STATE),
    ),
    HardwareError: Struct(
        "bMessageType" / Const(0x51, Byte),
        "bSlot" / Byte,
        "bSeq" / Byte,
        "bHardwareErrorCode" / Byte,
        Terminated,
    ),
}
"""The declared layout of each message; its named fields after dwLength are those of the value, in order.
"""

INTERRUPT = (0x50, 0x51)
NOTIFICATION = bytes(INTERRUPT[:1])
"""The messages of the interrupt endpoint: they have no 10-byte header."""


def code_of(message: type[Message]) -> int:
    """bMessageType of a message class."""
    return int(LAYOUTS[message].subcons[0].subcon.value)


CODES = {code_of(message): message for message in LAYOUTS}


def _struct_code(field: Any) -> str:
    """The struct format of a declared field; nothing for free bytes and the end mark."""
    if isinstance(field, Padded):
        return f"{field.length}x"
    while isinstance(field, Subconstruct):
        field = field.subcon
    return field.fmtstr[1:] if isinstance(field, FormatField) else ""


class _Plan:
    """The `struct` format and fields of one message, derived from its declaration for the hot path."""

    __slots__ = ("answers", "code", "free", "head", "make", "tail", "values")

    def __init__(self, message: type[Message]) -> None:
        names = message.__struct_fields__
        self.code = code_of(message)
        self.make: Callable[..., Message] = message
        self.free = names[-1] == "data"
        self.answers = "status" in names
        self.head = struct.Struct("<" + "".join(_struct_code(field) for field in LAYOUTS[message].subcons))
        self.tail = self.head.size - HEADER
        self.values: Callable[[Message], tuple[int, ...]] = attrgetter(*(names[:-1] if self.free else names))


_BULK = {plan.code: plan for plan in map(_Plan, LAYOUTS) if plan.code not in INTERRUPT}
_PLANS = {CODES[code]: plan for code, plan in _BULK.items()}


def data_length(header: bytes, most: int = LONGEST_DATA) -> int:
    """Read dwLength from the first 10 bytes of a message; `FrameError` where it is more than `most`."""
    length = int.from_bytes(header[1:5], "little")
    if length > most:
        raise FrameError(f"dwLength is {length}, the limit is {most}")
    return length


def decode(data: bytes) -> Message:
    """Read exactly one whole message; `FrameError` for everything else."""
    plan = _BULK.get(data[0]) if data else None
    if plan is None:
        return _decode_interrupt(data)
    try:
        values = plan.head.unpack_from(data)
    except struct.error:
        raise _no_message(f"it has {len(data)} bytes, its fixed part {plan.head.size}") from None
    length = len(data) - HEADER
    if values[1] != length or length > LONGEST_DATA or (length != plan.tail and not plan.free):
        raise _no_message(f"dwLength is {values[1]} and {length} bytes follow the header")
    if plan.answers and values[_AT_STATUS] in _RESERVED:
        raise _no_message(f"bStatus {values[_AT_STATUS]:02X} is reserved")
    return plan.make(*values[2:], data[HEADER:]) if plan.free else plan.make(*values[2:])


def encode(message: Message) -> bytes:
    """Build the bytes; `Misuse` where a field does not fit its place."""
    plan = _PLANS.get(type(message))
    if plan is None:
        return _encode_interrupt(message)
    # `free` says that the message has data.
    data: bytes = message.data if plan.free else b""  # type: ignore[union-attr]
    try:
        return plan.head.pack(plan.code, plan.tail + len(data), *plan.values(message)) + data
    except struct.error as error:
        raise Misuse(f"this {type(message).__name__} cannot be built: {error}") from error


def _decode_interrupt(data: bytes) -> Message:
    if data.startswith(NOTIFICATION) and 1 <= len(data) - 1 <= LONGEST_ICC_STATE:
        return NotifySlotChange(data[1:])
    if not data or data[0] not in INTERRUPT:
        raise _no_message(f"none begins with {data[:1].hex() or 'nothing'}")
    message = CODES[data[0]]
    try:
        found = LAYOUTS[message].parse(data)
    except ConstructError as error:
        raise _no_message(str(error)) from error
    if message is NotifySlotChange:
        return NotifySlotChange(found["bmSlotICCState"])
    return HardwareError(found["bSlot"], found["bSeq"], found["bHardwareErrorCode"])


def _encode_interrupt(message: Message) -> bytes:
    if isinstance(message, NotifySlotChange):
        if 1 <= len(message.icc_state) <= LONGEST_ICC_STATE:
            return NOTIFICATION + message.icc_state
        values: dict[str, object] = {"bmSlotICCState": message.icc_state}
    elif isinstance(message, HardwareError):
        values = {"bSlot": message.slot, "bSeq": message.seq, "bHardwareErrorCode": message.error}
    else:
        raise KeyError(type(message))
    try:
        return bytes(LAYOUTS[type(message)].build(values))
    except ConstructError as error:
        raise Misuse(f"this message cannot be built: {error}") from error


def _no_message(why: str) -> FrameError:
    return FrameError(f"this is no CCID message: {why}")


class CcidMessage(Construct):  # type: ignore[misc]  # construct has no types
    """Any one message within other layouts: `decode` and `encode` on a stream, with the errors of construct."""

    def parse(self, data: bytes, **_contextkw: Any) -> Message:
        try:
            return decode(data)
        except FrameError as error:
            raise ConstructError(str(error)) from error

    def build(self, obj: Message, **_contextkw: Any) -> bytes:
        try:
            return encode(obj)
        except Misuse as error:
            raise ConstructError(str(error)) from error

    def _parse(self, stream: BinaryIO, _context: object, _path: str) -> Message:
        header = stream.read(HEADER)
        rest = -1 if header[:1] in (b"\x50", b"\x51") else int.from_bytes(header[1:5], "little")
        if rest > LONGEST_DATA:
            raise StreamError(f"dwLength is {rest}, the limit is {LONGEST_DATA}")
        return self.parse(header + stream.read(rest))

    def _build(self, obj: Message, stream: BinaryIO, _context: object, _path: str) -> Message:
        stream.write(self.build(obj))
        return obj


MESSAGE = CcidMessage()
