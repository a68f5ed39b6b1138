"""`terminal-sim report`: what a kept journal says was paid, and what the point of sale says of it."""

from __future__ import annotations

import re
import sys
from argparse import Namespace
from collections.abc import Iterator
from shutil import get_terminal_size

from terminal_sim.bench import BenchMisuse, JournalError
from terminal_sim.bench.state_folder import StateFolder
from terminal_sim.bench.state_reading import read_state
from terminal_sim.bench.transactions import batch_lines, payment_detail, report_lines
from terminal_sim.cli import UserError
from terminal_sim.cli.console import as_user_errors, is_terminal
from terminal_sim.datafiles.suggest import suggest
from terminal_sim.display.reports import (
    Wording,
    batches_report,
    detail_text,
    payment_types_report,
    sales_report,
    totals_report,
    transactions_report,
)
from terminal_sim.display.texts import Texts
from terminal_sim.pos.model import POINT_OF_SALE
from terminal_sim.pos.model.book import Book
from terminal_sim.pos.model.report import sales_lines, totals_by_type
from terminal_sim.pos.model.rows import row_of
from terminal_sim.reports.render import Report, as_csv, as_json, as_table
from terminal_sim.reports.selection import STATUS_WORDS, TYPE_WORDS, Origin, Selection
from terminal_sim.reports.totals import By, totals

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2}(:\d{2})?)?", re.ASCII)


def run(given: Namespace) -> int:
    texts = Texts.load()
    if not texts.has_locale(given.locale):
        raise UserError(f"there are no texts in {given.locale!r}; there are {', '.join(texts.languages)}")
    with as_user_errors(BenchMisuse, JournalError), read_state(given.state) as state:
        known = state.journal.terminals()
        if getattr(given, "terminal", "") and given.terminal not in known:
            raise UserError(
                f"the journal has no terminal {given.terminal!r}; it has {', '.join(known) or 'none'}"
            )
        wording = Wording(texts, given.locale, plain=given.format == "csv")
        for part in _REPORTS[given.action](state, given, wording):
            sys.stdout.write(part)
    return 0


def _transactions(state: StateFolder, given: Namespace, wording: Wording) -> Iterator[str]:
    lines = _selection(given).of(report_lines(state.journal, given.terminal))
    yield from _written(transactions_report(lines, wording), given.format)


def _transaction(state: StateFolder, given: Namespace, wording: Wording) -> Iterator[str]:
    found = payment_detail(state.journal, given.reference)
    if found is None:
        raise UserError(f"the journal has no payment {given.reference!r}; report transactions lists them all")
    if given.format == "json":
        import json  # only for this format

        yield json.dumps(found.record(), indent=2, ensure_ascii=False) + "\n"
    else:
        yield detail_text(found, wording)


def _totals(state: StateFolder, given: Namespace, wording: Wording) -> Iterator[str]:
    sums = totals(_selection(given).of(report_lines(state.journal, given.terminal)), By(given.by))
    yield from _written(totals_report(sums, given.by, wording), given.format)


def _batches(state: StateFolder, given: Namespace, wording: Wording) -> Iterator[str]:
    yield from _written(batches_report(batch_lines(state.journal, given.terminal), wording), given.format)


def _sales(state: StateFolder, given: Namespace, wording: Wording) -> Iterator[str]:
    yield from _written(
        sales_report([line.record() for line in sales_lines(_book(state))], wording), given.format
    )


def _payment_types(state: StateFolder, given: Namespace, wording: Wording) -> Iterator[str]:
    records = [total.record() for total in totals_by_type(_book(state))]
    yield from _written(payment_types_report(records, wording), given.format)


def _book(state: StateFolder) -> Book:
    rows = state.sales.rows(POINT_OF_SALE) if state.sales is not None else ()
    return Book.of(row_of(stored.flat) for stored in rows)


_REPORTS = {
    "transactions": _transactions,
    "transaction": _transaction,
    "totals": _totals,
    "batches": _batches,
    "sales": _sales,
    "payment-types": _payment_types,
}


def _selection(given: Namespace) -> Selection:
    for option, text in (("--from", given.since), ("--to", given.until)):
        if text and not _MOMENT.fullmatch(text):
            raise UserError(
                f"{option} {text}: write a date as 2026-11-28, or with a time as '2026-11-28 09:30'"
            )
    for option, word, words in (
        ("--type", given.type, TYPE_WORDS),
        ("--status", given.status, STATUS_WORDS),
        ("--origin", given.origin, tuple(origin.value for origin in Origin)),
    ):
        if word and word not in words:
            raise UserError(
                f"{option} {word}: there is none{suggest(word, words)}; there are {', '.join(words)}"
            )
    return Selection(
        since=given.since,
        until=given.until,
        type=given.type,
        status=given.status,
        last4=given.last4,
        origin=Origin(given.origin) if given.origin else None,
    )


def _written(report: Report, form: str) -> Iterator[str]:
    if form == "table":
        yield as_table(report, is_terminal=is_terminal(), width=get_terminal_size().columns)
    else:
        yield from as_csv(report) if form == "csv" else as_json(report)
