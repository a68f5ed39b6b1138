"""Which lines of the Payment transactions report are wanted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from terminal_sim.reports.selection import STATUS_WORDS, TYPE_WORDS, Origin, Selection
from tests.reports.test_transactions import LINE

TILL = replace(LINE, reference="R2", ticket="T-1", terminal="V4000001", status="In doubt", type="Void")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Selection(), "R1 R2"),
        (Selection(since="2026-11-21"), "R1 R2"),
        (Selection(since="2026-11-21 20:40:02"), ""),
        (Selection(until="2026-11-21"), "R1 R2"),
        (Selection(until="2026-11-21 20:40"), "R1 R2"),
        (Selection(until="2026-11-20"), ""),
        (Selection(terminal="V4000001"), "R2"),
        (Selection(type="void"), "R2"),
        (Selection(status="in-doubt"), "R2"),
        (Selection(last4="1111"), "R1 R2"),
        (Selection(last4="1112"), ""),
        (Selection(origin=Origin.TILL), "R2"),
        (Selection(origin=Origin.STANDALONE), "R1"),
        (Selection(origin=Origin.TILL, type="sale"), ""),
    ],
)
def test_every_criterion_holds_for_what_is_selected(wanted: Selection, found: str) -> None:
    assert " ".join(line.reference for line in wanted.of([LINE, TILL])) == found


def test_the_words_are_those_of_the_report() -> None:
    assert TYPE_WORDS == ("sale", "void", "refund", "reversal")
    assert "in-doubt" in STATUS_WORDS
