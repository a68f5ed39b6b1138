"""Payments and rows that the tests of the core share, as values and as hypothesis strategies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import strategies as st
from msgspec import structs

from terminal_sim.core.message import EntryMode, HostReply, HostRequest, MessageClass, MessageKind
from terminal_sim.core.money import CURRENCIES, Money
from terminal_sim.core.payment import Payment, PaymentState

AT = datetime(2026, 1, 15, 9, 30, 5)  # noqa: DTZ001 - civil time, without a zone
BOOKED = tuple(kind for kind in MessageKind if kind.facts.is_payment)


def payment(**changes: Any) -> Payment:
    """A completed chip sale of ten dollars, unless it is said otherwise."""
    given: dict[str, Any] = {
        "kind": MessageKind.SALE,
        "reference": "ABCD000000000001001",
        "state": PaymentState.COMPLETED,
        "amount": Money(1000, "CAD"),
        "requested": 1000,
        "entry": EntryMode.CHIP,
        "pan": "411111******1111",
        "stan": 1,
        "at": AT,
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
    return Payment(**{**given, **changes})


def void_of(original: Payment, number: int = 2, **changes: Any) -> Payment:
    return payment(
        kind=MessageKind.VOID,
        reference=f"VOID{number:015d}",
        stan=number,
        original=original.reference,
        **{"state": PaymentState.REVERSAL_PENDING, "amount": original.amount, **changes},
    )


REQUEST = HostRequest(
    kind=MessageKind.SALE,
    terminal="V4000001",
    merchant="TSIM00000000001",
    stan=7,
    reference="ABCD000000000001007",
    amount=Money(1000, "CAD"),
    at=AT,
    entry=EntryMode.CHIP,
)
REPLY = HostReply(
    message_class=MessageClass.AUTHORISATION,
    label="0110",
    terminal="V4000001",
    stan=7,
    amount=Money(1000, "CAD"),
    response_code="00",
    auth_code="000001",
)

rows_of_few: st.SearchStrategy[Payment] = st.builds(
    payment,
    kind=st.sampled_from(BOOKED),
    reference=st.sampled_from([f"V40000010{number:03d}" for number in range(5)]),
    original=st.sampled_from(["", "V40000010000", "V40000010001"]),
    state=st.sampled_from(PaymentState),
    stan=st.integers(1, 999_999),
    batch=st.sampled_from([0, 1, 2]),
)
"""Rows of five payments: most payments have several, some name another as their original."""

_TEXT = {f.name for f in structs.fields(Payment) if f.type is str} - {"reference", "pan"}
_words = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
payments: st.SearchStrategy[Payment] = st.builds(
    Payment,
    kind=st.sampled_from(BOOKED),
    reference=_words.filter(bool),
    state=st.sampled_from(PaymentState),
    amount=st.builds(Money, st.integers(1, 10**10), st.sampled_from(sorted(CURRENCIES))),
    entry=st.sampled_from(EntryMode),
    pan=st.text(alphabet="0123456789*", min_size=12, max_size=19),
    stan=st.integers(1, 999_999),
    at=st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2099, 12, 31)).map(  # noqa: DTZ001
        lambda moment: moment.replace(microsecond=0)
    ),
    requested=st.integers(0, 10**10),
    **dict.fromkeys(sorted(_TEXT), st.just("") | _words),
)
