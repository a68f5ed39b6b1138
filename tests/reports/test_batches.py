"""The report of batches: each in its newest state, and what became of it."""

from __future__ import annotations

from msgspec import structs

from terminal_sim.core.batch_totals import BatchTotals, Subtotal
from terminal_sim.core.rows.kinds import PowerRow
from terminal_sim.core.rows.schema import JournalRow
from terminal_sim.core.rows.settlement import SettlementRow, SettlementState
from terminal_sim.display.reports import Wording, batches_report
from terminal_sim.display.texts import Texts
from terminal_sim.reports.batches import batches
from tests.core.samples import AT

TOTALS = BatchTotals(sales=Subtotal(2, 1500), voids=Subtotal(1, 500), refunds=Subtotal(1, 2000))


def states(batch: int, *states: SettlementState) -> list[JournalRow]:
    first = SettlementRow.counting(TOTALS, "CAD", batch=batch, reference=f"B{batch}", stan=batch, at=AT)
    return [structs.replace(first, state=state) for state in states]


PENDING, UPLOADING, SETTLED = SettlementState
ROWS = [
    *states(1, PENDING, SETTLED),
    PowerRow(state="off"),
    *states(2, PENDING, UPLOADING, SETTLED),
    *states(3, PENDING),
]


def test_each_batch_has_one_line_with_what_became_of_it() -> None:
    lines = batches(ROWS, "T1")
    assert [(line.batch, line.outcome) for line in lines] == [
        (1, "in-balance"),
        (2, "after-upload"),
        (3, "not-settled"),
    ]
    assert {(line.sales, line.sales_sum, line.voids, line.refunds, line.net) for line in lines} == {
        (2, 1500, 1, 1, -1000)
    }


def test_the_report_speaks_the_language_that_is_asked_for() -> None:
    report = batches_report(batches(ROWS, "T1"), Wording(Texts.load(), "fr-CA"))
    assert report.title == "Lots"
    assert [row[3] for row in report.rows] == ["Équilibré", "Fermé après envoi du détail", "Pas encore fermé"]
