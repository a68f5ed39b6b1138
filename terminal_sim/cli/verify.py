"""`terminal-sim verify`: what was checked of each state folder, and whatever is wrong with it."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from terminal_sim.bench import BenchMisuse, JournalError
from terminal_sim.bench.state_check import checked
from terminal_sim.cli import UserError
from terminal_sim.cli.console import as_user_errors
from terminal_sim.script.exit_code import ExitCode


def run(given: Namespace) -> int:
    """All folders are looked at; the errors of those that are not sound are told together in the end."""
    wrong = [said for state in given.states if (said := _check(state, given.host))]
    if wrong:
        raise UserError("\nterminal-sim: ".join(wrong), ExitCode.WRONG)
    return ExitCode.HELD


def _check(state: Path, host: Path | None) -> str:
    """What is wrong with a folder, "" where it is sound; prints what was checked."""
    try:
        with as_user_errors(BenchMisuse, JournalError):
            for line in checked(state, host):
                print(line, flush=True)
    except UserError as error:
        return str(error)
    print(f"{state}: sound")
    return ""
