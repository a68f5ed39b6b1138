"""What a terminal's rows come to when it boots: the fold over all of them, or over those since a checkpoint."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import partial

from terminal_sim.core.durable_state import DurableState
from terminal_sim.core.known_payments import KnownPayments
from terminal_sim.core.payment import Payment
from terminal_sim.core.rows.offline import OfflineStoredRow
from terminal_sim.core.rows.schema import JournalRow
from terminal_sim.journal.records import JournalRows


@dataclass(frozen=True, slots=True)
class TerminalPast:
    """The fold over the first `number` rows of a terminal.

    `payments` has the number in the file of each payment's newest row, and `sealed` that of the row with the sealed card data of
    each payment that waits to be forwarded. `durable` knows the payments by these numbers.
    """

    number: int = 0
    durable: DurableState = field(default_factory=DurableState)
    payments: dict[str, int] = field(default_factory=dict)
    sealed: dict[str, int] = field(default_factory=dict)


def past_of(journal: JournalRows, terminal: str, kept: TerminalPast | None = None) -> TerminalPast:
    """The fold over all rows of `terminal`, from `kept` on, which it takes over. Raises `JournalDamagedError`."""
    past = kept or TerminalPast()
    durable, payments, sealed = past.durable, past.payments, past.sealed
    durable.payments = KnownPayments(payments, partial(_payments_in, journal))
    number = past.number
    for stored in journal.rows(terminal, number):
        row, number = stored.row, stored.number
        durable.apply(row)
        if isinstance(row, Payment):
            payments[row.reference] = stored.seq
        elif isinstance(row, OfflineStoredRow):
            sealed[row.reference] = stored.seq
    waiting = {reference: sealed[reference] for reference in durable.stored}
    return TerminalPast(number, durable, payments, waiting)


def _payments_in(journal: JournalRows, rows: Collection[int]) -> Iterator[tuple[int, Payment]]:
    """The payments in these rows of the file, each with the number of its row."""
    for stored in journal.numbered(rows):
        row = stored.row
        if isinstance(row, Payment):
            yield stored.seq, row


def sealed_rows(journal: JournalRows, past: TerminalPast) -> list[JournalRow]:
    """The rows with the sealed card data of the payments that wait to be forwarded."""
    return [stored.row for stored in journal.numbered(past.sealed.values())] if past.sealed else []
