"""Questions to one reader: what answers at an address, whether it keeps to its protocol, and a capture of what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from terminal_drivers.base import (
    Card,
    CardAbsent,
    ContactSlot,
    DriverError,
    Misuse,
    ReaderLost,
    ReaderPart,
    ReaderRefused,
    StripeHead,
    Tracks,
)
from terminal_drivers.iso7816.apdu import HEADER
from terminal_drivers.iso7816.atr import Atr
from terminal_drivers.readers.both_ends import BothEnds, ChipControls
from terminal_drivers.readers.clauses import Result
from terminal_drivers.readers.machine import CheckState, Finding, package
from terminal_drivers.readers.pin_prompt import Key, Prompt
from terminal_drivers.readers.protocol import HostReader
from terminal_drivers.readers.served import FIELD, Served
from terminal_drivers.wiring.address import parse_address
from terminal_drivers.wiring.discovery import readers as found_readers
from terminal_drivers.wiring.opening import open_host, open_reader
from terminal_drivers.wiring.serving import serve
from terminal_drivers.wiring.table import known, protocols
from terminal_sim.readers.opening import BOTH_ENDS

__all__ = [
    "FIELD",
    "HEADER",
    "CheckState",
    "Finding",
    "Key",
    "Prompt",
    "Result",
    "Served",
    "capture",
    "conform",
    "found_readers",
    "needed_findings",
    "probe",
    "serve",
]

SELECT_DIRECTORY = bytes.fromhex("00A404000E315041592E5359532E444446303100")
"""SELECT 1PAY.SYS.DDF01 (EMV Book 1, 12.2.2): what most payment cards know."""
PATIENCE = 60.0  # seconds for a person to insert a card
LOOK = 0.2  # seconds between two looks
IN_FIELD = "field"
"""The place of a reader without a slot (`HostReader.places`)."""
NO_CARD = f"no card came within {PATIENCE:g} s"


def probe(address: str) -> Iterator[tuple[str, str]]:
    """What answers at an address, as label and value; a card in a slot is powered for it and then switched off."""
    opened = open_reader(address)
    reader = opened.host if isinstance(opened, BothEnds) else opened
    try:
        yield "address", address
        yield from reader.about()
        for place, slot in reader.places().items():
            yield place, _card_in(slot)
    finally:
        opened.close()


def _swipes_alone(address: str) -> bool:
    """Whether the reader at an address is a stripe head, which shows nothing without a swipe."""
    return known(parse_address(address).protocol).parts == (ReaderPart.STRIPE,)


def conform(address: str, card: Card | None, say: Callable[[str], None]) -> list[Result]:
    """Test what stands at an address against its protocol. `card` goes into a reader with both ends of ours.

    `say` asks the person before a stripe head, which shows nothing without a swipe.
    `Misuse`: no kit knows such readers, or a card is given for a real one.
    """
    # Imported here: the kits of every protocol are for those who ask for them.
    from terminal_drivers.wiring import conformance

    opened = open_reader(address)
    try:
        if card is not None:
            put_card(opened, address, card)
        if not isinstance(opened, BothEnds) and _swipes_alone(address):
            say(f"swipe a card through {address}")
        return conformance.conform(opened)
    finally:
        opened.close()


def put_card(opened: HostReader | BothEnds[HostReader, object], address: str, card: Card) -> None:
    """Put `card` into a reader with both ends of ours. `Misuse` where a person must do it."""
    if not (isinstance(opened, BothEnds) and isinstance(opened.device, ChipControls)):
        raise Misuse(f"a person must put a card into {address}: do so, and leave the card out here")
    opened.device.put(card)


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
    """Write all bytes between the host and a reader to a new pcapng file.

    Waits for a card. One in the slot, or in the field of a reader that has no slot, is powered and gets `apdus`, each of which is
    yielded with its answer in hex; of a stripe, which tracks were read. `CardAbsent` where no card comes.
    """
    # Imported here: recordings are for those who ask for them.
    from terminal_drivers.captures.recording import Recorder

    where = parse_address(address)
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
        places = reader.places()
        if places:
            place, slot = place_for_chip(places)
            await_card(slot, reader.wait, partial(say, asked_of_person(place, address)))
            yield from _exchanges(slot, apdus)
        else:
            say(f"swipe a card through {address}")
            yield "swipe", repr(_swiped(reader.parted().stripe))
    finally:
        reader.close()
        recorder.close()


def asked_of_person(place: str, address: str) -> str:
    """What a person is asked to do with a card at the `place` of a reader."""
    return f"{'hold a card to' if place == IN_FIELD else 'insert a card into'} {address}"


def place_for_chip(places: Mapping[str, ContactSlot]) -> tuple[str, ContactSlot]:
    """The first place for a chip card; a reader that has none of that kind refuses to be asked about it."""
    *others, last = places.items()
    for place, slot in others:
        with suppress(ReaderRefused):
            slot.present()
            return place, slot
    return last


def needed_findings() -> Iterator[Finding]:
    """What the transports and the reader protocols need of this machine, found or missing."""
    yield package("usb", "usb", "USB readers without a driver")
    yield package("hid", "hid", "HID readers")
    for protocol in protocols():
        yield from protocol.checks()


def await_card(slot: ContactSlot, wait: Callable[[float], None], ask: Callable[[], None]) -> None:
    """Return when a card is in the slot; where there is none, the person is asked for it once. `CardAbsent` where none comes."""
    for look in range(round(PATIENCE / LOOK)):
        if slot.present():
            break
        if not look:
            ask()
        wait(LOOK)
    else:
        raise CardAbsent(NO_CARD)


def _exchanges(slot: ContactSlot, apdus: Sequence[bytes]) -> Iterator[tuple[str, str]]:
    """What the card in a slot answers."""
    slot.power_on()
    for apdu in apdus:
        yield apdu.hex(" ").upper(), slot.transmit(apdu).hex(" ").upper()
    slot.power_off()


def _swiped(head: StripeHead) -> Tracks:
    swipes = head.poll(PATIENCE)
    if not swipes:
        raise CardAbsent(NO_CARD)
    return swipes[0]
