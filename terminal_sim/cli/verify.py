"""`terminal-sim verify`: what was checked of a state folder, and the first thing that is wrong."""

from __future__ import annotations

from argparse import Namespace

from terminal_sim.bench import BenchMisuse, JournalError
from terminal_sim.bench.state_check import checked
from terminal_sim.cli.console import as_user_errors
from terminal_sim.script.exit_code import ExitCode


def run(given: Namespace) -> int:
    with as_user_errors(BenchMisuse, JournalError):
        for line in checked(given.state, given.host):
            print(line, flush=True)
    print(f"{given.state}: sound")
    return ExitCode.HELD
