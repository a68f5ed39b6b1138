"""A reader by its parts where the parts are slots, or one stripe head."""

from collections.abc import Callable, Sequence
from typing import Protocol

from terminal_drivers.base import ContactlessField, ContactSlot, Misuse, Presence, StripeHead


class PolledSlots(Protocol):
    """The reader that slots belong to."""

    def poll(self) -> list[Presence]: ...
    def close(self) -> None: ...


class SlotReader:
    """A reader of slots without a head: the first takes chip cards, a second one is the field."""

    def __init__(
        self,
        reader: PolledSlots,
        slots: Sequence[ContactSlot],
        no_field: str = "this reader has no contactless field",
    ) -> None:
        self._reader = reader
        self._slots = slots
        self._no_field = no_field

    @property
    def contact(self) -> ContactSlot:
        return self._slots[0]

    @property
    def contactless(self) -> ContactlessField:
        if len(self._slots) == 1:
            raise Misuse(self._no_field)
        return self._slots[1]

    @property
    def stripe(self) -> StripeHead:
        raise Misuse("this reader has no stripe head")

    def poll(self) -> list[Presence]:
        return self._reader.poll()

    def close(self) -> None:
        self._reader.close()


class SwipeHead(StripeHead, Protocol):
    """A stripe head that is a reader by itself."""

    def changes(self) -> list[Presence]: ...
    def close(self) -> None: ...


class HeadReader:
    """A stripe head alone."""

    def __init__(self, head: SwipeHead) -> None:
        self.stripe: StripeHead = head
        self.poll: Callable[[], list[Presence]] = head.changes
        self.close = head.close

    @property
    def contact(self) -> ContactSlot:
        raise Misuse("this reader has no slot")

    @property
    def contactless(self) -> ContactlessField:
        raise Misuse("this reader has no contactless field")
