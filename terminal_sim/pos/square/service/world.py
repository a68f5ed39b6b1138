"""What the service asks of the world: its devices, its time, its storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from terminal_sim.core.events import Event
from terminal_sim.core.moment import Instant
from terminal_sim.core.money import Money
from terminal_sim.core.rows.schema import JournalRow

PREFIX = "device:"
"""Stands before a device's id where a list of devices names it; calls take both forms."""


class DeviceFacts(Struct, frozen=True, kw_only=True):
    """What is known of a device that somebody holds. `battery` is the charge in per cent, None where it has none; `links` are those that it may use, `link` the one that it uses, "" without one."""

    model: str
    version: str
    battery: int | None
    links: Sequence[str]
    link: str
    has_printer: bool
    needs_attention: bool


class ShopFacts(Struct, frozen=True, kw_only=True):
    """Where devices stand: country of ISO 3166, currency of ISO 4217, language of BCP 47, merchant category of ISO 18245."""

    name: str
    country: str
    currency: str
    language: str
    category: str


class SquareDevice(Protocol):
    """A device as the service sees it: a terminal, or something that acts as one."""

    @property
    def id(self) -> str:
        """What a paired device code calls `device_id`."""
        ...

    @property
    def name(self) -> str:
        """What answers to its requests come from, and what the seller calls it."""
        ...

    @property
    def currency(self) -> str: ...
    @property
    def facts(self) -> DeviceFacts | None:
        """What is known of it; None of one that nobody holds."""
        ...

    @property
    def highest(self) -> int:
        """The highest amount that it asks a buyer for, in minor units."""
        ...

    @property
    def in_reach(self) -> bool:
        """Whether it is on, its link is up and the service is there for it."""
        ...

    @property
    def no_tip(self) -> str:
        """The entry of a menu by which a buyer gives no tip, in the words of its language."""
        ...

    def written(self, amount: Money) -> str:
        """An amount as its language writes it."""
        ...

    def ask(self, event: Event) -> None:
        """Queue `event` for it. What it answers comes to the service, later or at once."""
        ...


class ServiceWorld(Protocol):
    """What is around the service. `devices` are by their ids."""

    @property
    def devices(self) -> Mapping[str, SquareDevice]: ...
    @property
    def shop(self) -> ShopFacts: ...
    @property
    def now(self) -> Instant: ...
    @property
    def seed(self) -> int: ...
    @property
    def is_down(self) -> bool:
        """Whether the service has an outage: nobody is served then."""
        ...

    def store(self, rows: Sequence[JournalRow]) -> bool:
        """Make `rows` durable at once; False where that is not certain, and then nothing more may be answered."""
        ...

    def note(self, text: str) -> None:
        """A line for the trace."""
        ...
