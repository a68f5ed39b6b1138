"""A sale with its payments and refunds, and the state that follows from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from terminal_sim.core.money import Money
from terminal_sim.pos.model.rows import PaymentTypeKind, TenderOutcome, TenderRow


class SaleState(Enum):
    """Where a sale stands. `TENDERING` and `REFUNDING` wait for a terminal's answer."""

    OPEN = "open"
    TENDERING = "tendering"
    PARTLY_PAID = "partly-paid"
    PAID = "paid"
    CANCELLED = "cancelled"
    REFUNDING = "refunding"
    PARTLY_REFUNDED = "partly-refunded"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class PaymentType:
    """`code` is unique without regard to case, `name` is shown, `reference` is the accounting reference."""

    code: str
    name: str
    kind: PaymentTypeKind
    reference: str = ""
    retired: bool = False


CARD = PaymentType("CARD", "Card terminal", PaymentTypeKind.CARD_TERMINAL)
"""The payment type that is built in: a terminal charges a card."""


@dataclass(frozen=True, slots=True)
class Sale:
    """`tenders` has every payment and refund by number in its newest state, in the order in which they were begun."""

    ticket: str
    amount: Money
    at: datetime
    server: str
    register: str
    cancelled: bool = False
    tenders: dict[int, TenderRow] = field(default_factory=dict)

    @property
    def payments(self) -> list[TenderRow]:
        return [tender for tender in self.tenders.values() if not tender.is_refund]

    @property
    def refunds(self) -> list[TenderRow]:
        return [tender for tender in self.tenders.values() if tender.is_refund]

    @property
    def paid(self) -> int:
        """What was paid so far, in minor units."""
        return _sum(self.payments)

    @property
    def refunded(self) -> int:
        """What was given back so far, in minor units."""
        return _sum(self.refunds)

    @property
    def left(self) -> int:
        """What is still to pay, in minor units."""
        return self.amount.minor - self.paid

    @property
    def in_doubt(self) -> TenderRow | None:
        """The payment or refund that waits for a terminal's answer: one at a time."""
        return next((tender for tender in self.tenders.values() if tender.outcome.in_doubt), None)

    @property
    def to_give_back(self) -> list[TenderRow]:
        """The payments that were made and not given back."""
        back = {refund.original for refund in self.refunds if refund.outcome is TenderOutcome.DONE}
        return [one for one in self.payments if one.outcome is TenderOutcome.DONE and one.number not in back]

    @property
    def codes(self) -> str:
        """The codes of the payment types that it was paid with, joined by `+`; of the one that was tried, where nothing is paid."""
        made = [one.payment for one in self.payments if one.outcome is TenderOutcome.DONE]
        tried = [one.payment for one in self.payments][-1:]
        return "+".join(dict.fromkeys(made or tried))

    @property
    def answer(self) -> str:
        """What became of the newest payment or refund: a word of `TenderOutcome`, empty where there is none."""
        last = next(reversed(self.tenders.values()), None)
        return last.outcome.value if last is not None else ""

    @property
    def state(self) -> SaleState:
        doubtful = self.in_doubt
        if doubtful is not None:
            return SaleState.REFUNDING if doubtful.is_refund else SaleState.TENDERING
        if self.refunded:
            return SaleState.REFUNDED if self.refunded == self.paid else SaleState.PARTLY_REFUNDED
        if self.paid:
            return SaleState.PARTLY_PAID if self.left else SaleState.PAID
        return SaleState.CANCELLED if self.cancelled else SaleState.OPEN


def _sum(tenders: list[TenderRow]) -> int:
    return sum(tender.amount.minor for tender in tenders if tender.outcome is TenderOutcome.DONE)
