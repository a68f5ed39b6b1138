"""What a terminal knows of its own past: a fold over its journal rows.

A terminal that boots reads its rows and is where it was; a terminal that records a row folds it in at once. No other memory
outlives a power cut, so a cut after any row loses nothing that was acted on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from terminal_sim.core.closed_batch import ClosedBatch, number_after
from terminal_sim.core.known_payments import KnownPayments
from terminal_sim.core.message import MessageKind
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.rows.kinds import (
    AccountRow,
    BootRow,
    CardRefusedRow,
    OfflineSettingsRow,
    OrderRow,
    OrdersSeenRow,
    PasscodeRow,
    ReceiptRow,
    TamperRow,
    UnansweredRow,
)
from terminal_sim.core.rows.offline import (
    OfflineDeclinedRow,
    OfflineExpiredRow,
    OfflineForwardedRow,
    OfflineLostRow,
    OfflineRow,
    OfflineSentRow,
    OfflineStoredRow,
    OutageRow,
)
from terminal_sim.core.rows.schema import JournalRow, NumberedRow
from terminal_sim.core.rows.settlement import BatchOpenedRow, SettlementRow, SettlementState
from terminal_sim.core.trace_number import TraceNumber


@dataclass(frozen=True, slots=True)
class PasscodeState:
    """`failures` in a row so far; `locked_until` on the virtual clock; `digest` of a changed passcode, else empty."""

    failures: int = 0
    locked_until: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True)
class StoredPayment:
    """A payment that waits to be forwarded. `anchor` and `deadline` on the virtual clock, 0 for no deadline."""

    reference: str
    outage: str
    anchor: int
    deadline: int
    sent: bool = False


@dataclass(frozen=True, slots=True)
class Outage:
    """The acquirer is out of reach since `lost_at`: `reason` is the present one, `since` says when each reason so far began."""

    reason: str
    lost_at: int
    since: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OfflineSettings:
    """The rules of offline payments that the merchant has set; None stands for the profile's."""

    allowed: bool | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class OnlineOrder:
    """An online order as it arrived."""

    number: int
    text: str
    amount: int


@dataclass(slots=True)
class DurableState:
    """The fold over the rows of one terminal.

    `payments` has each payment by its reference in its newest state, oldest first; `doubtful` those that are in doubt.
    `taken_originals` has the payments that voids and refunds name, each with what these give back in minor units, by their references, as long as
    they are neither declined nor reversed. `stored` has the offline payments
    that are not answered yet, `declined_later` those that the acquirer declined. `receipts_due` has, for each payment that
    waits to be approved, where its receipt by message goes. `orders_seen` is how many of the `orders` the merchant has looked at. `requested` has, by the id of a point of sale's request, the payment begun for it.
    `refused` counts the cards that were refused before the acquirer was asked.
    `batch` is the number of the open batch and `batch_payments` has the references of its completed payments, of which the first joined it at the civil time `batch_since`, where a row
    says so; `settling` is the batch that the acquirer has not closed yet, `settled` the last one that it has. `unanswered` has, by its reference, each message that a person is called for.
    """

    payments: KnownPayments = field(default_factory=KnownPayments)
    trace_number: TraceNumber = field(default_factory=TraceNumber)
    passcodes: dict[str, PasscodeState] = field(default_factory=dict)
    boots: int = 0
    doubtful: dict[str, None] = field(default_factory=dict)
    taken_originals: dict[str, Mapping[str, int]] = field(default_factory=dict)
    stored: dict[str, StoredPayment] = field(default_factory=dict)
    declined_later: dict[str, None] = field(default_factory=dict)
    receipts_due: dict[str, str] = field(default_factory=dict)
    requested: dict[str, str] = field(default_factory=dict)
    outage: Outage | None = None
    offline: OfflineSettings = OfflineSettings()
    orders: list[OnlineOrder] = field(default_factory=list)
    orders_seen: int = 0
    refused: int = 0
    signed_in: bool = True
    tampered: bool = False
    batch: int = 1
    batch_payments: list[str] = field(default_factory=list)
    batch_since: datetime | None = None
    settling: ClosedBatch | None = None
    settled: ClosedBatch | None = None
    unanswered: dict[str, MessageKind] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[JournalRow]) -> DurableState:
        durable = cls()
        for row in rows:
            durable.apply(row)
        return durable

    def copy(self) -> DurableState:
        """The same state, which goes on by itself: the containers are copied, and what is in them never changes."""
        kept = (getattr(self, name) for name in _FIELDS)
        copied: list[Any] = [one.copy() if isinstance(one, _CONTAINERS) else one for one in kept]
        return DurableState(*copied)

    def apply(self, row: JournalRow) -> None:
        """Fold one row in. A row whose class has no fold below is a record and changes nothing."""
        if isinstance(row, NumberedRow):
            self.trace_number.take(row.reference, row.stan)
        fold = _FOLDS.get(type(row))
        if fold is not None:
            fold(self, row)

    def newest_first(self, limit: int) -> list[Payment]:
        """The payments of the history list, voids among them."""
        return self.payments.newest(limit)

    def voidable(self, payment: Payment) -> bool:
        """Only a completed payment of a voidable kind, once, and never after a refund or a void that is still in doubt."""
        return (
            payment.kind.facts.voidable
            and payment.state is PaymentState.COMPLETED
            and payment.reference not in self.taken_originals
        )

    def left_of(self, payment: Payment) -> int:
        """How much of a completed payment may still be given back, in minor units; nothing of any other."""
        if not payment.kind.facts.voidable or payment.state is not PaymentState.COMPLETED:
            return 0
        return payment.amount.minor - sum(self.taken_originals.get(payment.reference, {}).values())

    def in_doubt(self) -> list[Payment]:
        return [self.payments[reference] for reference in self.doubtful]

    def passcode(self, name: str) -> PasscodeState:
        return self.passcodes.get(name, PasscodeState())

    # The folds.

    def _payment(self, payment: Payment) -> None:
        self.payments[payment.reference] = payment
        if payment.request:
            self.requested[payment.request] = payment.reference
        if payment.state.in_doubt:
            self.doubtful[payment.reference] = None
        else:
            self.doubtful.pop(payment.reference, None)
            if payment.state is not PaymentState.FORWARD_SENT:
                self.unanswered.pop(payment.reference, None)
        if payment.batch and payment.state is PaymentState.COMPLETED:
            self.batch_payments.append(payment.reference)
        if payment.original:
            self._give_back(payment)

    def _give_back(self, payment: Payment) -> None:
        taken = dict(self.taken_originals.pop(payment.original, {}))
        if payment.state in (PaymentState.DECLINED, PaymentState.REVERSED):
            taken.pop(payment.reference, None)
        else:
            taken[payment.reference] = payment.amount.minor
        if taken:
            self.taken_originals[payment.original] = taken

    def _boot(self, row: BootRow) -> None:
        self.boots = row.boot

    def _passcode(self, row: PasscodeRow) -> None:
        state = self.passcode(row.name)
        if row.result == "changed":
            state = PasscodeState(digest=row.digest)
        elif row.result == "accepted":
            state = replace(state, failures=0, locked_until=0)
        else:
            failures = 0 if row.locked_until else row.failures
            state = replace(state, failures=failures, locked_until=row.locked_until)
        self.passcodes[row.name] = state

    def _account(self, row: AccountRow) -> None:
        self.signed_in = row.act in ("sign-in", "switch-pos")
        if row.act in ("factory-reset", "delete-app"):
            self.offline = OfflineSettings()

    def _card_refused(self, row: CardRefusedRow) -> None:
        self.refused += 1
        if row.stan:
            self.trace_number.take(row.reference, row.stan)

    def _tamper(self, _: TamperRow) -> None:
        self.tampered = True

    def _order(self, row: OrderRow) -> None:
        self.orders.append(OnlineOrder(row.number, row.text, row.amount.minor))

    def _orders_seen(self, row: OrdersSeenRow) -> None:
        self.orders_seen = row.number

    def _batch_opened(self, row: BatchOpenedRow) -> None:
        self.batch_since = row.at

    def _settlement(self, row: SettlementRow) -> None:
        batch = self.settling.moved(row) if self.settling else ClosedBatch.by(row, tuple(self.batch_payments))
        if self.settling is None:
            self.batch_payments.clear()
            self.batch_since = None
            self.batch = number_after(row.batch)
        self.settling = batch
        if row.state is SettlementState.SETTLED:
            self.settling, self.settled = None, batch
            self.unanswered = {
                reference: message for reference, message in self.unanswered.items() if not message.settles
            }

    def _unanswered(self, row: UnansweredRow) -> None:
        self.unanswered[row.reference] = row.message

    def _receipt(self, row: ReceiptRow) -> None:
        if row.state == "due":
            self.receipts_due[row.original] = row.to
        else:
            self.receipts_due.pop(row.original, None)

    def _outage(self, row: OutageRow) -> None:
        if row.state == "over":
            self.outage = None
        elif self.outage is None:
            self.outage = Outage(row.reason, row.at, {row.reason: row.at})
        else:
            since = {row.reason: row.at, **self.outage.since}
            self.outage = replace(self.outage, reason=row.reason, since=since)

    def _settings(self, row: OfflineSettingsRow) -> None:
        allowed = {"yes": True, "no": False}.get(row.allowed, self.offline.allowed)
        self.offline = OfflineSettings(allowed, self.offline.limit if row.limit is None else row.limit)

    def _stored(self, row: OfflineStoredRow) -> None:
        self.stored[row.reference] = StoredPayment(row.reference, row.outage, row.anchor, row.deadline)

    def _sent(self, row: OfflineSentRow) -> None:
        self.stored[row.reference] = replace(self.stored[row.reference], sent=True)

    def _resolved(self, row: OfflineRow) -> None:
        self.stored.pop(row.reference)
        if row.state is not PaymentState.COMPLETED:
            self.receipts_due.pop(row.reference, None)

    def _declined(self, row: OfflineDeclinedRow) -> None:
        self._resolved(row)
        self.declined_later[row.reference] = None


_FIELDS = tuple(each.name for each in fields(DurableState))
_CONTAINERS = (KnownPayments, TraceNumber, dict, set, list)
_FOLDS: Mapping[type[JournalRow], Callable[[DurableState, Any], None]] = {
    Payment: DurableState._payment,
    BootRow: DurableState._boot,
    PasscodeRow: DurableState._passcode,
    AccountRow: DurableState._account,
    CardRefusedRow: DurableState._card_refused,
    TamperRow: DurableState._tamper,
    OrderRow: DurableState._order,
    OrdersSeenRow: DurableState._orders_seen,
    ReceiptRow: DurableState._receipt,
    OutageRow: DurableState._outage,
    OfflineSettingsRow: DurableState._settings,
    OfflineStoredRow: DurableState._stored,
    OfflineSentRow: DurableState._sent,
    OfflineForwardedRow: DurableState._resolved,
    OfflineDeclinedRow: DurableState._declined,
    OfflineExpiredRow: DurableState._resolved,
    OfflineLostRow: DurableState._resolved,
    BatchOpenedRow: DurableState._batch_opened,
    SettlementRow: DurableState._settlement,
    UnansweredRow: DurableState._unanswered,
}


@lru_cache(maxsize=64)
def passcode_digest(code: str, terminal: str, name: str) -> str:
    """What the journal keeps of a changed passcode: salted by terminal and name, and slow enough to be no lookup.

    The last ones are remembered: one code is typed again and again.
    """
    return hashlib.pbkdf2_hmac("sha256", code.encode(), f"{terminal}/{name}".encode(), 20_000).hex()
