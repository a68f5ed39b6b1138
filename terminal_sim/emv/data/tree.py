"""APDUs as trees of their parts with offsets, for eyes: which bytes are what. They are made of masked bytes alone.

An offset counts from the first byte of the APDU (ISO/IEC 7816-4, 5.1); a value that is hidden has no text.
"""

from __future__ import annotations

from msgspec import Struct

from terminal_sim.emv.data import apdu, bits, tlv
from terminal_sim.emv.data.describe import command_name, listed_values
from terminal_sim.emv.data.tags import DICTIONARY
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.secret import MaskedBytes

HIDDEN = "••"


class Part(Struct, frozen=True):
    """The bytes from `first` up to `end`, what they are called, and their value in hexadecimal or words; an element that is made of bits has the names of those that are set.

    `tag` is what the protocol knows them by (`9F02`, `DE 4`), empty for a part without one; `parts` lie within and cover no byte twice.
    """

    name: str
    first: int
    end: int
    value: str = ""
    tag: str = ""
    parts: tuple[Part, ...] = ()


def command_tree(command: MaskedBytes, wanted: bytes = b"") -> tuple[Part, ...]:
    """Header, Lc, data and Le of a C-APDU in short form; all as one part where it is none. Data that were made by the list `wanted` have its values as parts."""
    data = command.data
    if len(data) < 4:
        return (_plain(command, "command", 0, len(data)),)
    parts: list[Part] = [
        Part(command_name(data), 0, 2, data[:2].hex().upper(), "CLA INS"),
        Part("parameters", 2, 4, data[2:4].hex().upper(), "P1 P2"),
    ]
    if len(data) == 5:
        return (*parts, _plain(command, "expected length", 4, 5, "Le"))
    if len(data) > 5:
        end = min(5 + data[4], len(data))
        parts += [
            _plain(command, "length of the data", 4, 5, "Lc"),
            _data(command, end, wanted),
        ]
        if end < len(data):
            parts.append(_plain(command, "expected length", end, len(data), "Le"))
    return tuple(parts)


def _data(command: MaskedBytes, end: int, wanted: bytes) -> Part:
    values = tuple(
        _element(command, tag, first, stop) for tag, first, stop in listed_values(command.data, wanted)
    )
    return Part("data", 5, end, "" if values else _value(command, 5, end), parts=values)


def response_tree(response: MaskedBytes) -> tuple[Part, ...]:
    """The data objects of an R-APDU and its status word; all as one part where it is none."""
    data = response.data
    if len(data) < 2:
        return (_plain(response, "response", 0, len(data)),)
    end = len(data) - 2
    sw = int.from_bytes(data[end:])
    status = Part("status", end, len(data), f"{sw:04X} {apdu.meaning(sw)}", "SW1 SW2")
    if not end:
        return (status,)
    return (*(object_tree(response, 0, end) or (_plain(response, "data", 0, end),)), status)


def object_tree(within: MaskedBytes, first: int, end: int, depth: int = 1) -> tuple[Part, ...]:
    """The data objects of BER-TLV from `first` up to `end`, templates opened; nothing where it is none."""
    if depth > tlv.MAX_DEPTH:
        return ()
    try:
        located = tlv.located(within.data[first:end])
    except TlvError:
        return ()
    parts = []
    for tag, begin, start, stop in located:
        inner = object_tree(within, first + start, first + stop, depth + 1) if tlv.is_constructed(tag) else ()
        parts.append(_element(within, tag, first + start, first + stop, begin=first + begin, inner=inner))
    return tuple(parts)


def _element(
    within: MaskedBytes,
    tag: int,
    start: int,
    stop: int,
    *,
    begin: int | None = None,
    inner: tuple[Part, ...] = (),
) -> Part:
    """A data element with its name and the names of the bits that are set; its value lies from `start` up to `stop`, it begins at `begin`."""
    known = DICTIONARY.get(tag)
    value = "" if inner else _value(within, start, stop)
    if value != HIDDEN and (set_bits := bits.names(tag, within.data[start:stop])):
        value = f"{value} ({', '.join(set_bits)})"
    name = known.name if known is not None else "template" if tlv.is_constructed(tag) else "unknown"
    return Part(name, start if begin is None else begin, stop, value, f"{tag:X}", inner)


def _plain(within: MaskedBytes, name: str, first: int, end: int, tag: str = "") -> Part:
    return Part(name, first, end, _value(within, first, end), tag)


def _value(within: MaskedBytes, first: int, end: int) -> str:
    return HIDDEN if within.is_hidden(first, end) else within.data[first:end].hex().upper()
