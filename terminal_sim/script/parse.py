"""Reads a .keys file into its tree, and lists every line that is not of the language's form.

1. A line that begins in the first column opens a section or is a setting; an indented line belongs to the section above.
2. Sections come in the order settings, macros, setup, scenarios, teardown.
3. Nothing is converted: a value is the text that was written, without its quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from terminal_sim.datafiles.suggest import suggest
from terminal_sim.datafiles.text_file import BYTE_ORDER_MARK, UnreadableFile, text_of
from terminal_sim.script.csv_table import WrongTable, table_of
from terminal_sim.script.headings import RANKS, SETTINGS
from terminal_sim.script.tokens import LineToken, Start, UnreadableLine, tokens
from terminal_sim.script.tree import (
    LONGEST_TEXT,
    Examples,
    Form,
    Macro,
    Problem,
    Scenario,
    Script,
    ScriptError,
    ScriptStep,
    Setting,
    SourcePlace,
    Value,
)  # fmt: skip

VERSION = "1"
MOST_LINES = 20_000
_QUOTED = re.compile(r'"(\\.|[^"\\])*"')
_ESCAPED = re.compile(r'\\(["\\])')
_PARAMETER = re.compile(r"\$\{([A-Za-z_][\w-]*)\}")
# Not `str.splitlines`, which also parts a quoted text at U+2028, a form feed and six more.
_LINE_END = re.compile(r"\r\n|[\r\n]")
_BLANK = re.compile(r"\s*(#.*)?")


def parse(path: Path) -> Script:
    """The script and, in its `problems`, what of it could not be read. Raises `ScriptError` for a file that cannot be."""
    try:
        text = text_of(path)
    except UnreadableFile as wrong:
        raise ScriptError([Problem(path, max(wrong.line, 1), 1, f"cannot be read: {wrong}")]) from None
    return parse_text(text, path)


def parse_text(text: str, path: Path) -> Script:
    """The same for a text; `path` is what problems name, and where `use` looks from. Raises `ScriptError` for one that is too long."""
    lines = tuple(_LINE_END.split(text.removeprefix(BYTE_ORDER_MARK)))
    if len(lines) > MOST_LINES:
        sentence = f"a script has at most {MOST_LINES:,} lines, and this one has {len(lines):,}: split it"
        raise ScriptError([Problem(path, MOST_LINES, 1, sentence)])
    return _Reading(path, lines).script()


def parse_step(line: str, path: Path) -> ScriptStep:
    """One line of a scenario by itself, as it is typed at a prompt. Raises `ScriptError`."""
    reading = _Reading(path, (line,))
    step = ScriptStep(SourcePlace(path, 1), line.strip(), reading.values(1))
    if reading.problems:
        raise ScriptError(reading.problems)
    return step


class _Reading:
    """One pass over the lines. A section collects in lists that are closed when the next one opens."""

    def __init__(self, path: Path, lines: tuple[str, ...]) -> None:
        self.path = path
        self.lines = lines
        self.problems: list[Problem] = []
        self._rank = 0
        self._settings: list[Setting] = []
        self._macros: list[Macro] = []
        self._scenarios: list[Scenario] = []
        self._parts: dict[str, tuple[ScriptStep, ...]] = {}
        self._steps: list[ScriptStep] = []
        self._options: list[Value] = []
        self._table: Examples | None = None
        self._close: Callable[[tuple[ScriptStep, ...]], None] | None = None
        said = (n for n, line in enumerate(lines, start=1) if not _BLANK.fullmatch(line))
        self._first = next(said, 0)  # the number of the first line that says something

    def script(self) -> Script:
        self._version()
        for number, line in enumerate(self.lines, start=1):
            if _BLANK.fullmatch(line) or number == self._first:
                continue
            if line[0].isspace():
                self._below(number)
            else:
                self._heading(number)
        self._end_section()
        return Script(
            self.path,
            self.lines,
            tuple(self._settings),
            tuple(self._macros),
            self._parts.get("setup", ()),
            tuple(self._scenarios),
            self._parts.get("teardown", ()),
            tuple(self.problems),
        )

    def values(self, number: int, start: Start = "line") -> tuple[Value, ...]:
        """The values of a line; a line that is not of the form is one problem and gives none."""
        written = self.lines[number - 1]
        if len(written) > LONGEST_TEXT:
            sentence = f"a line has at most {LONGEST_TEXT:,} characters, and this one has {len(written):,}"
            self._problem(number, LONGEST_TEXT, sentence)
            return ()
        try:
            found = tokens(written, start)
        except UnreadableLine as wrong:
            self._problem(number, wrong.column, _unreadable(wrong.found))
            return ()
        if start == "row":
            return tuple(self._cells(number, found))
        return tuple(self._value(number, token) for token in found if token is not None)

    def _version(self) -> None:
        first = self._first
        words = [value.word for value in self.values(first)] if first else []
        if words[:1] != ["keys"]:
            self._problem(first or 1, 1, f"the first line is `keys {VERSION}`, the version of the language")
        elif words[1:] != [VERSION]:
            self._problem(first, 1, f"this is no version that can be read: write `keys {VERSION}`")

    def _heading(self, number: int) -> None:
        values = self.values(number)
        if not values:
            return None
        word = values[0].word
        if word not in RANKS:
            cure = suggest(word, [*RANKS, "keys"]) or "; steps are indented"
            return self._problem(number, 1, f"{values[0].text!r} opens nothing{cure}", len(values[0].text))
        if word == "examples":
            return self._examples(number, values)
        self._end_section()
        if RANKS[word] < self._rank:
            self._problem(
                number, 1, f"{word} comes too late: settings, macros, setup, scenarios, teardown", len(word)
            )
        self._rank = max(self._rank, RANKS[word])
        if word in SETTINGS:
            if len(values) == 1:
                self._problem(number, len(word) + 2, f"{word} needs a value")
            self._settings.append(Setting(word, values[0].place, values[1:]))
        elif word == "macro":
            self._macro(number, values)
        elif word == "scenario":
            self._scenario(number, values)
        else:
            if word in self._parts or len(values) > 1:
                self._problem(number, 1, f"{word} stands alone on its line, and once in a file", len(word))
            self._close = lambda steps: self._parts.update({word: steps})
        return None

    def _macro(self, number: int, values: tuple[Value, ...]) -> None:
        name = values[1].word if len(values) > 1 else ""
        if not name or name.startswith("$"):
            return self._problem(number, 7, "a macro needs a name: macro NAME ${argument}...")
        parameters = []
        for value in values[2:]:
            found = _PARAMETER.fullmatch(value.word)
            if found is None:
                self._problem(
                    number, value.place.column, "an argument of a macro is written ${name}", len(value.text)
                )
            else:
                parameters.append(found[1])
        place = values[1].place

        def close(steps: tuple[ScriptStep, ...]) -> None:
            self._macros.append(Macro(name, place, tuple(parameters), steps))

        self._close = close
        return None

    def _scenario(self, number: int, values: tuple[Value, ...]) -> None:
        name = values[1] if len(values) > 1 else None
        if name is None or name.form is not Form.STRING or not name.text:
            return self._problem(number, 10, 'a scenario needs a name: scenario "NAME" @tag...')
        tags = []
        for value in values[2:]:
            if not value.word.startswith("@") or len(value.word) < 2:
                self._problem(number, value.place.column, "only tags follow the name: @tag", len(value.text))
            tags.append(value.text)
        place = name.place

        def close(steps: tuple[ScriptStep, ...]) -> None:
            options = tuple(self._options)
            self._scenarios.append(Scenario(name.text, place, tuple(tags), steps, self._table, options))

        self._close = close
        return None

    def _examples(self, number: int, values: tuple[Value, ...]) -> None:
        """`examples` ends a scenario; its columns may stand on its line or on the next."""
        if self._close is None or self._rank != RANKS["scenario"]:
            self._problem(number, 1, "examples belong to a scenario", len("examples"))
        elif self._table is not None:
            self._problem(number, 1, "a scenario has one table of examples", len("examples"))
        place = SourcePlace(self.path, number)
        if len(values) == 3 and values[1].word == "from" and values[2].form is Form.STRING:
            self._table = self._from_file(number, values[2], place)
        else:
            self._table = Examples(place, values[1:])

    def _from_file(self, number: int, name: Value, place: SourcePlace) -> Examples:
        """The table of `examples from "FILE.csv"`; the file stands where the script does, unless it is named by a path."""
        try:
            columns, rows = table_of(self.path.parent / name.text)
        except WrongTable as wrong:
            self._problem(number, name.place.column, str(wrong), len(name.text) + 2)
            return Examples(place)

        def values(cells: list[str]) -> tuple[Value, ...]:
            return tuple(Value(cell, Form.STRING, name.place) for cell in cells)

        return Examples(place, values(columns), tuple(map(values, rows)))

    def _below(self, number: int) -> None:
        line = self.lines[number - 1]
        if self._table is not None:
            start: Start = "row" if line.lstrip().startswith("|") else "line"
            row = self.values(number, start)
            if not self._table.columns:
                self._table = replace(self._table, columns=row)
            elif row:
                self._table = replace(self._table, rows=(*self._table.rows, row))
            return None
        values = self.values(number)
        if values and values[0].word == "examples":
            return self._examples(number, values)
        if values and values[0].word == "with":
            return self._with(number, values)
        if self._close is None:
            return self._problem(
                number,
                1 + len(line) - len(line.lstrip()),
                "this step is in no scenario, setup, teardown or macro",
            )
        if values:
            self._steps.append(
                ScriptStep(SourcePlace(self.path, number, values[0].place.column), line.strip(), values)
            )
        return None

    def _with(self, number: int, values: tuple[Value, ...]) -> None:
        """Options of one scenario, which its terminal is built with: they stand before its steps."""
        if self._close is None or self._rank != RANKS["scenario"] or self._steps:
            column = values[0].place.column
            sentence = "with KEY=VALUE... stands among the settings, or before the first step of a scenario"
            return self._problem(number, column, sentence, len("with"))
        if len(values) == 1:
            return self._problem(number, values[0].place.column, "with needs a value", len("with"))
        self._options += values[1:]
        return None

    def _end_section(self) -> None:
        if self._close is not None:
            self._close(tuple(self._steps))
        self._close, self._steps, self._table, self._options = None, [], None, []

    def _value(self, number: int, token: LineToken) -> Value:
        kind, written, column = token
        place = SourcePlace(self.path, number, column)
        if kind == "STRING":
            return Value(_unquoted(written), Form.STRING, place)
        if kind == "PATTERN":
            return Value(written[1:-1].replace(r"\/", "/"), Form.PATTERN, place)
        if kind == "PAIR":
            name, _, text = written.partition("=")
            quoted = text.startswith('"')
            return Value(
                _unquoted(text) if quoted else text, Form.STRING if quoted else Form.WORD, place, name
            )
        return Value(written, Form.WORD, place, is_variable=_PARAMETER.fullmatch(written) is not None)

    def _cells(self, number: int, found: Sequence[LineToken | None]) -> list[Value]:
        """What stands between bars; after the last bar comes nothing."""
        cells: list[Value] = []
        column = 1
        for token in found[:-1] if found and found[-1] is None else found:
            if token is not None and token.kind == "BAR":
                column = token.column + 1
                continue
            text = token.text.strip() if token is not None else ""
            quoted = _QUOTED.fullmatch(text) is not None
            if not quoted and text.startswith('"'):
                sentence = 'a cell that begins with a " is one text in quotation marks; write \\" inside it, or "\\"..." around it'
                self._problem(number, column + 1, sentence)
            cells.append(
                Value(
                    _unquoted(text) if quoted else text, Form.STRING, SourcePlace(self.path, number, column)
                )
            )
        return cells

    def _problem(self, number: int, column: int, sentence: str, width: int = 1) -> None:
        source = self.lines[number - 1] if number <= len(self.lines) else ""
        self.problems.append(Problem(self.path, number, column, sentence, source, width))


def _unquoted(text: str) -> str:
    return _ESCAPED.sub(r"\1", text[1:-1])


def _unreadable(found: str) -> str:
    if found.startswith('"'):
        return 'this text does not end with a " that a blank follows'
    if found.startswith("/"):
        return "this pattern does not end with a / that a blank follows"
    return f"{found!r} is not expected here"
