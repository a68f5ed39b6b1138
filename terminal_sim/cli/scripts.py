"""Reading and checking .keys files for the commands that take them: everything is checked before anything runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from terminal_sim.bench import Profile
from terminal_sim.cli import UserError
from terminal_sim.script.check import check
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.script.parse import parse
from terminal_sim.script.plan import Case
from terminal_sim.script.program import Program
from terminal_sim.script.selection import Selection
from terminal_sim.script.tree import Scenario, Script, ScriptError
from terminal_sim.script.vocabulary import vocabulary

if TYPE_CHECKING:
    from terminal_sim.oracles.oracle import Oracle

_MOST_NAMED = 5


def files_of(given: Sequence[Path]) -> list[Path]:
    """The files, and the .keys files of the folders, each once. Raises `UserError` for what is not there."""
    found: dict[Path, None] = {}
    for path in given:
        if path.is_dir():
            found.update(dict.fromkeys(sorted(path.rglob("*.keys"))))
        elif path.exists():
            found[path] = None
        else:
            raise UserError(f"{path}: no such file; check the path")
    return list(found)


def programs_of(
    files: Sequence[Path],
    *,
    profiles: Mapping[str, Profile] | None = None,
    locale: str = "",
    options: Mapping[str, str] | None = None,
    wanted: Selection | None = None,
    own_oracles: Sequence[Oracle] = (),
) -> list[Program] | None:
    """The checked scripts; None where one has a fault, after all faults of all files are on the error output.

    A faulty script of which `wanted` selects nothing is left out, with a line that says so.
    """
    programs: list[Program] = []
    faults: dict[Path, ScriptError] = {}
    concerned = False
    words = replace(vocabulary(), own_oracles=tuple(own_oracles))
    for file in files:
        script = None
        try:
            script = parse(file)
            programs.append(
                check(
                    script,
                    words,
                    profiles=profiles,
                    locale=locale,
                    options=options,
                    environ=os.environ,
                )
            )
        except ScriptError as error:
            faults[file] = error
            concerned = concerned or wanted is None or (script is not None and _selects(wanted, script))
    if wanted is not None and not concerned and any(_selects(wanted, one.script) for one in programs):
        for file in faults:
            print(
                f"{file}: left out, since it has faults and -k selects nothing of it; terminal-sim check names them",
                file=sys.stderr,
            )
        return programs
    for fault in faults.values():
        print(fault, file=sys.stderr)
    return None if faults else programs


def _selects(wanted: Selection, script: Script) -> bool:
    """Whether a scenario, or a row of its examples, is selected; the script may be faulty."""
    return any(wanted((scenario.name, *_rows(scenario)), scenario.tags) for scenario in script.scenarios)


def _rows(scenario: Scenario) -> Iterator[str]:
    for row in scenario.examples.rows if scenario.examples is not None else ():
        yield f"{scenario.name} [{', '.join(cell.text for cell in row)}]"


def one_case(cases: Sequence[Case], what: str) -> Case:
    """The one case that is selected; `what` says why it is one. Raises `UserError` where there is none, or a choice."""
    if not cases:
        raise UserError("nothing to run: no scenario is selected", ExitCode.NOTHING)
    if len(cases) > 1:
        named = [f"{case.title} on {case.profile}" for case in cases]
        more = f", and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
        raise UserError(
            f"{what}, and {len(named)} are selected: {'; '.join(named[:_MOST_NAMED])}{more}; choose with -k and --profile"
        )
    return cases[0]
