"""The fold over a terminal's journal rows."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from terminal_sim.core.batch_totals import BatchTotals, Subtotal
from terminal_sim.core.closed_batch import ClosedBatch
from terminal_sim.core.durable_state import (
    DurableState,
    OfflineSettings,
    OnlineOrder,
    Outage,
    PasscodeState,
    passcode_digest,
)
from terminal_sim.core.message import EntryMode, MessageKind
from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.rows.kinds import BootRow, PasscodeRow, ReversalRow, UnansweredRow, UnexpectedRow
from terminal_sim.core.rows.schema import JournalRow
from terminal_sim.core.rows.settlement import BatchOpenedRow, SettlementRow, SettlementState
from terminal_sim.core.trace_number import LAST_STAN
from tests.core.samples import AT, payment, rows_of_few, void_of
from tests.examples import examples


def durable(*rows: JournalRow) -> DurableState:
    return DurableState.of(rows)


def passcode(result: str, *, failures: int = 0, locked_until: int = 0, digest: str = "") -> PasscodeRow:
    return PasscodeRow(
        name="admin", result=result, failures=failures, locked_until=locked_until, digest=digest
    )


def settlement(state: SettlementState = SettlementState.PENDING, **changes: Any) -> SettlementRow:
    row = SettlementRow.counting(
        BatchTotals(sales=Subtotal(1, 1000)), "CAD", batch=1, reference="V40000010002", stan=2, at=AT
    )
    return structs.replace(row, state=state, **changes)


# Batches.


def test_a_payment_is_in_the_batch_that_its_row_names_once_it_is_completed() -> None:
    sent = payment(state=PaymentState.AUTH_SENT, batch=1)
    done = structs.replace(sent, state=PaymentState.COMPLETED)
    assert durable(sent).batch_payments == []
    assert durable(sent, done, structs.replace(done, state=PaymentState.VOIDED)).batch_payments == [
        done.reference
    ]
    assert durable(payment(state=PaymentState.COMPLETED)).batch_payments == []


def test_a_settlement_closes_the_batch_and_opens_the_next() -> None:
    done = payment(state=PaymentState.COMPLETED, batch=1)
    opened = BatchOpenedRow(batch=1, at=AT)
    assert durable(done, opened).batch_since == AT
    closed = durable(done, opened, settlement())
    assert closed.batch_since is None
    assert (closed.batch, closed.batch_payments) == (2, [])
    assert closed.settling is not None
    assert closed.settling.payments == (done.reference,)
    assert closed.settling.totals == BatchTotals(sales=Subtotal(1, 1000))
    uploading = settlement(SettlementState.UPLOADING, reference="V40000010003", stan=3)
    settled = structs.replace(uploading, state=SettlementState.SETTLED)
    for row in (uploading, settled):
        closed.apply(row)
    assert closed.settling is None
    assert closed.settled is not None
    assert (closed.settled.number, closed.settled.uploaded, closed.batch) == (1, True, 2)


def test_the_number_of_a_batch_wraps_behind_999999() -> None:
    assert durable(settlement(batch=999_999)).batch == 1


def test_what_is_unanswered_is_so_until_it_is_taken() -> None:
    pending = payment(state=PaymentState.REVERSAL_PENDING)
    alarms = [
        UnansweredRow(message=MessageKind.REVERSAL, reference=pending.reference, attempts=6),
        UnansweredRow(message=MessageKind.RECONCILIATION, reference="V40000010002", attempts=6),
    ]
    state = durable(pending, settlement(), *alarms)
    assert list(state.unanswered) == [pending.reference, "V40000010002"]
    state.apply(structs.replace(pending, state=PaymentState.REVERSED))
    assert list(state.unanswered) == ["V40000010002"]
    state.apply(settlement(SettlementState.SETTLED))
    assert state.unanswered == {}


# Trace numbers.


def test_the_first_trace_number_is_one() -> None:
    assert durable().trace_number.following == 1


@pytest.mark.parametrize(("last", "following"), [(1, 2), (41, 42), (999_998, 999_999), (LAST_STAN, 1)])
def test_the_next_trace_number_follows_the_last_and_wraps(last: int, following: int) -> None:
    assert durable(payment(stan=last)).trace_number.following == following


def test_a_later_row_of_an_old_payment_moves_no_trace_number() -> None:
    old, new = payment(stan=5), payment(stan=6, reference="NEW")
    assert durable(old, new, structs.replace(old, state=PaymentState.VOIDED)).trace_number.following == 7


@examples(60)
@given(st.lists(rows_of_few, max_size=20))
def test_a_trace_number_lies_between_1_and_999999(some: list[Payment]) -> None:
    assert 1 <= durable(*some).trace_number.following <= 999_999


# Payments.


@examples(60)
@given(st.lists(rows_of_few, max_size=12))
def test_each_payment_stands_in_its_newest_state_in_the_order_of_its_first_row(some: list[Payment]) -> None:
    folded = durable(*some)
    newest = {one.reference: one for one in some}
    assert folded.payments == newest
    assert list(folded.payments) == list(dict.fromkeys(one.reference for one in some))
    assert folded.newest_first(5) == list(newest.values())[::-1][:5]


@examples(60)
@given(st.lists(rows_of_few, max_size=12))
def test_what_is_in_doubt_is_what_the_newest_rows_say(some: list[Payment]) -> None:
    newest = {one.reference: one for one in some}
    doubtful = {reference for reference, one in newest.items() if one.state.in_doubt}
    assert {one.reference for one in durable(*some).in_doubt()} == doubtful


@examples(60)
@given(st.lists(rows_of_few, max_size=12), st.integers(0, 12))
def test_folding_in_two_steps_is_folding_in_one(some: list[Payment], cut: int) -> None:
    folded = durable(*some[:cut])
    for one in some[cut:]:
        folded.apply(one)
    assert folded == durable(*some)


def test_the_oldest_doubt_comes_first() -> None:
    first = payment(reference="1", state=PaymentState.AUTH_SENT)
    second = payment(reference="2", state=PaymentState.AUTH_SENT)
    folded = durable(first, second, structs.replace(first, state=PaymentState.REVERSAL_PENDING))
    assert [one.reference for one in folded.in_doubt()] == ["1", "2"]


def test_rows_of_reversals_and_of_unexpected_answers_change_no_payment() -> None:
    folded = durable(
        payment(),
        ReversalRow(
            reference="X-R",
            original="X",
            state=PaymentState.COMPLETED,
            amount=Money(1000, "CAD"),
            entry=EntryMode.CHIP,
            pan="411111******1111",
            stan=9,
            reason="4021",
        ),
        UnexpectedRow(mti="0110", stan=9, amount=1000, response_code="00"),
    )
    assert list(folded.payments) == [payment().reference]
    assert folded.trace_number.following == 2


def test_the_last_boot_counts() -> None:
    assert durable(BootRow(boot=1, in_doubt=0), BootRow(boot=2, in_doubt=3)).boots == 2


# Voids.

SALE = payment()
VOIDABLE = [
    ("a completed sale", SALE, True),
    ("a completed telephone order", payment(kind=MessageKind.MOTO), True),
    ("a refund", payment(kind=MessageKind.REFUND), False),
    ("a declined sale", payment(state=PaymentState.DECLINED), False),
    ("a sale that waits for its answer", payment(state=PaymentState.AUTH_SENT), False),
    ("a sale being reversed", payment(state=PaymentState.REVERSAL_PENDING), False),
    ("a reversed sale", payment(state=PaymentState.REVERSED), False),
    ("a voided sale", payment(state=PaymentState.VOIDED), False),
    ("a void", void_of(payment(reference="OTHER"), state=PaymentState.COMPLETED), False),
]


@pytest.mark.parametrize(("meaning", "one", "may"), VOIDABLE)
def test_only_a_completed_payment_may_be_voided(meaning: str, one: Payment, may: bool) -> None:
    assert durable(one).voidable(one) is may, meaning


@pytest.mark.parametrize(
    ("meaning", "states", "may"),
    [
        ("a void under way", (PaymentState.REVERSAL_PENDING,), False),
        ("a void that went through", (PaymentState.REVERSAL_PENDING, PaymentState.COMPLETED), False),
        ("a void that was declined", (PaymentState.REVERSAL_PENDING, PaymentState.DECLINED), True),
    ],
)
def test_a_payment_is_voided_once(meaning: str, states: tuple[PaymentState, ...], may: bool) -> None:
    folded = durable(SALE, *(void_of(SALE, state=state) for state in states))
    assert folded.voidable(SALE) is may, meaning
    assert (SALE.reference in folded.taken_originals) is not may, meaning


def test_after_a_declined_void_a_second_one_takes_the_sale_for_good() -> None:
    folded = durable(SALE, void_of(SALE, 2), void_of(SALE, 2, state=PaymentState.DECLINED))
    assert folded.voidable(SALE)
    second = [void_of(SALE, 3), void_of(SALE, 3, state=PaymentState.COMPLETED)]
    for one in second:
        folded.apply(one)
        assert not folded.voidable(SALE)


def test_a_refund_that_names_its_sale_forbids_the_void() -> None:
    refund = payment(kind=MessageKind.REFUND, reference="R", original=SALE.reference)
    assert not durable(SALE, refund).voidable(SALE)


# Passcodes.


def test_a_passcode_that_was_never_typed_has_no_failures_and_no_lock() -> None:
    assert durable().passcode("admin") == PasscodeState(failures=0, locked_until=0, digest="")


PASSCODES = [
    ("one wrong try", [passcode("wrong", failures=1)], PasscodeState(failures=1)),
    (
        "two in a row",
        [passcode("wrong", failures=1), passcode("wrong", failures=2)],
        PasscodeState(failures=2),
    ),
    (
        "the last try locks and counts anew",
        [passcode("wrong", failures=5, locked_until=99)],
        PasscodeState(failures=0, locked_until=99),
    ),
    (
        "a right one forgives",
        [passcode("wrong", failures=4), passcode("accepted")],
        PasscodeState(),
    ),
    (
        "a right one after the lock ends it",
        [passcode("wrong", failures=5, locked_until=99), passcode("accepted")],
        PasscodeState(),
    ),
    (
        "a wrong one after the lock starts from one",
        [passcode("wrong", failures=5, locked_until=99), passcode("wrong", failures=1)],
        PasscodeState(failures=1),
    ),
    ("a changed one", [passcode("changed", digest="d")], PasscodeState(digest="d")),
    (
        "a changed one stays changed after failures",
        [passcode("changed", digest="d"), passcode("wrong", failures=2), passcode("accepted")],
        PasscodeState(digest="d"),
    ),
]


@pytest.mark.parametrize(("meaning", "rows", "state"), PASSCODES)
def test_passcode_rows_fold_to(meaning: str, rows: list[PasscodeRow], state: PasscodeState) -> None:
    assert durable(*rows).passcode("admin") == state, meaning
    assert durable(*rows).passcode("refund") == PasscodeState(), meaning


def test_a_digest_tells_codes_terminals_and_passcodes_apart_and_no_code() -> None:
    digests = {
        passcode_digest(code, terminal, name)
        for code in ("0856", "2468")
        for terminal in ("V4000001", "S1F20001")
        for name in ("admin", "refund")
    }
    assert len(digests) == 8
    assert not any("0856" in digest or "2468" in digest for digest in digests)


def test_a_copy_knows_the_same_and_goes_on_by_itself() -> None:
    """Each field has another value than a terminal begins with, so that one that is left out is noticed."""
    fresh, state = DurableState(), DurableState()
    for each in fields(DurableState):
        value = getattr(state, each.name)
        if isinstance(value, bool | int):
            setattr(state, each.name, not value if isinstance(value, bool) else 7)
    state.offline = OfflineSettings(allowed=True)
    state.outage = Outage("network", 1, {"network": 1})
    state.apply(payment())
    state.trace_number.take("V40000010009", 9)
    state.passcodes["admin"] = PasscodeState(failures=1)
    for name in ("doubtful", "stored", "receipts_due", "requested"):
        getattr(state, name)["V40000010001"] = None
    state.taken_originals["V40000010001"] = {"V40000010002": 100}
    state.declined_later["V40000010001"] = None
    state.orders.append(OnlineOrder(1, "order", 100))
    state.unanswered["V40000010001"] = MessageKind.REVERSAL
    state.batch_payments.append("V40000010001")
    state.batch_since = AT
    state.settling = state.settled = ClosedBatch.by(settlement(), ("V40000010001",))
    copied = state.copy()
    for each in fields(DurableState):
        mine, theirs = getattr(state, each.name), getattr(copied, each.name)
        if each.name not in ("payments", "trace_number"):
            assert mine != getattr(fresh, each.name), each.name
            assert theirs == mine, each.name
        if hasattr(mine, "copy"):
            assert theirs is not mine, each.name
    assert list(copied.payments) == list(state.payments)
    assert copied.trace_number.count == state.trace_number.count
