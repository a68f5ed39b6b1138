"""What the Terminal API asks of the terminal that it runs on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from terminal_sim.core.events import Event
from terminal_sim.core.payment import Payment
from terminal_sim.core.rows.schema import JournalRow
from terminal_sim.pos.adyen.messages.values import PrinterStatus


class TerminalIdentity(Struct, frozen=True, kw_only=True):
    """What a terminal says of itself: `poiid` is `MODEL-SERIAL`, `country` the numeric code of ISO 3166, `exponent` the decimals of `currency`."""

    poiid: str
    merchant: str
    store: str
    currency: str
    exponent: int
    country: str
    language: str
    software: str

    @property
    def terminal_id(self) -> str:
        """The last eight digits of the serial number."""
        return self.poiid[-8:]


class DeviceStatus(Struct, frozen=True, kw_only=True):
    """How a terminal is now. `busy` says that it takes no request, `network_up` that its own link is there, `host_reachable` the acquirer behind it; `kept` counts the payments that wait for the acquirer."""

    busy: bool
    host_reachable: bool
    network_up: bool
    printer: PrinterStatus | None
    battery: int | None
    kept: int


class DeviceCondition(Struct, frozen=True, kw_only=True):
    """What can happen to a terminal at any time; of one that is off nothing else is known."""

    on: bool
    in_menu: bool = False
    card_in: bool = False
    out_of_order: bool = False


class ReceiptField(Struct, frozen=True):
    """A line of a receipt: the `id` of its wording, label and value in the language it is for. All empty: a line between groups."""

    id: str
    label: str
    value: str = ""
    bold: bool = False


class ApiDevice(Protocol):
    """A terminal as the interface on it sees it. `ask` posts an event to its firmware and lets it handle it."""

    @property
    def identity(self) -> TerminalIdentity: ...
    @property
    def name(self) -> str: ...
    @property
    def now(self) -> datetime:
        """Civil time."""
        ...

    @property
    def mono(self) -> int:
        """Virtual time in microseconds."""
        ...

    def status(self) -> DeviceStatus: ...
    def condition(self) -> DeviceCondition: ...
    def payment(self, reference: str) -> Payment | None:
        """The newest row of the payment, None where the journal has none."""
        ...

    def requested(self, request: str) -> Payment | None:
        """The newest row of what was begun for `request`."""
        ...

    def receipts(self, payment: Payment) -> tuple[Sequence[ReceiptField], Sequence[ReceiptField]]:
        """The merchant's and the cardholder's copy."""
        ...

    def ask(self, event: Event) -> None: ...
    def store(self, rows: Sequence[JournalRow]) -> bool:
        """Make `rows` durable; False where that is not certain, and then nothing more may be answered."""
        ...

    def note(self, text: str) -> None:
        """A line for the trace."""
        ...
