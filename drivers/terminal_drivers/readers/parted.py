"""A reader by its parts where the parts are slots, or one stripe head; and a slot whose calls go to another one."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from terminal_drivers.base import ContactlessField, ContactSlot, Misuse, Presence, StripeHead

T = TypeVar("T")


class ForwardingSlot(ABC):
    """A slot whose every call is that of another slot, which `_on_slot` runs."""

    @abstractmethod
    def _on_slot(self, what: Callable[[ContactSlot], T]) -> T:
        """Do `what` with the slot that is meant now."""

    def present(self) -> bool:
        return self._on_slot(lambda slot: slot.present())

    def power_on(self) -> bytes:
        return self._on_slot(lambda slot: slot.power_on())

    def power_off(self) -> None:
        self._on_slot(lambda slot: slot.power_off())

    def transmit(self, apdu: bytes) -> bytes:
        return self._on_slot(lambda slot: slot.transmit(apdu))


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
