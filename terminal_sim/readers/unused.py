"""A terminal's own readers that are made at their first use: of a large fleet, most stand idle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from terminal_drivers.base import Card, ContactlessField, ContactSlot, Presence, StripeHead, Transport
from terminal_drivers.readers.built_in.state import VirtualReaderState

if TYPE_CHECKING:
    from terminal_drivers.readers.built_in.reader import VirtualReader


class UnusedReader:
    """The readers that `make` makes, and the cards in front of them. Before the first card or exchange nothing is in front of them."""

    __slots__ = ("_made", "_make")
    reports_late = False

    def __init__(self, make: Callable[[], VirtualReader]) -> None:
        self._make = make
        self._made: VirtualReader | None = None

    @property
    def _reader(self) -> VirtualReader:
        if self._made is None:
            self._made = self._make()
        return self._made

    @property
    def contact(self) -> ContactSlot:
        return self._reader.contact

    @property
    def contactless(self) -> ContactlessField:
        return self._reader.contactless

    @property
    def stripe(self) -> StripeHead:
        return self._reader.stripe

    def poll(self, timeout: float = 0.0) -> list[Presence]:
        """What happened since the last call; readers that nobody has used have no news, however long they are waited for."""
        return [] if self._made is None else self._made.poll(timeout)

    def close(self) -> None:
        if self._made is not None:
            self._made.close()

    def wrap_line(self, around: Callable[[Transport], Transport]) -> None:
        self._reader.wrap_line(around)

    def restart(self) -> None:
        self._reader.restart()

    def snapshot(self) -> VirtualReaderState:
        return VirtualReaderState() if self._made is None else self._made.snapshot()

    def restore(self, state: VirtualReaderState) -> None:
        if self._made is not None or state != VirtualReaderState():
            self._reader.restore(state)

    # Cards in front of them.

    def insert(self, card: Card) -> None:
        self._reader.device.insert(card)

    def tap(self, card: Card) -> None:
        self._reader.device.tap(card)

    def leave(self) -> None:
        self._reader.device.leave()

    def swipe(self, stripe: Mapping[int, str]) -> None:
        self._reader.device.swipe(stripe)

    def remove(self) -> None:
        self._reader.device.remove()
