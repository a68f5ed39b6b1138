"""The point of sale of a bench: its book made durable, its requests sent to terminals, and their answers taken.

Rules:
1. A request is durable before it leaves, and its outcome before it counts (`Journal`, a file of its own beside the terminals').
2. A request that was not answered is asked for again when its terminal is within reach and never sent twice: the terminal's journal
   says what became of it.
3. Point of sale and terminal meet over the terminal's own link: without it, or without power, the answer is that.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from msgspec.structs import replace

from terminal_sim.core.events import (
    Event,
    PaymentRequested,
    RefundRequested,
    RequestCancelled,
    RequestQueried,
)
from terminal_sim.core.money import Money
from terminal_sim.core.payment_request import (
    PaymentRequest,
    RefundRequest,
    RequestAnswer,
    RequestBusy,
    RequestEnded,
    RequestRefused,
    RequestUnknown,
)
from terminal_sim.core.rows.schema import Field, FlatRow, JournalRow
from terminal_sim.errors import BenchMisuse
from terminal_sim.journal.errors import CommitUnknown
from terminal_sim.journal.records import JournalStore
from terminal_sim.pos.model import POINT_OF_SALE
from terminal_sim.pos.model.book import Book
from terminal_sim.pos.model.report import PaymentTypeTotal, SalesLine, sales_lines, totals_by_type
from terminal_sim.pos.model.rows import PaymentTypeKind, TenderOutcome, TenderRow
from terminal_sim.runtime.board import Board
from terminal_sim.runtime.clock import VirtualClock

_TAKEN_BACK = ("cancelled", "pos-cancelled")


class AskedTerminal(Protocol):
    """A terminal as a point of sale meets it."""

    @property
    def name(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def is_on(self) -> bool: ...
    @property
    def network_is_up(self) -> bool: ...
    def post(self, event: Event) -> None: ...


class PointOfSale:
    """The one point of sale of a bench. `open_journal` gives the journal when a row is stored, and `book` is the fold over those it has.

    Its methods raise `BenchMisuse` with one sentence for what cannot be.
    """

    def __init__(self, clock: VirtualClock, open_journal: Callable[[], JournalStore], book: Book) -> None:
        self.book = book
        self.out_of_service = ""
        self._clock = clock
        self._open_journal = open_journal
        self._terminals: dict[str, AskedTerminal] = {}

    def attach(self, terminal: AskedTerminal, board: Board) -> None:
        """Know `terminal` by its name, and take the answers that come from its `board`."""
        self._terminals[terminal.name] = terminal
        board.points_of_sale.append(self)

    def leave(self, board: Board) -> None:
        """Take no more answers that come from `board`."""
        board.points_of_sale.remove(self)

    # Sales.

    def sale(
        self, terminal: AskedTerminal, ticket: str, amount: int, *, server: str = "", register: str = ""
    ) -> None:
        """Ask `terminal` for `amount` minor units: for a new sale, or for what is left of the one with this ticket.

        What became of it is in `sales`: taken, busy, off, out of reach are answers as well.
        """
        money = Money(amount, terminal.currency)
        at = self._clock.now.civil_second
        self._store(self.book.ask(ticket, money, terminal.name, at, server=server, register=register))
        self._send(self._newest(ticket))

    def cancel(self, ticket: str) -> None:
        """Take the running request back, which may be too late; or the sale, as long as nothing is paid."""
        self._store(self.book.cancel(ticket))
        doubtful = self.book.sale(ticket).in_doubt
        if doubtful is not None:
            self._ask_again(doubtful)

    def close(
        self, ticket: str, amount: int, code: str, *, currency: str, server: str = "", register: str = ""
    ) -> None:
        """Close the sale by hand with a custom payment type. No terminal hears of it."""
        at = self._clock.now.civil_second
        money = Money(amount, currency)
        self._store(self.book.close(ticket, money, code, at, server=server, register=register))

    def refund(self, ticket: str) -> None:
        """Give back what was paid: by the terminal that charged a card, and without any money where a person closed the sale."""
        rows = self.book.refund(ticket, self._clock.now.civil_second)
        self._store(rows)
        for row in rows:
            if isinstance(row, TenderRow) and row.outcome.in_doubt:
                self._send(row)

    def set_up_payment_type(
        self,
        code: str,
        *,
        name: str,
        kind: PaymentTypeKind = PaymentTypeKind.CREDIT_CARD,
        reference: str = "",
    ) -> None:
        """Set up a custom payment type: `code` is short and unique, `name` is what register and ticket show."""
        self._store(self.book.set_up_type(code, name, kind, reference))

    def retire_payment_type(self, code: str) -> None:
        """Offer the payment type no more."""
        self._store(self.book.retire_type(code))

    def sales(self) -> list[SalesLine]:
        """The point of sale's own report, a line each sale."""
        return sales_lines(self.book)

    def totals(self) -> list[PaymentTypeTotal]:
        """The totals of its report, by payment type."""
        return totals_by_type(self.book)

    def records(self) -> list[dict[str, Field]]:
        """The lines of its report as flat fields."""
        return [line.record() for line in self.sales()]

    # What terminals answer.

    def asked_for(self, request: str) -> bool:
        """Whether the request is a tender's."""
        return self.book.asked(request) is not None

    def lost_power(self, _: str) -> None:
        """Nothing to do: what is in doubt is asked for again when the terminal is within reach."""

    def answered(self, terminal: str, request: str, answer: RequestAnswer) -> bool:
        """Take an answer that has a link to come over; one to nothing that is in doubt changes nothing."""
        asked = self._terminals.get(terminal)
        if asked is None or not asked.network_is_up:
            return False
        tender = self.book.asked(request)
        if tender is None or not tender.outcome.in_doubt or tender.terminal != terminal:
            return True
        ended = _after(tender, answer)
        if ended is not None:
            with suppress(BenchMisuse):  # it stays in doubt then, and is asked for again after a restart
                self._store([ended])
        return True

    def reached(self, terminal: AskedTerminal) -> None:
        """`terminal` is within reach again: ask for what it has not answered."""
        for tender in self.book.in_doubt(terminal.name):
            self._ask_again(tender)

    def _ask_again(self, tender: TenderRow) -> None:
        terminal = self._terminals.get(tender.terminal)
        if terminal is not None and terminal.is_on and terminal.network_is_up:
            taking_back = tender.outcome is TenderOutcome.CANCELLING
            terminal.post((RequestCancelled if taking_back else RequestQueried)(tender.request))

    def _send(self, tender: TenderRow) -> None:
        terminal = self._terminals.get(tender.terminal)
        if terminal is None or not terminal.is_on:
            self._store([replace(tender, outcome=TenderOutcome.OFF)])
        elif not terminal.network_is_up:
            self._store([replace(tender, outcome=TenderOutcome.UNREACHABLE)])
        else:
            terminal.post(self._request(tender))

    def _request(self, tender: TenderRow) -> PaymentRequested | RefundRequested:
        sale = self.book.sale(tender.ticket)
        if tender.is_refund:
            original = sale.tenders[tender.original].reference
            return RefundRequested(
                RefundRequest(
                    id=tender.request,
                    original=original,
                    ticket=sale.ticket,
                    server=sale.server,
                    register=sale.register,
                )
            )
        return PaymentRequested(
            PaymentRequest(
                id=tender.request,
                amount=tender.amount,
                ticket=sale.ticket,
                server=sale.server,
                register=sale.register,
            )
        )

    def _newest(self, ticket: str) -> TenderRow:
        return next(reversed(self.book.sale(ticket).tenders.values()))

    def _store(self, rows: list[JournalRow]) -> None:
        if self.out_of_service:
            raise BenchMisuse(f"the point of sale is out of service: {self.out_of_service}")
        now = self._clock.now
        flat: list[FlatRow] = [row.flat() for row in rows]
        try:
            self._open_journal().append(POINT_OF_SALE, 0, now.mono, now.wall, flat)
        except CommitUnknown as unknown:
            self.out_of_service = str(unknown)
            raise BenchMisuse(f"the point of sale is out of service: {self.out_of_service}") from None
        for row in rows:
            self.book.apply(row)


def _after(tender: TenderRow, answer: RequestAnswer) -> TenderRow | None:
    """The tender after its terminal's answer; None where it is as much in doubt as before."""
    match answer:
        case RequestBusy():
            return replace(tender, outcome=TenderOutcome.BUSY)
        case RequestRefused(reason):
            return replace(tender, outcome=TenderOutcome.REFUSED, notice=reason.value)
        case RequestUnknown():
            cancelled = tender.outcome is TenderOutcome.CANCELLING
            return replace(tender, outcome=TenderOutcome.CANCELLED if cancelled else TenderOutcome.UNKNOWN)
        case RequestEnded(notice, payment):
            ended = replace(tender, notice=notice.id)
            if payment is not None:
                ended = replace(ended, reference=payment.reference)
                if payment.state.is_paid:
                    return replace(ended, outcome=TenderOutcome.DONE, amount=payment.amount)
            taken_back = notice.id in _TAKEN_BACK
            return replace(ended, outcome=TenderOutcome.CANCELLED if taken_back else TenderOutcome.DECLINED)
        case _:
            return None
