"""A terminal whose reader is a ViVOtech2 one of ours, in front of which scripts put the cards.

Nobody watches it from a thread: each poll asks at once all that a watched reader is asked within half a second, so that nothing
is late and no script waits.
"""

from __future__ import annotations

from collections.abc import Mapping

from terminal_drivers.base import (
    Card,
    Change,
    ContactlessField,
    ContactSlot,
    Misuse,
    Presence,
    StripeHead,
    Trace,
    Tracks,
)
from terminal_drivers.opening import open_reader
from terminal_drivers.readers.vivotech.both_ends import VirtualVivotechReader
from terminal_drivers.readers.vivotech.watch import LOOKS, NeoWatch
from terminal_sim.hands import VIRTUAL_PATIENCE
from terminal_sim.hardware import Hardware
from terminal_sim.station import CONTACT


class OwnNeo:
    """The reader, of which `both` are the ends."""

    def __init__(self, both: VirtualVivotechReader) -> None:
        self._host = both.host
        self._watch = NeoWatch(both.host)
        self._present = False
        self._news: list[Presence] = []
        self.contact: ContactSlot = both.host.contact
        self.contactless: ContactlessField = both.host.contactless
        self.stripe: StripeHead = both.host.stripe

    def poll(self, timeout: float = 0.0) -> list[Presence]:
        """What happened since the last call; where it is nothing, wait `timeout` s for a swipe."""
        self.look()
        if not self._news:
            self._news += self._host.changes(timeout)
        news, self._news = self._news, []
        return news

    def look(self) -> None:
        """Ask once, and keep the answer for `poll`. The head listens afterwards, unless a card is in the field or powered."""
        present = self._host.contact.present()
        if present != self._present:
            self._present = present
            self._news.append(Presence(Change.INSERTED if present else Change.REMOVED, CONTACT))
        for _ in range(LOOKS):
            self._news += self._watch.poll()


class OwnNeoHands:
    """What they are told to do is done, at once."""

    asks = False
    late = True  # a card that is torn away is missed only when its conversation is over
    asked = ""
    patience = VIRTUAL_PATIENCE

    def __init__(self, both: VirtualVivotechReader, reader: OwnNeo) -> None:
        self._hands = both.device
        self._reader = reader

    def insert(self, _: str, chip: Card) -> None:
        self._hands.insert(chip)

    def tap(self, _: str, face: Card) -> None:
        # The card before may have left after the last poll: without that news this one would be the same to the reader.
        self._reader.look()
        self._hands.tap(face)

    def leave(self) -> None:
        self._hands.remove()

    def swipe(self, _: str, stripe: Mapping[int, str]) -> None:
        self._reader.look()
        self._hands.swipe(Tracks(stripe.get(1), stripe.get(2), stripe.get(3)))

    def remove(self) -> None:
        self._hands.remove()


def open_own(address: str, trace: Trace | None) -> Hardware:
    """Open both ends of a reader of ours as a terminal's; `Misuse` where it is none that a terminal can have so."""
    both = open_reader(address, trace=trace)
    if not isinstance(both, VirtualVivotechReader):
        both.close()
        raise Misuse(f"{address} has both ends of ours: for a terminal's own readers write virtual or pty")
    reader = OwnNeo(both)
    return Hardware(reader, OwnNeoHands(both, reader), both.close)
