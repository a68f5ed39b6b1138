"""Reads a gettext catalogue (PO): the wordings by their ids. Babel reads the same, and costs a fifth of a start with what it imports for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_LINE = re.compile(r'(?:(msgid|msgid_plural|msgstr(?:\[\d+\])?)\s+)?"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


class DamagedCatalogue(ValueError):
    """A line that is none of a catalogue."""


@dataclass(slots=True)
class PoMessage:
    """One message: its id, and its wordings, of which there are several where it has numbers: that of one first."""

    id: str = ""
    forms: list[str] = field(default_factory=list)


def po_messages(lines: Iterable[str]) -> Iterator[PoMessage]:
    """The messages of a catalogue without its head, in their order. Raises `DamagedCatalogue`."""
    message, told = PoMessage(), ""
    for number, line in enumerate(lines, 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None or not (found[1] or told):
            raise DamagedCatalogue(f"line {number} is none of a catalogue: {line[:60]!r}")
        told = found[1] or told
        text = _ESCAPE.sub(lambda escape: _ESCAPED.get(escape[1], escape[1]), found[2])
        if found[1] == "msgid":
            if message.id:
                yield message
            message = PoMessage(text)
        elif told == "msgid":
            message.id += text
        elif told.startswith("msgstr"):
            if found[1]:
                message.forms.append("")
            message.forms[-1] += text
    if message.id:
        yield message
