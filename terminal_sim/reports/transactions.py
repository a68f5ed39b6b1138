"""The Payment transactions report: one line a payment, in the order of time.

Rules:
1. A line shows the payment's newest row. Declined and doubtful payments are listed too: the report hides nothing.
2. `type` has the words of the field: a MOTO payment is a Sale (its `kind` says moto), a row of kind `reversal` a Reversal.
3. `ticket`, `server` and `register` come from a point of sale. Standalone payments leave them empty, which is how a reader
   of the report tells them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Protocol

from terminal_sim.core.message import MessageKind
from terminal_sim.core.money import CURRENCIES
from terminal_sim.core.payment import Field, PaymentState

TYPES = {kind.value: kind.facts.report for kind in MessageKind if kind.facts.report}
BRANDS = {
    "amex": "Amex",
    "discover": "Discover",
    "interac": "Debit",
    "jcb": "JCB",
    "maestro": "Debit",
    "mastercard": "MasterCard",
    "square-gift": "Gift card",
    "unionpay": "UnionPay",
    "visa": "Visa",
}
STATUSES = {
    PaymentState.AUTH_SENT.value: "In doubt",
    PaymentState.COMPLETED.value: "Completed",
    PaymentState.DECLINED.value: "Declined",
    PaymentState.REVERSAL_PENDING.value: "Reversal pending",
    PaymentState.REVERSED.value: "Reversed",
    PaymentState.VOIDED.value: "Voided",
    PaymentState.PENDING.value: "Pending",
    PaymentState.FORWARD_SENT.value: "Pending",
    PaymentState.EXPIRED.value: "Expired",
    PaymentState.LOST.value: "Lost",
}
UNKNOWN = "Unknown"


class PaymentRow(Protocol):
    """A journal row, as `journal.store.StoredRow` and `core.payment.Row` have it."""

    @property
    def kind(self) -> str: ...
    @property
    def fields(self) -> Mapping[str, Field]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """One line. `amount` in minor units of `currency`; `time` is the terminal's civil time, ISO 8601 with a space."""

    time: str
    brand: str
    last4: str
    type: str
    kind: str
    amount: int
    currency: str
    status: str
    reference: str
    host_reference: str = ""
    auth_code: str = ""
    original: str = ""
    ticket: str = ""
    server: str = ""
    register: str = ""

    @property
    def card(self) -> str:
        """Brand and last four digits, as the report prints them."""
        return f"{self.brand} {self.last4}".rstrip()

    def record(self) -> dict[str, Field]:
        """The line as flat fields, for expectations and JSON."""
        return {**asdict(self), "card": self.card}


def transactions(rows: Iterable[PaymentRow]) -> list[ReportLine]:
    """The lines of the report. `rows` are journal rows of any kind and any number of terminals, oldest first."""
    newest = {str(row.fields["reference"]): row for row in rows if row.kind in TYPES}
    lines = [_line(row, newest) for row in newest.values()]
    return sorted(lines, key=lambda line: line.time)


def decimal(minor: int, currency: str) -> str:
    """An amount as plain digits with a point: `10.00`, `1000` of a currency without minor units."""
    exponent = CURRENCIES[currency][1]
    sign, digits = "-" * (minor < 0), str(abs(minor)).zfill(exponent + 1)
    return sign + (f"{digits[:-exponent]}.{digits[-exponent:]}" if exponent else digits)


def _line(row: PaymentRow, newest: Mapping[str, PaymentRow]) -> ReportLine:
    values = row.fields
    # A reversal's row leaves out what the payment that it speaks of says of the card and the time.
    original = newest.get(str(values.get("original", "")))
    known = {**(original.fields if original is not None else {}), **values}
    return ReportLine(
        time=str(known.get("at", "")),
        brand=BRANDS.get(str(known.get("brand", "")), UNKNOWN),
        last4=str(known.get("pan", ""))[-4:],
        type=TYPES[row.kind],
        kind=row.kind,
        amount=int(values["amount"]),
        currency=str(values["currency"]),
        status=STATUSES.get(str(values["state"]), UNKNOWN),
        **{name: str(values[name]) for name in _OPTIONAL if name in values},
        reference=str(values["reference"]),
    )


_OPTIONAL = tuple(f.name for f in fields(ReportLine) if f.default == "")  # what many rows do not have
