"""The book of a point of sale: the fold over its rows, and what may be added to it.

Rules:
1. A method that decides gives the rows to append and changes nothing; `apply` folds a row that is durable.
2. One payment or refund of a sale is in doubt at a time, and never two of one terminal's requests share an id.
3. A sale takes no more than its amount. A sale that is closed by hand asks no terminal, and its refund moves no money.
4. What cannot be raises `BenchMisuse` with a sentence that says why and what can be done.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from terminal_sim.core.money import Money
from terminal_sim.core.rows.schema import JournalRow
from terminal_sim.errors import BenchMisuse
from terminal_sim.pos.model.rows import (
    PaymentTypeKind,
    PaymentTypeRow,
    RegisterRow,
    SaleCancelledRow,
    SaleRow,
    ServerRow,
    TenderOutcome,
    TenderRow,
)
from terminal_sim.pos.model.sale import CARD, PaymentType, Sale, SaleState

NO_MONEY_MOVED = "no-money-moved"
"""The notice of a refund by hand: the card is refunded at the terminal, or it keeps its money."""
_LONGEST = 40  # characters of a ticket, a code or a name


@dataclass(slots=True)
class Book:
    """`sales` by ticket, `types` by code in capitals, `registers` with the terminals that they send to, all in order.

    `tenders` is the number of the last tender. `requests` has the ticket and the number of the tender that each request of a terminal
    is for, and `doubtful` the tenders that are not answered.
    """

    sales: dict[str, Sale] = field(default_factory=dict)
    types: dict[str, PaymentType] = field(default_factory=lambda: {CARD.code: CARD})
    registers: dict[str, str] = field(default_factory=dict)
    servers: dict[str, None] = field(default_factory=dict)
    tenders: int = 0
    requests: dict[str, tuple[str, int]] = field(default_factory=dict)
    doubtful: dict[int, TenderRow] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[JournalRow]) -> Book:
        book = cls()
        for row in rows:
            book.apply(row)
        return book

    def copy(self) -> Book:
        """The same book, which goes on by itself: the containers are copied, and what is in them never changes."""
        return Book(
            sales=self.sales.copy(),
            types=self.types.copy(),
            registers=self.registers.copy(),
            servers=self.servers.copy(),
            tenders=self.tenders,
            requests=self.requests.copy(),
            doubtful=self.doubtful.copy(),
        )

    def apply(self, row: JournalRow) -> None:
        _FOLDS[type(row)](self, row)

    def asked(self, request: str) -> TenderRow | None:
        """The payment or refund that a terminal was asked for under this id."""
        if request not in self.requests:
            return None
        ticket, number = self.requests[request]
        return self.sales[ticket].tenders[number]

    def in_doubt(self, terminal: str) -> list[TenderRow]:
        """What `terminal` was asked for and has not answered."""
        return [one for one in self.doubtful.values() if one.terminal == terminal]

    # What may be added.

    def ask(
        self, ticket: str, amount: Money, terminal: str, at: datetime, *, server: str = "", register: str = ""
    ) -> list[JournalRow]:
        """The terminal is asked for a payment of `amount`: of a new sale, or of what is left of one."""
        rows = self._opened(ticket, amount, at, server, register)
        if register and self.registers.get(register) != terminal:
            rows.insert(0, RegisterRow(name=register, terminal=terminal))
        return [*rows, self._tender(ticket, CARD.code, TenderOutcome.ASKED, amount, at, terminal=terminal)]

    def close(
        self, ticket: str, amount: Money, code: str, at: datetime, *, server: str = "", register: str = ""
    ) -> list[JournalRow]:
        """A person closes the sale with the custom payment type `code`; no terminal hears of it."""
        kind = self.type_of(code)
        if kind.kind is PaymentTypeKind.CARD_TERMINAL:
            raise BenchMisuse(
                f"{kind.code} asks a terminal: a sale is closed by hand with a payment type of your own"
            )
        if kind.retired:
            raise BenchMisuse(f"the payment type {kind.code} is retired")
        rows = self._opened(ticket, amount, at, server, register)
        return [*rows, self._tender(ticket, kind.code, TenderOutcome.DONE, amount, at)]

    def cancel(self, ticket: str) -> list[JournalRow]:
        """The request that runs is taken back, or else the sale, as long as nothing is paid."""
        sale = self.sale(ticket)
        doubtful = sale.in_doubt
        if doubtful is not None and not doubtful.is_refund:
            return [replace(doubtful, outcome=TenderOutcome.CANCELLING)]
        if sale.state is not SaleState.OPEN:
            raise BenchMisuse(f"the sale {ticket} is {sale.state.value}: there is nothing to take back")
        return [SaleCancelledRow(ticket=ticket)]

    def refund(self, ticket: str, at: datetime) -> list[JournalRow]:
        """Everything that was paid is given back: by hand what a person entered, by its terminal what a card paid."""
        sale = self.sale(ticket)
        if sale.in_doubt is not None:
            raise BenchMisuse(
                f"the sale {ticket} waits for the terminal {sale.in_doubt.terminal}: refund it when it has answered"
            )
        back = sale.to_give_back
        if not back:
            raise BenchMisuse(f"the sale {ticket} is {sale.state.value}: there is nothing to give back")
        by_hand = [one for one in back if not one.terminal]
        by_terminal = [one for one in back if one.terminal][:1]  # one at a time, as only one may be in doubt
        rows: list[JournalRow] = []
        for one in (*by_hand, *by_terminal):
            rows.append(
                TenderRow(
                    kind="refund",
                    ticket=ticket,
                    number=self.tenders + len(rows) + 1,
                    payment=one.payment,
                    outcome=TenderOutcome.ASKED if one.terminal else TenderOutcome.DONE,
                    amount=one.amount,
                    at=at,
                    terminal=one.terminal,
                    original=one.number,
                    notice="" if one.terminal else NO_MONEY_MOVED,
                )
            )
        return rows

    def set_up_type(
        self, code: str, name: str, kind: PaymentTypeKind, reference: str = ""
    ) -> list[JournalRow]:
        """A custom payment type. Setting up the same one again changes its name, its accounting reference and its type."""
        _check("the code of a payment type", code)
        _check("the name of a payment type", name)
        if kind is PaymentTypeKind.CARD_TERMINAL or code.upper() == CARD.code:
            raise BenchMisuse(f"{CARD.code} is built in, and a payment type of your own asks no terminal")
        return [PaymentTypeRow(code=code, name=name, type=kind, reference=reference)]

    def retire_type(self, code: str) -> list[JournalRow]:
        """The payment type is offered no more; sales that were closed with it keep it."""
        kind = self.type_of(code)
        if kind.kind is PaymentTypeKind.CARD_TERMINAL:
            raise BenchMisuse(f"{kind.code} is built in")
        return [
            PaymentTypeRow(
                code=kind.code, name=kind.name, type=kind.kind, reference=kind.reference, state="retired"
            )
        ]

    def sale(self, ticket: str) -> Sale:
        """The sale with this ticket. Raises `BenchMisuse`."""
        if ticket not in self.sales:
            raise BenchMisuse(f"the point of sale has no ticket {ticket!r}; it has {_listed(self.sales)}")
        return self.sales[ticket]

    def type_of(self, code: str) -> PaymentType:
        """The payment type with this code, in whatever case. Raises `BenchMisuse`."""
        found = self.types.get(code.upper())
        if found is None:
            codes = _listed(one.code for one in self.types.values())
            raise BenchMisuse(f"the point of sale has no payment type {code!r}; it has {codes}")
        return found

    def _opened(
        self, ticket: str, amount: Money, at: datetime, server: str, register: str
    ) -> list[JournalRow]:
        """The rows that open the sale, none where it is open already and takes `amount`."""
        for what, text in (
            ("a ticket", ticket),
            ("a server's name", server or "-"),
            ("a register's name", register or "-"),
        ):
            _check(what, text)
        if amount.minor <= 0:
            raise BenchMisuse("a payment is more than nothing")
        new = () if not server or server in self.servers else (ServerRow(name=server),)
        sale = self.sales.get(ticket)
        if sale is None:
            opened = SaleRow(ticket=ticket, amount=amount, at=at, server=server, register=register)
            return [*new, opened]
        if sale.in_doubt is not None:
            raise BenchMisuse(
                f"the sale {ticket} waits for the terminal {sale.in_doubt.terminal}: a ticket is paid once, so wait for its answer"
            )
        if sale.refunded or not sale.left:
            raise BenchMisuse(f"the sale {ticket} is {sale.state.value}: a ticket is used once, take another")
        if amount.currency != sale.amount.currency or amount.minor > sale.left:
            raise BenchMisuse(f"the sale {ticket} has {sale.left} {sale.amount.currency} left to pay")
        if server not in ("", sale.server) or register not in ("", sale.register):
            raise BenchMisuse(
                f"the sale {ticket} is of server {sale.server or '-'} at register {sale.register or '-'}"
            )
        return []

    def _tender(
        self, ticket: str, code: str, outcome: TenderOutcome, amount: Money, at: datetime, terminal: str = ""
    ) -> TenderRow:
        return TenderRow(
            kind="payment",
            ticket=ticket,
            number=self.tenders + 1,
            payment=code,
            outcome=outcome,
            amount=amount,
            at=at,
            terminal=terminal,
        )

    # The folds.

    def _register(self, row: RegisterRow) -> None:
        self.registers[row.name] = row.terminal

    def _server(self, row: ServerRow) -> None:
        self.servers[row.name] = None

    def _payment_type(self, row: PaymentTypeRow) -> None:
        retired = row.state == "retired"
        self.types[row.code.upper()] = PaymentType(row.code, row.name, row.type, row.reference, retired)

    def _sale(self, row: SaleRow) -> None:
        self.sales[row.ticket] = Sale(row.ticket, row.amount, row.at, row.server, row.register)

    def _cancelled(self, row: SaleCancelledRow) -> None:
        self.sales[row.ticket] = dataclasses.replace(self.sales[row.ticket], cancelled=True)

    def _tendered(self, row: TenderRow) -> None:
        sale = self.sales[row.ticket]
        taken_back = row.outcome is TenderOutcome.CANCELLED and row.notice == "pos-cancelled"
        self.sales[row.ticket] = dataclasses.replace(
            sale,
            cancelled=taken_back if not row.is_refund else sale.cancelled,
            tenders={**sale.tenders, row.number: row},
        )
        self.tenders = max(self.tenders, row.number)
        if row.request:
            self.requests[row.request] = row.ticket, row.number
        if row.outcome.in_doubt:
            self.doubtful[row.number] = row
        else:
            self.doubtful.pop(row.number, None)


_FOLDS: Mapping[type[JournalRow], Callable[[Book, Any], None]] = {
    RegisterRow: Book._register,
    ServerRow: Book._server,
    PaymentTypeRow: Book._payment_type,
    SaleRow: Book._sale,
    SaleCancelledRow: Book._cancelled,
    TenderRow: Book._tendered,
}


def _check(what: str, text: str) -> None:
    if not text.strip() or not text.isprintable() or len(text) > _LONGEST:
        raise BenchMisuse(f"{what} has 1 to {_LONGEST} printable characters, and this is {text!r}")


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words) or "none"
