"""A batch that takes no more payments, from its first row of settlement on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Self

from terminal_sim.core.batch_totals import BatchTotals
from terminal_sim.core.rows.settlement import SettlementRow, SettlementState

_LAST_NUMBER: Final = 999_999


def number_after(batch: int) -> int:
    """The number of the batch after this one, 1 to 999,999: the counter wraps."""
    return batch % _LAST_NUMBER + 1


@dataclass(frozen=True, slots=True)
class ClosedBatch:
    """`payments` are the references of its payments, oldest first; `reference` and `stan` those of the message that its state waits on.

    `at` is the civil time of its newest row, and `uploaded` says that the acquirer had other totals.
    """

    number: int
    payments: tuple[str, ...]
    totals: BatchTotals
    state: SettlementState
    reference: str
    stan: int
    at: datetime
    uploaded: bool = False

    @classmethod
    def by(cls, row: SettlementRow, payments: tuple[str, ...]) -> Self:
        """The batch of these payments, as its first row closes it."""
        return cls(row.batch, payments, row.totals, row.state, row.reference, row.stan, row.at)

    def moved(self, row: SettlementRow) -> Self:
        """The same batch after a further row."""
        uploaded = self.uploaded or row.state is SettlementState.UPLOADING
        return replace(
            self, state=row.state, reference=row.reference, stan=row.stan, at=row.at, uploaded=uploaded
        )
