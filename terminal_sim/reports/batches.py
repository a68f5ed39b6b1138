"""The report of batches: one line for each that was closed, with what it comes to and how far its settlement is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from terminal_sim.core.rows.schema import Field, JournalRow
from terminal_sim.core.rows.settlement import SettlementRow, SettlementState

IN_BALANCE, AFTER_UPLOAD, NOT_SETTLED = "in-balance", "after-upload", "not-settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLine:
    """One batch in its newest state. `time` is the terminal's civil time, ISO 8601 with a space; sums in minor units of `currency`.

    `outcome` is `in-balance`, `after-upload` or `not-settled`.
    """

    time: str
    terminal: str
    batch: int
    outcome: str
    sales: int
    sales_sum: int
    voids: int
    voids_sum: int
    refunds: int
    refunds_sum: int
    net: int
    currency: str

    def record(self) -> dict[str, Field]:
        """The line as flat fields."""
        return asdict(self)


def batches(rows: Iterable[JournalRow], terminal: str) -> list[BatchLine]:
    """The batches of a terminal in their order. `rows` are its journal rows of any kind, oldest first."""
    newest: dict[int, SettlementRow] = {}
    uploaded: set[int] = set()
    for row in rows:
        if isinstance(row, SettlementRow):
            newest[row.batch] = row
            if row.state is SettlementState.UPLOADING:
                uploaded.add(row.batch)
    return [_line(row, terminal, row.batch in uploaded) for row in newest.values()]


def _line(row: SettlementRow, terminal: str, uploaded: bool) -> BatchLine:
    settled = AFTER_UPLOAD if uploaded else IN_BALANCE
    return BatchLine(
        time=row.at.isoformat(sep=" ", timespec="seconds"),
        terminal=terminal,
        batch=row.batch,
        outcome=settled if row.state is SettlementState.SETTLED else NOT_SETTLED,
        sales=row.sales,
        sales_sum=row.sales_sum,
        voids=row.voids,
        voids_sum=row.voids_sum,
        refunds=row.refunds,
        refunds_sum=row.refunds_sum,
        net=row.amount.minor,
        currency=row.amount.currency,
    )
