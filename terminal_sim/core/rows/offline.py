"""The row classes of outages, and of the payments that are taken while the acquirer is out of reach."""

from __future__ import annotations

from typing import ClassVar, TypedDict

from msgspec import Struct

from terminal_sim.core.message import EntryMode
from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.rows.schema import JournalRow


class OutageRow(JournalRow, Struct, frozen=True, kw_only=True):
    """The acquirer is out of reach, or within reach again: `reason` is `network` or `service`, `state` is `began` or `over`.

    `at` is the virtual time in microseconds.
    """

    KINDS: ClassVar[tuple[str, ...]] = ("offline.outage",)

    reason: str
    state: str
    at: int


class OfflineRow(JournalRow, Struct, frozen=True, kw_only=True):
    """The base of the rows of an offline payment: what it is, and its state from now on."""

    reference: str
    state: PaymentState
    amount: Money
    entry: EntryMode
    pan: str
    stan: int


class OfflinePayment(TypedDict):
    """The attributes that all rows of an offline payment have."""

    reference: str
    state: PaymentState
    amount: Money
    entry: EntryMode
    pan: str
    stan: int


def about(payment: Payment) -> OfflinePayment:
    """The attributes that all rows of `payment` have: `OfflineSentRow(**about(payment))`."""
    return OfflinePayment(
        reference=payment.reference,
        state=payment.state,
        amount=payment.amount,
        entry=payment.entry,
        pan=payment.pan,
        stan=payment.stan,
    )


class OfflineStoredRow(OfflineRow, Struct, frozen=True, kw_only=True):
    """The payment is taken and waits to be forwarded.

    `outage` is `network` or `service`, empty where the acquirer was in reach and the card approved offline; `anchor` is where its time begins and `deadline` where it ends, in microseconds of virtual
    time, 0 for no deadline. `sealed` is its card data, which the engine seals as the row is written.
    """

    KINDS: ClassVar[tuple[str, ...]] = ("offline.stored",)

    outage: str
    anchor: int
    deadline: int = 0
    sealed: str = ""


class OfflineSentRow(OfflineRow, Struct, frozen=True, kw_only=True):
    """The payment leaves for the first time (ISO 8583 0220)."""

    KINDS: ClassVar[tuple[str, ...]] = ("offline.sent",)


class OfflineForwardedRow(OfflineRow, Struct, frozen=True, kw_only=True):
    """The acquirer has approved the payment."""

    KINDS: ClassVar[tuple[str, ...]] = ("offline.forwarded",)

    response_code: str


class OfflineDeclinedRow(OfflineRow, Struct, frozen=True, kw_only=True):
    """The acquirer has declined the payment after the customer left."""

    KINDS: ClassVar[tuple[str, ...]] = ("offline.declined",)

    response_code: str


class OfflineExpiredRow(OfflineRow, Struct, frozen=True, kw_only=True):
    """The payment was not forwarded before its deadline, and never will be."""

    KINDS: ClassVar[tuple[str, ...]] = ("offline.expired",)


class OfflineLostRow(OfflineRow, Struct, frozen=True, kw_only=True):
    """The payment's card data is gone and it was never charged: `reason` is `card-data`, `tamper` or the flow that discarded it.

    `sum`, in minor units, and `payments` are of everything that was lost with it.
    """

    KINDS: ClassVar[tuple[str, ...]] = ("offline.lost",)

    reason: str
    sum: int
    payments: int
