"""Totals of the Payment transactions report: by type, card or day, each by currency.

Only money that moved counts: completed payments, and voided ones, whose void stands against them on a line of its own.
Reversals are not counted, because the payment that they undo is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from terminal_sim.core.rows.schema import Field
from terminal_sim.reports.transactions import ReportLine

_MOVED = ("Completed", "Voided")
_SIGNS = {"Sale": 1, "Refund": -1, "Void": -1}
NET = "Net"


class By(Enum):
    """What the lines of a total have in common."""

    TYPE = "type"
    CARD = "card"
    DAY = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """`count` payments come to `sum` minor units: without a sign for a type, with their signs for a card, a day and `Net`."""

    by: By
    name: str
    currency: str
    count: int
    sum: int

    def record(self) -> dict[str, Field]:
        """The total as flat fields, `name` under the name of what it is by."""
        return {self.by.value: self.name, "currency": self.currency, "count": self.count, "sum": self.sum}


_NAMES: Mapping[By, Callable[[ReportLine], str]] = {
    By.TYPE: lambda line: line.type,
    By.CARD: lambda line: line.brand,
    By.DAY: lambda line: line.time[:10],
}


def totals(lines: Iterable[ReportLine], by: By = By.TYPE) -> list[Total]:
    """A total for each currency and name that occurs, and a net for each currency; currencies in alphabetic order.

    Types stand in the order sale, refund, void, cards and days in alphabetic order.
    """
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for line in lines:
        if line.status in _MOVED and line.type in _SIGNS:
            signed = _SIGNS[line.type] * line.amount
            own = line.amount if by is By.TYPE else signed
            for name, amount in ((_NAMES[by](line), own), (NET, signed)):
                count, total = counts.get((line.currency, name), (0, 0))
                counts[line.currency, name] = (count + 1, total + amount)
    order = [*_SIGNS] if by is By.TYPE else sorted({name for _, name in counts} - {NET})
    rank = {name: place for place, name in enumerate((*order, NET))}
    return [
        Total(by=by, name=name, currency=currency, count=count, sum=total)
        for (currency, name), (count, total) in sorted(
            counts.items(), key=lambda item: (item[0][0], rank[item[0][1]])
        )
    ]
