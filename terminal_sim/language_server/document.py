"""A script as it stands in an editor: its lines, sections and tokens, found without a parse, since it may be damaged at any moment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from terminal_sim.datafiles.text_file import BYTE_ORDER_MARK, LARGEST_FILE
from terminal_sim.script.headings import RANKS, SETTINGS
from terminal_sim.script.parse import MOST_LINES
from terminal_sim.script.tokens import LineToken, UnreadableLine, tokens
from terminal_sim.script.tree import LONGEST_TEXT

_LINE_END = re.compile(r"\r\n|[\r\n]")
_ANYTHING = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a line of a document, in characters: `line` and the indices count from 0, and `end` is behind the last character."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a line as it is written; `kind` is its terminal of the grammar."""

    kind: str
    text: str
    span: Span

    @property
    def word(self) -> str:
        return self.text if self.kind == "WORD" else ""


@dataclass(frozen=True, slots=True)
class ScriptSection:
    """A macro, setup, scenario or teardown: the line of its head and its last line. `table` is the line of its examples, -1 for none."""

    word: str
    head: tuple[Token, ...]
    first: int
    last: int
    table: int = -1

    @property
    def name(self) -> str:
        """What it is called, without quotation marks; "" where it has no name."""
        return self.head[1].text.strip('"') if len(self.head) > 1 else ""


class Document:
    """The text of a script. It never changes: an edit makes another one."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.text = text

    @cached_property
    def is_too_large(self) -> bool:
        """Whether no command would read it; then it is looked at no further."""
        return len(self.text) > LARGEST_FILE or len(self.text.encode("utf-8", "replace")) > LARGEST_FILE

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines without their ends, as the parser divides them; none of a text that is no script for its size."""
        lines = () if self.is_too_large else tuple(_LINE_END.split(self.text))
        return lines if len(lines) <= MOST_LINES else ()

    def line(self, number: int) -> str:
        """The line of this number, "" for one that is not there."""
        return self.lines[number] if 0 <= number < len(self.lines) else ""

    def tokens(self, number: int) -> tuple[Token, ...]:
        """The tokens of a line; its words where it is not of the form of a line."""
        line = self.line(number)
        if len(line) > LONGEST_TEXT:
            return ()
        shift = len(BYTE_ORDER_MARK) if number == 0 and line.startswith(BYTE_ORDER_MARK) else 0
        return tuple(
            Token(
                each.kind,
                each.text,
                Span(number, each.column - 1 + shift, each.column - 1 + shift + len(each.text)),
            )
            for each in _read(line[shift:], is_row=self.is_row(number))
        )

    def token_at(self, number: int, index: int) -> Token | None:
        """The token that the index of a line stands in or right behind."""
        return next((one for one in self.tokens(number) if one.span.start <= index <= one.span.end), None)

    def is_heading(self, number: int) -> bool:
        """Whether the line begins in the first column and says something."""
        line = self.line(number)
        return bool(line) and not line[0].isspace() and not line.startswith("#")

    def is_row(self, number: int) -> bool:
        """Whether the line stands in a table of examples."""
        return number in self._rows

    @cached_property
    def settings(self) -> Mapping[str, tuple[Token, ...]]:
        """The values of the settings, by the word of the setting."""
        found: dict[str, tuple[Token, ...]] = {}
        for number, line in enumerate(self.lines):
            word = line.split(maxsplit=1)[0] if line and not line[0].isspace() and line.strip() else ""
            if word in SETTINGS:
                found[word] = found.get(word, ()) + self.tokens(number)[1:]
            elif word in RANKS:
                break
        return found

    @cached_property
    def sections(self) -> tuple[ScriptSection, ...]:
        return tuple(self._sections())

    def section_at(self, number: int) -> ScriptSection | None:
        """The section that a line belongs to."""
        return next((one for one in self.sections if one.first <= number <= one.last), None)

    @cached_property
    def _rows(self) -> frozenset[int]:
        return frozenset(
            number
            for section in self.sections
            if section.table >= 0
            for number in range(section.table + 1, section.last + 1)
        )

    def _sections(self) -> Iterator[ScriptSection]:
        begun: tuple[str, int] | None = None
        last, table = 0, -1
        for number, line in enumerate(self.lines):
            text = line.strip()
            if not text or (text.startswith("#") and not line[0].isspace()):
                continue
            word = text.split(maxsplit=1)[0]
            heading = not line[0].isspace() and word != "examples"
            if heading:
                if begun is not None:
                    yield self._section(*begun, last, table)
                begun = (word, number) if word in RANKS and word not in SETTINGS else None
                table = -1
            elif word == "examples" and table < 0:
                table = number
            last = number
        if begun is not None:
            yield self._section(*begun, last, table)

    def _section(self, word: str, first: int, last: int, table: int) -> ScriptSection:
        head = tuple(
            Token(each.kind, each.text, Span(first, each.column - 1, each.column - 1 + len(each.text)))
            for each in _read(self.lines[first], is_row=False)
        )
        return ScriptSection(word, head, first, last, table)


def _read(line: str, *, is_row: bool) -> list[LineToken]:
    try:
        row = is_row and line.lstrip().startswith("|")
        return [
            each for each in tokens(line, "row" if row else "line") if each is not None and each.kind != "BAR"
        ]
    except UnreadableLine:
        return [LineToken("WORD", each[0], each.start() + 1) for each in _ANYTHING.finditer(line)]
