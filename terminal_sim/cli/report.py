"""`terminal-sim report`: what a kept journal says was paid."""

from __future__ import annotations

from argparse import Namespace
from shutil import get_terminal_size

from terminal_sim.bench import Bench, BenchMisuse, JournalError, ProfileError
from terminal_sim.cli import UserError
from terminal_sim.cli.console import as_user_errors, is_terminal
from terminal_sim.reports.render import as_csv, as_json, as_table, totals_report, transactions_report
from terminal_sim.reports.totals import totals
from terminal_sim.reports.transactions import transactions


def run(given: Namespace) -> int:
    if not given.state.is_dir() or not any(given.state.iterdir()):
        raise UserError(f"{given.state}: no journal is kept there; give the folder of run --state")
    with as_user_errors(BenchMisuse, JournalError, ProfileError), Bench(state=given.state) as bench:
        known = bench.journal.terminals()
        if given.terminal and given.terminal not in known:
            raise UserError(
                f"the journal has no terminal {given.terminal!r}; it has {', '.join(known) or 'none'}"
            )
        chosen = [given.terminal] if given.terminal else known
        lines = transactions(stored.row for terminal in chosen for stored in bench.journal.rows(terminal))
    report = transactions_report(lines) if given.action == "transactions" else totals_report(totals(lines))
    if given.format == "table":
        print(as_table(report, is_terminal=is_terminal(), width=get_terminal_size().columns), end="")
    else:
        print(as_csv(report) if given.format == "csv" else as_json(report), end="")
    return 0
