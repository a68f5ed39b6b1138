"""Data object lists: which data the card wants, one value after the other without tags (EMV Book 3, 5.4)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from msgspec import Struct

from terminal_sim.emv.data.tags import DICTIONARY, DataFormat
from terminal_sim.emv.data.tlv import TlvError, is_constructed, split

MAX_VALUE_BYTES = 252


class DolError(ValueError):
    """The card's list cannot be read or asks for more than one command can carry."""


class DolEntry(Struct, frozen=True):
    """One element that the list asks for, with the length in bytes that its value is to have."""

    tag: int
    length: int


@lru_cache(maxsize=256)
def parse(dol: bytes) -> tuple[DolEntry, ...]:
    """The entries of a list, a tag and one byte of length each; together at most 252 bytes of values."""
    entries: list[DolEntry] = []
    total = at = 0
    while at < len(dol):
        size = 1
        if dol[at] & 0x1F == 0x1F:
            size += 1
            while at + size <= len(dol) and dol[at + size - 1] & 0x80:
                size += 1
        if at + size >= len(dol):
            raise DolError("the list ends within an entry")
        length = dol[at + size]
        try:
            read = split(dol[at : at + size] + b"\x00")
        except TlvError as error:
            raise DolError(str(error)) from None
        if not read:
            raise DolError("the list has a tag 00")
        entries.append(DolEntry(read[0][0], length))
        total += length
        at += size + 1
    if total > MAX_VALUE_BYTES:
        raise DolError(f"the list asks for {total} bytes, a command carries {MAX_VALUE_BYTES}")
    return tuple(entries)


@lru_cache(maxsize=256)
def tags_of(dol: bytes) -> frozenset[int]:
    """The tags that a list asks for. Raises `DolError` as `parse`."""
    return frozenset(entry.tag for entry in parse(dol))


def build(dol: bytes, value_of: Callable[[int], bytes | None]) -> bytes:
    """The command data for `dol`: each value fitted to the length asked for, zeros for what is unknown (rules 1 to 3)."""
    parts: list[bytes] = []
    for entry in parse(dol):
        value = None if is_constructed(entry.tag) else value_of(entry.tag)
        if value is None:
            parts.append(bytes(entry.length))
        elif len(value) == entry.length:
            parts.append(value)
        else:
            known = DICTIONARY.get(entry.tag)
            parts.append(fit(value, entry.length, known.format if known else DataFormat.B))
    return b"".join(parts)


def read(dol: bytes, data: bytes) -> dict[int, bytes]:
    """The card's side of `build`: the values in `data` by tag. Raises `DolError` where the length is not that of the list."""
    values: dict[int, bytes] = {}
    at = 0
    for entry in parse(dol):
        values[entry.tag] = data[at : at + entry.length]
        at += entry.length
    if at != len(data):
        raise DolError(f"the list describes {at} bytes, {len(data)} came")
    return values


def located(dol: bytes, first: int, end: int) -> tuple[tuple[int, int, int], ...]:
    """Tag, first offset and the one after the last of each value of command data that lie from `first` up to `end`; nothing where they are not what `dol` asks for."""
    try:
        entries = parse(dol)
    except DolError:
        return ()
    if sum(entry.length for entry in entries) != end - first:
        return ()
    found, at = [], first
    for entry in entries:
        found.append((entry.tag, at, at + entry.length))
        at += entry.length
    return tuple(found)


def fit(value: bytes, length: int, how: DataFormat) -> bytes:
    """`value` cut or filled to `length` bytes; a number loses and gains on its left, everything else on its right."""
    if how is DataFormat.N:
        return value[len(value) - length :] if length < len(value) else value.rjust(length, b"\x00")
    filler = b"\xff" if how is DataFormat.CN else b"\x00"
    return value[:length].ljust(length, filler)
