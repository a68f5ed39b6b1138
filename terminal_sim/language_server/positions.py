"""Places of the protocol: a character of a line counts in UTF-16 units, or as client and server have agreed."""

from __future__ import annotations

from lsprotocol import types

from terminal_sim.language_server.document import Document, Span

Encoding = types.PositionEncodingKind | str | None


def index_of(line: str, character: int, encoding: Encoding) -> int:
    """The index of a place in a line; a place behind its end, or within a character, is the nearest before it."""
    if line.isascii() or encoding == types.PositionEncodingKind.Utf32:
        return min(max(character, 0), len(line))
    units = 0
    for index, letter in enumerate(line):
        units += _units(letter, encoding)
        if units > character:
            return index
    return len(line)


def character_of(line: str, index: int, encoding: Encoding) -> int:
    """The place of an index of a line."""
    if line.isascii() or encoding == types.PositionEncodingKind.Utf32:
        return index
    return sum(_units(letter, encoding) for letter in line[:index])


def range_of(document: Document, span: Span, encoding: Encoding) -> types.Range:
    """A part of a line as the protocol has it."""
    line = document.line(span.line)
    start, end = (character_of(line, index, encoding) for index in (span.start, span.end))
    return types.Range(types.Position(span.line, start), types.Position(span.line, end))


def _units(letter: str, encoding: Encoding) -> int:
    if encoding == types.PositionEncodingKind.Utf8:
        return len(letter.encode("utf-8", "surrogatepass"))
    return 2 if ord(letter) > 0xFFFF else 1
