"""The row class of settlements: a batch of payments that the acquirer closes, and the states on its way."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import ClassVar, Self

from msgspec import Struct

from terminal_sim.core.batch_totals import BatchTotals, Subtotal
from terminal_sim.core.money import Money
from terminal_sim.core.rows.schema import JournalRow, NumberedRow


class SettlementState(Enum):
    """What a terminal knows of a batch that it settles.

    `PENDING`: the batch is closed at the terminal, and its totals are sent until they are answered. `UPLOADING`: the acquirer has other totals,
    so each payment is sent anew and a close behind them. `SETTLED`: the acquirer has closed the batch.
    """

    PENDING = "PENDING"
    UPLOADING = "UPLOADING"
    SETTLED = "SETTLED"

    @property
    def shown_as(self) -> str:
        """The id of the state wherever it is shown."""
        return f"settlement-{self.value.lower()}"


SETTLEMENT_STEPS: tuple[tuple[SettlementState | None, SettlementState], ...] = (
    (None, SettlementState.PENDING),
    (SettlementState.PENDING, SettlementState.SETTLED),
    (SettlementState.PENDING, SettlementState.UPLOADING),
    (SettlementState.UPLOADING, SettlementState.SETTLED),
)
"""The steps that the rows of one batch may take; None stands before the first row."""


class BatchOpenedRow(JournalRow, Struct, frozen=True, kw_only=True):
    """The first payment has joined an open batch that is settled by itself: it waits for its time of day since `at`, the terminal's civil time.

    A payment that was kept, or a void that waited for its answer, joins the batch later than it was begun.
    """

    KINDS: ClassVar[tuple[str, ...]] = ("batch.opened",)

    batch: int
    at: datetime


class SettlementRow(NumberedRow, Struct, frozen=True, kw_only=True):
    """A batch is being settled, and is in this state from now on.

    `reference` and `stan` are those of the message that the state waits on, `at` the terminal's civil time. `amount` is what the batch comes to, below
    zero where more was given back than was paid, and the counts and sums are those that the acquirer is asked to confirm.
    """

    KINDS: ClassVar[tuple[str, ...]] = ("settlement",)

    batch: int
    state: SettlementState
    reference: str
    stan: int
    amount: Money
    at: datetime
    sales: int = 0
    sales_sum: int = 0
    voids: int = 0
    voids_sum: int = 0
    refunds: int = 0
    refunds_sum: int = 0

    @classmethod
    def counting(
        cls, totals: BatchTotals, currency: str, *, batch: int, reference: str, stan: int, at: datetime
    ) -> Self:
        """The first row of a batch that comes to `totals`."""
        return cls(
            batch=batch,
            state=SettlementState.PENDING,
            reference=reference,
            stan=stan,
            amount=Money(totals.net, currency),
            at=at,
            sales=totals.sales.count,
            sales_sum=totals.sales.minor,
            voids=totals.voids.count,
            voids_sum=totals.voids.minor,
            refunds=totals.refunds.count,
            refunds_sum=totals.refunds.minor,
        )

    @property
    def totals(self) -> BatchTotals:
        return BatchTotals(
            sales=Subtotal(self.sales, self.sales_sum),
            voids=Subtotal(self.voids, self.voids_sum),
            refunds=Subtotal(self.refunds, self.refunds_sum),
        )
