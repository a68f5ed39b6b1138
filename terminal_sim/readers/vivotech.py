"""A ViVOtech2 reader as a terminal has it: hardware that a thread watches, or one of ours that scripts put cards in front of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from terminal_drivers.base import (
    Card,
    CardAbsent,
    ContactlessField,
    ContactSlot,
    DriverError,
    Misuse,
    Presence,
    StripeHead,
    Trace,
    Tracks,
)
from terminal_drivers.readers.vivotech.both_ends import VirtualVivotechReader, VivotechControls
from terminal_drivers.readers.vivotech.reader import VivotechReader
from terminal_drivers.readers.vivotech.virtual import Place
from terminal_drivers.readers.vivotech.watch import FIELD, LOOKS, SLOT, VivotechWatch
from terminal_drivers.wiring.opening import open_reader
from terminal_sim.readers.operator import VIRTUAL_TIMEOUT


class VivotechDevice:
    """An ID TECH reader, whose host asks for cards and listens for swipes in turn (`VivotechWatch`)."""

    def __init__(self, reader: VivotechReader) -> None:
        self._reader = reader
        try:
            self._watch = VivotechWatch(reader)
        except DriverError:
            reader.close()
            raise
        self._slot = _Watched(reader.contact, self._watch, SLOT)
        self._field = _Watched(reader.contactless, self._watch, FIELD)

    @property
    def contact(self) -> ContactSlot:
        if not self._watch.has(SLOT):
            raise Misuse("this reader has no slot")
        return self._slot

    @property
    def contactless(self) -> ContactlessField:
        if not self._watch.has(FIELD):
            raise Misuse("this reader has no contactless field")
        return self._field

    @property
    def stripe(self) -> StripeHead:
        if not self._watch.hears_stripe:
            raise Misuse("this reader sends no swipes: it refuses burst mode, as one does that encrypts them")
        return self._reader.stripe

    def poll(self) -> list[Presence]:
        return self._watch.poll()

    def close(self) -> None:
        self._reader.close()


class _Watched:
    """Slot or field. Whether a card is there, is what the watch knows: to ask beside its turns would deafen the head. So the watch
    is told where a conversation finds none: to it a card that comes before it asks again would be the one before.
    """

    def __init__(self, slot: ContactSlot, watch: VivotechWatch, number: int) -> None:
        self._slot = slot
        self._watch = watch
        self._number = number
        self.power_off = slot.power_off

    def present(self) -> bool:
        return self._watch.holds(self._number)

    def power_on(self) -> bytes:
        with self._noticed():
            return self._slot.power_on()

    def transmit(self, apdu: bytes) -> bytes:
        with self._noticed():
            return self._slot.transmit(apdu)

    @contextmanager
    def _noticed(self) -> Iterator[None]:
        try:
            yield
        except CardAbsent:
            self._watch.left(self._number)
            raise


class OwnVivotech:
    """A reader of which `both` are the ends, with the `hands` before it. Nobody watches it: each poll asks at once what a watched
    one is asked in time, so that no script waits.
    """

    def __init__(self, both: VirtualVivotechReader) -> None:
        self.operator = OwnVivotechOperator(both.device, self)
        self.close = both.close
        self._host = both.host
        self._watch = VivotechWatch(both.host)
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
        for _ in range(LOOKS):
            self._news += self._watch.poll()


class OwnVivotechOperator:
    """What they are told to do is done, at once."""

    is_human = False
    reports_late = True  # a card that is torn away is missed only when its conversation is over
    asked = ""
    timeout = VIRTUAL_TIMEOUT

    def __init__(self, controls: VivotechControls, reader: OwnVivotech) -> None:
        self._controls = controls
        self._reader = reader

    def insert(self, _: str, chip: Card) -> None:
        self._controls.insert(chip)

    def tap(self, _: str, face: Card) -> None:
        # The card before may have left after the last poll: without that news this one would be the same to the reader.
        self._reader.look()
        self._controls.tap(face)

    def leave(self) -> None:
        self._controls.remove(Place.FIELD)

    def swipe(self, _: str, stripe: Mapping[int, str]) -> None:
        self._reader.look()
        self._controls.swipe(Tracks(stripe.get(1), stripe.get(2), stripe.get(3)))

    def remove(self) -> None:
        self._controls.remove()


def open_own(address: str, trace: Trace | None) -> OwnVivotech:
    """Open both ends of a reader of ours as a terminal's; `Misuse` where it is none that a terminal can have so."""
    both = open_reader(address, trace=trace)
    if not isinstance(both, VirtualVivotechReader):
        both.close()
        raise Misuse(f"{address} has both ends of ours: for a terminal's own readers write virtual or pty")
    return OwnVivotech(both)
