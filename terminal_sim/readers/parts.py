"""The parts of a reader, and the two shapes in which a terminal meets one: the reader itself, and the device behind it."""

from __future__ import annotations

from enum import Enum
from typing import Protocol

from terminal_drivers.base import ContactlessField, ContactSlot, Presence, StripeHead

CONTACT, CONTACTLESS = 0, 1  # slot numbers in a `Presence`


class Part(Enum):
    """A part of a reader, as a `Device` names it."""

    CONTACT = "contact"
    CONTACTLESS = "contactless"
    STRIPE = "stripe"


class Device(Protocol):
    """An open reader. A part that it does not have raises `Misuse` when it is asked for."""

    @property
    def contact(self) -> ContactSlot: ...
    @property
    def contactless(self) -> ContactlessField: ...
    @property
    def stripe(self) -> StripeHead: ...
    def poll(self) -> list[Presence]:
        """What happened in front of it since the last call; it does not wait."""
        ...

    def close(self) -> None: ...


class Reader(Protocol):
    """A terminal's readers (`terminal_drivers.readers.built_in.VirtualReader` has this shape, and so has real hardware)."""

    contact: ContactSlot
    stripe: StripeHead

    @property
    def contactless(self) -> ContactlessField: ...
    def poll(self, timeout: float = 0.0) -> list[Presence]: ...
