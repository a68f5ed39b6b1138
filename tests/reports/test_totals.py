"""Totals: what moved, by type, card or day and by currency, and what is left."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.reports.totals import By, Total, totals
from tests.reports.test_transactions import LINE


def test_sales_voids_and_refunds_are_summed_by_currency_with_their_net() -> None:
    lines = [
        LINE,
        replace(LINE, kind="moto", amount=500, status="Voided"),
        replace(LINE, type="Void", amount=500),
        replace(LINE, type="Refund", amount=300),
        replace(LINE, currency="USD", amount=7),
    ]
    assert totals(lines) == [
        Total(by=By.TYPE, name="Sale", currency="CAD", count=2, sum=1500),
        Total(by=By.TYPE, name="Refund", currency="CAD", count=1, sum=300),
        Total(by=By.TYPE, name="Void", currency="CAD", count=1, sum=500),
        Total(by=By.TYPE, name="Net", currency="CAD", count=4, sum=700),
        Total(by=By.TYPE, name="Sale", currency="USD", count=1, sum=7),
        Total(by=By.TYPE, name="Net", currency="USD", count=1, sum=7),
    ]


def test_what_moved_no_money_is_not_counted() -> None:
    statuses = ("Declined", "In doubt", "Reversal pending", "Reversed")
    assert totals([replace(LINE, status=status) for status in statuses]) == []
    assert totals([replace(LINE, type="Reversal")]) == []


def test_no_payments_have_no_totals() -> None:
    assert totals([]) == []


@given(st.lists(st.tuples(st.sampled_from(["Sale", "Void", "Refund"]), st.integers(1, 10**6)), min_size=1))
def test_the_net_is_the_sum_of_the_types_with_their_signs(moves: list[tuple[str, int]]) -> None:
    *types, net = totals([replace(LINE, type=type_, amount=amount) for type_, amount in moves])
    signs = {"Sale": 1, "Refund": -1, "Void": -1}
    assert net.sum == sum(signs[t.name] * t.sum for t in types)
    assert net.count == sum(t.count for t in types) == len(moves)


def test_cards_and_days_have_sums_with_their_signs() -> None:
    lines = [
        LINE,
        replace(LINE, brand="Amex", amount=500),
        replace(LINE, type="Refund", amount=300, time="2026-11-22 09:00:00"),
    ]
    assert [(t.name, t.count, t.sum) for t in totals(lines, By.CARD)] == [
        ("Amex", 1, 500), ("Visa", 2, 700), ("Net", 3, 1200),
    ]  # fmt: skip
    assert [t.record() for t in totals(lines, By.DAY)] == [
        {"day": "2026-11-21", "currency": "CAD", "count": 2, "sum": 1500},
        {"day": "2026-11-22", "currency": "CAD", "count": 1, "sum": -300},
        {"day": "Net", "currency": "CAD", "count": 3, "sum": 1200},
    ]
