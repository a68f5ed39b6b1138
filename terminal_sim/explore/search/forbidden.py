"""A user's own rules: what the `forbid screen` lines of a script name, held against every screen that an exploration comes to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from terminal_sim.bench import Selector, contents
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import Occurrence
from terminal_sim.oracles.oracle import Judge, Oracle
from terminal_sim.script.bind import VerbCall
from terminal_sim.script.check import check
from terminal_sim.script.parse import parse
from terminal_sim.script.program import Program
from terminal_sim.script.spoken import spoken
from terminal_sim.script.tree import Problem, ScriptError
from terminal_sim.script.vocabulary import vocabulary

FORBID = ("forbid", "screen")


def forbidden(file: Path) -> tuple[Oracle, ...]:
    """A rule for each line, `F-1` the first. Raises `ScriptError` for a script that is none, has no such line, or has one with a variable."""
    program = check(parse(file), vocabulary(), environ=os.environ)
    calls = {call.step.source: call for call in _calls(program)}
    problems = [
        Problem(
            file,
            call.step.place.line,
            1,
            "a rule of an exploration has no variables: write what is forbidden",
            call.step.source,
        )
        for call in calls.values()
        if call.values[0].value.variables
    ]
    if not calls:
        problems = [
            Problem(file, 1, 1, "no line of this script begins with `forbid screen`, so it has no rule")
        ]
    if problems:
        raise ScriptError(problems)
    return tuple(
        Oracle(
            f"F-{number}",
            f"no screen shows what {call.step.place} forbids",
            _never_shows(spoken(call.values[0], {})),
            (contents.ScreenShown,),
            line,
        )
        for number, (line, call) in enumerate(calls.items(), 1)
    )


def _calls(program: Program) -> Iterator[VerbCall]:
    every: Iterable[object] = (
        *program.setup,
        *(call for macro in program.macros.values() for call in macro),
        *(call for play in program.plays for call in play.calls),
        *program.teardown,
    )
    for call in every:
        if isinstance(call, VerbCall) and call.verb.words == FORBID:
            yield call


def _never_shows(what: object) -> Judge:
    def judge(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
        found = seen.after.matches(what) if seen.after is not None and isinstance(what, Selector) else []
        if found:
            yield f"{found[0]} is shown"

    return judge
