"""A reader that is away: what the firmware knows of it after a boot, in each state, and when it is back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from terminal_drivers.base import ContactSlot, ReaderLost
from terminal_sim.bench import Bench
from terminal_sim.readers.parts import Reader
from tests.contracts.drive import TEXTS, Drive, full
from tests.engine.kit import keys, plug
from tests.offline.shop import Shop, shop

SECOND = 1_000_000


@pytest.fixture
def drive() -> Iterator[Drive]:
    with Drive(full("v400m")) as one:
        yield one


@pytest.fixture
def phone() -> Iterator[Shop]:
    with shop("square-reader") as one:
        yield one


@pytest.mark.parametrize("flow", ["sale", "refund"])
def test_a_sale_that_begins_while_the_reader_is_away_asks_for_no_card(drive: Drive, flow: str) -> None:
    plug(drive.terminal, into=False)
    drive.open(flow)
    if flow == "refund":
        drive.type("0856")
    drive.type("1000")
    assert (drive.at, drive.screen) == ((flow, "failed"), "reader-lost")
    assert not drive.terminal.board.readers.open
    plug(drive.terminal, into=True)
    drive.pass_time(60)
    drive.sale()
    drive.pass_time()
    assert drive.screen == "approved"


class OnceDeaf:
    """A slot whose reader does not answer one command, and then does again."""

    def __init__(self, slot: ContactSlot) -> None:
        self.present, self.power_on, self.power_off = slot.present, slot.power_on, slot.power_off
        self._slot = slot
        self._deaf = True

    def transmit(self, apdu: bytes) -> bytes:
        if self._deaf:
            self._deaf = False
            raise ReaderLost("no answer")
        return self._slot.transmit(apdu)


class OnceDeafReader:
    """The readers of a terminal whose slot is once deaf."""

    def __init__(self, reader: Reader) -> None:
        self.contact = OnceDeaf(reader.contact)
        self.contactless, self.stripe, self.poll = reader.contactless, reader.stripe, reader.poll


@pytest.mark.parametrize("device", ["v400m", "square-terminal"])
def test_a_reader_that_is_lost_in_a_conversation_is_found_by_the_next_poll(device: str) -> None:
    with Bench(texts=TEXTS) as bench:
        terminal = bench.add_terminal(device)
        terminal.board.readers.reader = OnceDeafReader(terminal.board.readers.reader)
        for told in ("reader-lost", "approved"):
            keys(terminal, *(["OK"] if device == "v400m" else []), "1000", "OK")
            terminal.insert("visa-credit")
            bench.advance(SECOND)
            assert terminal.view().screen.id == told
            terminal.remove_card()
            bench.advance(60 * SECOND)


def test_a_payment_without_a_card_needs_no_reader(drive: Drive) -> None:
    plug(drive.terminal, into=False)
    drive.moto()
    drive.pass_time()
    assert drive.screen == "approved"


def test_a_terminal_that_boots_without_its_reader_knows_so() -> None:
    with shop("square-terminal") as at:
        plug(at.terminal, into=False)
        at.terminal.power_cut()
        at.terminal.power_on()
        assert at.charge() == "reader-lost"
        plug(at.terminal, into=True)
        assert at.charge() == "approved"


def test_a_card_that_is_left_in_a_reader_whose_link_comes_back_is_to_be_removed(phone: Shop) -> None:
    keys(phone.terminal, "1000", "OK")
    phone.terminal.insert("visa-credit")
    phone.bench.advance(SECOND)
    phone.terminal.fault("reader-link", "down")
    phone.terminal.fault("reader-link", "up")
    phone.terminal.press("OK")
    assert phone.terminal.view().screen.id == "remove-card"


def test_a_link_that_is_up_already_tells_nothing_anew() -> None:
    with Bench(texts=TEXTS) as bench:
        terminal = bench.add_terminal("square-reader")
        terminal.insert("visa-credit")
        terminal.fault("reader-link", "up")
        assert sum("CardInserted" in entry.line() for entry in bench.trace.entries) == 1


def test_a_link_to_a_reader_that_is_away_brings_no_reader(phone: Shop) -> None:
    phone.terminal.fault("reader-link", "down")
    plug(phone.terminal, into=False)
    phone.terminal.fault("reader-link", "up")
    assert phone.charge() == "reader-lost"
    plug(phone.terminal, into=True)
    assert phone.charge() == "approved"


def test_a_phone_that_boots_knows_nothing_of_a_card_behind_a_lost_link(phone: Shop) -> None:
    phone.terminal.insert("visa-credit")
    phone.terminal.fault("reader-link", "down")
    phone.terminal.power_cut()
    phone.terminal.power_on()
    assert not phone.terminal.firmware.environment.card_in
    phone.terminal.fault("reader-link", "up")
    assert phone.terminal.firmware.environment.card_in


def test_nobody_is_asked_to_take_a_card_out_of_a_reader_that_is_away(drive: Drive) -> None:
    drive.sale()
    drive.pass_time()
    drive.terminal.press("OK")
    assert drive.at == ("sale", "remove-card")
    plug(drive.terminal, into=False)
    assert drive.at_home
