"""The Payment transactions report of a journal, read a page at a time however long it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge

from terminal_sim.core.payment import PAYMENT_KINDS, Payment
from terminal_sim.core.rows.kinds import CardRefusedRow, ReversalRow
from terminal_sim.core.rows.schema import JournalRow
from terminal_sim.journal.records import JournalRows
from terminal_sim.reports.batches import BatchLine, batches
from terminal_sim.reports.detail import Detail, detail
from terminal_sim.reports.transactions import ReportLine, line_of

_WITH_REASONS = (*(kind.value for kind in PAYMENT_KINDS), *CardRefusedRow.KINDS)
_KINDS = (*(kind.value for kind in PAYMENT_KINDS), *ReversalRow.KINDS)


def report_lines(journal: JournalRows, terminal: str = "") -> Iterator[ReportLine]:
    """The lines of one terminal, or of all, in the order of time."""
    names = [terminal] if terminal else journal.terminals()
    return merge(*(terminal_lines(journal, name) for name in names), key=lambda line: line.time)


def batch_lines(journal: JournalRows, terminal: str = "") -> list[BatchLine]:
    """The batches of one terminal, or of all, in the order of time."""
    names = [terminal] if terminal else journal.terminals()
    found = [line for name in names for line in batches((stored.row for stored in journal.rows(name)), name)]
    return sorted(found, key=lambda line: line.time)


def payment_detail(journal: JournalRows, reference: str) -> Detail | None:
    """All that is known of the payment `reference`; None where there is none."""
    found = journal.last_of(reference)
    if found is None:
        return None
    rows = ((stored.wall, stored.row) for stored in journal.rows(found.terminal))
    return detail(reference, rows, found.terminal)


@dataclass(frozen=True, slots=True)
class PaymentReasons:
    """What a payment of a journal, or a card that was refused, says of its decisions, as words of the journal.

    `reasons` is short text (`emv.data.reasons`).
    """

    reference: str
    kind: str
    entry: str
    state: str
    response_code: str
    reasons: str


def payment_reasons(journal: JournalRows, reference: str = "") -> PaymentReasons | None:
    """Why the payment or the refused card `reference` ended so, or without one the newest that has reasons; None where there is none."""
    if reference:
        stored = journal.last_of(reference)
        if stored is not None and isinstance(stored.row, ReversalRow):
            return payment_reasons(journal, stored.row.original)
        return _reasons_of(stored.row) if stored is not None else None
    newest = (stored for name in journal.terminals() for stored, _ in journal.newest(name, _WITH_REASONS))
    found = [
        stored.row
        for stored in newest
        if isinstance(stored.row, Payment | CardRefusedRow) and stored.row.reasons
    ]
    return _reasons_of(sorted(found, key=lambda row: row.at)[-1]) if found else None


def _reasons_of(row: JournalRow) -> PaymentReasons | None:
    if isinstance(row, CardRefusedRow):
        kind, entry = row.transaction.value, row.entry.value
        return PaymentReasons(row.reference, kind, entry, f"refused ({row.verdict})", "", row.reasons)
    if not isinstance(row, Payment):
        return None
    kind, entry = row.kind.value, row.entry.value
    return PaymentReasons(row.reference, kind, entry, row.state.value, row.response_code, row.reasons)


def terminal_lines(journal: JournalRows, terminal: str, after: int = 0) -> Iterator[ReportLine]:
    """The lines of one terminal that have a row behind its number `after`, in the order of time."""
    for stored, original in journal.newest(terminal, _KINDS, after):
        row = stored.row
        if original is None and isinstance(row, ReversalRow):
            original = journal.last_of(row.original)
        if isinstance(row, Payment | ReversalRow):
            yield line_of(row, original.row if original is not None else None, terminal)
