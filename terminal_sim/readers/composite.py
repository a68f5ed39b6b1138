"""Several readers as one terminal has them: a chip reader and a stripe head beside it, for one.

1. Each part is that of the first address that has it; what happens at the same part of a later one is ignored. An address
   that adds no part is an error.
2. While one of them is away, the terminal has no reader. Swipes and taps at the others are not kept until it is back; a
   card that is in the slot by then is reported anew.
3. One wait is for all of them: whichever has news ends it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Event

from terminal_drivers.base import (
    Change,
    ContactlessField,
    ContactSlot,
    DriverError,
    Misuse,
    PartedReader,
    Presence,
    ReaderLost,
    ReaderPart,
    StripeHead,
)
from terminal_sim.readers.monitored import MonitoredReader, PolledReader
from terminal_sim.readers.parts import CONTACT

_INSERTED = Presence(Change.INSERTED, CONTACT)


Attend = Callable[[str, Callable[[], PartedReader], Callable[[], None]], PolledReader]
"""Opens the reader at an address with a `connect`; its last argument is called whenever there are news."""


def watched(_: str, connect: Callable[[], PartedReader], on_news: Callable[[], None]) -> PolledReader:
    """Has a thread look at the reader."""
    return MonitoredReader(connect, on_news)


class CompositeReader:
    """Opens the readers with `connects`, by address, in this order; `places` has the address of each part.

    `Misuse`: an address adds nothing; else what an `PolledReader` raises that does not open.
    """

    def __init__(self, connects: Mapping[str, Callable[[], PartedReader]], attend: Attend = watched) -> None:
        self._woken = Event()
        self._readers: dict[str, PolledReader] = {}
        self._lost: dict[str, ReaderLost] = {}
        self._card_in = False
        self.places: dict[ReaderPart, str] = {}
        try:
            for address, connect in connects.items():
                self._add(address, attend(address, connect, self._woken.set))
        except DriverError:
            self.close()
            raise
        self.contact: ContactSlot = self._owner(ReaderPart.CONTACT).contact
        self.contactless: ContactlessField = self._owner(ReaderPart.CONTACTLESS).contactless
        self.stripe: StripeHead = self._owner(ReaderPart.STRIPE).stripe

    def poll(self, timeout: float = 0.0) -> list[Presence]:
        """What happened at the parts since the last call; where it is nothing, wait `timeout` s. `ReaderLost` while one is away."""
        self._woken.clear()
        happened, news = self._gathered()
        if not happened and timeout:
            self._woken.wait(timeout)
            _, news = self._gathered()
        if self._lost:
            raise next(iter(self._lost.values()))
        return news

    def close(self) -> None:
        for reader in self._readers.values():
            reader.close()

    def _add(self, address: str, reader: PolledReader) -> None:
        self._readers[address] = reader
        new = [part for part in ReaderPart if part not in self.places and reader.has(part)]
        if not new:
            raise Misuse(
                f"{address} adds nothing to {' and '.join(dict.fromkeys(self.places.values()))}: leave it out"
            )
        self.places.update(dict.fromkeys(new, address))

    def _owner(self, part: ReaderPart) -> PolledReader:
        """A part that no address has is asked of the first one, which says so."""
        return self._readers[self.places.get(part, next(iter(self._readers)))]

    def _gathered(self) -> tuple[bool, list[Presence]]:
        """Whether there is anything to tell, and what happened at the parts, as far as no reader was away."""
        away = set(self._lost)
        news = [change for address in self._readers for change in self._news_of(address)]
        if not (away or self._lost):
            return bool(news), news
        if any(change.change is Change.SWIPED for change in news):
            with suppress(DriverError):
                self.stripe.poll()
        if self._lost:
            return set(self._lost) != away, []
        return True, [_INSERTED] if self._card_in else []

    def _news_of(self, address: str) -> list[Presence]:
        try:
            reported = self._readers[address].poll()
        except ReaderLost as lost:
            self._lost[address] = lost
            self._card_in = self._card_in and self.places.get(ReaderPart.CONTACT) != address
            return []
        self._lost.pop(address, None)
        news = [change for change in reported if self.places.get(_part_of(change)) == address]
        for change in news:
            if change.slot == CONTACT:
                self._card_in = change.change is Change.INSERTED
        return news


def _part_of(change: Presence) -> ReaderPart:
    if change.slot is None:
        return ReaderPart.STRIPE
    return ReaderPart.CONTACT if change.slot == CONTACT else ReaderPart.CONTACTLESS
