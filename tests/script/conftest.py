"""Scripts that tests write, check and run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from terminal_sim.script.check import check
from terminal_sim.script.options import Options
from terminal_sim.script.parse import parse
from terminal_sim.script.plan import plan
from terminal_sim.script.program import Program
from terminal_sim.script.results import RunResult
from terminal_sim.script.run import Runner
from terminal_sim.script.tree import Problem, ScriptError
from terminal_sim.script.vocabulary import vocabulary

Checks = Callable[..., Program]
Finds = Callable[..., list[Problem]]
Runs = Callable[..., list[RunResult]]


@pytest.fixture
def checked(tmp_path: Path) -> Checks:
    """Writes a script and gives its program."""

    def make(text: str, environ: Mapping[str, str] | None = None, name: str = "test.keys") -> Program:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return check(parse(file), vocabulary(), environ=environ or {})

    return make


@pytest.fixture
def problems(checked: Checks) -> Finds:
    """Writes a script and gives everything that is wrong with it."""

    def find(text: str, environ: Mapping[str, str] | None = None) -> list[Problem]:
        try:
            checked(text, environ)
        except ScriptError as wrong:
            return list(wrong.problems)
        return []

    return find


@pytest.fixture
def ran(checked: Checks) -> Runs:
    """Writes a script, runs what `expression` selects of it, and gives the results."""

    def run(
        text: str,
        environ: Mapping[str, str] | None = None,
        expression: str = "",
        options: Options | None = None,
    ) -> list[RunResult]:
        runner = Runner(options)
        return [runner.run(case) for case in plan(checked(text, environ), expression)]

    return run
