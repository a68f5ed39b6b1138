"""Totals of the Payment transactions report: by type and currency, and what is left in the end.

Only money that moved counts: completed payments, and voided ones, whose void stands against them on a line of its own.
Reversals are not counted, because the payment that they undo is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from terminal_sim.core.rows.schema import Field
from terminal_sim.reports.transactions import ReportLine

_MOVED = ("Completed", "Voided")
_SIGNS = {"Sale": 1, "Refund": -1, "Void": -1}
NET = "Net"


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """`count` payments of a type come to `sum` minor units; of the type `Net`, all types with their signs."""

    type: str
    currency: str
    count: int
    sum: int

    def record(self) -> dict[str, Field]:
        return asdict(self)


def totals(lines: Iterable[ReportLine]) -> list[Total]:
    """A total for each currency and type that occurs, and a net for each currency; currencies in alphabetic order."""
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for line in lines:
        if line.status in _MOVED and line.type in _SIGNS:
            for type_, signed in ((line.type, line.amount), (NET, _SIGNS[line.type] * line.amount)):
                count, total = counts.get((line.currency, type_), (0, 0))
                counts[line.currency, type_] = (count + 1, total + signed)
    order = [*_SIGNS, NET]
    return [
        Total(type=type_, currency=currency, count=count, sum=total)
        for (currency, type_), (count, total) in sorted(
            counts.items(), key=lambda item: (item[0][0], order.index(item[0][1]))
        )
    ]
