"""What a point of sale asks of a terminal, and what the terminal answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment
from terminal_sim.core.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """A payment of `amount` for `ticket`. `id` is the point of sale's own name for the request, and every answer carries it.

    Ticket, server and register are the columns that the Payment transactions report has for payments by a point of sale.
    """

    id: str
    amount: Money
    ticket: str
    server: str = ""
    register: str = ""


class RequestRefusal(Enum):
    """Why a terminal that is at its home screen takes no payment."""

    AMOUNT = "amount"
    CURRENCY = "currency"
    SALE = "sale"
    BATTERY = "battery"
    READER = "reader"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class RequestTaken:
    """The terminal asks for a card now."""


@dataclass(frozen=True, slots=True)
class RequestBusy:
    """The terminal does something else: the request with the id `running`, or what its merchant began where that is empty."""

    running: str


@dataclass(frozen=True, slots=True)
class RequestRefused:
    """The terminal cannot take this payment."""

    reason: RequestRefusal


@dataclass(frozen=True, slots=True)
class RequestEnded:
    """A request that was taken is over: the words that the terminal ends with, and the newest row where a payment was begun."""

    notice: Text
    payment: Payment | None


RequestAnswer = RequestTaken | RequestBusy | RequestRefused | RequestEnded
