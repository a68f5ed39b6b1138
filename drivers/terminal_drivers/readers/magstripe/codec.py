"""The bits of a magnetic stripe (ISO/IEC 7811-2 and -6) and the text they stand for, both ways.

1. A character is its data bits, least significant first, and an odd parity bit: 6+1 bits on track 1 (ASCII
   20..5F), 4+1 on tracks 2 and 3 (ASCII 30..3F).
2. A track is clocking zeros, start sentinel, data, end sentinel, LRC, zeros. The LRC's data bits are the XOR
   of all characters before it, both sentinels included; its parity bit is its own.
3. The first one bit belongs to the start sentinel and the last to the LRC. A card that is swiped backwards
   gives the same bits in reverse; only a stream that is sound to its end says in which direction it runs.
4. Bits are text of `0` and `1` in reading order. Text has its sentinels and no LRC.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import repeat
from typing import NamedTuple

from terminal_drivers.base import FrameError, Misuse
from terminal_drivers.iso7816.block import lrc

CLOCKING = "0" * 25
CARD_LENGTH = 3.375  # inches, ID-1
_WRONG = 0xFF  # the value of a character whose parity is wrong


@dataclass(frozen=True, slots=True)
class Format:
    """One track's alphabet: `bits` of data a character, the ASCII of data 0, sentinels, bits per inch."""

    bits: int
    first: int
    start: str
    end: str
    density: int

    @property
    def longest(self) -> int:
        """How many characters, LRC included, the length of a card holds. ISO/IEC 7813 lays out fewer."""
        return int(self.density * CARD_LENGTH) // (self.bits + 1)


FORMATS = {
    1: Format(6, 0x20, "%", "?", 210),
    2: Format(4, 0x30, ";", "?", 75),
    3: Format(4, 0x30, ";", "?", 210),
}


class Damage(Enum):
    """What is wrong with a track."""

    NO_START = "no start sentinel"
    NO_END = "no end sentinel"
    PARITY = "wrong parity"
    LRC = "wrong LRC"
    BEHIND = "bits behind the LRC"


class StripeError(FrameError):
    """A track that cannot be read; `damage` says why."""

    def __init__(self, track: int, damage: Damage) -> None:
        super().__init__(f"track {track}: {damage.value}")
        self.damage = damage


def _format(track: int) -> Format:
    if track not in FORMATS:
        raise Misuse(f"a stripe has tracks 1 to 3, no track {track}")
    return FORMATS[track]


def encode(track: int, text: str) -> str:
    """Return the bits from start sentinel to LRC; `Misuse` where the text does not fit the track."""
    form = _format(track)
    if len(text) < 2 or text[0] != form.start or text.find(form.end) != len(text) - 1:
        raise Misuse(f"track {track} begins with {form.start} and has its only {form.end} at its end")
    if len(text) >= form.longest:
        raise Misuse(f"track {track} holds {form.longest} characters, sentinels and LRC among them")
    alphabet = _alphabet(track)
    try:
        drawn = list(map(alphabet.bits.__getitem__, text))
    except KeyError:
        raise Misuse(
            f"track {track} has characters from {form.first:02X} to {form.first + (1 << form.bits) - 1:02X}"
        ) from None
    last = lrc(bytes(map(alphabet.values.__getitem__, drawn)))
    return "".join(drawn) + alphabet.bits[alphabet.characters[last]]


def decode(track: int, bits: str) -> str:
    """Return the text of a track swiped in either direction; `StripeError` where it is damaged."""
    form = _format(track)
    if bits.count("0") + bits.count("1") != len(bits):
        raise Misuse("bits are text of 0 and 1")
    try:
        return _forward(track, form, bits)
    except StripeError as error:
        try:
            return _forward(track, form, bits[::-1])
        except StripeError as backwards:
            # The error of the direction in which a start sentinel was found is the more exact one.
            raise (backwards if error.damage is Damage.NO_START else error) from None


class StripeCharacters(NamedTuple):
    """The `characters` of a format by value and the `table` that translates values to them, the bits of each, the value of each by its bits,
    and what cuts a track into characters.
    """

    characters: str
    table: bytes
    bits: Mapping[str, str]
    values: Mapping[str, int]
    piece: re.Pattern[str]


@cache
def _alphabet(track: int) -> StripeCharacters:
    form = FORMATS[track]
    size = form.bits + 1
    drawn = [
        f"{(1 - value.bit_count() % 2) << form.bits | value:0{size}b}"[::-1]
        for value in range(1 << form.bits)
    ]
    characters = "".join(chr(form.first + value) for value in range(1 << form.bits))
    return StripeCharacters(
        characters,
        characters.encode("ascii").ljust(0x100),
        dict(zip(characters, drawn, strict=True)),
        {bits: value for value, bits in enumerate(drawn)},
        re.compile(f".{{{size}}}"),
    )


def _forward(track: int, form: Format, bits: str) -> str:
    alphabet = _alphabet(track)
    bits = bits[bits.find("1") :] if "1" in bits else ""
    values = bytes(map(alphabet.values.get, alphabet.piece.findall(bits), repeat(_WRONG)))
    if not values or values[0] != ord(form.start) - form.first:
        raise StripeError(track, Damage.NO_START)
    end = values.find(ord(form.end) - form.first)
    length = end + 1 if end >= 0 else len(values)
    text = values[: length + 1]
    if _WRONG in text:
        raise StripeError(track, Damage.PARITY)
    if len(text) == length:
        raise StripeError(track, Damage.NO_END)
    if lrc(text):
        raise StripeError(track, Damage.LRC)
    if "1" in bits[(length + 1) * (form.bits + 1) :]:
        raise StripeError(track, Damage.BEHIND)
    return text[:-1].translate(alphabet.table).decode("ascii")
