"""A ViVOtech2 reader by its parts, as a terminal polls it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from terminal_drivers.base import (
    CardAbsent,
    ContactlessField,
    ContactSlot,
    DriverError,
    Misuse,
    Presence,
    StripeHead,
)
from terminal_drivers.readers.parted import ForwardingSlot
from terminal_drivers.readers.vivotech.watch import FIELD, SLOT, PolledHost, VivotechWatch

T = TypeVar("T")


class PartedVivotech:
    """An ID TECH reader, whose host asks for cards and listens for swipes in turn (`VivotechWatch`)."""

    def __init__(self, reader: PolledHost) -> None:
        self._reader = reader
        try:
            self._watch = VivotechWatch(reader)
        except DriverError:
            reader.close()
            raise
        self._slot = WatchedPart(reader.contact, self._watch, SLOT)
        self._field = WatchedPart(reader.contactless, self._watch, FIELD)

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
        if not self._watch.reads_stripes:
            raise Misuse("this reader sends no swipes: it refuses burst mode, as one does that encrypts them")
        return self._reader.stripe

    def poll(self) -> list[Presence]:
        return self._watch.poll()

    def close(self) -> None:
        self._reader.close()


class WatchedPart(ForwardingSlot):
    """Slot or field. The watch knows whether a card is there: to ask beside its turns would deafen the head. A conversation that
    finds no card notes that in the watch, to which a card that comes before its next question would be the one before.
    """

    def __init__(self, slot: ContactSlot, watch: VivotechWatch, number: int) -> None:
        self._slot = slot
        self._watch = watch
        self._number = number

    def present(self) -> bool:
        return self._watch.holds(self._number)

    def _on_slot(self, what: Callable[[ContactSlot], T]) -> T:
        with self._noticed():
            return what(self._slot)

    @contextmanager
    def _noticed(self) -> Iterator[None]:
        try:
            yield
        except CardAbsent:
            self._watch.left(self._number)
            raise
