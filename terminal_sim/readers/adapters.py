"""Open readers of every protocol as a terminal watches them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from terminal_drivers.base import (
    ContactlessField,
    ContactSlot,
    Misuse,
    Presence,
    StripeHead,
    Trace,
)
from terminal_drivers.captures.interceptor import LineInterceptor
from terminal_sim.readers.parts import Device

if TYPE_CHECKING:
    from terminal_drivers.readers.ccid.reader import CcidReader
    from terminal_drivers.readers.magstripe.hid_reader import HidStripeHead
    from terminal_drivers.readers.magstripe.reader import SerialStripeHead
    from terminal_drivers.readers.pcsc.client import PcscReader

VIRTUAL, PTY = BOTH_ENDS = "virtual", "pty"
RECORDING = "recording:"


def open_device(address: str, trace: Trace | None, interceptor: LineInterceptor) -> Device:
    """Open the reader at an address; `interceptor` stands between it and its line."""
    # Imported here: it knows every protocol, and a bench of virtual readers needs none of them.
    from terminal_drivers.readers.ccid.reader import CcidReader
    from terminal_drivers.readers.magstripe.hid_reader import HidStripeHead
    from terminal_drivers.readers.magstripe.reader import SerialStripeHead
    from terminal_drivers.readers.vivotech.reader import VivotechReader
    from terminal_drivers.wiring.hosts import open_host
    from terminal_sim.readers.vivotech import VivotechDevice

    opened = open_host(address, trace=trace, interceptor=interceptor)
    if isinstance(opened, CcidReader):
        return SlotDevice(opened, opened.slots)
    if isinstance(opened, VivotechReader):
        return VivotechDevice(opened)
    if isinstance(opened, SerialStripeHead | HidStripeHead):
        return HeadDevice(opened)
    return SlotDevice(opened, (opened,))


class SlotDevice:
    """A reader of slots without a head: the first takes chip cards, a second one is the field. One of the PC/SC service is a slot."""

    def __init__(self, reader: CcidReader | PcscReader, slots: Sequence[ContactSlot]) -> None:
        self._reader = reader
        self._slots = slots

    @property
    def contact(self) -> ContactSlot:
        return self._slots[0]

    @property
    def contactless(self) -> ContactlessField:
        if len(self._slots) == 1:
            raise Misuse(
                "this reader has no contactless field: one of the PC/SC service is a reader of its own"
            )
        return self._slots[1]

    @property
    def stripe(self) -> StripeHead:
        raise Misuse("this reader has no stripe head")

    def poll(self) -> list[Presence]:
        return self._reader.poll()

    def close(self) -> None:
        self._reader.close()


class HeadDevice:
    """A stripe head alone."""

    def __init__(self, head: SerialStripeHead | HidStripeHead) -> None:
        self.stripe: StripeHead = head
        self._head = head

    @property
    def contact(self) -> ContactSlot:
        raise Misuse("this reader has no slot")

    @property
    def contactless(self) -> ContactlessField:
        raise Misuse("this reader has no contactless field")

    def poll(self) -> list[Presence]:
        return self._head.changes()

    def close(self) -> None:
        self._head.close()
