"""What a .keys file says, as values: every word with its place, and nothing yet about whether it can be meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")


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
    """`name` is what stood before the `=` of `name=value`."""

    text: str
    form: Form
    place: SourcePlace
    name: str = ""

    @property
    def word(self) -> str:
        """The text where it may be a word of the language; "" where it was quoted or named."""
        return self.text if self.form is Form.WORD and not self.name else ""

    @property
    def variables(self) -> list[str]:
        return _VARIABLE.findall(self.text)

    def filled(self, variables: Mapping[str, str]) -> str:
        """The text with each `${name}` replaced. Raises `KeyError` for a variable that has no value."""
        quote = re.escape if self.form is Form.PATTERN else str
        return _VARIABLE.sub(lambda found: quote(variables[found[1]]), self.text)


@dataclass(frozen=True, slots=True)
class ScriptStep:
    """`source` is the line as written, without its indentation."""

    place: SourcePlace
    source: str
    values: tuple[Value, ...]


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
    name: str
    place: SourcePlace
    tags: tuple[str, ...]
    steps: tuple[ScriptStep, ...]
    examples: Examples | None = None


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
            return head
        return f"{head}\n    {self.source}\n    {' ' * (self.column - 1)}{'^' * max(self.width, 1)}"


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
