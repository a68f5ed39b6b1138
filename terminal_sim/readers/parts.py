"""A terminal's readers as the terminal uses them."""

from __future__ import annotations

from typing import Protocol

from terminal_drivers.base import ContactlessField, ContactSlot, Presence, StripeHead

CONTACT, CONTACTLESS = 0, 1  # slot numbers in a `Presence`


class Reader(Protocol):
    """The readers of one terminal, whatever they are; a part that there is not raises `Misuse` when it is used."""

    @property
    def contact(self) -> ContactSlot: ...
    @property
    def contactless(self) -> ContactlessField: ...
    @property
    def stripe(self) -> StripeHead: ...
    def poll(self, timeout: float = 0.0) -> list[Presence]:
        """What happened in front of them since the last call; where it is nothing, wait up to `timeout` s."""
        ...
