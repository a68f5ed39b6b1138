"""What a terminal knows of its own past: a fold over its journal rows.

A terminal that boots reads the rows and is where it was; a terminal that records a row folds it in at once. Nothing else
remembers anything, so a power cut after any row loses nothing that was acted on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from terminal_sim.core.message import MessageKind
from terminal_sim.core.payment import Field, Payment, PaymentState, Row

_PAYMENTS = {kind.value for kind in MessageKind if kind.facts.is_payment}
LAST_STAN = 999_999


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
    """The acquirer is out of reach: because of what now, since when, and since when for each of the reasons there were."""

    kind: str
    lost_at: int
    since: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OfflineSettings:
    """What the merchant has set; None is as delivered."""

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
    """The fold. `payments` by reference, oldest first; a payment stands there in its newest state."""

    payments: dict[str, Payment] = field(default_factory=dict)
    passcodes: dict[str, PasscodeState] = field(default_factory=dict)
    boots: int = 0
    last_stan: int = 0
    doubtful: dict[str, None] = field(default_factory=dict)
    settled_originals: set[str] = field(default_factory=set)
    kept: dict[str, StoredPayment] = field(default_factory=dict)
    declined_later: set[str] = field(default_factory=set)
    receipts_due: dict[str, str] = field(default_factory=dict)
    outage: Outage | None = None
    offline: OfflineSettings = OfflineSettings()
    orders: list[OnlineOrder] = field(default_factory=list)
    signed_in: bool = True
    tampered: bool = False

    @classmethod
    def of(cls, rows: Iterable[Row]) -> DurableState:
        durable = cls()
        for row in rows:
            durable.apply(row)
        return durable

    def apply(self, row: Row) -> None:
        if row.kind in _PAYMENTS:
            self._payment(Payment.of(row))
        elif row.kind == "passcode":
            self._passcode(row.fields)
        elif row.kind == "boot":
            self.boots = int(row.fields["boot"])
        elif row.kind == "order":
            f = row.fields
            self.orders.append(OnlineOrder(int(f["number"]), str(f["text"]), int(f["amount"])))
        elif row.kind.startswith("offline."):
            self._offline(row.kind.removeprefix("offline."), row.fields)
        elif row.kind == "receipt":
            self._receipt(str(row.fields["original"]), str(row.fields["to"]), str(row.fields["state"]))
        elif row.kind == "account":
            self._account(str(row.fields["act"]))
        elif row.kind == "tamper":
            self.tampered = True

    def next_stan(self) -> int:
        """The next system trace audit number, 1 to 999,999 (ISO 8583 DE 11)."""
        return self.last_stan % LAST_STAN + 1

    def newest_first(self, limit: int) -> list[Payment]:
        """The payments of the history list: voids stand there too, as a seed's operator sees them."""
        return list(reversed(self.payments.values()))[:limit]

    def voidable(self, payment: Payment) -> bool:
        """Only a completed payment of a voidable kind, once, and never after a refund or a void that is still in doubt."""
        return (
            payment.kind.facts.voidable
            and payment.state is PaymentState.COMPLETED
            and payment.reference not in self.settled_originals
        )

    def in_doubt(self) -> list[Payment]:
        return [self.payments[reference] for reference in self.doubtful]

    def passcode(self, name: str) -> PasscodeState:
        return self.passcodes.get(name, PasscodeState())

    def _payment(self, payment: Payment) -> None:
        if payment.reference not in self.payments:
            self.last_stan = payment.stan
        self.payments[payment.reference] = payment
        if payment.state.in_doubt:
            self.doubtful[payment.reference] = None
        else:
            self.doubtful.pop(payment.reference, None)
        if payment.original:
            if payment.state is PaymentState.DECLINED:
                self.settled_originals.discard(payment.original)
            else:
                self.settled_originals.add(payment.original)

    def _offline(self, what: str, row: Mapping[str, Field]) -> None:
        if what == "stored":
            self.kept[str(row["reference"])] = StoredPayment(
                str(row["reference"]), str(row["outage"]), int(row["anchor"]), int(row.get("deadline", 0))
            )
        elif what == "sent":
            reference = str(row["reference"])
            self.kept[reference] = replace(self.kept[reference], sent=True)
        elif what == "outage":
            self._outage(row)
        elif what == "settings":
            allowed = {"yes": True, "no": False}.get(str(row.get("allowed", "")), self.offline.allowed)
            limit = int(row["limit"]) if "limit" in row else self.offline.limit
            self.offline = OfflineSettings(allowed, limit)
        else:
            self.kept.pop(str(row["reference"]))
            if what == "declined":
                self.declined_later.add(str(row["reference"]))

    def _outage(self, row: Mapping[str, Field]) -> None:
        kind, at = str(row["reason"]), int(row["at"])
        if row["state"] == "over":
            self.outage = None
        elif self.outage is None:
            self.outage = Outage(kind, at, {kind: at})
        else:
            self.outage = replace(self.outage, kind=kind, since={kind: at, **self.outage.since})

    def _receipt(self, payment: str, to: str, state: str) -> None:
        if state == "due":
            self.receipts_due[payment] = to
        else:
            self.receipts_due.pop(payment, None)

    def _account(self, act: str) -> None:
        self.signed_in = act in ("sign-in", "switch-pos")
        if act == "factory-reset":
            self.offline = OfflineSettings()

    def _passcode(self, row: Mapping[str, Field]) -> None:
        name = str(row["name"])
        state = self.passcode(name)
        if row["result"] == "changed":
            state = PasscodeState(digest=str(row["digest"]))
        elif row["result"] == "accepted":
            state = replace(state, failures=0, locked_until=0)
        else:
            locked = int(row.get("locked_until", 0))
            state = replace(state, failures=0 if locked else int(row["failures"]), locked_until=locked)
        self.passcodes[name] = state


def passcode_digest(code: str, terminal: str, name: str) -> str:
    """What the journal keeps of a changed passcode: salted by terminal and name, and slow enough to be no lookup."""
    return hashlib.pbkdf2_hmac("sha256", code.encode(), f"{terminal}/{name}".encode(), 20_000).hex()
