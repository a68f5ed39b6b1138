"""One rule: its code, its sentence, what has to happen before it is asked, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from terminal_sim.bench import contents
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import Occurrence

Judge = Callable[[SessionFacts, Occurrence], Iterator[str]]
"""Gives a detail for each thing that is wrong: what was there, and what should have been."""


@dataclass(frozen=True, slots=True)
class OracleAlarm:
    """The rule `code` is broken: `sentence` says which, `detail` how; `event` is the number of the last entry of the trace."""

    code: str
    sentence: str
    detail: str
    event: int

    def __str__(self) -> str:
        return f"{self.code} {self.sentence}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Oracle:
    """`after` are the contents of the trace of which one must have come for the rule to be asked; without any it is asked every time.

    `line` is the line of a script that holds what follows to the rule, "" where `verify CODE` at the end does.
    """

    code: str
    sentence: str
    judge: Judge
    after: tuple[type[contents.Content], ...] = ()
    line: str = ""


def oracle(code: str, sentence: str, *after: type[contents.Content]) -> Callable[[Judge], Oracle]:
    """Makes a rule of a function."""
    return lambda judge: Oracle(code, sentence, judge, after)
