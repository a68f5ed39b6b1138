"""Every kind of row has one class, one schema, and one way to be written and read."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, get_args, get_type_hints

import pytest
from msgspec import Struct

from terminal_sim.core.durable_state import DurableState
from terminal_sim.core.message import EntryMode, MessageKind
from terminal_sim.core.money import Money
from terminal_sim.core.payment import STEPS, Payment, PaymentState
from terminal_sim.core.rows.kinds import BootRow, OfflineSettingsRow, PasscodeRow
from terminal_sim.core.rows.offline import OfflineSentRow, about
from terminal_sim.core.rows.schema import FlatRow, JournalRow, NumberedRow, RowError, schema_of
from terminal_sim.core.rows.settlement import SETTLEMENT_STEPS, SettlementState
from terminal_sim.core.rows.table import ROW_KINDS, field_names, row_of
from tests.core.samples import AT, payment, void_of

# The kinds and their fields as the journal has them: `?` marks those that a row may leave out.
_PAYMENT = (
    "reference pan stan requested? brand? sequence? original? auth_code? response_code? host_reference? reason? aid? label? cvm?"
    " cryptogram? avs_result? language? ticket? server? register? request? fallback? reasons? batch? state amount currency entry at"
)
_OFFLINE = "reference state amount currency entry pan stan"
CONTRACT = {
    "sale": _PAYMENT,
    "moto": _PAYMENT,
    "void": _PAYMENT,
    "refund": _PAYMENT,
    "reversal": "reference original state amount currency entry pan stan reason",
    "card.refused": "reference transaction verdict amount currency entry at pan? brand? stan? reasons?",
    "reprint": "original copy",
    "passcode": "name result failures? locked_until? digest?",
    "boot": "boot in_doubt model?",
    "power": "state",
    "clock": "by",
    "order": "number text amount currency",
    "order.seen": "number",
    "offline.stored": f"{_OFFLINE} outage anchor deadline? sealed?",
    "offline.sent": _OFFLINE,
    "offline.forwarded": f"{_OFFLINE} response_code",
    "offline.declined": f"{_OFFLINE} response_code",
    "offline.expired": _OFFLINE,
    "offline.lost": f"{_OFFLINE} reason sum payments",
    "offline.outage": "reason state at",
    "offline.settings": "allowed? limit?",
    "account": "act",
    "receipt": "original to state",
    "tamper": "state",
    "unexpected": "mti stan amount response_code",
    "unanswered": "message reference attempts",
    "batch.opened": "batch at",
    "settlement": (
        "batch state reference stan amount currency at sales? sales_sum? voids? voids_sum? refunds? refunds_sum?"
    ),
}
SAMPLES: dict[object, Any] = {
    str: "x",
    int: 7,
    Money: Money(1000, "CAD"),
    datetime: AT,
    EntryMode: EntryMode.CHIP,
    PaymentState: PaymentState.PENDING,
    MessageKind: MessageKind.SALE,
    SettlementState: SettlementState.PENDING,
}
each_class = pytest.mark.parametrize("row", dict.fromkeys(ROW_KINDS.values()), ids=lambda row: row.__name__)


def sample(row: type[JournalRow], *, whole: bool) -> JournalRow:
    """A row with every attribute, or with those alone that always stand."""
    hints = get_type_hints(row)
    given = {
        one.name: SAMPLES[(get_args(hints[one.name]) or (hints[one.name],))[0]]
        for one in (schema_of(row).kind, *schema_of(row).attributes)
        if one is not None and (whole or not one.columns[0].optional)
    }
    return row(**given)


def test_the_journal_has_these_kinds_and_these_fields() -> None:
    said = {
        kind: " ".join(column.name + "?" * column.optional for column in schema_of(row).columns)
        for kind, row in ROW_KINDS.items()
    }
    assert said == CONTRACT


@each_class
def test_every_row_is_read_back_from_its_flat_form(row: type[JournalRow]) -> None:
    for whole in (True, False):
        typed = sample(row, whole=whole)
        assert row_of(typed.flat()) == typed


@each_class
def test_a_flat_row_has_its_fields_in_the_order_of_the_schema(row: type[JournalRow]) -> None:
    assert tuple(sample(row, whole=True).flat().fields) == schema_of(row).names


@each_class
def test_a_row_holds_plain_text_and_numbers(row: type[JournalRow]) -> None:
    assert {type(value) for value in sample(row, whole=True).flat().fields.values()} <= {str, int}


@each_class
def test_a_row_without_a_field_that_always_stands_is_refused(row: type[JournalRow]) -> None:
    whole = sample(row, whole=True).flat()
    for column in schema_of(row).columns:
        less = FlatRow(whole.kind, {name: v for name, v in whole.fields.items() if name != column.name})
        if column.optional:
            row_of(less)
        else:
            with pytest.raises(RowError, match=column.name):
                row_of(less)


@each_class
def test_a_value_of_another_type_is_refused(row: type[JournalRow]) -> None:
    whole = sample(row, whole=True).flat()
    for column in schema_of(row).columns:
        other: str | int = "1" if column.holds is int else 1
        with pytest.raises(RowError, match=column.name):
            row_of(FlatRow(whole.kind, {**whole.fields, column.name: other}))


def test_a_row_that_does_not_fit_its_kind_is_refused_by_the_name_of_what_is_wrong() -> None:
    sale, boot = payment().flat(), {"boot": 1, "in_doubt": 0}
    for row, named in [
        (FlatRow("offline.expried", {}), "offline.expried"),
        (FlatRow("boot", {**boot, "colour": "red"}), "colour"),
        (FlatRow("boot", {**boot, "boot": True}), "boot"),
        (FlatRow("sale", {**sale.fields, "state": "PAID"}), "state"),
        (FlatRow("sale", {**sale.fields, "at": "yesterday"}), "at"),
    ]:
        with pytest.raises(RowError, match=named):
            row_of(row)


def test_a_class_reads_only_its_own_kinds() -> None:
    with pytest.raises(RowError, match="boot"):
        Payment.of(BootRow(boot=1, in_doubt=0).flat())


def test_every_row_class_says_what_its_kind_means() -> None:
    for row in ROW_KINDS.values():
        assert (row.__doc__ or "").partition("\n\n")[0].rstrip().endswith("."), row.__name__
        assert not (row.__doc__ or "").startswith(f"{row.__name__}(")


def test_an_enum_is_written_as_its_value_and_money_as_two_fields() -> None:
    flat = OfflineSentRow(**about(payment(state=PaymentState.FORWARD_SENT))).flat()
    assert flat.kind == "offline.sent"
    assert dict(flat.fields) == {
        "reference": payment().reference,
        "state": "FORWARD_SENT",
        "amount": 1000,
        "currency": "CAD",
        "entry": "chip",
        "pan": "411111******1111",
        "stan": 1,
    }


def test_an_optional_field_is_left_out_where_it_has_its_default_and_only_there() -> None:
    assert dict(PasscodeRow(name="admin", result="accepted").flat().fields) == {
        "name": "admin",
        "result": "accepted",
    }
    assert dict(OfflineSettingsRow(limit=0).flat().fields) == {"limit": 0}
    assert dict(OfflineSettingsRow(allowed="no").flat().fields) == {"allowed": "no"}
    assert dict(BootRow(boot=1, in_doubt=0).flat().fields) == {"boot": 1, "in_doubt": 0}


# Trace numbers.


def test_only_payments_and_settlements_take_a_trace_number_and_each_that_does_has_a_reference_and_a_number() -> (
    None
):
    taking = {kind for kind, row in ROW_KINDS.items() if issubclass(row, NumberedRow)}
    assert taking == {"settlement", *(kind.value for kind in MessageKind if kind.facts.is_payment)}
    assert all({"reference", "stan"} <= set(field_names(kind)) for kind in taking)


class KeyChangeRow(NumberedRow, Struct, frozen=True, kw_only=True):
    """A row of a message that is no payment and takes a trace number all the same."""

    KINDS: ClassVar[tuple[str, ...]] = ("key-change",)

    reference: str
    stan: int


def test_any_row_that_takes_a_trace_number_moves_the_counter_once() -> None:
    change = KeyChangeRow(reference="K1", stan=41)
    folded = DurableState.of([payment(stan=40), change])
    assert folded.trace_number.following == 42
    folded.apply(void_of(payment(stan=40), 42))
    folded.apply(change)
    assert folded.trace_number.following == 43
    assert list(folded.payments) == [payment().reference, "VOID000000000000042"]


# The steps of a payment.

_ASKED = {
    ("", "AUTH_SENT"), ("", "DECLINED"), ("AUTH_SENT", "COMPLETED"), ("AUTH_SENT", "DECLINED"),
    ("AUTH_SENT", "REVERSAL_PENDING"), ("AUTH_SENT", "PENDING"), ("REVERSAL_PENDING", "REVERSED"), ("COMPLETED", "VOIDED"), ("", "PENDING"),
    ("PENDING", "FORWARD_SENT"), ("PENDING", "EXPIRED"), ("PENDING", "LOST"), ("FORWARD_SENT", "COMPLETED"),
    ("FORWARD_SENT", "DECLINED"), ("FORWARD_SENT", "LOST"),
}  # fmt: skip
EDGES = {
    "sale": _ASKED,
    "moto": _ASKED,
    "refund": _ASKED,
    "void": {("", "REVERSAL_PENDING"), ("REVERSAL_PENDING", "COMPLETED"), ("REVERSAL_PENDING", "DECLINED")},
    "reversal": {("", "REVERSAL_PENDING"), ("REVERSAL_PENDING", "COMPLETED")},
}


def test_the_steps_of_a_payment_are_these() -> None:
    assert {
        kind.value: {(before.value if before else "", after.value) for before, after in steps}
        for kind, steps in STEPS.items()
    } == EDGES


def test_the_steps_of_a_settlement_are_these() -> None:
    assert {(before.value if before else "", after.value) for before, after in SETTLEMENT_STEPS} == {
        ("", "PENDING"), ("PENDING", "SETTLED"), ("PENDING", "UPLOADING"), ("UPLOADING", "SETTLED"),
    }  # fmt: skip


def test_every_kind_that_has_rows_of_its_own_has_its_steps() -> None:
    assert {kind for kind in MessageKind if kind.facts.report} == set(STEPS)
