"""A C-APDU as the card reads it, and the R-APDUs it answers with (ISO/IEC 7816-4, 5.1; short form)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

OK: Final = b"\x90\x00"
WARNING: Final = b"\x63\x00"
WRONG_LENGTH: Final = b"\x67\x00"
BLOCKED: Final = b"\x69\x83"
UNUSABLE: Final = b"\x69\x84"
CONDITIONS: Final = b"\x69\x85"
WRONG_DATA: Final = b"\x6a\x80"
NOT_FOUND: Final = b"\x6a\x82"
RECORD_NOT_FOUND: Final = b"\x6a\x83"
WRONG_PARAMETERS: Final = b"\x6a\x86"
DATA_NOT_FOUND: Final = b"\x6a\x88"
WRONG_INSTRUCTION: Final = b"\x6d\x00"
WRONG_CLASS: Final = b"\x6e\x00"


class Card(Protocol):
    """What a reader needs of a card: `atr`, a reset that answers with it, and whole APDUs. An empty answer is silence."""

    @property
    def atr(self) -> bytes: ...

    def reset(self) -> bytes: ...

    def transmit(self, apdu: bytes) -> bytes: ...


class Refusal(Exception):
    """The card refuses a command with a status word; carried out of the handlers."""

    def __init__(self, status: bytes) -> None:
        super().__init__(status.hex())
        self.status = status


@dataclass(frozen=True, slots=True)
class CardCommand:
    instruction: int
    p1: int
    p2: int
    data: bytes


def parse(apdu: bytes) -> CardCommand:
    """Raises `Refusal` (6700) where Lc does not fit, and (6E00) for a class that no EMV command has."""
    if len(apdu) < 4:
        raise Refusal(WRONG_LENGTH)
    if apdu[0] not in (0x00, 0x80):
        raise Refusal(WRONG_CLASS)
    data = b""
    if len(apdu) > 5:
        length = apdu[4]
        data = apdu[5 : 5 + length]
        # With Le or without: what is there after the data is at most that one byte.
        if length == 0 or len(data) < length or len(apdu) - 5 - length > 1:
            raise Refusal(WRONG_LENGTH)
    return CardCommand(apdu[0] << 8 | apdu[1], apdu[2], apdu[3], data)
