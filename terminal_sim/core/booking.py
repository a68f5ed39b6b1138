"""What the acquirer's books make of a message."""

from __future__ import annotations

from enum import Enum


class Booking(Enum):
    """What the acquirer's books make of an approved message.

    A reversal whose payment or refund is not in the books leaves a tombstone, so that no money moves should it still arrive. A
    settlement closes a batch of its terminal and moves no money, nor does an upload, which says anew what stands in the batch.
    """

    CHARGE = "charge"
    REFUND = "refund"
    VOID = "void"
    REVERSAL = "reversal"
    TOMBSTONE = "tombstone"
    SETTLEMENT = "settlement"
    UPLOAD = "upload"
    NOTHING = "nothing"

    @property
    def takes_back(self) -> bool:
        """Whether it is an entry that takes another back."""
        return self in (Booking.VOID, Booking.REVERSAL)

    @property
    def settles(self) -> bool:
        """Whether it is part of the settlement of a batch."""
        return self in (Booking.SETTLEMENT, Booking.UPLOAD)

    @property
    def moves_money(self) -> bool:
        """Whether it is an entry of its own, and not one that takes another back."""
        return self in (Booking.CHARGE, Booking.REFUND)
