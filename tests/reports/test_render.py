"""Reports as text: read by people, spreadsheets and programs, and harmless to all of them."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from terminal_sim.display.reports import Wording, totals_report, transactions_report
from terminal_sim.display.texts import Texts
from terminal_sim.reports.render import Report, as_table
from terminal_sim.reports.render import as_csv as csv_parts
from terminal_sim.reports.render import as_json as json_parts
from terminal_sim.reports.totals import totals
from tests.reports.test_transactions import LINE

ENGLISH = Wording(Texts.load(), "en-CA", plain=True)


def as_csv(report: Report) -> str:
    return "".join(csv_parts(report))


def as_json(report: Report) -> str:
    return "".join(json_parts(report))


REPORT = transactions_report([LINE, replace(LINE, reference="R2", amount=123456, type="Refund")], ENGLISH)
TOTALS = totals_report(totals([replace(LINE, type="Refund", amount=250)]), "type", ENGLISH)


def test_a_plain_table_has_columns_that_line_up() -> None:
    assert as_table(TOTALS, is_terminal=False).splitlines() == [
        "Totals",
        "",
        "Type    Currency  Count    Sum",
        "Refund  CAD           1   2.50",
        "Net     CAD           1  -2.50",
    ]


def test_a_plain_table_has_no_escapes_and_no_trailing_blanks() -> None:
    text = as_table(REPORT, is_terminal=False)
    assert "\x1b" not in text
    assert all(line == line.rstrip() for line in text.splitlines())
    assert "1234.56" in text


def test_a_table_for_a_terminal_is_ruled_and_fits_its_width() -> None:
    text = as_table(TOTALS, is_terminal=True, width=60)
    assert "\x1b[" in text
    assert "│" in text
    assert "-2.50" in text


def test_a_narrow_terminal_cuts_nothing_and_folds_no_number() -> None:
    text = as_table(transactions_report([replace(LINE, amount=1234567)], ENGLISH), is_terminal=True, width=80)
    assert "…" not in text
    assert "12345.67" in text


def test_a_bracket_in_a_cell_is_no_markup() -> None:
    report = transactions_report([replace(LINE, server="[red]Ann[/red]")], ENGLISH)
    assert "[red]Ann[/red]" in as_table(report, is_terminal=True, width=250)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_control_character_in_a_cell_is_shown_and_not_obeyed(is_terminal: bool) -> None:
    report = transactions_report([replace(LINE, server="Ann\x1b[2J\nBob")], ENGLISH)
    text = as_table(report, is_terminal=is_terminal, width=250)
    assert "Ann\N{REPLACEMENT CHARACTER}[2J\N{REPLACEMENT CHARACTER}Bob" in text
    assert "\x1b[2J" not in text


def test_csv_has_a_head_and_a_line_a_payment() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(REPORT))))
    assert [row["Reference"] for row in rows] == ["R1", "R2"]
    assert (rows[0]["Amount"], rows[0]["Card"], rows[0]["Ticket"]) == ("10.00", "Visa 1111", "")


@pytest.mark.parametrize("cell", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\tx", "\rx", "=cmd|' /C calc'!A0"])
def test_a_cell_that_looks_like_a_formula_is_made_harmless(cell: str) -> None:
    report = transactions_report([replace(LINE, server=cell)], ENGLISH)
    (row,) = csv.DictReader(io.StringIO(as_csv(report), newline=""))
    assert row["Server"] == f"'{cell}"


def test_a_negative_amount_stays_a_number() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(TOTALS))))
    assert rows[-1]["Sum"] == "-2.50"


def test_json_has_amounts_in_minor_units() -> None:
    records = json.loads(as_json(REPORT))
    assert [(r["reference"], r["amount"], r["kind"]) for r in records] == [
        ("R1", 1000, "sale"),
        ("R2", 123456, "sale"),
    ]
    assert as_json(REPORT).endswith("]\n")


def test_an_empty_report_has_its_heads_and_nothing_else() -> None:
    empty = transactions_report([], ENGLISH)
    assert len(as_csv(empty).splitlines()) == 1
    assert as_json(empty) == "[]\n"
    assert "Card" in as_table(empty, is_terminal=False)
