"""What a .keys file says, as values: every word with its place, and nothing yet about whether it can be meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from terminal_sim.datafiles.printable import printable

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")


LONGEST_TEXT = 10_000  # characters of a line, and of a value with its variables
_SHOWN = 160  # characters of a line that a problem shows


class TextTooLong(ValueError):
    """A value that its variables have made too long: one sentence."""


@dataclass(frozen=True, slots=True)
class SourcePlace:
    """`line` and `column` count from 1."""

    path: Path
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class Form(Enum):
    """How a value was written: bare, in quotation marks, or between slashes."""

    WORD = "word"
    STRING = "string"
    PATTERN = "pattern"


@dataclass(frozen=True, slots=True)
class Value:
    """`name` is what stood before the `=` of `name=value`; `is_variable` where one `${name}` is all that was written."""

    text: str
    form: Form
    place: SourcePlace
    name: str = ""
    is_variable: bool = False

    @property
    def word(self) -> str:
        """The text where it may be a word of the language; "" where it was quoted or named."""
        return self.text if self.form is Form.WORD and not self.name else ""

    @property
    def variables(self) -> list[str]:
        return _VARIABLE.findall(self.text) if "${" in self.text else []

    def filled(self, variables: Mapping[str, str]) -> str:
        """The text with each `${name}` replaced. Raises `KeyError` for a variable that has no value, and `TextTooLong`."""
        if "${" not in self.text:
            return self.text
        quote = re.escape if self.form is Form.PATTERN else str
        text = _VARIABLE.sub(lambda found: quote(variables[found[1]]), self.text)
        if len(text) > LONGEST_TEXT:
            raise TextTooLong(
                f"with its variables this comes to {len(text):,} characters; it may have {LONGEST_TEXT:,}"
            )
        return text


@dataclass(frozen=True, slots=True)
class ScriptStep:
    """`source` is the line as written, without its indentation."""

    place: SourcePlace
    source: str
    values: tuple[Value, ...]

    def filled(self, variables: Mapping[str, str]) -> str:
        """The line with the values of these variables; any other stays as it is written."""
        return _VARIABLE.sub(lambda found: variables.get(found[1], found[0]), self.source)


@dataclass(frozen=True, slots=True)
class Setting:
    name: str
    place: SourcePlace
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Macro:
    name: str
    place: SourcePlace
    parameters: tuple[str, ...]
    steps: tuple[ScriptStep, ...]


@dataclass(frozen=True, slots=True)
class Examples:
    """A table; each row is one run of the scenario."""

    place: SourcePlace
    columns: tuple[Value, ...] = ()
    rows: tuple[tuple[Value, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """`options` are those of the profile that `with` sets for this scenario."""

    name: str
    place: SourcePlace
    tags: tuple[str, ...]
    steps: tuple[ScriptStep, ...]
    examples: Examples | None = None
    options: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong with a script. `width` is how much of the line the carets mark."""

    path: Path
    line: int
    column: int
    sentence: str
    source: str = ""
    width: int = 1

    def __str__(self) -> str:
        head = f"{self.path}:{self.line}:{self.column}: {self.sentence}"
        if not self.source.strip():
            return printable(head)
        # Of a long line, what stands around the place.
        skipped = max(0, self.column - _SHOWN // 2) if len(self.source) > _SHOWN else 0
        shown = self.source[skipped : skipped + _SHOWN]
        column = self.column - skipped
        carets = "^" * max(min(self.width, len(shown) - column + 1), 1)
        before = " " * len(printable(shown[: column - 1]))
        return f"{printable(head)}\n    {printable(shown)}\n    {before}{carets}"


class ScriptError(Exception):
    """All problems of a script, in the order of its lines."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in sorted(problems)))
        self.problems = tuple(sorted(problems))


@dataclass(frozen=True, slots=True)
class Script:
    """A file. `problems` are its lines that are not of the language's form; the rest is there all the same."""

    path: Path
    lines: tuple[str, ...]
    settings: tuple[Setting, ...] = ()
    macros: tuple[Macro, ...] = ()
    setup: tuple[ScriptStep, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    teardown: tuple[ScriptStep, ...] = ()
    problems: tuple[Problem, ...] = ()

    def values_of(self, setting: str) -> tuple[Value, ...]:
        """All values of a setting, in order; a setting may be given more than once."""
        return tuple(value for s in self.settings if s.name == setting for value in s.values)
