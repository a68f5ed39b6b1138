"""The bytes of the GemPC Twin family on a serial line: `03 06 | CCID message | LRC`, in any chunking.

1. LRC is the XOR of all bytes before it; `03 15 16` (NAK) asks the other side to send its last frame again.
2. From the reader only, between frames: `50 xx` is a NotifySlotChange, one byte from 80 to FF a request for
   more time.
3. Bytes that begin nothing are skipped. A frame with a wrong LRC is dropped whole; one whose dwLength exceeds
   the limit is given up at its header, and the search for `03 06` goes on behind the two bytes.
4. The notification has one byte: slots from the fifth on (SAM slots of a GemCore POS Pro) are not in it.
"""

from enum import Enum
from typing import Protocol

from terminal_drivers.iso7816.block import lrc
from terminal_drivers.readers.ccid.codec import HEADER, INTERRUPT

SYNC, ACK, NAK = 0x03, 0x06, 0x15
NAK_FRAME = bytes((SYNC, NAK, SYNC ^ NAK))
START = bytes((SYNC, ACK))
TIME_REQUEST_LOWEST = 0x80
NOTIFY = INTERRUPT[0]
OVERHEAD = 3  # SYNC, ACK, LRC
NOTIFIED_SLOTS = 4


_LRC = tuple(bytes((value ^ SYNC ^ ACK,)) for value in range(0x100))
"""The last byte of a frame by the LRC of its message alone."""


class Signal(Enum):
    """What the line says beside messages."""

    NAK = "repeat"
    MORE_TIME = "more time"
    DAMAGED = "damaged frame"


Item = bytes | Signal
"""A CCID message (with its 10-byte header, or `50 xx`) or a signal."""


def frame(message: bytes) -> bytes:
    """Put a CCID message between its marks."""
    return START + message + _LRC[lrc(message)]


class Framed(Protocol):
    """What bounds the frames of a reader: the longest data of a message, and its slots."""

    @property
    def max_data(self) -> int: ...
    @property
    def features(self) -> tuple[int, ...]: ...


class Decoder:
    """Cuts the stream of one direction into items, in any chunking; `begun` is what has come of a frame or notification that has not ended."""

    __slots__ = ("_from_reader", "_max_data", "_notifications", "begun")

    def __init__(self, reader: Framed, *, from_reader: bool) -> None:
        self._from_reader = from_reader
        self._max_data = reader.max_data
        self._notifications = 1 << 2 * min(len(reader.features), NOTIFIED_SLOTS)
        self.begun = b""

    def reset(self) -> None:
        """Forget what has begun."""
        self.begun = b""

    def whole(self, data: bytes) -> bytes | None:
        """The message where `data`, with what has begun, is one sound frame and nothing else, as nearly always; else None, and `feed` takes `data`."""
        if self.begun:
            data = self.begun + data
        length = len(data) - OVERHEAD - HEADER
        if (
            0 <= length <= self._max_data
            and data.startswith(START)
            and length == int.from_bytes(data[3:7], "little")  # dwLength
            and not lrc(data)
        ):
            self.begun = b""
            return data[2:-1]
        return None

    def feed(self, data: bytes) -> list[Item]:
        if self.begun:
            data = self.begun + data
        items: list[Item] = []
        position = 0
        while position < len(data):
            size, item = self._next(data, position)
            if not size:
                break
            position += size
            if item is not None:
                items.append(item)
        self.begun = data[position:]
        return items

    def _next(self, data: bytes, at: int) -> tuple[int, Item | None]:
        """(bytes used, item or None for noise); no bytes used where more must come first."""
        there = len(data) - at
        first = data[at]
        if first == SYNC:
            if there < 2:
                return 0, None
            if data[at + 1] == ACK:
                return self._frame(data, at, there)
            if data[at + 1] == NAK:
                if there < len(NAK_FRAME):
                    return 0, None
                if data[at + 2] == NAK_FRAME[2]:
                    return len(NAK_FRAME), Signal.NAK
        elif self._from_reader and first >= TIME_REQUEST_LOWEST:
            return 1, Signal.MORE_TIME
        elif self._from_reader and first == NOTIFY:
            if there < 2:
                return 0, None
            if data[at + 1] < self._notifications:
                return 2, data[at : at + 2]
        return 1, None

    def _frame(self, data: bytes, at: int, there: int) -> tuple[int, Item | None]:
        if there < HEADER + 2:
            return 0, None
        length = int.from_bytes(data[at + 3 : at + 7], "little")  # dwLength
        if length > self._max_data:
            return 2, Signal.DAMAGED
        size = OVERHEAD + HEADER + length
        if there < size:
            return 0, None
        whole = data[at : at + size]
        return size, Signal.DAMAGED if lrc(whole) else whole[2:-1]
