"""`terminal-sim readers`: which readers there are, and what answers at an address."""

from __future__ import annotations

from argparse import Namespace

from terminal_sim.commands.console import blaming_the_user, print_table
from terminal_sim.hardware import DriverError, found_readers, probe


def run(given: Namespace) -> int:
    if given.action == "list":
        rows = [(one.address, "virtual" if one.virtual else "real", one.what) for one in found_readers()]
        print_table("Readers", ("Address", "Kind", "What"), rows)
    else:
        with blaming_the_user(DriverError):
            for label, value in probe(given.address):
                print(f"{label:14} {value}")
    return 0
