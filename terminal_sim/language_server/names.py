"""The names that a script gives, variables, macros and states, and every place where one of them stands.

A variable is one name in all of its file, but an argument of a macro is the macro's own. A macro is one name in its file, in the files
that it uses and in those that use it. `Everywhere` follows a macro from file to file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path

from terminal_sim.datafiles.text_file import UnreadableFile, text_of
from terminal_sim.language_server.document import Document, ScriptSection, Span, Token
from terminal_sim.script.csv_table import WrongTable, table_of
from terminal_sim.script.used_macros import MOST_FILES

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_GIVES = ("let", "capture")
_SAVES = ("save", "state")
_STARTS = ("from", "state")
_MOST_FOLDERS, _MOST_SCRIPTS = 2_000, 500

Reads = Callable[[Path], Document | None]
"""Gives the document of a file, as an editor has it or as it is stored; None for one that cannot be read."""


class NameKind(Enum):
    VARIABLE = "variable"
    MACRO = "macro"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class Name:
    """A name that a script gives. `macro` is the macro whose argument it is, "" for a name of the whole file."""

    kind: NameKind
    text: str
    macro: str = ""


@dataclass(frozen=True, slots=True)
class NamePlace:
    """Where a name stands; `gives` where it gets its value or meaning there."""

    path: Path
    span: Span
    name: Name
    gives: bool = False


def places_of(document: Document) -> list[NamePlace]:
    """Every place of the document at which one of its names stands, in the order of its lines."""
    found = [
        NamePlace(document.path, token.span, Name(NameKind.VARIABLE, token.text), True)
        for token in document.settings.get("secret", ())
    ]
    for section in document.sections:
        found += _of_section(document, section)
    return found


def _of_section(document: Document, section: ScriptSection) -> Iterator[NamePlace]:
    own = (
        {name for token in section.head[2:] for name in _VARIABLE.findall(token.text)}
        if section.word == "macro"
        else set()
    )

    def variable(text: str, span: Span, *, gives: bool = False) -> NamePlace:
        macro = section.name if text in own else ""
        return NamePlace(document.path, span, Name(NameKind.VARIABLE, text, macro), gives)

    if section.word == "macro" and section.name:
        yield NamePlace(document.path, section.head[1].span, Name(NameKind.MACRO, section.name), True)
        for token in section.head[2:]:
            yield from (variable(name, span, gives=True) for name, span in _variables(token))
    for number in range(section.first + 1, section.last + 1):
        said = document.tokens(number)
        if not said:
            continue
        words = [token.word for token in said]
        if number == section.table and _is_from_file(said):
            continue  # the columns are named in the file
        if number == section.table:
            yield from (variable(token.text, token.span, gives=True) for token in said[1:] if token.word)
            continue
        if document.is_row(number):
            if number == _head_of_table(document, section):
                yield from (variable(*_cell(token), gives=True) for token in said)
            continue
        yield NamePlace(document.path, said[0].span, Name(NameKind.MACRO, said[0].text))
        if words[0] in _GIVES and len(said) > 1 and words[1]:
            yield variable(said[1].text, said[1].span, gives=True)
        for before, gives in ((_SAVES, True), (_STARTS, False)):
            if tuple(words[:2]) == before and len(said) > 2 and words[2]:
                yield NamePlace(document.path, said[2].span, Name(NameKind.STATE, said[2].text), gives)
        for token in said:
            yield from (variable(name, span) for name, span in _variables(token))


def _is_from_file(said: Sequence[Token]) -> bool:
    """Whether the line is `examples from "FILE.csv"`."""
    return len(said) > 2 and said[1].word == "from" and said[2].kind == "STRING"


def columns_of(document: Document, section: ScriptSection) -> tuple[str, ...]:
    """The names of the columns of its table, also of one that stands in a CSV file."""
    said = document.tokens(section.table)
    if _is_from_file(said):
        try:
            columns, _ = table_of(document.path.parent / said[2].text.strip('"'))
        except WrongTable:
            return ()
        return tuple(columns)
    head = said[1:] or document.tokens(_head_of_table(document, section))
    return tuple(token.text.strip() for token in head)


def _head_of_table(document: Document, section: ScriptSection) -> int:
    """The line with the names of the columns, where they do not stand behind `examples`; -1 for none."""
    if len(document.tokens(section.table)) > 1:
        return -1
    return next((n for n in range(section.table + 1, section.last + 1) if document.tokens(n)), -1)


def _cell(token: Token) -> tuple[str, Span]:
    text = token.text.rstrip()
    return text, Span(token.span.line, token.span.start, token.span.start + len(text))


def _variables(token: Token) -> Iterator[tuple[str, Span]]:
    """The names within `${...}` of a token, each with its own place."""
    for found in _VARIABLE.finditer(token.text):
        start = token.span.start + found.start(1)
        yield found[1], Span(token.span.line, start, start + len(found[1]))


def place_at(document: Document, line: int, index: int) -> NamePlace | None:
    """The name that stands at an index of a line, or right before it."""
    found = [
        one
        for one in places_of(document)
        if one.span.line == line and one.span.start <= index <= one.span.end
    ]
    # Where a word could be a macro and is none, a longer meaning goes before it.
    return min(found, key=lambda one: one.name.kind is NameKind.MACRO and not one.gives, default=None)


@lru_cache(64)
def _stored(path: Path, _: tuple[int, int]) -> Document | None:
    try:
        return Document(path, text_of(path))
    except UnreadableFile:
        return None


def stored(path: Path) -> Document | None:
    """The document of a file as it is stored now; None for one that cannot be read."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return _stored(path, (status.st_mtime_ns, status.st_size))


def scripts_in(folder: Path) -> list[Path]:
    """The scripts of a folder and of those within it, as far as it is of the size of a project; hidden folders are passed over."""
    found: list[Path] = []
    for visited, (place, folders, files) in enumerate(os.walk(folder)):
        if visited == _MOST_FOLDERS or len(found) > _MOST_SCRIPTS:
            break
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "node_modules")
        found += [Path(place, name).resolve() for name in files if name.endswith(".keys")]
    return found[:_MOST_SCRIPTS]


def used_by(document: Document, read: Reads) -> list[Document]:
    """The documents that a script uses, and that these use, each once."""
    found: dict[Path, Document] = {}
    ahead = [document]
    while ahead:
        one = ahead.pop()
        for token in one.settings.get("use", ()):
            path = (one.path.parent / token.text.strip('"')).resolve()
            if path in found or path == document.path or len(found) == MOST_FILES:
                continue
            used = read(path)
            if used is not None:
                found[path] = used
                ahead.append(used)
    return [*found.values()]


def macros_of(documents: Sequence[Document]) -> dict[str, tuple[Document, ScriptSection]]:
    """The macros that the documents give, by name; the first one counts where two have one name."""
    found: dict[str, tuple[Document, ScriptSection]] = {}
    for document in documents:
        for section in document.sections:
            if section.word == "macro" and section.name:
                found.setdefault(section.name, (document, section))
    return found


def everywhere(name: Name, document: Document, others: Sequence[Document], read: Reads) -> list[NamePlace]:
    """Every place of a name of the document: in it alone, or for a macro in all of `others` that share the macro with it."""
    if name.kind is not NameKind.MACRO:
        return [one for one in places_of(document) if one.name == name]
    home = home_of(name.text, document, read)
    if home is None:
        return []
    around = {one.path: one for one in (document, home, *others)}
    sharing = [one for one in around.values() if _shares(name.text, one, home, read)]
    return [place for one in sharing for place in places_of(one) if place.name == name]


def home_of(macro: str, document: Document, read: Reads) -> Document | None:
    """The document that gives a macro which this one may call."""
    found = macros_of([document, *used_by(document, read)]).get(macro)
    return found[0] if found is not None else None


def _shares(macro: str, document: Document, home: Document, read: Reads) -> bool:
    there = home_of(macro, document, read) if macro in document.text else None
    return there is not None and there.path == home.path
