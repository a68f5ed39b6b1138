"""The form of a data element: how its value becomes bytes, and how many of them it may have.

A dialect file writes a form as the standard does: a kind, `..` where the length varies, and how much there is at most.

| kind  | content                                     |
|-------|---------------------------------------------|
| `n`   | decimal digits                              |
| `z`   | track 2: digits and a separator             |
| `an`  | letters and digits                          |
| `ans` | printable characters                        |
| `b`   | bytes                                       |
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Any, NamedTuple

_FORM = re.compile(r"(n|z|an|ans|b)(\.\.)?([1-9][0-9]{0,2})", re.ASCII)
_DIGIT_KINDS = ("n", "z")


class Encoding(Enum):
    """How digits, characters, lengths or a bitmap become bytes."""

    BCD = "bcd"
    BINARY = "binary"
    ASCII = "ascii"
    EBCDIC = "ebcdic"

    @property
    def codec(self) -> str:
        """Python's name of a code of characters; `b` for bytes as pyiso8583 calls them."""
        return {Encoding.ASCII: "ascii", Encoding.EBCDIC: "cp500"}.get(self, "b")


class Alphabet(Enum):
    """What a field counts and carries."""

    DIGITS = "packed BCD, two digits a byte"
    BYTES = "bytes"
    ASCII = "ASCII"
    EBCDIC = "EBCDIC"


_ALPHABETS = {
    Encoding.BCD: Alphabet.DIGITS,
    Encoding.BINARY: Alphabet.BYTES,
    Encoding.ASCII: Alphabet.ASCII,
    Encoding.EBCDIC: Alphabet.EBCDIC,
}
CODECS = {Alphabet.ASCII: "ascii", Alphabet.EBCDIC: "cp500"}
"""Python's names of the codes of characters."""


class ElementForm(NamedTuple):
    """A field of a message: it has `size` digits, bytes or characters, or at most as many behind a length of `prefix` bytes.

    `field` is its number, or `t`, `p` and `1` for the message type and the bitmaps. An odd number of packed digits stands behind a
    0, or before an F where `odd_right` is set.
    """

    name: str
    field: str
    alphabet: Alphabet
    size: int
    prefix: int = 0
    lengths: Encoding = Encoding.BCD
    odd_right: bool = False

    def in_words_of_library(self) -> dict[str, Any]:
        """The same form as pyiso8583 has it."""
        return {
            "data_enc": CODECS.get(self.alphabet, "b"),
            "len_enc": "bcd" if self.lengths is Encoding.BCD else self.lengths.codec,
            "len_type": self.prefix,
            "max_len": self.size,
            "len_count": "nibbles" if self.alphabet is Alphabet.DIGITS else "bytes",
            **({"right_pad": "F"} if self.odd_right else {"left_pad": "0"}),
        }


class WrittenForm(NamedTuple):
    """A form as a dialect file writes it."""

    kind: str
    varies: bool
    size: int

    @classmethod
    def parse(cls, text: str) -> WrittenForm:
        """Raises `ValueError` with the cure."""
        found = _FORM.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no form: write n6, n..19, z..37, an12, ans..99 or b8, for example")
        return cls(found[1], bool(found[2]), int(found[3]))

    def __str__(self) -> str:
        return f"{self.kind}{'..' if self.varies else ''}{self.size}"

    def form(
        self,
        name: str,
        number: int,
        *,
        numbers: Encoding,
        text: Encoding,
        lengths: Encoding,
        odd_right: bool = False,
    ) -> ElementForm:
        """The form under the encodings of a dialect."""
        encoding = Encoding.BINARY if self.kind == "b" else numbers if self.kind in _DIGIT_KINDS else text
        return ElementForm(
            name=name,
            field=str(number),
            alphabet=_ALPHABETS[encoding],
            size=self.size,
            prefix=_prefix(self.size, lengths) if self.varies else 0,
            lengths=lengths,
            odd_right=odd_right and encoding is Encoding.BCD,
        )


def _prefix(most: int, lengths: Encoding) -> int:
    """The bytes of a length: LLVAR up to 99, LLLVAR up to 999."""
    characters = 2 if most <= 99 else 3
    if lengths in (Encoding.ASCII, Encoding.EBCDIC):
        return characters
    return 1 if most <= (99 if lengths is Encoding.BCD else 255) else 2


def whole(name: str, field: str, encoding: Encoding, size: int) -> ElementForm:
    """The form of a message type (`size` in digits) or of a bitmap (in bytes), which is packed or stands in hexadecimal characters."""
    if encoding in (Encoding.BCD, Encoding.BINARY):
        return ElementForm(name, field, Alphabet.BYTES, size // 2 if field == "t" else size)
    return ElementForm(name, field, _ALPHABETS[encoding], size if field == "t" else 2 * size)
