"""ViVOtech2 frames (ID TECH NEO 2 Interface Developer's Guide 80139403-002, 2.8, 3.2, 3.3, 3.4), both ways.

1. A command is `ViVOtech2 NUL | command | sub-command | length (MSB first) | data | CRC`; a response has a status
   in place of the sub-command. CRC-16/CCITT-FALSE over everything before it.
2. Responses carry the CRC MSB first, commands LSB first, but the guide contradicts itself on pass-through
   commands (2C-xx): its text says MSB first, its tables differ by command. So the order is a `CrcVariant`.
3. By itself a reader sends burst payloads (`01 00 | application | tracks | CRC`) and user interface events
   (`45 00 55 00 | length | data | CRC`), both MSB first.
4. A header begins a frame wherever it stands: what came before is cut short, and no data may contain one. So
   half a frame costs no more than itself. Bytes that begin nothing are skipped.
"""

import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, IntEnum

from construct import Byte, Bytes, Const, Int16ub, Rebuild, Struct, Terminated, len_, this

from terminal_drivers.base import FrameError, Misuse, Tracks

HEADER = b"ViVOtech2\0"
FIXED = len(HEADER) + 4
CRC_SIZE = 2
LONGEST_MESSAGE = 1500
LONGEST_DATA = LONGEST_MESSAGE - FIXED - CRC_SIZE

FRAME = Struct(
    Const(HEADER),
    "command" / Byte,
    "detail" / Byte,
    "length" / Rebuild(Int16ub, len_(this.data)),
    "data" / Bytes(this.length),
    "crc" / Bytes(CRC_SIZE),
    Terminated,
)
"""`detail` is the sub-command of a command and the status of a response."""


class Status(IntEnum):
    """Status codes that our ends send or act on (guide, 2.8.6)."""

    OK = 0x00
    UNKNOWN_COMMAND = 0x02
    UNKNOWN_SUBCOMMAND = 0x03
    CRC_ERROR = 0x04
    PARAMETER = 0x05
    PARAMETER_NOT_SUPPORTED = 0x06
    MALFORMED = 0x07
    TIMEOUT = 0x08
    FAILED = 0x0A
    NOT_ALLOWED = 0x0B
    REQUEST_ONLINE = 0x23


def status_name(status: int) -> str:
    """Name a status for a person."""
    known = status in Status._value2member_map_
    return Status(status).name.lower().replace("_", " ") if known else f"status {status:02X}"


class Order(Enum):
    """Which byte of the CRC comes first."""

    LSB_FIRST = "little"
    MSB_FIRST = "big"


PASS_THROUGH = 0x2C


@dataclass(frozen=True, slots=True)
class CrcVariant:
    """The (command, sub-command) pairs whose CRC goes MSB first; every other command's goes LSB first."""

    msb_first: frozenset[tuple[int, int]]

    def order(self, command: int, sub: int) -> Order:
        return Order.MSB_FIRST if (command, sub) in self.msb_first else Order.LSB_FIRST


TABLES = CrcVariant(
    frozenset((PASS_THROUGH, sub) for sub in (*range(0x01, 0x0B), 0x0C, 0x0E, 0x40, 0x41, 0x44))
)
"""The guide's command tables: 2C-0B, 2C-12, 2C-13 and 2C-18 are as the other commands."""
TEXT = CrcVariant(frozenset((PASS_THROUGH, sub) for sub in range(0x100)))
"""The guide's text (3.2.2, 3.4): every pass-through command is MSB first."""
PLAIN = CrcVariant(frozenset())
"""Firmware that makes no exception."""
VARIANTS = {"tables": TABLES, "text": TEXT, "plain": PLAIN}


@dataclass(frozen=True, slots=True)
class VivotechCommand:
    command: int
    sub: int
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    command: int
    status: int
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Burst:
    """A card that was read in burst mode; `application` says of which kind it is (`STRIPE`: it was swiped)."""

    application: int
    tracks: Tracks


@dataclass(frozen=True, slots=True)
class UiEvent:
    """Four bytes for each event: 01 LED, 02 buzzer, 03 LCD."""

    data: bytes


class Damaged(Enum):
    """A frame with a wrong CRC or length."""

    FRAME = "damaged frame"


Item = VivotechCommand | Response | Burst | UiEvent | Damaged

STRIPE = 0x0C
"""The application type of a burst payload from the stripe head; every other one is of a card in the field (3.3.1)."""

BURST_START = b"\x01\x00"
BURST_TRACKS = re.compile(rb"(%[ ->@-_]*\?)?(;[0->]*\?)?([;+][0->]*\?)?")
BURST_LONGEST = 3 + 79 + 40 + 107
TRACK = re.compile(rb"[ ->@-_]*")
TRACK_STARTS = b"%;+"
EVENT_START = b"\x45\x00\x55\x00"


STARTS = re.compile(rb"[V\x01\x45]")
HEADER_START = re.compile(rb"V")
PIECE = 1024


def crc(data: bytes) -> int:
    """CRC-16/CCITT-FALSE: polynomial 1021, initial FFFF, nothing reflected."""
    return binascii.crc_hqx(data, 0xFFFF)


def encode(message: VivotechCommand | Response, order: Order) -> bytes:
    """Build a frame; `Misuse` where it cannot be one."""
    if len(message.data) > LONGEST_DATA or HEADER in message.data:
        raise Misuse(f"a ViVOtech2 frame carries at most {LONGEST_DATA} bytes, and no header within them")
    detail = message.sub if isinstance(message, VivotechCommand) else message.status
    if not (0 <= message.command <= 0xFF and 0 <= detail <= 0xFF):
        raise Misuse("command, sub-command and status are one byte each")
    values = {"command": message.command, "detail": detail, "data": message.data, "crc": bytes(CRC_SIZE)}
    body: bytes = FRAME.build(values)[:-CRC_SIZE]
    return body + crc(body).to_bytes(CRC_SIZE, order.value)


def burst(card: Burst) -> bytes:
    """Build a burst payload; track 3 begins with `;` as on the card."""
    texts = (card.tracks.track1, card.tracks.track2, card.tracks.track3)
    body = BURST_START + bytes((card.application,))
    body += "".join(text for text in texts if isinstance(text, str)).encode("ascii")
    return body + crc(body).to_bytes(CRC_SIZE, "big")


def ui_event(event: UiEvent) -> bytes:
    body = EVENT_START + bytes((len(event.data),)) + event.data
    return body + crc(body).to_bytes(CRC_SIZE, "big")


class Decoder:
    """Cuts the stream of one direction into items, in any chunking."""

    __slots__ = ("_buffer", "_from_reader", "_orders")

    def __init__(self, *, from_reader: bool, orders: Iterable[Order] = Order) -> None:
        self._from_reader = from_reader
        self._orders = (Order.MSB_FIRST,) if from_reader else tuple(orders)
        self._buffer = b""

    @property
    def partial(self) -> bool:
        """Whether something has begun and not ended."""
        return bool(self._buffer)

    def reset(self) -> None:
        """Forget what has begun."""
        self._buffer = b""

    def feed(self, data: bytes) -> list[Item]:
        items: list[Item] = []
        # Piece by piece, so that much noise costs time in proportion to its length.
        for at in range(0, len(data), PIECE):
            self._feed(self._buffer + data[at : at + PIECE], items)
        return items

    def _feed(self, data: bytes, items: list[Item]) -> None:
        while data:
            size, item = self._next(data)
            if not size:
                break
            data = data[size:]
            if item is not None:
                items.append(item)
        self._buffer = data

    def _next(self, data: bytes) -> tuple[int, Item | None]:
        """(bytes used, item or None for noise); no bytes used where more must come first."""
        if HEADER.startswith(data[: len(HEADER)]):
            return self._frame(data)
        if self._from_reader:
            if BURST_START.startswith(data[: len(BURST_START)]):
                return _burst(data)
            if EVENT_START.startswith(data[: len(EVENT_START)]):
                return _event(data)
        start = (STARTS if self._from_reader else HEADER_START).search(data, 1)
        return start.start() if start else len(data), None

    def _frame(self, data: bytes) -> tuple[int, Item | None]:
        if len(data) < FIXED:
            return 0, None
        length = int.from_bytes(data[FIXED - 2 : FIXED], "big")
        if length > LONGEST_DATA:
            return len(HEADER), Damaged.FRAME
        size = FIXED + length + CRC_SIZE
        cut = data.find(HEADER, 1, size)
        if cut > 0:
            return cut, Damaged.FRAME
        if len(data) < size:
            return 0, None
        found = FRAME.parse(data[:size])
        value = crc(data[: size - CRC_SIZE])
        if all(found["crc"] != value.to_bytes(CRC_SIZE, order.value) for order in self._orders):
            return len(HEADER), Damaged.FRAME
        make = Response if self._from_reader else VivotechCommand
        return size, make(found["command"], found["detail"], found["data"])


def _burst(data: bytes) -> tuple[int, Item | None]:
    end = len(BURST_START) + 1
    while end < len(data):
        if data[end] not in TRACK_STARTS:
            return 1, None
        end = TRACK.match(data, end + 1).end()  # type: ignore[union-attr]  # it matches nothing too
        if end > BURST_LONGEST or data[end : end + 1] not in (b"", b"?"):
            return 1, None
        end += 1
        if len(data) < end + CRC_SIZE:
            return 0, None
        if crc(data[:end]).to_bytes(CRC_SIZE, "big") == data[end : end + CRC_SIZE]:
            return end + CRC_SIZE, _payload(data[:end])
        if data[end] not in TRACK_STARTS:
            return len(BURST_START), Damaged.FRAME
    return 0, None


def _payload(body: bytes) -> Item:
    found = BURST_TRACKS.fullmatch(body[len(BURST_START) + 1 :])
    if found is None:
        return Damaged.FRAME
    first, second, third = (part.decode("ascii") if part else None for part in found.groups())
    return Burst(body[len(BURST_START)], Tracks(first, second, third and ";" + third[1:]))


def _event(data: bytes) -> tuple[int, Item | None]:
    if len(data) <= len(EVENT_START):
        return 0, None
    end = len(EVENT_START) + 1 + data[len(EVENT_START)]
    cut = data.find(HEADER, 1, end + CRC_SIZE)
    if cut > 0:
        return cut, Damaged.FRAME
    if len(data) < end + CRC_SIZE:
        return 0, None
    if crc(data[:end]).to_bytes(CRC_SIZE, "big") != data[end : end + CRC_SIZE]:
        return len(EVENT_START), Damaged.FRAME
    return end + CRC_SIZE, UiEvent(data[len(EVENT_START) + 1 : end])


def tlv(tag: bytes, value: bytes) -> bytes:
    """One data object with a short length."""
    if len(value) > 0x7F:
        raise Misuse("this reader takes data objects of at most 127 bytes here")
    return tag + bytes((len(value),)) + value


def parse_tlvs(data: bytes) -> dict[bytes, bytes]:
    """Data objects (BER-TLV, tags of 1 to 4 bytes, lengths up to 81 xx or 82 xx xx) by tag, unnested."""
    found: dict[bytes, bytes] = {}
    at = 0
    while at < len(data):
        end = at + 1
        if data[at] == 0xFF and data[end : end + 1] >= b"\xf0":
            end += 1  # FFF0 to FFFF are older than the vendor's use of BER and have two bytes
        elif data[at] & 0x1F == 0x1F:
            while end < len(data) and data[end] & 0x80:
                end += 1
            end += 1
        tag = data[at:end]
        length, size = data[end : end + 1], 1
        if length > b"\x7f":
            size += length[0] & 0x7F
            length = data[end + 1 : end + size] if length <= b"\x82" else b""
        value_at = end + size
        count = int.from_bytes(length, "big")
        value = data[value_at : value_at + count]
        if len(tag) > 4 or not length or value_at > len(data) or len(value) != count:
            raise FrameError("the reader sent data objects that end too early")
        found[tag] = value
        at = value_at + count
    return found
