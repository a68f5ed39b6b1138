"""The Payment transactions report: one line a payment, in its newest state, in the order of time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from msgspec import structs

from terminal_sim.core.message import EntryMode, MessageKind
from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.rows.kinds import BootRow, ReprintRow, ReversalRow
from terminal_sim.journal.file import IN_MEMORY
from terminal_sim.journal.store import Journal
from terminal_sim.reports.transactions import BRANDS, STATUSES, TYPES, ReportLine, decimal, transactions

SALE = Payment(
    kind=MessageKind.SALE,
    reference="R1",
    state=PaymentState.COMPLETED,
    amount=Money(1000, "CAD"),
    entry=EntryMode.CHIP,
    pan="411111******1111",
    stan=1,
    at=datetime.fromisoformat("2026-11-21 20:40:01"),
    brand="visa",
    auth_code="000001",
    host_reference="632520000001",
)
LINE = ReportLine(
    time="2026-11-21 20:40:01",
    brand="Visa",
    last4="1111",
    type="Sale",
    kind="sale",
    amount=1000,
    currency="CAD",
    status="Completed",
    reference="R1",
    host_reference="632520000001",
    auth_code="000001",
    state="COMPLETED",
)


def line(**changes: Any) -> ReportLine:
    (only,) = transactions([structs.replace(SALE, **changes)])
    return only


def test_a_payment_is_one_line_and_a_standalone_one_has_no_ticket() -> None:
    assert line() == LINE
    assert (LINE.ticket, LINE.server, LINE.register) == ("", "", "")
    assert LINE.card == "Visa 1111"


def test_a_point_of_sale_may_fill_in_ticket_server_and_register() -> None:
    integrated = structs.replace(SALE, ticket="T9", server="Ann", register="2")
    assert transactions([integrated]) == [replace(LINE, ticket="T9", server="Ann", register="2")]


def test_the_newest_row_of_a_payment_counts() -> None:
    rows = [structs.replace(SALE, state=state) for state in (PaymentState.AUTH_SENT, PaymentState.COMPLETED)]
    assert transactions(rows) == [LINE]


@pytest.mark.parametrize(
    ("kind", "type_"),
    [
        (MessageKind.SALE, "Sale"),
        (MessageKind.MOTO, "Sale"),
        (MessageKind.REFUND, "Refund"),
        (MessageKind.VOID, "Void"),
    ],
)
def test_each_kind_has_the_type_of_the_field(kind: MessageKind, type_: str) -> None:
    assert (line(kind=kind).type, line(kind=kind).kind) == (type_, kind.value)


def test_every_state_has_a_status_and_every_payment_kind_a_type() -> None:
    assert set(STATUSES) == set(PaymentState)
    assert set(TYPES) == {kind.value for kind in MessageKind if kind.facts.report}


def test_a_reversal_is_a_line_of_its_own_with_its_payments_card_and_time() -> None:
    pending = structs.replace(SALE, state=PaymentState.REVERSED)
    undone = ReversalRow(
        reference="R1-R",
        original="R1",
        state=PaymentState.COMPLETED,
        amount=SALE.amount,
        entry=SALE.entry,
        pan=SALE.pan,
        stan=1,
        reason="4021",
    )
    first, second = transactions([pending, undone])
    assert (first.type, first.status) == ("Sale", "Reversed")
    assert (second.type, second.card, second.time, second.original) == (
        "Reversal",
        "Visa 1111",
        LINE.time,
        "R1",
    )


@pytest.mark.parametrize(("brand", "shown"), [*BRANDS.items(), ("", "Unknown"), ("ruritania", "Unknown")])
def test_each_brand_has_the_name_of_the_field(brand: str, shown: str) -> None:
    assert line(brand=brand).brand == shown


def test_a_card_without_a_number_is_its_brand_alone() -> None:
    assert line(pan="").card == "Visa"


def test_lines_are_in_the_order_of_time_and_then_of_the_journal() -> None:
    later = structs.replace(SALE, reference="R2", at=datetime.fromisoformat("2026-11-22 08:00:00"))
    same = structs.replace(SALE, reference="R3")
    found = transactions([later, SALE, same])
    assert [one.reference for one in found] == ["R1", "R3", "R2"]


def test_rows_that_are_no_payments_are_left_out() -> None:
    rows = [BootRow(boot=1, in_doubt=0), SALE, ReprintRow(original="R1", copy="customer")]
    assert transactions(rows) == [LINE]


def test_the_rows_of_a_journal_serve_as_they_are() -> None:
    with Journal(IN_MEMORY) as journal:
        journal.append("v400m", 1, 1, 1, [SALE.flat()])
        assert transactions(stored.row for stored in journal.rows("v400m")) == [LINE]


def test_a_line_is_flat_fields_for_an_expectation() -> None:
    record = LINE.record()
    assert record["amount"] == 1000
    assert record["card"] == "Visa 1111"
    assert all(isinstance(value, str | int) for value in record.values())


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (1000, "CAD", "10.00"),
        (5, "CAD", "0.05"),
        (0, "EUR", "0.00"),
        (-123456, "USD", "-1234.56"),
        (1000, "JPY", "1000"),
        (-5, "JPY", "-5"),
    ],
)
def test_amounts_are_plain_decimals_of_their_currency(minor: int, currency: str, text: str) -> None:
    assert decimal(minor, currency) == text
