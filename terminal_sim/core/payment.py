"""One payment as the journal keeps it: flat fields, masked card number, and the states it may be in.

States: `AUTH_SENT` and `REVERSAL_PENDING` are in doubt: never expired, never deleted, settled after a reboot.

    AUTH_SENT -> COMPLETED | DECLINED | REVERSAL_PENDING
    REVERSAL_PENDING -> REVERSED (a payment) | COMPLETED | DECLINED (a void, which is itself a reversal)
    COMPLETED -> VOIDED
    PENDING -> FORWARD_SENT | EXPIRED | LOST
    FORWARD_SENT -> COMPLETED | DECLINED

`PENDING` was taken while the acquirer was out of reach. `FORWARD_SENT` is in doubt as well: it has left, so it never expires and is
never lost, and is repeated until it is answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum

from terminal_sim.core.message import EntryMode, MessageKind
from terminal_sim.core.money import Money

Field = str | int


class PaymentState(Enum):
    AUTH_SENT = "AUTH_SENT"
    COMPLETED = "COMPLETED"
    DECLINED = "DECLINED"
    REVERSAL_PENDING = "REVERSAL_PENDING"
    REVERSED = "REVERSED"
    VOIDED = "VOIDED"
    PENDING = "PENDING"
    FORWARD_SENT = "FORWARD_SENT"
    EXPIRED = "EXPIRED"
    LOST = "LOST"

    @property
    def in_doubt(self) -> bool:
        """Whether it is settled before the next payment: reversed, or the reversal finished."""
        return self in (PaymentState.AUTH_SENT, PaymentState.REVERSAL_PENDING)


@dataclass(frozen=True, slots=True)
class Row:
    """A row for the journal: its kind (a word of the contract) and flat fields. Empty fields are left out."""

    kind: str
    fields: Mapping[str, Field]


def receipt_row(payment: str, to: str, *, sent: bool) -> Row:
    """A receipt by message: `to` shows the last digits of a telephone number; it is due until the payment is settled."""
    return Row("receipt", {"original": payment, "to": to, "state": "sent" if sent else "due"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """`pan` is masked; `at` is the terminal's civil time of the request; `original` the payment a void or reversal names.

    `requested` differs from `amount` only after a partial approval. `language` is the cardholder's, where the card said it.
    """

    kind: MessageKind
    reference: str
    state: PaymentState
    amount: Money
    entry: EntryMode
    pan: str
    stan: int
    at: datetime
    requested: int = 0
    brand: str = ""
    sequence: str = ""
    original: str = ""
    auth_code: str = ""
    response_code: str = ""
    host_reference: str = ""
    reason: str = ""
    aid: str = ""
    label: str = ""
    cvm: str = ""
    cryptogram: str = ""
    avs_result: str = ""
    language: str = ""

    @property
    def last4(self) -> str:
        return self.pan[-4:]

    def row(self) -> Row:
        flat: dict[str, Field] = {}
        for name in _PLAIN:
            value = getattr(self, name)
            if value:
                flat[name] = value
        flat["state"] = self.state.value
        flat["amount"] = self.amount.minor
        flat["currency"] = self.amount.currency
        flat["entry"] = self.entry.value
        flat["at"] = self.at.isoformat(sep=" ", timespec="seconds")
        return Row(self.kind.value, flat)

    @staticmethod
    def of(row: Row) -> Payment:
        """The inverse of `row()`."""
        f = row.fields
        plain = {name: f[name] for name in _PLAIN if name in f}
        return Payment(
            kind=MessageKind(row.kind),
            state=PaymentState(f["state"]),
            amount=Money(int(f["amount"]), str(f["currency"])),
            entry=EntryMode(f["entry"]),
            at=datetime.fromisoformat(str(f["at"])),
            **plain,  # type: ignore[arg-type]  # the journal hands back what row() wrote
        )


_PLAIN = tuple(
    f.name for f in fields(Payment) if f.name not in ("kind", "state", "amount", "entry", "at")
)  # the fields that the journal keeps as they are
