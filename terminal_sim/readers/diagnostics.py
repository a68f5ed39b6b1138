"""Questions to one reader: what answers at an address, whether it keeps to its protocol, and a capture of what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from terminal_drivers.base import (
    Card,
    CardAbsent,
    ContactSlot,
    DriverError,
    Misuse,
    ReaderLost,
    ReaderRefused,
    StripeHead,
    Tracks,
)
from terminal_drivers.iso7816.apdu import HEADER
from terminal_drivers.iso7816.atr import Atr
from terminal_drivers.readers.built_in import VirtualCcidReader, VirtualStripeReader
from terminal_drivers.readers.ccid.keypad import Key, Prompt
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.magstripe.hid_reader import HidStripeHead
from terminal_drivers.readers.magstripe.reader import SerialStripeHead
from terminal_drivers.readers.served import FIELD, Served
from terminal_drivers.readers.vivotech.both_ends import VirtualVivotechReader
from terminal_drivers.readers.vivotech.reader import VivotechReader
from terminal_drivers.readers.vivotech.watch import is_there
from terminal_drivers.wiring.address import Address
from terminal_drivers.wiring.discovery import readers as found_readers
from terminal_drivers.wiring.hosts import HostEnd, open_host
from terminal_drivers.wiring.opening import OpenedReader, open_reader
from terminal_drivers.wiring.serving import serve
from terminal_sim.readers.opening import BOTH_ENDS

if TYPE_CHECKING:
    from terminal_drivers.readers.clauses import Result

__all__ = [
    "FIELD",
    "HEADER",
    "Key",
    "Prompt",
    "Served",
    "capture",
    "conform",
    "found_readers",
    "probe",
    "serve",
]

SELECT_DIRECTORY = bytes.fromhex("00A404000E315041592E5359532E444446303100")
"""SELECT 1PAY.SYS.DDF01 (EMV Book 1, 12.2.2): what most payment cards know."""
BothEnds = VirtualCcidReader | VirtualStripeReader | VirtualVivotechReader
PATIENCE = 60.0  # seconds for a person to insert a card
LOOK = 0.2  # seconds between two looks
NOBODY = f"no card came within {PATIENCE:g} s"


def probe(address: str) -> Iterator[tuple[str, str]]:
    """What answers at an address, as label and value; a card in a slot is powered for it and then switched off."""
    opened = _opened(address)
    try:
        yield "address", address
        reader = opened.host if isinstance(opened, BothEnds) else opened
        if isinstance(reader, SerialStripeHead | HidStripeHead):
            yield "reader", "stripe head: it takes no questions and speaks when a card is swiped"
        elif isinstance(reader, CcidReader):
            yield "firmware", _firmware(reader)
            for number, slot in enumerate(reader.slots):
                yield f"slot {number}", _card_in(slot)
        elif isinstance(reader, VivotechReader):
            yield "firmware", reader.firmware()
            yield "slot 0", _card_in(reader.contact)
            yield "field", _card_in(reader.contactless)
        else:
            yield "reader", reader.name
            yield "slot 0", _card_in(reader)
    finally:
        opened.close()


def _opened(address: str) -> OpenedReader | HostEnd:
    where = Address.parse(address)
    return open_reader(where) if where.transport in BOTH_ENDS else open_host(where)


def conform(address: str, card: Card | None, say: Callable[[str], None]) -> list[Result]:
    """Test what stands at an address against its protocol. `card` goes into a reader with both ends of ours.

    `say` asks the person before a stripe head, which shows nothing without a swipe.
    `Misuse`: no kit knows such readers, or a card is given for a real one.
    """
    # Imported here: the kits of every protocol are for those who ask for them.
    from terminal_drivers.readers import clauses as conformance

    opened = _opened(address)
    try:
        if card is not None:
            if isinstance(opened, VirtualCcidReader):
                opened.device.insert(0, card)
            elif isinstance(opened, VirtualVivotechReader):
                opened.device.insert(card)
            else:
                raise Misuse(
                    f"nobody but you can put a card into {address}: do so, and leave the card out here"
                )
        if isinstance(opened, SerialStripeHead | HidStripeHead):
            say(f"swipe a card through {address}")
        return conformance.conform(opened)
    finally:
        opened.close()


def _firmware(reader: CcidReader) -> str:
    try:
        return reader.firmware()
    except ReaderRefused as refused:
        return f"not told ({refused})"


def _card_in(slot: ContactSlot) -> str:
    try:
        if not slot.present():
            return "empty"
    except ReaderRefused as refused:
        return f"not there ({refused})"
    try:
        atr = slot.power_on()
        parsed = Atr.parse(atr)
    except ReaderLost:
        raise
    except DriverError as error:
        return f"a card that does not work: {error}"
    finally:
        slot.power_off()
    return f"a card, T={parsed.protocol}, ATR {atr.hex(' ').upper()}"


def capture(
    address: str, file: Path, apdus: Sequence[bytes], say: Callable[[str], None]
) -> Iterator[tuple[str, str]]:
    """Write all that the host says to a reader, and hears, to a new pcapng file.

    Waits for a card. One in the slot, or in the field of a reader that has no slot, is powered and gets `apdus`, each of which is
    told with its answer in hex; of a stripe it is told which tracks were read. `CardAbsent` where no card comes.
    """
    # Imported here: recordings are for those who ask for them.
    from terminal_drivers.captures.recording import Recorder

    where = Address.parse(address)
    if where.transport in (*BOTH_ENDS, "capture"):
        raise Misuse(
            f"{address} is no hardware to capture: it has both ends of ours, or is a capture already"
        )
    recorder = Recorder(file, {"reader": address})
    try:
        reader = open_host(where, interceptor=recorder)
    except DriverError:
        recorder.discard()
        raise
    try:
        if isinstance(reader, SerialStripeHead | HidStripeHead):
            say(f"swipe a card through {address}")
            yield "swipe", repr(_swiped(reader))
        elif isinstance(reader, VivotechReader):
            has_slot = is_there(reader.contact)
            part, how = (
                (reader.contact, "insert a card into") if has_slot else (reader.contactless, "hold a card to")
            )
            yield from _exchanges(part, apdus, reader.changes, partial(say, f"{how} {address}"))
        elif isinstance(reader, CcidReader):
            yield from _exchanges(
                reader.slots[0], apdus, reader.poll, partial(say, f"insert a card into {address}")
            )
    finally:
        reader.close()
        recorder.close()


def _exchanges(
    slot: ContactSlot, apdus: Sequence[bytes], wait: Callable[[float], object], ask: Callable[[], None]
) -> Iterator[tuple[str, str]]:
    """What the card in a slot answers; where there is none, somebody is asked for it once and waited for."""
    for look in range(round(PATIENCE / LOOK)):
        if slot.present():
            break
        if not look:
            ask()
        wait(LOOK)
    else:
        raise CardAbsent(NOBODY)
    slot.power_on()
    for apdu in apdus:
        yield apdu.hex(" ").upper(), slot.transmit(apdu).hex(" ").upper()
    slot.power_off()


def _swiped(head: StripeHead) -> Tracks:
    swipes = head.poll(PATIENCE)
    if not swipes:
        raise CardAbsent(NOBODY)
    return swipes[0]
