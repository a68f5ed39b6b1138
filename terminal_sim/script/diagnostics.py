"""Collects what is wrong with a script, each thing once, with the line as it was written."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from terminal_sim.script.tree import Form, Problem, Script, SourcePlace, Value


class Diagnostics:
    """The problems of a script and of the files that it uses, each kept once."""

    def __init__(self) -> None:
        self.problems: set[Problem] = set()
        self._lines: dict[Path, tuple[str, ...]] = {}

    def about(self, script: Script) -> None:
        """Values of this script can be reported from now on; its lines that could not be read are problems already."""
        self._lines[script.path] = script.lines
        self.problems.update(script.problems)

    def add(self, problems: Iterable[Problem]) -> None:
        self.problems.update(problems)

    def report(self, value: Value, sentence: str) -> None:
        """What is wrong with a value, at its place."""
        place = value.place
        quotes = 2 if value.form is not Form.WORD else 0
        name = len(value.name) + 1 if value.name else 0
        source = self._lines[place.path][place.line - 1]
        width = min(len(value.text) + quotes + name, len(source) - place.column + 1)
        self.problems.add(Problem(place.path, place.line, place.column, sentence, source, width))

    def of_name(self, name: str, form: Form, place: SourcePlace, sentence: str) -> None:
        """What is wrong with the name of a macro or scenario."""
        self.report(Value(name, form, place), sentence)
