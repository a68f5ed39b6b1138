"""The report of a batch on paper: what was sold, voided and given back by type of payment and brand of card, and whether the acquirer agrees.

It is a function of the batch's payments, so a later print of the same batch says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct

from terminal_sim.core.batch_totals import BatchTotals, Subtotal
from terminal_sim.core.booking import Booking
from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment
from terminal_sim.core.receipt import Centred, Copy, Pair, Receipt, ReceiptLine, Ruler
from terminal_sim.core.text import say

_TYPES = {Booking.CHARGE: "batch-sales", Booking.VOID: "batch-voids", Booking.REFUND: "batch-refunds"}


class BatchReport(Struct, frozen=True, kw_only=True):
    """What the report of the batch `number` says. `outcome` is the id of how far its settlement is, `at` the civil time that stands on it."""

    number: int
    payments: tuple[Payment, ...]
    outcome: str
    at: datetime
    currency: str

    @property
    def totals(self) -> BatchTotals:
        return totals_of(self.payments)

    def by_type(self) -> Iterator[tuple[str, Subtotal]]:
        """The id of each type of payment with its count and sum."""
        totals = self.totals
        yield from zip(_TYPES.values(), (totals.sales, totals.voids, totals.refunds), strict=True)

    def by_brand(self, booking: Booking) -> dict[str, Subtotal]:
        """The brands of one type in alphabetic order; the empty name is a card of no brand."""
        found: dict[str, Subtotal] = {}
        for payment in self.payments:
            if payment.kind.facts.booking is booking:
                known = found.get(payment.card_type, Subtotal())
                found[payment.card_type] = known.with_one(payment.amount.minor)
        return dict(sorted(found.items()))

    def receipt(self, *, header: tuple[str, ...], locale: str, terminal: str, merchant: str) -> Receipt:
        """The report as it prints."""
        lines = tuple(self._lines(header, terminal, merchant))
        return Receipt(Copy.REPORT, locale, f"{terminal}/{self.number}", lines)

    def _lines(self, header: tuple[str, ...], terminal: str, merchant: str) -> Iterator[ReceiptLine]:
        for position, line in enumerate(header):
            yield Centred(line, bold=position < 2)
        yield Centred(say("receipt-batch"), bold=True)
        yield Ruler()
        yield Pair(say("receipt-date"), say("date", at=self.at))
        yield Pair(say("receipt-time"), say("time", at=self.at))
        yield Pair(say("receipt-merchant"), merchant)
        yield Pair(say("receipt-terminal"), terminal)
        yield Pair(say("batch-number"), f"{self.number:06d}")
        for booking, (kind, total) in zip(_TYPES, self.by_type(), strict=True):
            yield Ruler()
            for brand, part in self.by_brand(booking).items():
                what = say("batch-line", what=brand or say("batch-other"), n=part.count)
                yield Pair(what, self._money(part.minor))
            yield Pair(say("batch-line", what=say(kind), n=total.count), self._money(total.minor), bold=True)
        yield Ruler()
        yield Pair(say("batch-net"), self._money(self.totals.net), bold=True)
        yield Ruler()
        yield Centred(say(self.outcome), bold=True)

    def _money(self, minor: int) -> Money:
        return Money(minor, self.currency)


def totals_of(payments: Iterable[Payment]) -> BatchTotals:
    """What the completed payments of a batch come to."""
    return BatchTotals.of((payment.kind.facts.booking, payment.amount.minor) for payment in payments)
