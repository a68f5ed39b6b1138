"""Reading and checking .keys files for the commands that take them: everything is checked before anything runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from terminal_sim.bench import Profile
from terminal_sim.cli import UserError
from terminal_sim.script.check import Program, check
from terminal_sim.script.parse import parse
from terminal_sim.script.tree import ScriptError
from terminal_sim.script.vocabulary import vocabulary


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
    files: Sequence[Path], *, profiles: Mapping[str, Profile] | None = None, locale: str = ""
) -> list[Program] | None:
    """The checked scripts; None where one has a fault, after all faults of all files are on the error output."""
    programs, faulty = [], False
    for file in files:
        try:
            program = check(parse(file), vocabulary(), profiles=profiles, locale=locale, environ=os.environ)
        except ScriptError as error:
            faulty = True
            print(error, file=sys.stderr)
        else:
            programs.append(program)
    return None if faulty else programs
