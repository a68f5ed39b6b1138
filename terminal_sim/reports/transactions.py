"""The Payment transactions report: one line a payment, in the order of time.

Rules:
1. A line shows the payment's newest row. Declined and doubtful payments are listed too: the report hides nothing.
2. `type` has the words of the field: a MOTO payment is a Sale (its `kind` says moto), a row of kind `reversal` a Reversal.
3. `ticket`, `server` and `register` come from a point of sale and are empty in a standalone payment.
4. The brand and the time of a reversal are those of the payment that it reverses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

from terminal_sim.core.message import MessageKind
from terminal_sim.core.money import CURRENCIES
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.rows.kinds import ReversalRow
from terminal_sim.core.rows.schema import Field, JournalRow

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
    PaymentState.AUTH_SENT: "In doubt",
    PaymentState.COMPLETED: "Completed",
    PaymentState.DECLINED: "Declined",
    PaymentState.REVERSAL_PENDING: "Reversal pending",
    PaymentState.REVERSED: "Reversed",
    PaymentState.VOIDED: "Voided",
    PaymentState.PENDING: "Pending",
    PaymentState.FORWARD_SENT: "Pending",
    PaymentState.EXPIRED: "Expired",
    PaymentState.LOST: "Lost",
}
UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """One line. `amount` in minor units of `currency`; `time` is the terminal's civil time, ISO 8601 with a space.

    `status` is the report's word for `state`, a value of `core.payment.PaymentState`.
    """

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
    terminal: str = ""
    state: str = ""

    @property
    def is_standalone(self) -> bool:
        """Whether no point of sale asked for it."""
        return not (self.ticket or self.server or self.register)

    @property
    def card(self) -> str:
        """Brand and last four digits, as the report prints them."""
        return f"{self.brand} {self.last4}".rstrip()

    def record(self) -> dict[str, Field]:
        """The line as flat fields, for expectations and JSON."""
        return {**asdict(self), "card": self.card}


FIELDS = (*(each.name for each in fields(ReportLine)), "card")
"""The names of the fields that a line's record has."""


def transactions(rows: Iterable[JournalRow], terminal: str = "") -> list[ReportLine]:
    """The lines of the report. `rows` are journal rows of any kind, oldest first, those of `terminal` where it is named."""
    newest = {row.reference: row for row in rows if isinstance(row, Payment | ReversalRow)}
    lines = [line_of(row, newest.get(row.original), terminal) for row in newest.values()]
    return sorted(lines, key=lambda line: line.time)


def line_of(row: Payment | ReversalRow, original: JournalRow | None, terminal: str) -> ReportLine:
    """The line of a payment's newest row; of a reversal with what `original`, the payment that it reverses, says of it."""
    if isinstance(row, Payment):
        return _payment(row, terminal)
    return _reversal(row, original, terminal)


def decimal(minor: int, currency: str) -> str:
    """An amount as plain digits with a point: `10.00`, `1000` of a currency without minor units."""
    exponent = CURRENCIES[currency][1]
    sign, digits = "-" * (minor < 0), str(abs(minor)).zfill(exponent + 1)
    return sign + (f"{digits[:-exponent]}.{digits[-exponent:]}" if exponent else digits)


def _payment(row: Payment, terminal: str) -> ReportLine:
    return ReportLine(
        time=row.at.isoformat(sep=" ", timespec="seconds"),
        brand=BRANDS.get(row.brand, UNKNOWN),
        last4=row.last4,
        type=TYPES[row.kind.value],
        kind=row.kind.value,
        amount=row.amount.minor,
        currency=row.amount.currency,
        status=STATUSES[row.state],
        reference=row.reference,
        host_reference=row.host_reference,
        auth_code=row.auth_code,
        original=row.original,
        ticket=row.ticket,
        server=row.server,
        register=row.register,
        terminal=terminal,
        state=row.state.value,
    )


def _reversal(row: ReversalRow, payment: JournalRow | None, terminal: str) -> ReportLine:
    known = _payment(payment, terminal) if isinstance(payment, Payment) else None
    return ReportLine(
        time=known.time if known else "",
        brand=known.brand if known else UNKNOWN,
        last4=row.pan[-4:],
        type=TYPES[MessageKind.REVERSAL.value],
        kind=MessageKind.REVERSAL.value,
        amount=row.amount.minor,
        currency=row.amount.currency,
        status=STATUSES[row.state],
        reference=row.reference,
        original=row.original,
        ticket=known.ticket if known else "",
        server=known.server if known else "",
        register=known.register if known else "",
        terminal=terminal,
        state=row.state.value,
    )
