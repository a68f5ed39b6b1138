"""The totals of a batch as elements of a reconciliation: counts and sums by type, and the net.

For the acquirer a sale is a debit of the cardholder, a void a debit that is reversed, and a refund a credit (ISO 8583:1987, 4.5.4).
"""

from __future__ import annotations

from collections.abc import Mapping

from terminal_sim.core.batch_totals import BatchTotals, Subtotal
from terminal_sim.host.dialect import MessageError
from terminal_sim.host.iso8583 import elements as el
from terminal_sim.host.iso8583.elements import TITLES
from terminal_sim.host.iso8583.fields import number

_COUNT, _SUM = 10, 16  # digits
_SALES, _VOIDS, _REFUNDS = (
    (el.SALES_COUNT, el.SALES_SUM),
    (el.VOIDS_COUNT, el.VOIDS_SUM),
    (el.REFUNDS_COUNT, el.REFUNDS_SUM),
)
ELEMENTS = frozenset((*_SALES, *_VOIDS, *_REFUNDS, el.NET))


def written(totals: BatchTotals) -> dict[str, str]:
    """The elements of `totals`. Raises `MessageError` for a number that is too long."""
    parts = ((_SALES, totals.sales), (_VOIDS, totals.voids), (_REFUNDS, totals.refunds))
    fields = {el.NET: ("D" if totals.net < 0 else "C") + _padded(abs(totals.net), _SUM, el.NET)}
    for (count, total), part in parts:
        fields[count] = _padded(part.count, _COUNT, count)
        fields[total] = _padded(part.minor, _SUM, total)
    return fields


def read(fields: Mapping[str, str]) -> BatchTotals:
    """The totals that these elements say. Raises `MessageError` where one is missing, or the net is not theirs."""
    totals = BatchTotals(
        sales=_part(fields, _SALES), voids=_part(fields, _VOIDS), refunds=_part(fields, _REFUNDS)
    )
    if fields.get(el.NET, "") != written(totals)[el.NET]:
        raise MessageError("the net amount is not that of the other totals")
    return totals


def _part(fields: Mapping[str, str], elements: tuple[str, str]) -> Subtotal:
    count, total = elements
    return Subtotal(int(number(fields, count, _COUNT)), int(number(fields, total, _SUM)))


def _padded(value: int, length: int, element: str) -> str:
    if not 0 <= value < 10**length:
        raise MessageError(f"the {TITLES[element]} has at most {length} digits and no sign")
    return f"{value:0{length}d}"
