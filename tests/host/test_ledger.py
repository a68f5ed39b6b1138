"""The books: what was paid, what was given back, and that neither happens twice."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from terminal_sim.core.booking import Booking
from terminal_sim.core.message import HostRequest, MessageKind, Original
from terminal_sim.core.money import Money
from tests.host.samples import SALE, acquirer, asked, undoing

REVERSAL = undoing(SALE, MessageKind.REVERSAL)
VOID = undoing(SALE, MessageKind.VOID)
REFUND = replace(SALE, kind=MessageKind.REFUND, stan=20, reference="REFUND")


def codes(*requests: HostRequest) -> tuple[list[str], int]:
    """The response codes in order, and what is left of the sale."""
    host = acquirer()
    answered = [asked(host, request).response_code for request in requests]
    return answered, host.net(SALE.reference)


@pytest.mark.parametrize(
    ("what", "requests", "answered", "left"),
    [
        ("a sale", [SALE], ["00"], 1000),
        ("a sale and its void", [SALE, VOID], ["00", "00"], 0),
        ("a sale and its reversal", [SALE, REVERSAL], ["00", "00"], 0),
        ("the void again", [SALE, VOID, replace(VOID, repeat=True)], ["00", "00", "00"], 0),
        ("the reversal again", [SALE, REVERSAL, replace(REVERSAL, repeat=True)], ["00", "00", "00"], 0),
        ("another void", [SALE, VOID, replace(VOID, stan=9, reference="V2")], ["00", "00", "21"], 0),
        ("another reversal", [SALE, REVERSAL, replace(REVERSAL, stan=9)], ["00", "00", "00"], 0),
        ("a void after a reversal", [SALE, REVERSAL, VOID], ["00", "00", "21"], 0),
        ("a reversal after a void", [SALE, VOID, REVERSAL], ["00", "00", "00"], 0),
        ("a void of nothing", [VOID], ["25"], 0),
        ("a reversal before its sale", [REVERSAL, SALE], ["00", "21"], 0),
        ("the same twice", [REVERSAL, replace(REVERSAL, stan=9), SALE], ["00", "00", "21"], 0),
        ("a void of another amount", [SALE, replace(VOID, amount=Money(999, "CAD"))], ["00", "64"], 1000),
        ("a void in another currency", [SALE, replace(VOID, amount=Money(1000, "USD"))], ["00", "64"], 1000),
        (
            "a reversal of another amount",
            [SALE, replace(REVERSAL, amount=Money(1, "CAD"))],
            ["00", "64"],
            1000,
        ),
        (
            "a void of another trace number",
            [SALE, replace(VOID, original=Original(kind=MessageKind.SALE, stan=6, reference=SALE.reference))],
            ["00", "25"],
            1000,
        ),
        ("a void from another terminal", [SALE, replace(VOID, terminal="T0000002")], ["00", "25"], 1000),
        ("a free refund", [SALE, REFUND], ["00", "00"], 1000),
    ],
)
def test_the_books_answer(what: str, requests: list[HostRequest], answered: list[str], left: int) -> None:
    assert codes(*requests) == (answered, left), what


def referenced(amount: int, **changes: Any) -> HostRequest:
    original = Original(kind=MessageKind.SALE, stan=SALE.stan, reference=SALE.reference)
    return replace(REFUND, amount=Money(amount, "CAD"), original=original, **changes)


def test_refunds_of_a_sale_add_up_to_no_more_than_it() -> None:
    second = referenced(600, stan=21, reference="R2")
    third = referenced(400, stan=22, reference="R3")
    assert codes(SALE, referenced(600), second, third) == (["00", "00", "64", "00"], 0)


def test_a_refunded_sale_is_not_voided() -> None:
    assert codes(SALE, referenced(1), VOID) == (["00", "00", "21"], 999)


def test_a_refund_of_nothing_is_declined() -> None:
    assert codes(referenced(600)) == (["25"], 0)


def test_a_reversed_refund_can_be_made_again() -> None:
    refund = referenced(600)
    again = referenced(1000, stan=23, reference="R4")
    assert codes(SALE, refund, undoing(refund, MessageKind.REVERSAL), again) == (["00", "00", "00", "00"], 0)


def test_a_void_takes_back_what_a_partial_approval_charged() -> None:
    host = acquirer()
    host.script(["partial:400"])
    asked(host, SALE)
    assert asked(host, VOID).response_code == "64"
    good = replace(VOID, stan=9, reference="V2", amount=Money(400, "CAD"))
    assert asked(host, good).response_code == "00"
    assert host.net(SALE.reference) == 0


@pytest.mark.parametrize("amount", [1000, 400], ids=["as asked for", "as authorised"])
def test_a_reversal_of_a_partial_approval_may_name_either_amount(amount: int) -> None:
    host = acquirer()
    host.script(["partial:400"])
    asked(host, SALE)
    assert asked(host, replace(REVERSAL, amount=Money(amount, "CAD"))).response_code == "00"
    assert host.net(SALE.reference) == 0


def test_entries_are_numbered_and_say_what_they_undo() -> None:
    host = acquirer()
    for request in (SALE, VOID):
        asked(host, request)
    assert [(e.number, e.kind, e.amount, e.original) for e in host.entries()] == [
        (1, Booking.CHARGE, 1000, ""),
        (2, Booking.VOID, -1000, SALE.reference),
    ]


def test_a_reversal_of_what_is_not_there_leaves_a_tombstone_once() -> None:
    host = acquirer()
    asked(host, REVERSAL)
    asked(host, replace(REVERSAL, repeat=True))
    assert [(e.kind, e.amount) for e in host.entries()] == [(Booking.TOMBSTONE, 0)]


@pytest.mark.parametrize("late", [SALE, REFUND], ids=["payment", "refund"])
def test_what_was_reversed_before_it_came_moves_no_money(late: HostRequest) -> None:
    host = acquirer()
    reversal = undoing(late, MessageKind.REVERSAL)
    assert asked(host, reversal).response_code == "00"
    assert asked(host, late).response_code == "21"
    assert [(e.kind, e.amount) for e in host.entries()] == [(Booking.TOMBSTONE, 0)]


def test_totals_are_kept_by_currency() -> None:
    host = acquirer()
    asked(host, SALE)
    asked(host, replace(SALE, stan=30, reference="USD", amount=Money(250, "USD")))
    asked(host, replace(REFUND, amount=Money(300, "CAD")))
    assert host.ledger.totals() == {"CAD": 700, "USD": 250}


def test_what_is_left_can_be_asked_of_one_terminal() -> None:
    host = acquirer()
    asked(host, SALE)
    asked(host, replace(SALE, terminal="T0000002"))
    assert (host.net(SALE.reference), host.net(SALE.reference, "T0000002")) == (2000, 1000)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["sale", "void", "reversal", "refund"]),
        st.integers(1, 3),
        st.integers(1, 1000),
        st.booleans(),
    ),
    max_size=25,
)


@given(ACTS)
def test_no_order_of_messages_gives_back_more_than_was_paid(acts: list[tuple[str, int, int, bool]]) -> None:
    host = acquirer()
    for number, (act, which, amount, repeat) in enumerate(acts):
        sale = replace(SALE, stan=which, reference=f"S{which}", repeat=repeat)
        own = {"stan": 100 + number, "reference": f"A{number}"}
        request = {
            "sale": sale,
            "void": undoing(sale, MessageKind.VOID, **own),
            "reversal": undoing(sale, MessageKind.REVERSAL, repeat=repeat),
            "refund": replace(
                undoing(sale, MessageKind.VOID, **own),
                kind=MessageKind.REFUND,
                reason="",
                amount=Money(amount, "CAD"),
            ),
        }[act]
        asked(host, request)
        assert all(0 <= host.net(f"S{n}") <= 1000 for n in (1, 2, 3))
    assert sum(host.ledger.totals().values()) == sum(host.net(f"S{n}") for n in (1, 2, 3))
