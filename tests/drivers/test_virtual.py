import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from terminal_drivers.base import CardRemoved, Change, Misuse, Presence, ReaderLost, Tracks
from terminal_drivers.readers.built_in.reader import virtual_reader
from terminal_drivers.readers.ccid.both_ends import virtual_ccid
from terminal_drivers.readers.ccid.gempc import BUILT_IN, GEMCORE_SIM_PRO, GEMPC_TWIN
from terminal_drivers.readers.magstripe.both_ends import virtual_stripe_head
from terminal_drivers.transports.lines import LineKind
from tests.patience import PATIENCE

Chip = Callable[..., Any]

LINES: list[LineKind] = ["loopback", "pty", "tcp"]
SELECT = bytes.fromhex("00A404000E325041592E5359532E444446303100")
TRACK2 = ";4761739001010119=30122011143878089?"


@pytest.mark.parametrize("transport", LINES)
@pytest.mark.parametrize("echo", [False, True])
def test_a_terminal_reads_a_chip_a_tap_and_a_swipe(transport: LineKind, echo: bool, chip: Chip) -> None:
    with virtual_reader(transport, variant=replace(BUILT_IN, echo=echo)) as reader:
        reader.device.insert(chip())
        assert reader.poll(PATIENCE) == [Presence(Change.INSERTED, 0)]
        assert reader.contact.present()
        assert not reader.contactless.present()
        assert reader.contact.power_on() == bytes.fromhex("3B6500002063CB6600")
        assert reader.contact.transmit(SELECT).endswith(b"\x90\x00")
        reader.contact.power_off()
        reader.device.remove()
        assert reader.poll(PATIENCE) == [Presence(Change.REMOVED, 0)]

        reader.device.tap(chip({SELECT: b"\x6f\x00\x90\x00"}))
        assert reader.poll(PATIENCE) == [Presence(Change.INSERTED, 1)]
        assert reader.contactless.power_on() == bytes.fromhex("3B8580012063CB6600EA")
        assert reader.contactless.transmit(SELECT) == b"\x6f\x00\x90\x00"
        reader.device.remove()
        with pytest.raises(CardRemoved):
            reader.contactless.transmit(SELECT)
        assert reader.poll(PATIENCE) == [Presence(Change.REMOVED, 1)]

        reader.device.swipe({2: TRACK2})
        assert reader.stripe.poll(PATIENCE) == [Tracks(None, TRACK2, None)]


def test_a_swipe_is_told_with_the_other_changes_and_keeps_its_tracks(chip: Chip) -> None:
    with virtual_reader() as reader:
        reader.device.swipe({2: TRACK2})
        reader.device.insert(chip())
        assert reader.poll() == [Presence(Change.INSERTED, 0), Presence(Change.SWIPED, None)]
        assert reader.stripe.poll() == [Tracks(None, TRACK2, None)]
        assert reader.poll() == []


def test_removing_takes_every_card_and_needs_one(chip: Chip) -> None:
    with virtual_reader() as reader:
        with pytest.raises(Misuse):
            reader.device.remove()
        reader.device.insert(chip())
        reader.device.tap(chip())
        reader.device.remove()
        assert not reader.contact.present()
        assert not reader.contactless.present()
        reader.device.swipe_bits({2: "0" * 50})
        assert reader.stripe.poll() == []


def test_a_reader_without_a_field_says_so(chip: Chip) -> None:
    with virtual_reader(variant=GEMPC_TWIN) as reader:
        reader.device.insert(chip())
        assert reader.contact.power_on()
        with pytest.raises(Misuse):
            reader.device.tap(chip())
        with pytest.raises(Misuse):
            reader.contactless.present()
    with pytest.raises(Misuse):
        virtual_reader(variant=GEMCORE_SIM_PRO)


@pytest.mark.parametrize("transport", LINES)
def test_a_card_pulled_out_while_it_works_is_removed(transport: LineKind, chip: Chip) -> None:
    with virtual_reader(transport) as reader:
        reader.device.insert(chip(on_apdu=reader.device.remove))
        reader.contact.power_on()
        with pytest.raises(CardRemoved):
            reader.contact.transmit(SELECT)


def test_a_closed_reader_is_misuse_and_a_reader_that_died_is_lost() -> None:
    reader = virtual_reader()
    reader.close()
    with pytest.raises(Misuse):
        reader.contact.present()
    for transport in LINES:
        both = virtual_ccid(transport)
        both.line.close()
        with pytest.raises(ReaderLost):
            both.host.slots[0].present()
        both.close()


def test_what_a_line_cannot_do_is_misuse(tmp_path: Any) -> None:
    with pytest.raises(Misuse):
        virtual_ccid("loopback", link=tmp_path / "x")
    with pytest.raises(Misuse):
        virtual_stripe_head("pty", record=[])


class EmptyChip:
    """The cheapest card there is."""

    atr = bytes.fromhex("3B00")

    def reset(self) -> bytes:
        return self.atr

    def transmit(self, apdu: bytes) -> bytes:  # noqa: ARG002
        return b"\x90\x00"


def test_an_exchange_over_the_loopback_stays_within_its_budget() -> None:
    """The aim is 60 us of CPU (measured: 20 to 37); the bound leaves room for a slow machine and for
    coverage.
    """
    with virtual_reader() as reader:
        reader.device.tap(EmptyChip())
        reader.contactless.power_on()
        best = min(_cpu_of(lambda: reader.contactless.transmit(SELECT), 300) for _ in range(5))
    assert best < 600e-6


def _cpu_of(what: Callable[[], object], times: int) -> float:
    start = time.process_time()
    for _ in range(times):
        what()
    return (time.process_time() - start) / times
