"""What a vendor's interface asks of one terminal, as the lines of a script by which the bench's own point of sale asks for the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

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

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]*", re.ASCII)
_DEVICE = {
    CardRequested: "a card before its amount",
    InputRequested: "an answer of a person",
    PrintRequested: "a paper",
    DisplayRequested: "a text on the screen",
}


class AskedLines:
    """It writes into the trace, before each request, the line that asks for it, so that a recording has it; where there is none, a remark."""

    def __init__(self, terminal: TerminalUnderTest) -> None:
        self._terminal = terminal
        self._tickets: dict[str, str] = {}  # of what a line asked for, by the id of the request

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
            case PaymentRequested(request) if _is_plain(request):
                self._tickets[request.id] = request.ticket
                more = [
                    f'{name}="{_escaped(value)}"'
                    for name, value in (("server", request.server), ("register", request.register))
                    if value
                ]
                return " ".join(("pos sale", request.ticket, str(request.amount.minor), *more))
            case RefundRequested(request) if self._is_whole(request):
                return f"pos refund {request.ticket}"
            case RequestCancelled(request) if request in self._tickets:
                return f"pos cancel {self._tickets[request]}"
            case _:
                return ""

    def _is_whole(self, request: RefundRequest) -> bool:
        return request.amount is None and request.ticket in self._tickets.values()

    def _unsaid(self, event: Event) -> str:
        match event:
            case PaymentRequested(request):
                return f"{request.payment.value} {request.ticket} of {request.amount.minor}"
            case RefundRequested(request):
                part = "all" if request.amount is None else str(request.amount.minor)
                return f"{part} of {request.ticket} to be given back"
            case _:
                return _DEVICE.get(type(event), "")


def _is_plain(request: PaymentRequest) -> bool:
    """Whether it is a sale by any card, of a ticket that can be written in a line."""
    restricted = request.brands or request.entries or request.card
    return (
        request.payment is RequestedPayment.SALE
        and not restricted
        and _WORD.fullmatch(request.ticket) is not None
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
