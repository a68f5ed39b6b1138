"""A payment and its journal row say the same."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from msgspec import structs

from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.rows.schema import Field, FlatRow, RowError
from terminal_sim.journal.file import IN_MEMORY
from terminal_sim.journal.store import Journal
from tests.core.samples import AT, payment, payments

ROW: dict[str, Field] = {
    "reference": "ABCD000000000001001",
    "state": "COMPLETED",
    "amount": 1000,
    "currency": "CAD",
    "requested": 1000,
    "entry": "chip",
    "pan": "411111******1111",
    "stan": 1,
    "at": "2026-01-15 09:30:05",
    "brand": "visa",
    "sequence": "01",
    "auth_code": "000001",
    "response_code": "00",
    "host_reference": "601509000001",
    "aid": "A0000000031010",
    "label": "VISA CREDIT",
    "cvm": "signature",
    "cryptogram": "0123456789ABCDEF",
    "language": "en-CA",
}


def test_a_payment_is_written_and_read_in_the_words_of_the_contract() -> None:
    assert payment().flat() == FlatRow("sale", ROW)
    assert Payment.of(FlatRow("sale", ROW)) == payment()


@given(payments)
def test_every_payment_is_read_back_from_its_row(one: Payment) -> None:
    assert Payment.of(one.flat()) == one


@given(payments)
def test_every_row_survives_json(one: Payment) -> None:
    row = one.flat()
    assert Payment.of(FlatRow(row.kind, json.loads(json.dumps(dict(row.fields))))) == one


@given(payments)
def test_every_payment_survives_the_journal(one: Payment) -> None:
    with Journal(IN_MEMORY) as journal:
        journal.append("T", 1, 0, 0, [one.flat()])
        assert [stored.row for stored in journal.rows("T")] == [one]


@given(payments)
def test_a_row_has_no_empty_fields(one: Payment) -> None:
    assert all(value not in ("", 0) for value in one.flat().fields.values())


@pytest.mark.parametrize(
    "missing", ["reference", "state", "amount", "currency", "entry", "pan", "stan", "at"]
)
def test_a_row_without_what_makes_a_payment_is_none(missing: str) -> None:
    fields = {name: value for name, value in ROW.items() if name != missing}
    with pytest.raises(RowError, match=missing):
        Payment.of(FlatRow("sale", fields))


def test_only_what_the_acquirer_may_have_done_is_in_doubt() -> None:
    assert {state for state in PaymentState if state.in_doubt} == {
        PaymentState.AUTH_SENT,
        PaymentState.REVERSAL_PENDING,
    }


def test_the_last_four_digits_are_those_of_the_masked_number() -> None:
    assert payment().last4 == "1111"
    assert structs.replace(payment(), pan="********5678").last4 == "5678"


def test_the_time_of_a_row_has_whole_seconds() -> None:
    assert payment(at=AT.replace(microsecond=999_999)).flat().fields["at"] == "2026-01-15 09:30:05"
