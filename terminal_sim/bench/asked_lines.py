"""What a vendor's interface asks of one terminal, as the lines of a script by which the bench's own point of sale asks for the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, count
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from terminal_sim.core.config import Profile
from terminal_sim.core.events import (
    CardRequested,
    DisplayRequested,
    Event,
    InputRequested,
    PaymentRequested,
    PrintRequested,
    RefundRequested,
    RequestCancelled,
)
from terminal_sim.core.payment_request import PaymentRequest, RefundRequest, RequestedPayment
from terminal_sim.runtime.contents import Unsaid

if TYPE_CHECKING:
    from terminal_sim.bench.terminal import TerminalUnderTest

_LONGEST = 36  # characters of a ticket, with room for a number behind it
_WORD = re.compile(rf"[A-Za-z_][\w-]{{,{_LONGEST - 1}}}", re.ASCII)
_OTHER = re.compile(r"[^\w-]", re.ASCII)
_DEVICE = {
    CardRequested: "a card before its amount",
    InputRequested: "an answer of a person",
    PrintRequested: "a paper",
    DisplayRequested: "a text on the screen",
}


class AskedSale(Struct, frozen=True):
    """A sale that lines ask for: the request of the first one, and the ids of all."""

    first: PaymentRequest
    requests: tuple[str, ...] = ()
    is_given_back: bool = False

    def takes(self, request: PaymentRequest) -> bool:
        """Whether `request` can be another one of the same sale: for no more, by the same server at the same register."""
        return (
            request.amount.minor <= self.first.amount.minor
            and request.server in ("", self.first.server)
            and request.register in ("", self.first.register)
        )


class AskedLines:
    """It writes into the trace, before each request, the line that asks for it, so that a recording has it; where there is none, a remark."""

    def __init__(self, terminal: TerminalUnderTest) -> None:
        self._terminal = terminal
        self._tickets: dict[str, str] = {}  # of what a line asked for, by the id of the request
        self._sales: dict[str, AskedSale] = {}  # what lines asked for, by ticket

    @contextmanager
    def asking(self, event: Event) -> Iterator[None]:
        """What is posted within is asked for by `event`."""
        bench = self._terminal.bench
        line = self._line(event)
        if line:
            with bench.acting(self._terminal, line):
                yield
            return
        unsaid = self._unsaid(event)
        if unsaid:
            bench.remark(
                self._terminal,
                Unsaid(f"the point of sale asked for {unsaid}, which no line of a script says"),
            )
        yield

    def _line(self, event: Event) -> str:
        """The line that asks for the same; "" where there is none."""
        match event:
            case PaymentRequested(request) if _is_plain(request, self._terminal.profile):
                ticket = self._sell(request)
                more = [
                    f'{name}="{_escaped(value)}"'
                    for name, value in (("server", request.server), ("register", request.register))
                    if value
                ]
                return " ".join(("pos sale", ticket, str(request.amount.minor), *more))
            case RefundRequested(request) if ticket := self._given_back(request):
                self._sales[ticket] = replace(self._sales[ticket], is_given_back=True)
                return f"pos refund {ticket}"
            case RequestCancelled(request) if request in self._tickets:
                return f"pos cancel {self._tickets[request]}"
            case _:
                return ""

    def _sell(self, request: PaymentRequest) -> str:
        """The ticket of the line that asks for the same: another one where a line cannot have it, or the bench's point of sale would not ask for it again."""
        word = _as_word(request.ticket)
        again = (f"{word}-{number}" for number in count(2))
        ticket = next(one for one in chain((word,), again) if self._can_be_sold(one, request))
        if ticket != request.ticket:
            self._terminal.bench.remark(
                self._terminal,
                Unsaid(f"the point of sale asked for {_shown(request.ticket)}, for which {ticket} stands"),
            )
        sale = self._sales.get(ticket) or AskedSale(request)
        self._sales[ticket] = replace(sale, requests=(*sale.requests, request.id))
        self._tickets[request.id] = ticket
        return ticket

    def _can_be_sold(self, ticket: str, request: PaymentRequest) -> bool:
        """Whether the ticket is new, or was asked for the same and is not paid."""
        sale = self._sales.get(ticket)
        return sale is None or (
            sale.takes(request) and not self._runs(sale) and not sale.is_given_back and not self._paid(sale)
        )

    def _given_back(self, request: RefundRequest) -> str:
        """The ticket of which all that was paid goes back, and for the first time; "" where it is none."""
        firmware = self._terminal.board.firmware
        original = None if firmware is None else firmware.durable.payments.get(request.original)
        ticket = "" if original is None else self._tickets.get(original.request, "")
        whole = request.amount is None and ticket and request.original in self._paid(self._sales[ticket])
        return ticket if whole else ""

    def _runs(self, sale: AskedSale) -> bool:
        """Whether the terminal works at a payment of the sale."""
        firmware = self._terminal.board.firmware
        running = firmware.requests.running if firmware is not None else None
        return running is not None and running.id in sale.requests

    def _paid(self, sale: AskedSale) -> list[str]:
        """What the terminal calls the payments that were made for the sale, and not taken back."""
        firmware = self._terminal.board.firmware
        if firmware is None:
            return []
        durable = firmware.durable
        names = [durable.requested[request] for request in sale.requests if request in durable.requested]
        return [name for name in names if durable.payments[name].state.is_paid]

    def _unsaid(self, event: Event) -> str:
        match event:
            case PaymentRequested(request):
                return f"{request.payment.value} {_shown(request.ticket)} of {request.amount.minor}"
            case RefundRequested(request):
                part = "all" if request.amount is None else str(request.amount.minor)
                return f"{part} of {_shown(request.ticket)} to be given back"
            case _:
                return _DEVICE.get(type(event), "")


def _is_plain(request: PaymentRequest, profile: Profile) -> bool:
    """Whether it is a sale by any card that a terminal of `profile` reads, in any way."""
    left_out = set(profile.entries.read) - set(request.entries) if request.entries else ()
    return request.payment is RequestedPayment.SALE and not (request.brands or left_out or request.card)


def _as_word(ticket: str) -> str:
    """The ticket, or one like it that can be written in a line."""
    return ticket if _WORD.fullmatch(ticket) else f"T-{_OTHER.sub('-', ticket)}"[:_LONGEST]


def _shown(ticket: str) -> str:
    """The ticket on one line."""
    return ticket if ticket.isprintable() else repr(ticket)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
