"""The report of a real bench: read from its journal a page at a time, one payment in full, in English and French."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from terminal_sim.bench import Bench, TerminalUnderTest
from terminal_sim.bench.transactions import payment_detail, report_lines
from terminal_sim.display.reports import Wording, detail_text, sales_report, transactions_report
from terminal_sim.display.texts import Texts
from terminal_sim.reports.render import as_table
from terminal_sim.reports.selection import STATUS_WORDS, TYPE_WORDS

TEXTS = Texts.load()
SECOND = 1_000_000


@pytest.fixture
def bench() -> Iterator[Bench]:
    with Bench() as one:
        yield one


def swiped(terminal: TerminalUnderTest) -> None:
    terminal.swipe("visa-stripe")
    terminal.bench.advance(5 * SECOND)
    terminal.press("CANCEL")


@pytest.fixture
def sold(bench: Bench) -> Bench:
    """One payment of a till, one standalone, the first one voided, the second one in doubt and reversed."""
    terminal = bench.add_terminal("v400m")
    till = bench.point_of_sale
    till.sale(terminal, "T-1", 1250, server="Anne", register="Bar")
    swiped(terminal)
    till.refund("T-1")
    bench.advance(5 * SECOND)
    terminal.press("CANCEL")
    bench.host_answers(["timeout"])
    for key in ("OK", "5", "0", "0", "OK"):
        terminal.press(key)
    terminal.swipe("visa-stripe")
    bench.advance(300 * SECOND)
    return bench


def test_the_report_of_what_is_new_has_the_lines_of_all_that_has_a_new_row(sold: Bench) -> None:
    (terminal,) = sold.terminals
    for after in range(terminal.rows_written + 1):
        changed = {row.fields.get("reference") for row in terminal.journal(after)}
        wanted = [row for row in terminal.report() if row["reference"] in changed]
        assert sorted(terminal.report(after), key=str) == sorted(wanted, key=str)


def test_the_streamed_report_is_the_one_in_memory(sold: Bench) -> None:
    (terminal,) = sold.terminals
    streamed = [line.record() for line in report_lines(sold.journal)]
    assert [{**record, "terminal": ""} for record in streamed] == [
        {**record, "terminal": ""} for record in terminal.report()
    ]
    assert [(r["type"], r["status"], r["ticket"]) for r in streamed] == [
        ("Sale", "Voided", "T-1"),
        ("Void", "Completed", "T-1"),
        ("Sale", "Reversed", ""),
        ("Reversal", "Completed", ""),
    ]


def test_one_payment_in_full_has_its_way_its_void_and_its_receipt(sold: Bench) -> None:
    first = next(report_lines(sold.journal))
    found = payment_detail(sold.journal, first.reference)
    assert found is not None
    text = detail_text(found, Wording(TEXTS, "en-CA"))
    assert "Origin  " in text
    assert "Point of sale" in text
    states = [dict(step.fields).get("state") for step in found.steps if step.reference == first.reference]
    assert states == ["AUTH_SENT", "COMPLETED", "VOIDED"]
    assert [line.type for line in found.others] == ["Void"]
    assert "MERCHANT COPY" in text
    assert found.record()["ticket"] == "T-1"


def test_an_unknown_reference_has_no_detail(sold: Bench) -> None:
    assert payment_detail(sold.journal, "NONE") is None


@pytest.mark.parametrize(
    ("locale", "reads"),
    [
        ("en-CA", ["Payment transactions", "$12.50", "Voided"]),
        ("fr-CA", ["Transactions de paiement", "12,50 $", "Annulé"]),
    ],
)
def test_heads_words_amounts_and_moments_are_of_the_locale(
    sold: Bench, locale: str, reads: list[str]
) -> None:
    text = as_table(
        transactions_report(list(report_lines(sold.journal)), Wording(TEXTS, locale)), is_terminal=False
    )
    for part in reads:
        assert part in text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_spreadsheet_gets_plain_amounts_in_every_language(sold: Bench) -> None:
    report = transactions_report(list(report_lines(sold.journal)), Wording(TEXTS, "fr-CA", plain=True))
    (first, *_) = report.rows
    assert "12.50" in first
    assert "2026-01-15 09:00:00" in first


def test_the_till_says_in_words_that_no_money_moved(bench: Bench) -> None:
    bench.add_terminal("v400m")
    till = bench.point_of_sale
    till.set_up_payment_type("HAND", name="By hand")
    till.close("T-1", 500, "HAND", currency="CAD")
    till.refund("T-1")
    text = as_table(sales_report(till.records(), Wording(TEXTS, "fr-CA")), is_terminal=False)
    assert "Aucun montant n'a été reversé" in text


@pytest.mark.parametrize("locale", ["en", "fr"])
def test_every_type_and_every_status_has_a_word(locale: str) -> None:
    known = TEXTS.catalogue(locale)
    assert [word for word in TYPE_WORDS if f"report-type-{word}" not in known] == []
    assert [word for word in STATUS_WORDS if f"report-status-{word}" not in known] == []
