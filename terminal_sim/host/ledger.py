"""The acquirer's books: append-only entries, from which everything else is derived.

Rules:
1. A payment is known by its terminal, trace number and reference; whatever undoes it names all three.
2. What takes money back happens once, and only to a payment that is there and of the same amount.
3. A reversal of a payment or refund that is not in the books leaves a tombstone: should it still arrive, it moves no money.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile
from operator import attrgetter

from msgspec import Struct

from terminal_sim.core.booking import Booking
from terminal_sim.core.message import HostRequest, Original
from terminal_sim.core.money import Money
from terminal_sim.growing_list import GrowingList
from terminal_sim.host.answers import APPROVED
from terminal_sim.secret import Secret

NO_SUCH_ORIGINAL = "25"  # unable to locate the original (ISO 8583:1987 DE 39)
NO_ACTION_TAKEN = "21"
WRONG_ORIGINAL_AMOUNT = "64"
LEDGER_CODES = (NO_SUCH_ORIGINAL, NO_ACTION_TAKEN, WRONG_ORIGINAL_AMOUNT)
"""The response codes of what the books refuse."""


class LedgerEntry(Struct, frozen=True, kw_only=True):
    """One line. `amount` in minor units is signed as the merchant sees it: a charge adds, a refund takes away.

    `original` is the reference of the payment that a void, reversal, tombstone or referenced refund speaks of;
    `asked` is the amount of the request, above `amount` after a partial approval. `batch` is the terminal's batch, 0 where it has none;
    an upload has no amount, and `uploaded` says how its terminal counts what it `asked`.
    """

    number: int
    kind: Booking
    terminal: str
    stan: int
    reference: str
    amount: int
    currency: str
    asked: int
    original: str = ""
    pan: Secret[str] | None = None
    batch: int = 0
    uploaded: Booking = Booking.NOTHING


class LedgerState(Struct, frozen=True, kw_only=True):
    """The books at one moment: how many entries they count, those that are known, those that touch each payment, and the tombstones."""

    count: int
    entries: Sequence[LedgerEntry]
    touching: Mapping[str, tuple[LedgerEntry, ...]]
    tombstones: frozenset[tuple[str, int, str]]


class Ledger:
    """Entries in order; see the rules above. Those of earlier books may be recalled when something speaks of them."""

    def __init__(self) -> None:
        self._count = 0
        self._entries: GrowingList[LedgerEntry] = GrowingList()
        self._touching: dict[
            str, tuple[LedgerEntry, ...]
        ] = {}  # all that touches a payment, by its reference
        self._tombstones: set[tuple[str, int, str]] = set()

    def snapshot(self) -> LedgerState:
        return LedgerState(
            count=self._count,
            entries=self._entries.copy(),
            touching=self._touching.copy(),
            tombstones=frozenset(self._tombstones),
        )

    def restore(self, state: LedgerState) -> None:
        self._count = state.count
        self._entries = GrowingList.of(state.entries)
        self._touching, self._tombstones = dict(state.touching), set(state.tombstones)

    def __len__(self) -> int:
        return self._count

    @property
    def entries(self) -> Sequence[LedgerEntry]:
        return tuple(sorted(self._entries, key=attrgetter("number")))

    def since(self, number: int) -> tuple[LedgerEntry, ...]:
        """The entries after the first `number`, which this run has made."""
        new = takewhile(lambda entry: entry.number > number, reversed(self._entries))
        return tuple(new)[::-1]

    def begin_behind(self, count: int) -> None:
        """So many entries of earlier books are there, though none of them is recalled yet."""
        self._count = count

    def recall(self, entries: Iterable[LedgerEntry]) -> None:
        """Take over entries of earlier books: those of a payment in their order."""
        for entry in entries:
            self._enter(entry)
            if entry.kind is Booking.TOMBSTONE:
                self._tombstones.add((entry.terminal, entry.stan, entry.original))

    def net(self, reference: str, terminal: str | None = None) -> int:
        """What the merchant is left with of a payment, in minor units: its charge less all that undid it."""
        touching = self._touching.get(reference, ())
        return sum(entry.amount for entry in touching if terminal in (None, entry.terminal))

    def totals(self) -> dict[str, int]:
        """The sum of all entries by currency, in minor units."""
        sums: dict[str, int] = {}
        for entry in self._entries:
            sums[entry.currency] = sums.get(entry.currency, 0) + entry.amount
        return sums

    def spent(self, pan: Secret[str]) -> int:
        """What all payments of a card come to, in minor units of whatever currency."""
        return sum(entry.amount for entry in self._entries if entry.pan == pan)

    def is_reversed_before_arrival(self, request: HostRequest) -> bool:
        return (request.terminal, request.stan, request.reference) in self._tombstones

    def charge(self, request: HostRequest, amount: Money, pan: Secret[str] | None) -> None:
        self._append(Booking.CHARGE, request, amount.minor, pan=pan)

    def refund(self, request: HostRequest, pan: Secret[str] | None) -> str:
        """The response code of a refund; one that names its payment may not exceed what is left of it."""
        if self.is_reversed_before_arrival(request):
            return NO_ACTION_TAKEN
        if request.original is None:
            self._append(Booking.REFUND, request, -request.amount.minor, pan=pan)
            return APPROVED
        payment = self._payment(request.terminal, request.original)
        if payment is None:
            return NO_SUCH_ORIGINAL
        if payment.currency != request.amount.currency or request.amount.minor > self._left(payment):
            return WRONG_ORIGINAL_AMOUNT
        self._append(Booking.REFUND, request, -request.amount.minor, of=payment)
        return APPROVED

    def undo(self, request: HostRequest, original: Original) -> str:
        """The response code of a void or reversal of `original`."""
        booking = request.kind.facts.booking
        reversing = booking is Booking.REVERSAL
        payment = self._payment(request.terminal, original)
        if payment is None and reversing:
            return self._bury(request, original)
        if payment is None:
            return NO_SUCH_ORIGINAL
        amounts = (abs(payment.amount), payment.asked) if reversing else (abs(payment.amount),)
        if request.amount.minor not in amounts or request.amount.currency != payment.currency:
            return WRONG_ORIGINAL_AMOUNT
        left = self._left(payment)
        if left == payment.amount:
            self._append(booking, request, -payment.amount, of=payment)
            return APPROVED
        # A second reversal finds its work done; a second void, or one after a refund, would give money twice.
        return APPROVED if reversing and left == 0 else NO_ACTION_TAKEN

    def keep_upload(self, request: HostRequest) -> None:
        """Keep beside the books what a terminal says of one payment of its batch."""
        counted = request.original.kind.facts.booking if request.original is not None else Booking.NOTHING
        self._append(Booking.UPLOAD, request, 0, uploaded=counted)

    def close_batch(self, request: HostRequest) -> None:
        """The batch of `request` is settled."""
        self._append(Booking.SETTLEMENT, request, 0)

    def _bury(self, request: HostRequest, original: Original) -> str:
        grave = (request.terminal, original.stan, original.reference)
        if grave not in self._tombstones:
            self._tombstones.add(grave)
            self._append(Booking.TOMBSTONE, request, 0)
        return APPROVED

    def _payment(self, terminal: str, original: Original) -> LedgerEntry | None:
        known = (terminal, original.stan, original.reference)
        for entry in self._touching.get(original.reference, ()):
            if entry.kind.moves_money and (entry.terminal, entry.stan, entry.reference) == known:
                return entry
        return None

    def _left(self, payment: LedgerEntry) -> int:
        return self.net(payment.reference, payment.terminal)

    def _append(
        self,
        kind: Booking,
        request: HostRequest,
        amount: int,
        *,
        pan: Secret[str] | None = None,
        of: LedgerEntry | None = None,
        uploaded: Booking = Booking.NOTHING,
    ) -> None:
        """One more entry; `of` is the payment that it changes, whose card it then takes over."""
        original = request.original.reference if request.original is not None else ""
        entry = LedgerEntry(
            number=self._count + 1,
            kind=kind,
            terminal=request.terminal,
            stan=request.stan,
            reference=request.reference,
            amount=amount,
            currency=request.amount.currency,
            asked=request.amount.minor,
            original=original,
            pan=pan if of is None else of.pan,
            batch=request.batch,
            uploaded=uploaded,
        )
        self._enter(entry)

    def _enter(self, entry: LedgerEntry) -> None:
        self._entries.append(entry)
        self._count = max(self._count, entry.number)
        # Undoing a refund touches three payments: itself, the refund, and the sale that was refunded.
        undone = next(
            (e.original for e in self._touching.get(entry.original, ()) if e.reference == entry.original), ""
        )
        for reference in {entry.reference, entry.original, undone} - {""}:
            self._touching[reference] = (*self._touching.get(reference, ()), entry)
