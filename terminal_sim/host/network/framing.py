"""How messages are parted in a stream of bytes: a length before each, and a TPDU where the host wants one.

Three forms of the length are in use: two or four bytes with the high byte first, and four decimal digits in ASCII. A length counts
what follows it. A TPDU (transport protocol data unit) is five bytes before the message: `60`, the address of the receiver and that of
the sender, two bytes each; an answer has them the other way round.
"""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

LONGEST = 8_192  # bytes of a message; the longest of the dialect has under 1,500
TPDU_SIZE = 5


class FramingError(ValueError):
    """The stream cannot be read on: what stands where a length belongs is none, or is beyond the bound."""


class LengthHeader(Enum):
    """The form of a length; the value is its name in an address."""

    TWO_BYTES = "2"
    FOUR_BYTES = "4"
    FOUR_DIGITS = "digits"

    @property
    def size(self) -> int:
        return 2 if self is LengthHeader.TWO_BYTES else 4

    def written(self, length: int) -> bytes:
        """Raises `FramingError` for a length that the header cannot say."""
        if not 0 < length <= LONGEST:
            raise FramingError(f"a message has 1 to {LONGEST} bytes, and this one has {length}")
        return b"%04d" % length if self is LengthHeader.FOUR_DIGITS else length.to_bytes(self.size)

    def read(self, header: bytes) -> int:
        """Raises `FramingError` for what is no length of a message."""
        if self is not LengthHeader.FOUR_DIGITS:
            length = int.from_bytes(header)
        elif header.isdigit():  # of bytes: ASCII digits alone
            length = int(header)
        else:
            raise FramingError(f"{header.hex()} stands where a length of four digits belongs")
        if not 0 < length <= LONGEST:
            raise FramingError(f"a message has 1 to {LONGEST} bytes, and {header.hex()} says {length}")
        return length


class Framing(Struct, frozen=True):
    """How one side of a connection parts its messages. `tpdu` is what it sends before each, empty for none."""

    header: LengthHeader = LengthHeader.TWO_BYTES
    tpdu: bytes = b""

    def framed(self, message: bytes, tpdu: bytes | None = None) -> bytes:
        """`message` as it goes out, with `tpdu` in the place of this side's own. Raises `FramingError`."""
        body = (self.tpdu if tpdu is None else tpdu) + message
        return self.header.written(len(body)) + body


class FramedMessage(Struct, frozen=True):
    """A message off the stream, and the TPDU that stood before it."""

    tpdu: bytes
    message: bytes

    @property
    def answering_tpdu(self) -> bytes:
        """The TPDU of an answer: the addresses change places."""
        return self.tpdu[:1] + self.tpdu[3:5] + self.tpdu[1:3]


class FrameBuffer:
    """Messages out of a stream of bytes that comes in any pieces. It holds one message at most and what came behind it."""

    def __init__(self, framing: Framing) -> None:
        self._framing = framing
        self._data = bytearray()

    def feed(self, data: bytes) -> None:
        self._data += data

    @property
    def begun(self) -> bytes:
        """What came of a message that is not whole yet."""
        return bytes(self._data)

    def take(self) -> FramedMessage | None:
        """The next whole message, None where more bytes have to come. Raises `FramingError`, and then the stream is lost."""
        size = self._framing.header.size
        if len(self._data) < size:
            return None
        end = size + self._framing.header.read(bytes(self._data[:size]))
        if len(self._data) < end:
            return None
        body = bytes(self._data[size:end])
        head = TPDU_SIZE if self._framing.tpdu else 0
        if len(body) <= head:
            raise FramingError(f"{body.hex()} is a TPDU without a message")
        del self._data[:end]
        return FramedMessage(body[:head], body[head:])
