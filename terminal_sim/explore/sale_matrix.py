"""The sale matrix: every card by every way in, against terminals, languages, links and answers, as a grid of outcomes with their reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from terminal_sim.explore.sale import PlannedSale, SaleEnd, SaleRunner


@dataclass(frozen=True, slots=True)
class SaleMatrix:
    """`columns` names the conditions; each row has the card, the way in and a cell for each condition, empty where there was no such sale."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def matrix(sales: Iterable[PlannedSale], runner: SaleRunner) -> SaleMatrix:
    """Does the sales, and arranges how they end."""
    ends: dict[tuple[str, str], dict[str, SaleEnd]] = {}
    conditions: dict[str, None] = {}
    for sale in sales:
        condition = condition_of(sale)
        conditions.setdefault(condition)
        ends.setdefault((sale.card, sale.way), {})[condition] = runner.run(sale)
    rows = (
        (card, way, *(str(cells[one]) if one in cells else "" for one in conditions))
        for (card, way), cells in ends.items()
    )
    return SaleMatrix(("card", "way in", *conditions), tuple(rows))


def condition_of(sale: PlannedSale) -> str:
    """What a sale is done under, but for the card: terminal, language, and the link or the answer."""
    around = (f"host answers {sale.answer}" if sale.answer else "online") if sale.online else "network down"
    return f"{sale.profile} {sale.locale} {around}"
