"""`terminal-sim check`: everything that is wrong in scripts, without running them."""

from __future__ import annotations

from argparse import Namespace

from terminal_sim.cli.scripts import files_of, programs_of
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.script.plan import plan


def run(given: Namespace) -> int:
    programs = programs_of(files_of(given.files))
    if programs is None:
        return ExitCode.WRONG
    for program in programs:
        cases = plan(program)
        skipped = sum(bool(case.skip) for case in cases)
        more = f", {skipped} of them skipped" if skipped else ""
        print(f"{program.script.path}: right; {len(cases)} to run{more}")
    if not programs:
        print("nothing to check")
    return ExitCode.HELD if programs else ExitCode.NOTHING
