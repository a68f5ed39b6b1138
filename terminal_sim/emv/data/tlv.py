"""BER-TLV as EMV uses it (EMV Book 3, Annex B; ISO/IEC 8825-1): a strict, bounded reader and the writer.

1. A data object is a pair `(tag, value)`; the tag is the number that its bytes spell, so 9F02 is `0x9F02`.
2. A tag has at most 4 bytes, a length at most 3 after its first byte, an input at most 64 KiB, a nesting at most 8 templates.
3. A length is compared with what remains before anything is taken; the indefinite length (80) is refused.
4. Bytes 00 (Book 3, Annex B1) and, in what a card says, FF (ISO/IEC 7816-4:1995, Annex D.1) before, between and after data objects
   are filler and are skipped.
5. Nothing is repaired: after one wrong length there is an error and never a guess.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

MAX_BYTES = 65_536
MAX_DEPTH = 8
MAX_TAG_BYTES = 4
ZERO = b"\x00"
ZERO_OR_FF = b"\x00\xff"


class TlvError(ValueError):
    """The bytes are not BER-TLV, or not the data objects that had to be there: the sender's fault."""


def split(data: bytes, fillers: bytes = ZERO_OR_FF) -> list[tuple[int, bytes]]:
    """The data objects of one level, in order, values unopened; bytes of `fillers` in the place of a tag are skipped."""
    end = len(data)
    if end > MAX_BYTES:
        raise TlvError(f"{end} bytes are more than the {MAX_BYTES} that are read as TLV")
    objects: list[tuple[int, bytes]] = []
    at = 0
    while at < end:
        tag = data[at]
        at += 1
        if tag in fillers:
            continue
        if tag & 0x1F == 0x1F:
            if at < end and data[at] < 0x80:  # two bytes, which most of the longer tags have
                tag = tag << 8 | data[at]
                at += 1
            else:
                tag, at = _rest_of_tag(data, at, tag)
        if at >= end:
            raise TlvError(f"no length after tag {tag:X}")
        length = data[at]
        at += 1
        if length > 0x7F:
            length, at = _long_length(data, at, tag, length & 0x7F)
        behind = at + length
        if behind > end:
            raise TlvError(f"tag {tag:X} announces {length} bytes where {end - at} remain")
        objects.append((tag, data[at:behind]))
        at = behind
    return objects


def located(data: bytes) -> list[tuple[int, int, int, int]]:
    """As `split`, but for each data object its tag, its first offset, and the offsets of its value: first, and the one after its last."""
    places: list[tuple[int, int, int, int]] = []
    at = 0
    for tag, value in split(data):
        while data[at] in ZERO_OR_FF:
            at += 1  # filler
        length_at = at + (tag.bit_length() + 7) // 8
        start = length_at + 1 + (data[length_at] & 0x7F if data[length_at] > 0x7F else 0)
        places.append((tag, at, start, start + len(value)))
        at = start + len(value)
    return places


def _rest_of_tag(data: bytes, at: int, first: int) -> tuple[int, int]:
    tag = first
    for count in range(1, MAX_TAG_BYTES):
        if at >= len(data):
            raise TlvError(f"the tag that begins with {first:02X} is cut off")
        byte = data[at]
        at += 1
        if count == 1 and byte == 0x80:
            raise TlvError(f"the tag that begins with {first:02X} has a leading zero")
        tag = tag << 8 | byte
        if byte < 0x80:
            return tag, at
    raise TlvError(f"the tag that begins with {first:02X} is longer than {MAX_TAG_BYTES} bytes")


def _long_length(data: bytes, at: int, tag: int, size: int) -> tuple[int, int]:
    if not 1 <= size <= 3:
        raise TlvError(f"tag {tag:X} has a length of the form {0x80 | size:02X}, which is not used")
    if size > len(data) - at:
        raise TlvError(f"the length of tag {tag:X} is cut off")
    return int.from_bytes(data[at : at + size]), at + size


@lru_cache(maxsize=4096)
def is_constructed(tag: int) -> bool:
    """Whether the value of `tag` is itself made of data objects (bit 6 of the tag's first byte)."""
    while tag > 0xFF:
        tag >>= 8
    return bool(tag & 0x20)


def primitives(data: bytes) -> list[tuple[int, bytes]]:
    """The primitive data objects of one level, in order; templates stay closed, since what they hold has their meaning (Book 3, Annex B)."""
    return [(tag, value) for tag, value in split(data) if not is_constructed(tag)]


def only(data: bytes, tag: int) -> bytes:
    """The value of `tag`, which must be the one data object of `data`."""
    objects = split(data)
    if len(objects) != 1 or objects[0][0] != tag:
        raise TlvError(f"exactly one data object {tag:X} was expected")
    return objects[0][1]


def encode(tag: int, value: bytes) -> bytes:
    """One data object with the shortest length field."""
    return _head(tag, len(value)) + value


def join(objects: Iterable[tuple[int, bytes]]) -> bytes:
    """Data objects one after the other."""
    return b"".join([_head(tag, len(value)) + value for tag, value in objects])


@lru_cache(maxsize=4096)
def _head(tag: int, length: int) -> bytes:
    """Tag and length field."""
    if length < 0x80:
        return _tag_bytes(tag) + length.to_bytes()
    if length >= MAX_BYTES:
        raise TlvError(f"a value of {length} bytes is too long for tag {tag:X}")
    size = (length.bit_length() + 7) // 8
    return _tag_bytes(tag) + (0x80 | size).to_bytes() + length.to_bytes(size)


def _tag_bytes(tag: int) -> bytes:
    spelt = tag.to_bytes(max(1, (tag.bit_length() + 7) // 8))
    try:
        read = split(spelt + b"\x00")
    except TlvError as error:
        raise TlvError(f"{tag:X} is not a tag: {error}") from None
    if read != [(tag, b"")]:
        raise TlvError(f"{tag:X} is not a tag")
    return spelt
