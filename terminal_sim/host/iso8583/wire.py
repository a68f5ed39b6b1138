"""The bytes of a message, both ways, from one table of forms.

1. What is plainly right is read and built here. All else goes to pyiso8583, which says what is wrong with it; a differential test holds
   the two against each other.
2. A value is text: digits of packed BCD, upper-case hexadecimal of bytes, or ASCII.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple

from terminal_sim.host.dialect import MessageError

MAX_MESSAGE = 1024  # above the longest message of the table; a longer one is not looked at


class Alphabet(Enum):
    """What a field counts and carries."""

    DIGITS = "packed BCD, an odd number of digits behind a 0"
    BYTES = "bytes"
    ASCII = "ASCII"


class ElementForm(NamedTuple):
    """A field: it has `size` digits, bytes or characters, or at most as many behind a packed length of `prefix` bytes."""

    field: str
    alphabet: Alphabet
    size: int
    prefix: int = 0


MESSAGE_TYPE = ElementForm("t", Alphabet.BYTES, 2)
BITMAP, SECOND_BITMAP = ElementForm("p", Alphabet.BYTES, 8), ElementForm("1", Alphabet.BYTES, 8)
ELEMENTS = (
    ElementForm("2", Alphabet.DIGITS, 19, 1),
    ElementForm("3", Alphabet.DIGITS, 6),
    ElementForm("4", Alphabet.DIGITS, 12),
    ElementForm("7", Alphabet.DIGITS, 10),
    ElementForm("11", Alphabet.DIGITS, 6),
    ElementForm("12", Alphabet.DIGITS, 12),
    ElementForm("14", Alphabet.DIGITS, 4),
    ElementForm("22", Alphabet.DIGITS, 3),
    ElementForm("23", Alphabet.DIGITS, 3),
    ElementForm("25", Alphabet.DIGITS, 2),
    ElementForm("35", Alphabet.DIGITS, 37, 1),
    ElementForm("37", Alphabet.ASCII, 12),
    ElementForm("38", Alphabet.ASCII, 6),
    ElementForm("39", Alphabet.ASCII, 2),
    ElementForm("41", Alphabet.ASCII, 8),
    ElementForm("42", Alphabet.ASCII, 15),
    ElementForm("44", Alphabet.ASCII, 1),
    ElementForm("48", Alphabet.BYTES, 255, 2),
    ElementForm("49", Alphabet.DIGITS, 3),
    ElementForm("52", Alphabet.BYTES, 8),
    ElementForm("54", Alphabet.ASCII, 20),
    ElementForm("55", Alphabet.BYTES, 255, 2),
    ElementForm("56", Alphabet.DIGITS, 4),
    ElementForm("90", Alphabet.DIGITS, 42),
)
"""The data elements in the order of the wire."""

FORMS = {form.field: form for form in (MESSAGE_TYPE, BITMAP, SECOND_BITMAP, *ELEMENTS)}

SPEC: dict[str, dict[str, Any]] = {
    form.field: {
        "data_enc": "ascii" if form.alphabet is Alphabet.ASCII else "b",
        "len_enc": "bcd",
        "len_type": form.prefix,
        "max_len": form.size,
        "len_count": "nibbles" if form.alphabet is Alphabet.DIGITS else "bytes",
        "left_pad": "0",
    }
    for form in (ElementForm("h", Alphabet.BYTES, 0), *FORMS.values())
}
"""The same table in the words of pyiso8583."""

_DIGITS, _BYTES, _ASCII = Alphabet  # names of the module cost less than members of an enumeration
_TWO_BITMAPS = 1 << 127
_SECOND_HALF = (1 << 64) - 1
_BITS = {form.field: 1 << 128 - int(form.field) for form in ELEMENTS}


class _NotPlain(ValueError):
    """These bytes or values are not plainly right; pyiso8583 says why."""


class ElementPlace(NamedTuple):
    """A field, the offsets of its length, its value, and the byte after it, and how many digits, bytes or characters it has."""

    form: ElementForm
    first: int
    value: int
    end: int
    size: int


def places(message: bytes) -> list[ElementPlace]:
    """Where each field stands; nothing where the message is not plainly one of the dialect."""
    try:
        found = [ElementPlace(*place) for place in _walk(message)]
        for place in found:
            _text(place.form, message[place.value : place.end], place.size)
    except ValueError:
        return []
    return found


def encode_fields(fields: dict[str, str]) -> bytes:
    """The message of these fields; `MessageError` where one does not fit its form."""
    try:
        return _build(fields)
    except ValueError:
        return _build_with_reasons(fields)


def decode_fields(message: bytes, known: frozenset[str]) -> Mapping[str, str]:
    """The fields of a message, all of them of `known`; raises `MessageError`."""
    if len(message) > MAX_MESSAGE:
        raise MessageError(f"{len(message)} bytes are more than a message has: at most {MAX_MESSAGE}")
    try:
        fields = {form.field: _text(form, message[at:end], size) for form, _, at, end, size in _walk(message)}
    except ValueError:
        fields = _read_with_reasons(message)
    for number in fields:
        if number not in known:
            raise MessageError(f"DE {number} does not belong into this message")
    return fields


def _walk(message: bytes) -> Iterator[tuple[ElementForm, int, int, int, int]]:
    """Each field as `ElementPlace` has it; `ValueError` where the message is not plainly right."""
    yield MESSAGE_TYPE, 0, 0, 2, 2
    yield BITMAP, 2, 2, 10, 8
    bitmap, at = message[2:10], 10
    if bitmap and bitmap[0] & 0x80:
        yield SECOND_BITMAP, 10, 10, 18, 8
        bitmap, at = message[2:18], 18
    for form in _present(bitmap):
        _, alphabet, size, prefix = form
        first = at
        if prefix:
            at += prefix
            count = int(message[first:at].hex())
            if count > size:
                raise _NotPlain
            size = count
        end = at + (size + 1 >> 1 if alphabet is _DIGITS else size)
        yield form, first, at, end, size
        at = end
    if at != len(message):
        raise _NotPlain


@lru_cache(maxsize=64)
def _present(bitmap: bytes) -> tuple[ElementForm, ...]:
    """The data elements that a bitmap names."""
    bits = int.from_bytes(bitmap) << 128 - 8 * len(bitmap) & ~_TWO_BITMAPS
    if bits & ~sum(_BITS.values()):
        raise _NotPlain
    return tuple(form for form in ELEMENTS if bits & _BITS[form.field])


def _text(form: ElementForm, data: bytes, size: int) -> str:
    if form.alphabet is _ASCII:
        return data.decode("ascii")
    text = data.hex().upper()
    if form.alphabet is _DIGITS and size & 1:
        if text[:1] != "0":
            raise _NotPlain
        return text[1:]
    return text


def _build(fields: Mapping[str, str]) -> bytes:
    bits, parts = 0, []
    for form in ELEMENTS:
        text = fields.get(form.field)
        if text is None:
            continue
        data, size = _data(form.alphabet, text)
        if size > form.size or (size < form.size and not form.prefix):
            raise _NotPlain
        bits |= _BITS[form.field]
        if form.prefix:
            parts.append(int(str(size), 16).to_bytes(form.prefix))  # packed BCD
        parts.append(data)
    kind, _ = _data(_BYTES, fields["t"])
    if len(kind) != MESSAGE_TYPE.size or len(fields) != 1 + bits.bit_count():
        raise _NotPlain
    if bits & _SECOND_HALF:
        return kind + (bits | _TWO_BITMAPS).to_bytes(16) + b"".join(parts)
    return kind + (bits >> 64).to_bytes(8) + b"".join(parts)


def _data(alphabet: Alphabet, text: str) -> tuple[bytes, int]:
    """The bytes of a value, and what the field counts."""
    if alphabet is _ASCII:
        return text.encode("ascii"), len(text)
    digits = "0" + text if alphabet is _DIGITS and len(text) & 1 else text
    data = bytes.fromhex(digits)
    if 2 * len(data) != len(digits):  # it passes over white space
        raise _NotPlain
    return data, len(text) if alphabet is _DIGITS else len(data)


def _build_with_reasons(fields: dict[str, str]) -> bytes:
    import iso8583

    try:
        message, _ = iso8583.encode(fields, SPEC)
    except iso8583.EncodeError as error:
        raise MessageError(f"DE {error.field}: {error.msg}") from None
    return bytes(message)


def _read_with_reasons(message: bytes) -> dict[str, str]:
    import iso8583

    try:
        fields, _ = iso8583.decode(message, SPEC)
    except iso8583.DecodeError as error:
        raise MessageError(f"DE {error.field}: {error.msg}") from None
    except KeyError as error:
        raise MessageError(f"DE {error.args[0]} is not of this dialect") from None
    return dict(fields)
