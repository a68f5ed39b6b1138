"""The bytes of a message, both ways, by the forms of a dialect.

1. What is plainly right is read and built here. All else goes to pyiso8583, which says what is wrong with it; a differential test holds
   the two against each other.
2. A value is text: digits of packed BCD, upper-case hexadecimal of bytes, or characters. Fields are known by the names of their elements.
3. Where messages have an authentication code, its place is kept: the last 8 bytes, which are zero until `host.authentication` writes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from terminal_sim.host.authentication import CODE_SIZE
from terminal_sim.host.dialect import MessageError
from terminal_sim.host.iso8583 import elements as el
from terminal_sim.host.iso8583.forms import CODECS, Alphabet, ElementForm
from terminal_sim.host.iso8583.layout import DialectLayout
from terminal_sim.host.iso8583.runs import FieldRun, runs_of
from terminal_sim.host.iso8583.values import (
    NotPlainlyRight,
    data_of,
    length_of,
    packed,
    text_of,
    written_length,
)

MAX_MESSAGE = 2048  # above the longest message of any dialect; a longer one is not looked at

_DIGITS, _BYTES, _ASCII, _EBCDIC = Alphabet  # names of the module cost less than members of an enumeration
_TWO_BITMAPS = 1 << 127
_SECOND_HALF = (1 << 64) - 1
_MAC = ElementForm(el.MAC, "64", _BYTES, CODE_SIZE)
_SECOND_MAC = _MAC._replace(field="128")


class ElementPlace(NamedTuple):
    """A field, the offsets of its length, its value, and the byte after it, and how many digits, bytes or characters it has."""

    form: ElementForm
    first: int
    value: int
    end: int
    size: int


class _FieldPlan(NamedTuple):
    """What messages of the same fields have in common: how many elements, their runs, and their bitmaps as bytes."""

    elements: int
    runs: tuple[FieldRun, ...]
    bitmaps: bytes


class WireCodec:
    """The codec of one dialect. It has no state but what it has worked out once."""

    def __init__(self, layout: DialectLayout) -> None:
        self.heads = layout.heads()
        self.forms = layout.forms()
        self.has_mac = layout.mac_algorithm is not None
        self._bits = {form.name: 1 << 128 - int(form.field) for form in self.forms}
        macs = (_MAC, _SECOND_MAC) if self.has_mac else ()
        self._by_bit = {1 << 128 - int(form.field): form for form in (*self.forms, *macs)}
        self._known = sum(self._by_bit)
        self._type, self._bitmap, _ = self.heads
        self._text_bitmap = self._bitmap.alphabet is not _BYTES
        self._plan = lru_cache(maxsize=256)(self._planned)
        self._reading = lru_cache(maxsize=256)(self._headed)
        self._is_first_of_two = lru_cache(maxsize=256)(self._has_second)
        self._present = lru_cache(maxsize=256)(self._named)

    @property
    def library_specification(self) -> dict[str, dict[str, Any]]:
        """The same forms in the words of pyiso8583."""
        head = ElementForm("", "h", _BYTES, 0)
        forms = (head, *self.heads, *self.forms, *((_MAC, _SECOND_MAC) if self.has_mac else ()))
        return {form.field: form.in_words_of_library() for form in forms}

    def number(self, name: str) -> str:
        """How an error calls an element, by its number."""
        return next((f"DE {form.field}" for form in self.forms if form.name == name), name)

    def message_type(self, message: bytes) -> str:
        """The message type with which a message begins, empty where it is none."""
        data = message[: self._type.size]
        try:
            return text_of(self._type, data, len(data)) if len(data) == self._type.size else ""
        except ValueError:
            return ""

    def encode(self, fields: dict[str, str]) -> bytes:
        """The message of these fields; `MessageError` where one does not fit its form."""
        try:
            message = self._build(fields)
        except ValueError:
            message = self._build_with_reasons(fields)
        if len(message) > MAX_MESSAGE:
            raise MessageError(f"{len(message)} bytes are more than a message has: at most {MAX_MESSAGE}")
        return message

    def decode(self, message: bytes, known: frozenset[str]) -> Mapping[str, str]:
        """The fields of a message, all of them of `known`; raises `MessageError`."""
        if len(message) > MAX_MESSAGE:
            raise MessageError(f"{len(message)} bytes are more than a message has: at most {MAX_MESSAGE}")
        try:
            fields = self._read(message)
        except ValueError:
            fields = self._read_with_reasons(message)
        if not known.issuperset(fields):
            stranger = next(name for name in fields if name not in known)
            raise MessageError(f"{self.number(stranger)} does not belong into this message")
        if self.has_mac and el.MAC not in fields:
            raise MessageError("DE 64 or 128 is missing: each message has an authentication code")
        return fields

    def places(self, message: bytes) -> list[ElementPlace]:
        """Where each field stands; nothing where the message is not plainly one of the dialect."""
        try:
            found = [ElementPlace(*place) for place in self._walk(message)]
            for place in found:
                text_of(place.form, message[place.value : place.end], place.size)
        except ValueError:
            return []
        return found

    def _read(self, message: bytes) -> dict[str, str]:
        """The fields by their runs; `ValueError` where the message is not plainly right."""
        kind, first, second = self.heads
        at = kind.size
        end = at + first.size
        if self._is_first_of_two(message[at:end]):
            end += second.size
        heads, runs = self._reading(message[at:end])
        fields = {el.MESSAGE_TYPE: text_of(kind, message[:at], at), **heads}
        at = end
        for alphabet, size, cuts, form in runs:
            if form is not None:
                begin, at = at, at + form.prefix
                count = length_of(message[begin:at], form.lengths)
                if count > form.size:
                    raise NotPlainlyRight
                end = at + (count + 1 >> 1 if alphabet is _DIGITS else count)
                fields[form.name] = text_of(form, message[at:end], count)
                at = end
                continue
            end = at + size
            data = message[at:end]
            if len(data) != size:
                raise NotPlainlyRight
            if alphabet is _ASCII:
                text = data.decode("ascii")
            else:
                text = data.decode("cp500") if alphabet is _EBCDIC else data.hex().upper()
            for name, begin, stop, filler in cuts:
                if filler >= 0 and text[filler] != ("F" if filler >= stop else "0"):
                    raise NotPlainlyRight
                fields[name] = text[begin:stop]
            at = end
        if at != len(message):
            raise NotPlainlyRight
        return fields

    def _has_second(self, bitmap: bytes) -> bool:
        """Whether a bitmap says that another one follows."""
        return bool(self._bits_in(bitmap)[:1] > b"\x7f")

    def _headed(self, bitmaps: bytes) -> tuple[dict[str, str], tuple[FieldRun, ...]]:
        """What these bitmaps say of themselves, and the runs of the fields that they name."""
        size = self._bitmap.size
        parts = [bitmaps[:size], bitmaps[size:]] if len(bitmaps) > size else [bitmaps]
        forms = self._present(b"".join(map(self._bits_in, parts)))
        texts = (text_of(form, part, len(part)) for form, part in zip(self.heads[1:], parts, strict=False))
        return dict(zip((el.BITMAP, el.SECOND_BITMAP), texts, strict=False)), runs_of(forms)

    def _walk(self, message: bytes) -> Iterator[tuple[ElementForm, int, int, int, int]]:
        """Each field as `ElementPlace` has it; `ValueError` where the message is not plainly right."""
        kind, first, second = self.heads
        at = kind.size
        yield kind, 0, 0, at, kind.size
        end = at + first.size
        yield first, at, at, end, first.size
        bitmap = self._bits_in(message[at:end])
        if bitmap and bitmap[0] & 0x80:
            at, end = end, end + second.size
            yield second, at, at, end, second.size
            bitmap += self._bits_in(message[at:end])
        at = end
        for form in self._present(bitmap):
            _, _, alphabet, size, prefix, lengths, _ = form
            begin = at
            if prefix:
                at += prefix
                count = length_of(message[begin:at], lengths)
                if count > size:
                    raise NotPlainlyRight
                size = count
            end = at + (size + 1 >> 1 if alphabet is _DIGITS else size)
            yield form, begin, at, end, size
            at = end
        if at != len(message):
            raise NotPlainlyRight

    def _bits_in(self, bitmap: bytes) -> bytes:
        if self._text_bitmap:
            text = bitmap.decode(CODECS[self._bitmap.alphabet])
            if not text.isalnum():  # `fromhex` passes over white space
                raise NotPlainlyRight
            return bytes.fromhex(text)
        return bitmap

    def _named(self, bitmap: bytes) -> tuple[ElementForm, ...]:
        """The data elements that a bitmap names."""
        bits = int.from_bytes(bitmap) << 128 - 8 * len(bitmap) & ~_TWO_BITMAPS
        if bits & ~self._known:
            raise NotPlainlyRight
        return tuple(form for bit, form in sorted(self._by_bit.items(), reverse=True) if bits & bit)

    def _planned(self, names: tuple[str, ...]) -> _FieldPlan:
        bits = 0
        for name in names:
            if name != el.MESSAGE_TYPE:
                if name not in self._bits:
                    raise NotPlainlyRight
                bits |= self._bits[name]
        if self.has_mac:
            bits |= 1 if bits & _SECOND_HALF else _SECOND_HALF + 1
        if bits & _SECOND_HALF:
            bits |= _TWO_BITMAPS
        bitmap = bits.to_bytes(16) if bits & _SECOND_HALF else (bits >> 64).to_bytes(8)
        if self._text_bitmap:
            bitmap = bitmap.hex().upper().encode(CODECS[self._bitmap.alphabet])
        forms = tuple(form for form in self.forms if bits & self._bits[form.name])
        return _FieldPlan(len(forms), runs_of(forms), bitmap)

    def _build(self, fields: Mapping[str, str]) -> bytes:
        plan = self._plan(tuple(fields))
        kind, _ = data_of(self._type, fields[el.MESSAGE_TYPE])
        if len(kind) != self._type.size or len(fields) != plan.elements + 1:
            raise NotPlainlyRight
        parts = [kind, plan.bitmaps]
        for alphabet, _, cuts, form in plan.runs:
            if form is not None:
                data, size = data_of(form, fields[form.name])
                if size > form.size:
                    raise NotPlainlyRight
                parts.append(written_length(size, form.prefix, form.lengths))
                parts.append(data)
                continue
            text = ""
            for name, first, end, filler in cuts:
                value = fields[name]
                if len(value) != end - first:
                    raise NotPlainlyRight
                text += value if filler < 0 else f"{value}F" if filler >= end else f"0{value}"
            if alphabet is _ASCII:
                parts.append(text.encode("ascii"))
            else:
                parts.append(text.encode("cp500") if alphabet is _EBCDIC else packed(text))
        if self.has_mac:
            parts.append(bytes(CODE_SIZE))
        return b"".join(parts)

    def _build_with_reasons(self, fields: Mapping[str, str]) -> bytes:
        import iso8583

        numbered = {form.name: form.field for form in (*self.heads, *self.forms)}
        by_number = {numbered[name]: text for name, text in fields.items()}
        if self.has_mac:
            second = any(name.isdigit() and int(name) > 64 for name in by_number)
            by_number["128" if second else "64"] = "00" * CODE_SIZE
        try:
            message, _ = iso8583.encode(by_number, self.library_specification)
        except iso8583.EncodeError as error:
            raise MessageError(f"DE {error.field}: {error.msg}") from None
        return bytes(message)

    def _read_with_reasons(self, message: bytes) -> dict[str, str]:
        import iso8583

        try:
            fields, _ = iso8583.decode(message, self.library_specification)
        except iso8583.DecodeError as error:
            raise MessageError(f"DE {error.field}: {error.msg}") from None
        except KeyError as error:
            raise MessageError(f"DE {error.args[0]} is not of this dialect") from None
        names = {form.field: form.name for form in (*self.heads, *self.forms)}
        names |= {_MAC.field: _MAC.name, _SECOND_MAC.field: _MAC.name}
        return {names[number]: text for number, text in fields.items() if number != "h"}
