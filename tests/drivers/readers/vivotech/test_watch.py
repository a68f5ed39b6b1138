"""A host that looks for cards in the field and listens for swipes in turn."""

from collections.abc import Callable
from typing import Any

import pytest

from terminal_drivers.base import Change, FrameError, Misuse, Presence, Tracks
from terminal_drivers.readers.vivotech.both_ends import VirtualVivotechReader, virtual_vivotech
from terminal_drivers.readers.vivotech.codec import (
    STRIPE,
    Burst,
    Order,
    Response,
    Status,
    UiEvent,
    burst,
    encode,
    ui_event,
)
from terminal_drivers.readers.vivotech.reader import VivotechReader
from terminal_drivers.readers.vivotech.virtual import Place, VirtualVivotech
from terminal_drivers.readers.vivotech.watch import FIELD, LOOKS, SLOT, VivotechWatch
from terminal_drivers.transports.loopback import LoopbackLine

Chip = Callable[..., Any]

SELECT = bytes.fromhex("00A404000E325041592E5359532E444446303100")
OK = b"\x6f\x00\x90\x00"
SWIPE = Tracks(None, ";4761739001010119=30122011143878089?")
TAPPED, GONE = Presence(Change.INSERTED, FIELD), Presence(Change.REMOVED, FIELD)
INSERTED, REMOVED = Presence(Change.INSERTED, SLOT), Presence(Change.REMOVED, SLOT)
SWIPED = Presence(Change.SWIPED, None)
NO_CARD = encode(Response(0x2C, Status.FAILED), Order.MSB_FIRST)


@pytest.fixture
def both() -> VirtualVivotechReader:
    return virtual_vivotech()


def told(watch: VivotechWatch, calls: int = LOOKS) -> list[Presence]:
    return [change for _ in range(calls) for change in watch.poll()]


def test_a_card_in_the_field_is_told_when_it_comes_and_when_it_leaves(
    both: VirtualVivotechReader, chip: Chip
) -> None:
    watch = VivotechWatch(both.host)
    assert told(watch) == []
    for _ in range(2):
        both.device.tap(chip())
        assert told(watch) == [TAPPED]
        assert told(watch, 3 * LOOKS) == [], "it is told once"
        both.device.remove()
        assert told(watch) == [GONE]


def test_a_card_in_the_slot_is_told_and_the_head_listens_beside_it(
    both: VirtualVivotechReader, chip: Chip
) -> None:
    both.device.insert(chip())
    watch = VivotechWatch(both.host)
    assert watch.poll() == [INSERTED], "a card that was there before is told by the first call"
    assert watch.holds(SLOT)
    assert told(watch, LOOKS - 1) == []
    both.device.swipe(SWIPE)
    assert watch.poll() == [SWIPED]
    both.device.remove(Place.SLOT)
    assert told(watch) == [REMOVED]
    assert not watch.holds(SLOT)


@pytest.mark.parametrize(("sub", "number"), [(0x12, SLOT), (0x02, FIELD)])
def test_a_reader_without_a_part_is_not_asked_for_it(sub: int, number: int, chip: Chip) -> None:
    device = VirtualVivotech()
    assert VivotechWatch(VivotechReader(LoopbackLine(device).open())).has(number)
    del device._handlers[0x2C, sub]
    watch = VivotechWatch(VivotechReader(LoopbackLine(device).open()))
    assert not watch.has(number)
    assert watch.has(SLOT + FIELD - number)
    device.insert(chip())
    device.tap(chip())
    assert [change.slot for change in told(watch)] == [SLOT + FIELD - number]


def test_a_swipe_is_told_between_the_questions(both: VirtualVivotechReader) -> None:
    watch = VivotechWatch(both.host)
    for calls in range(2 * LOOKS):
        both.device.swipe(SWIPE)
        assert watch.poll() == [SWIPED], calls
        assert both.host.stripe.poll() == [SWIPE]


def test_the_reader_stays_in_pass_through_mode_while_a_card_is_in_the_field(
    both: VirtualVivotechReader, chip: Chip
) -> None:
    watch = VivotechWatch(both.host)
    both.device.tap(chip())
    told(watch)
    with pytest.raises(Misuse, match="swipe again"):
        both.device.swipe(SWIPE)
    both.device.remove(Place.FIELD)
    told(watch)
    both.device.swipe(SWIPE)
    assert watch.poll() == [SWIPED]


@pytest.mark.parametrize("place", Place)
def test_a_conversation_is_not_disturbed(place: Place, chip: Chip) -> None:
    record: list[tuple[str, bytes]] = []
    both = virtual_vivotech(record=record)
    watch = VivotechWatch(both.host)
    card = chip({SELECT: OK})
    if place is Place.FIELD:
        both.device.tap(card)
        slot: Any = both.host.contactless
    else:
        both.device.insert(card)
        slot = both.host.contact
    slot.power_on()
    before = len(record)
    told(watch, 3 * LOOKS)
    assert len(record) == before
    assert slot.transmit(SELECT) == OK
    slot.power_off()
    told(watch)
    assert len(record) > before


def test_the_idle_load_is_four_commands_a_round() -> None:
    record: list[tuple[str, bytes]] = []
    watch = VivotechWatch(virtual_vivotech(record=record).host)
    told(watch)
    before = len(record)
    told(watch, 10 * LOOKS)
    assert [who for who, _ in record[before:]].count("host") == 40


class ByItself(VirtualVivotech):
    """A reader that sends `burst` when it is listened to."""

    burst = b""

    def take(self) -> bytes:
        sent, self.burst = self.burst, b""
        return sent + super().take()


def test_a_card_that_the_reader_read_by_itself_is_no_swipe() -> None:
    device = ByItself()
    watch = VivotechWatch(VivotechReader(LoopbackLine(device).open()))
    visa = STRIPE - 0x0A
    device.burst = burst(Burst(visa, SWIPE))
    assert told(watch) == []
    device.burst = burst(Burst(STRIPE, SWIPE))
    assert told(watch) == [SWIPED]


def test_a_reader_that_refuses_burst_mode_hears_no_stripe(both: VirtualVivotechReader) -> None:
    assert VivotechWatch(both.host).reads_stripes
    device = VirtualVivotech()
    del device._handlers[0x04, 0x00]
    watch = VivotechWatch(VivotechReader(LoopbackLine(device).open()))
    assert not watch.reads_stripes
    assert told(watch) == []


class Noisy(VirtualVivotech):
    """A reader on a line that once damages something behind the answer that the slot is empty."""

    noise = b""

    def take(self) -> bytes:
        said = super().take()
        if NO_CARD in said:
            said, self.noise = said + self.noise, b""
        return said


def test_what_an_error_interrupts_is_told_by_the_next_call(chip: Chip) -> None:
    device = Noisy()
    watch = VivotechWatch(VivotechReader(LoopbackLine(device).open()))
    assert told(watch) == []
    device.tap(chip())
    device.noise = ui_event(UiEvent(bytes(4)))[:-1] + b"?"
    with pytest.raises(FrameError):
        watch.poll()
    assert watch.poll() == [TAPPED]
