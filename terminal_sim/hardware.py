"""Readers by address: what a terminal is wired to, and who puts cards in front of it.

`virtual` and `pty` are a terminal's whole set of readers with both ends of ours, and scripts put the cards in. Every other address
is a reader that somebody else moves cards in: a person at the bench is asked, one line each, and waited for.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from terminal_drivers.address import Address
from terminal_drivers.base import (
    Card,
    ContactlessField,
    ContactSlot,
    DriverError,
    Misuse,
    Presence,
    StripeHead,
    Trace,
)
from terminal_drivers.virtual import TerminalHands, virtual_reader
from terminal_sim.joined import JoinedReader
from terminal_sim.station import Reader
from terminal_sim.watched import Device, Part, WatchedReader

if TYPE_CHECKING:
    from terminal_drivers.readers.ccid.reader import CcidReader
    from terminal_drivers.readers.magstripe.hid_reader import HidStripeHead
    from terminal_drivers.readers.magstripe.reader import SerialStripeHead
    from terminal_drivers.readers.pcsc.client import PcscReader
    from terminal_drivers.readers.vivotech.reader import VivotechReader

__all__ = [
    "PTY", "VIRTUAL", "DriverError", "Hands", "Hardware", "check_address", "open_hardware",
]  # fmt: skip

VIRTUAL, PTY = BOTH_ENDS = "virtual", "pty"
VIRTUAL_PATIENCE = 2.0
PERSON_PATIENCE = 60.0

Say = Callable[[str], None]


class Hands(Protocol):
    """What puts cards in front of a reader: `asks` is true for a person, and `asked` what they were asked last.

    `patience` is how many seconds the reader has to report it.
    """

    asks: bool
    asked: str
    patience: float

    def insert(self, name: str, chip: Card) -> None: ...
    def tap(self, name: str, face: Card) -> None:
        """Hold the card into the field, where it stays until `leave`."""
        ...

    def leave(self) -> None: ...
    def swipe(self, name: str, stripe: Mapping[int, str]) -> None: ...
    def remove(self) -> None:
        """Take the card out of the slot."""
        ...


class OwnHands:
    """The hands of virtual readers: what they are told to do is done."""

    asks = False
    asked = ""
    patience = VIRTUAL_PATIENCE

    def __init__(self, hands: TerminalHands) -> None:
        self._hands = hands

    def insert(self, _: str, chip: Card) -> None:
        self._hands.insert(chip)

    def tap(self, _: str, face: Card) -> None:
        self._hands.tap(face)

    def leave(self) -> None:
        self._hands.remove()

    def swipe(self, _: str, stripe: Mapping[int, str]) -> None:
        self._hands.swipe(stripe)

    def remove(self) -> None:
        self._hands.remove()


class PersonHands:
    """A person at the bench, who is asked with `say`."""

    asks = True
    patience = PERSON_PATIENCE

    def __init__(self, addresses: Sequence[str], places: Mapping[Part, str], say: Say) -> None:
        """`places` tells at which of the addresses a part is; a part that none has is asked for at the first."""
        self.asked = ""
        self._at = {part: places.get(part, addresses[0]) for part in Part}
        self._say = say

    def insert(self, name: str, _: Card) -> None:
        self._ask(f"insert {name} into {self._at[Part.CONTACT]}")

    def tap(self, name: str, _: Card) -> None:
        self._ask(f"hold {name} to {self._at[Part.CONTACTLESS]}")

    def leave(self) -> None:
        """Whoever holds a card takes it away by themselves."""

    def swipe(self, name: str, _: Mapping[int, str]) -> None:
        self._ask(f"swipe {name} through {self._at[Part.STRIPE]}")

    def remove(self) -> None:
        self._ask(f"take the card out of {self._at[Part.CONTACT]}")

    def _ask(self, what: str) -> None:
        self.asked = what
        self._say(what)


@dataclass(frozen=True, slots=True)
class Hardware:
    """The readers of one terminal, and the hands in front of them; `close` ends their threads."""

    reader: Reader
    hands: Hands
    close: Callable[[], None]


def open_hardware(
    reader: str | Sequence[str] = VIRTUAL, *, say: Say | None = None, trace: Trace | None = None
) -> Hardware:
    """Open the readers of a terminal, at one address or at several that complete each other; `trace` hears their frames.

    `say` asks the person at the bench; where it is not given, one line on the error output does.
    `Misuse`: no such address; `ReaderLost`: nothing answers there.
    """
    addresses = _checked(reader)
    if addresses[0] in BOTH_ENDS:
        own = virtual_reader("loopback" if addresses[0] == VIRTUAL else "pty", trace=trace)
        return Hardware(own, OwnHands(own.device), own.close)
    ask = say or _on_error_output
    connects = {address: partial(_device, address, trace) for address in addresses}
    if len(addresses) == 1:
        watched = WatchedReader(connects[addresses[0]])
        return Hardware(watched, PersonHands(addresses, {}, ask), watched.close)
    joined = JoinedReader(connects)
    return Hardware(joined, PersonHands(addresses, joined.places, ask), joined.close)


def check_address(reader: str | Sequence[str]) -> None:
    """`Misuse` where no reader can stand at such an address, or not at one of several."""
    _checked(reader)


def _checked(reader: str | Sequence[str]) -> tuple[str, ...]:
    addresses = (reader,) if isinstance(reader, str) else tuple(reader)
    if not addresses:
        raise Misuse("no reader is named: write virtual for a terminal's own")
    for address in addresses:
        if address not in BOTH_ENDS:
            Address.parse(address)
        elif len(addresses) > 1:
            raise Misuse(f"{address} is all the readers of a terminal: name no other beside it")
    if len(set(addresses)) != len(addresses):
        raise Misuse("one reader is named twice: name each of them once")
    return addresses


def _device(address: str, trace: Trace | None) -> Device:
    # Imported here: it knows every protocol, and a bench of virtual readers needs none of them.
    from terminal_drivers.hosts import open_host
    from terminal_drivers.readers.ccid.reader import CcidReader
    from terminal_drivers.readers.magstripe.hid_reader import HidStripeHead
    from terminal_drivers.readers.magstripe.reader import SerialStripeHead
    from terminal_drivers.readers.vivotech.reader import VivotechReader

    where = Address.parse(address)
    if where.transport in BOTH_ENDS:
        raise Misuse(f"{address} has both ends of ours: for a terminal's own readers write virtual or pty")
    opened = open_host(where, trace=trace)
    if isinstance(opened, CcidReader):
        return CcidDevice(opened)
    if isinstance(opened, VivotechReader):
        return VivotechDevice(opened)
    if isinstance(opened, SerialStripeHead | HidStripeHead):
        return HeadDevice(opened)
    return PcscDevice(opened)


def _on_error_output(line: str) -> None:
    print(f"terminal-sim: {line}", file=sys.stderr, flush=True)


class CcidDevice:
    """A CCID reader: its first slot takes chip cards, a second one at APDU level is its field."""

    def __init__(self, reader: CcidReader) -> None:
        self._reader = reader

    @property
    def contact(self) -> ContactSlot:
        return self._reader.slots[0]

    @property
    def contactless(self) -> ContactlessField:
        if len(self._reader.slots) == 1:
            raise Misuse("this reader has no contactless field")
        return self._reader.slots[1]

    @property
    def stripe(self) -> StripeHead:
        raise Misuse("this reader has no stripe head")

    def poll(self) -> list[Presence]:
        return self._reader.poll()

    def close(self) -> None:
        self._reader.close()


class VivotechDevice:
    """An ID TECH reader, whose host looks for cards in the field and listens for swipes in turn (`NeoWatch`)."""

    def __init__(self, reader: VivotechReader) -> None:
        # Imported here: who has no such reader does without its protocol.
        from terminal_drivers.readers.vivotech.watch import NeoWatch

        self._reader = reader
        self.contact: ContactSlot = reader.contact
        self.contactless: ContactlessField = reader.contactless
        try:
            self._watch = NeoWatch(reader)
        except DriverError:
            reader.close()
            raise

    @property
    def stripe(self) -> StripeHead:
        if not self._watch.hears_stripe:
            raise Misuse("this reader sends no swipes: it refuses burst mode, as one does that encrypts them")
        return self._reader.stripe

    def poll(self) -> list[Presence]:
        return self._watch.poll()

    def close(self) -> None:
        self._reader.close()


class PcscDevice:
    """A reader of the PC/SC service, which tells of no field or head beside the slot."""

    def __init__(self, reader: PcscReader) -> None:
        self._reader = reader
        self.contact: ContactSlot = reader

    @property
    def contactless(self) -> ContactlessField:
        raise Misuse("a PC/SC reader is one slot: a contactless one is a reader of its own")

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
