"""What a batch comes to: how many sales, voids and refunds the acquirer has booked in it, and their sums.

A batch has what lies between two settlements. Terminal and acquirer count it each by themselves, and a reconciliation compares the
two counts (ISO 8583:1987, 0500).
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from terminal_sim.core.booking import Booking


class Subtotal(Struct, frozen=True):
    """`count` payments that come to `minor`, the sum of their amounts without signs, in minor units."""

    count: int = 0
    minor: int = 0

    def with_one(self, minor: int) -> Subtotal:
        """The same with one payment of `minor` more."""
        return Subtotal(self.count + 1, self.minor + minor)


class BatchTotals(Struct, frozen=True, kw_only=True):
    """The sales, voids of sales and refunds of a batch. A sale that was voided counts among the sales, and its void among the voids."""

    sales: Subtotal = Subtotal()
    voids: Subtotal = Subtotal()
    refunds: Subtotal = Subtotal()

    @classmethod
    def of(cls, booked: Iterable[tuple[Booking, int]]) -> BatchTotals:
        """The totals of payments, each given by how it is booked and its amount in minor units without a sign."""
        sums = dict.fromkeys(_COUNTED, Subtotal())
        for booking, minor in booked:
            if booking in sums:
                sums[booking] = sums[booking].with_one(minor)
        return cls(sales=sums[Booking.CHARGE], voids=sums[Booking.VOID], refunds=sums[Booking.REFUND])

    @property
    def net(self) -> int:
        """What the merchant is owed, in minor units; below zero where more was given back than was paid."""
        return self.sales.minor - self.voids.minor - self.refunds.minor

    def __str__(self) -> str:
        parts = (("sales", self.sales), ("voids", self.voids), ("refunds", self.refunds))
        return ", ".join(f"{part.count} {name} of {part.minor}" for name, part in parts)


_COUNTED = (Booking.CHARGE, Booking.VOID, Booking.REFUND)
