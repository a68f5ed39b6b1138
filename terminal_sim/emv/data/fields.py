"""The formats of EMV data elements (Book 3, 4.3): numeric, compressed numeric and text, both ways and strictly."""

from __future__ import annotations


class FormatError(ValueError):
    """A value does not have the format that its data element prescribes."""


def is_digits(text: str) -> bool:
    """Whether `text` is one or more of 0-9; `str.isdigit` alone would let other scripts' digits pass."""
    return text.isascii() and text.isdigit()


def numeric(digits: str, length: int) -> bytes:
    """Format n: `digits` right justified in `length` bytes, two to a byte."""
    if not is_digits(digits):
        raise FormatError("a numeric value has digits only")
    if len(digits) > 2 * length:
        raise FormatError(f"{len(digits)} digits do not fit into {length} bytes")
    return bytes.fromhex(digits.zfill(2 * length))


def digits(value: bytes) -> str:
    """The digits of format n, leading zeros kept."""
    text = value.hex()
    if not text.isdigit():
        raise FormatError("a numeric value has a nibble that is no digit")
    return text


def date(value: bytes) -> str:
    """The digits YYMMDD of a date. A day from 01 to 31 is taken in every month: cards write the end of February as 31, too."""
    text = digits(value)
    if len(text) != 6 or not "01" <= text[2:4] <= "12" or not "01" <= text[4:] <= "31":
        raise FormatError("a date is YYMMDD with a month from 01 to 12 and a day from 01 to 31")
    return text


def full_year(yymmdd: str) -> str:
    """YYYYMMDD of YYMMDD, or of the first digits of one: the years 50 to 99 are of the 20th century (Book 4, 6.7.3)."""
    return ("19" if yymmdd >= "50" else "20") + yymmdd


def compressed(value: bytes) -> str:
    """The digits of format cn: left justified, padded with F nibbles."""
    text = value.hex().rstrip("f")
    if not text.isdigit():
        raise FormatError("a compressed numeric value has a nibble that is neither digit nor filler")
    return text


def printable(value: bytes, codec: str = "ascii") -> str:
    """Text for a display or a receipt: what `codec` cannot read and what does not print is left out."""
    text = value.decode(codec, errors="ignore")
    return (text if text.isprintable() else "".join(filter(str.isprintable, text))).strip()
