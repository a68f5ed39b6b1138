"""What a terminal's own readers know between two exchanges, as a value that needs none of their code."""

from msgspec import Struct


class VirtualReaderState(Struct, frozen=True):
    """What the two ends of a CCID reader know between two exchanges, but for its cards: `seq` is the bSeq of the next command, and
    `begun` what a damaged line has brought of one that has not ended.
    """

    seq: int = 0
    begun: bytes = b""
