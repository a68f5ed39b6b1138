"""Receipts: the order of their fields, what they hide, and what a reprint is."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from terminal_sim.core.message import EntryMode, MessageKind
from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.receipt import Centred, Copy, Pair, Receipt, Ruler, receipt_of, reprinted
from terminal_sim.core.text import Text, say
from tests.core.samples import payment, payments, void_of

COPIES = (Copy.MERCHANT, Copy.CUSTOMER)  # of a payment; a report is of a batch
HEADER = ("SIMULATOR SHOP", "1 Test Street", "Montreal")


def printed(one: Payment, copy: Copy = Copy.MERCHANT) -> Receipt:
    return receipt_of(one, copy, header=HEADER, locale="en-CA", terminal="V4000001", merchant="M1")


def ids(receipt: Receipt) -> list[str]:
    """The lines in order: their ids, literal lines as they are."""
    texts = [
        line.text if isinstance(line, Centred) else line.label
        for line in receipt.lines
        if isinstance(line, Centred | Pair)
    ]
    return [text.id if isinstance(text, Text) else text for text in texts]


def values(receipt: Receipt) -> dict[str, object]:
    return {
        line.label.id: line.value
        for line in receipt.lines
        if isinstance(line, Pair) and isinstance(line.label, Text)
    }


ORDER = [
    *HEADER,
    "receipt-merchant-copy", "receipt-customer-copy",
    "receipt-date", "receipt-time", "receipt-ticket", "receipt-server", "receipt-register",
    "receipt-card", "receipt-sequence", "receipt-application", "receipt-card-type", "receipt-entry",
    "receipt-aid", "receipt-merchant", "receipt-terminal",
    "receipt-auth-code", "receipt-tender", "receipt-original", "receipt-reference", "receipt-cryptogram", "receipt-avs",
    "receipt-type", "receipt-requested", "receipt-total",
    "receipt-offline", "receipt-expired", "receipt-lost", "receipt-declined", "receipt-void", "receipt-void-unanswered", "receipt-approved",
    "receipt-signature", "receipt-retain", "receipt-thanks",
]  # fmt: skip


def test_a_merchant_copy_has_its_fields_in_the_order_of_the_field() -> None:
    assert ids(printed(payment())) == [
        *HEADER,
        "receipt-merchant-copy",
        "receipt-date",
        "receipt-time",
        "receipt-card",
        "receipt-sequence",
        "receipt-application",
        "receipt-card-type",
        "receipt-entry",
        "receipt-aid",
        "receipt-merchant",
        "receipt-terminal",
        "receipt-auth-code",
        "receipt-tender",
        "receipt-reference",
        "receipt-cryptogram",
        "receipt-type",
        "receipt-total",
        "receipt-approved",
        "receipt-signature",
    ]


def test_a_customer_copy_thanks_and_asks_for_no_signature() -> None:
    found = ids(printed(payment(), Copy.CUSTOMER))
    assert found[-2:] == ["receipt-retain", "receipt-thanks"]
    assert "receipt-customer-copy" in found
    assert "receipt-signature" not in found


@given(payments, st.sampled_from(COPIES))
def test_whatever_a_receipt_has_it_has_in_that_order(one: Payment, copy: Copy) -> None:
    places = [ORDER.index(id) for id in ids(printed(one, copy))]  # noqa: A001 - as names call it
    assert places == sorted(places)


@given(payments, st.sampled_from(COPIES))
def test_a_receipt_begins_and_ends_with_a_text_and_has_no_two_rulers_in_a_row(
    one: Payment, copy: Copy
) -> None:
    lines = printed(one, copy).lines
    assert not isinstance(lines[0], Ruler)
    assert not isinstance(lines[-1], Ruler)
    assert not any(isinstance(a, Ruler) and isinstance(b, Ruler) for a, b in pairwise(lines))


@given(st.text(alphabet="0123456789", min_size=12, max_size=19), st.sampled_from(COPIES))
def test_only_the_last_four_digits_of_the_card_print_however_it_was_masked(pan: str, copy: Copy) -> None:
    card = str(values(printed(payment(pan=pan), copy))["receipt-card"])
    assert card == "*" * (len(pan) - 4) + pan[-4:]


def test_the_values_are_those_of_the_payment() -> None:
    found = values(printed(payment(avs_result="match")))
    assert found["receipt-total"] == Money(1000, "CAD")
    assert found["receipt-tender"] == payment().reference
    assert found["receipt-auth-code"] == "000001"
    assert found["receipt-card-type"] == "VISA"
    assert found["receipt-entry"] == say("entry-chip")
    assert found["receipt-avs"] == say("avs-match")


def test_a_part_that_was_approved_prints_beside_what_was_asked() -> None:
    found = values(printed(payment(amount=Money(300, "CAD"), requested=1000)))
    assert found["receipt-total"] == Money(300, "CAD")
    assert found["receipt-requested"] == Money(1000, "CAD")
    assert "receipt-requested" not in values(printed(payment()))


@pytest.mark.parametrize(
    ("state", "paid"),
    [
        (PaymentState.COMPLETED, True),
        (PaymentState.VOIDED, True),
        (PaymentState.AUTH_SENT, False),
        (PaymentState.DECLINED, False),
        (PaymentState.REVERSAL_PENDING, False),
        (PaymentState.REVERSED, False),
    ],
)
def test_a_receipt_says_approved_only_of_what_was_completed(state: PaymentState, paid: bool) -> None:
    found = ids(printed(payment(state=state)))
    assert ("receipt-approved" in found) is paid
    assert not ({"receipt-approved", "receipt-declined"} <= set(found))


def test_a_void_carries_its_mark_and_its_original_and_no_chip_data() -> None:
    one = void_of(payment(), state=PaymentState.COMPLETED)
    found = ids(printed(one))
    assert found.index("receipt-void") < found.index("receipt-approved")
    assert values(printed(one))["receipt-original"] == payment().reference
    assert not {"receipt-aid", "receipt-cryptogram", "receipt-auth-code"} & set(found)


def test_a_declined_void_carries_no_void_mark() -> None:
    assert "receipt-void" not in ids(printed(void_of(payment(), state=PaymentState.DECLINED)))


@given(payments, st.sampled_from(COPIES))
def test_a_reprint_is_the_same_lines_under_one_mark(one: Payment, copy: Copy) -> None:
    first = printed(one, copy)
    again = reprinted(first)
    assert again.lines == (Centred(say("receipt-copy"), bold=True), *first.lines)
    assert structs.replace(again, content=first.content) == first


def test_a_voided_sale_reprints_as_it_was_when_it_was_completed() -> None:
    assert printed(payment(state=PaymentState.VOIDED)).lines == printed(payment()).lines


@pytest.mark.parametrize("reason", ["4021", "4017", "4007", "4000"])
@pytest.mark.parametrize("code", ["", "00"])
def test_a_reversed_payment_reprints_as_it_was_first_told_declined(reason: str, code: str) -> None:
    """The first copy came out while the reversal was still under way."""
    pending = payment(state=PaymentState.REVERSAL_PENDING, reason=reason, response_code=code)
    done = structs.replace(pending, state=PaymentState.REVERSED)
    for copy in COPIES:
        assert printed(done, copy).lines == printed(pending, copy).lines
        assert "receipt-declined" in ids(printed(done, copy))


def test_nobody_signs_for_what_was_not_paid() -> None:
    assert "receipt-signature" not in ids(printed(payment(state=PaymentState.DECLINED)))


@given(payments, st.sampled_from(COPIES))
def test_a_receipt_names_its_payment_and_its_language(one: Payment, copy: Copy) -> None:
    receipt = printed(one, copy)
    assert (receipt.reference, receipt.locale, receipt.copy) == (one.reference, "en-CA", copy)


@pytest.mark.parametrize("kind", [MessageKind.SALE, MessageKind.MOTO, MessageKind.REFUND, MessageKind.VOID])
@pytest.mark.parametrize("entry", EntryMode)
def test_the_kind_and_the_way_the_card_came_in_are_said(kind: MessageKind, entry: EntryMode) -> None:
    found = values(printed(payment(kind=kind, entry=entry)))
    assert found["receipt-type"] == say(f"type-{kind.value}")
    assert found["receipt-entry"] == say(f"entry-{entry.value}")
