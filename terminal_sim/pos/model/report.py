"""The point of sale's own report: one line a sale, and the totals of each payment type.

It is a fold over the rows of the point of sale and asks no terminal: what a person closed by hand stands here as paid, whatever the
terminals have done. The Payment transactions report is its counterpart, read from the terminals' journal alone.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from terminal_sim.core.rows.schema import Field
from terminal_sim.pos.model.book import Book
from terminal_sim.pos.model.rows import TenderOutcome
from terminal_sim.pos.model.sale import Sale


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesLine:
    """One sale. `amount`, `paid` and `refunded` are minor units of `currency`; `payment` has the codes of its payment types.

    `answer` is what became of its newest payment or refund, a word of `pos.model.rows.TenderOutcome`; `notice` is the id of the wording
    that the terminal ended it with.
    """

    time: str
    ticket: str
    amount: int
    currency: str
    payment: str
    state: str
    server: str
    register: str
    paid: int
    refunded: int
    answer: str
    notice: str

    def record(self) -> dict[str, Field]:
        """The line as flat fields, for expectations and JSON."""
        return asdict(self)


FIELDS = tuple(each.name for each in fields(SalesLine))


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTypeTotal:
    """What was paid and given back with one payment type in one currency, in minor units; `count` is of the payments."""

    code: str
    name: str
    reference: str
    currency: str
    count: int
    paid: int
    refunded: int

    @property
    def net(self) -> int:
        return self.paid - self.refunded

    def record(self) -> dict[str, Field]:
        return {**asdict(self), "net": self.net}


def sales_lines(book: Book) -> list[SalesLine]:
    """Every sale in the order in which they were opened."""
    return [_line(sale) for sale in book.sales.values()]


def totals_by_type(book: Book) -> list[PaymentTypeTotal]:
    """A total for each payment type and currency that was used, in the order of their first use."""
    made: dict[tuple[str, str], tuple[int, int, int]] = {}
    every = (tender for sale in book.sales.values() for tender in sale.tenders.values())
    for tender in (one for one in every if one.outcome is TenderOutcome.DONE):
        key = (tender.payment.upper(), tender.amount.currency)
        count, paid, refunded = made.get(key, (0, 0, 0))
        if tender.is_refund:
            made[key] = (count, paid, refunded + tender.amount.minor)
        else:
            made[key] = (count + 1, paid + tender.amount.minor, refunded)
    return [
        PaymentTypeTotal(
            code=book.types[code].code,
            name=book.types[code].name,
            reference=book.types[code].reference,
            currency=currency,
            count=count,
            paid=paid,
            refunded=refunded,
        )
        for (code, currency), (count, paid, refunded) in made.items()
    ]


def _line(sale: Sale) -> SalesLine:
    last = next(reversed(sale.tenders.values()), None)
    return SalesLine(
        time=sale.at.isoformat(sep=" ", timespec="seconds"),
        ticket=sale.ticket,
        amount=sale.amount.minor,
        currency=sale.amount.currency,
        payment=sale.codes,
        state=sale.state.value,
        server=sale.server,
        register=sale.register,
        paid=sale.paid,
        refunded=sale.refunded,
        answer=sale.answer,
        notice=last.notice if last is not None else "",
    )
