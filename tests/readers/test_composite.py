"""Several readers as one terminal's: each gives what the ones before it lack, and all of them must be there."""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from terminal_drivers.base import Change, Misuse, Presence, ReaderLost
from terminal_drivers.readers.magstripe.virtual import VirtualStripeHead, stripe_bits
from terminal_drivers.readers.served import Served
from terminal_drivers.transports.pty import PtyLine
from terminal_drivers.wiring.serving import serve
from terminal_sim.bench import Bench, BenchMisuse, TerminalUnderTest
from terminal_sim.cli.main import main
from terminal_sim.readers.opening import Hardware, check_address, open_hardware
from tests.engine.kit import ready
from tests.patience import PATIENCE

TRIES = 1_000
INSERTED, REMOVED = Presence(Change.INSERTED, 0), Presence(Change.REMOVED, 0)
TAPPED, SWIPED = Presence(Change.INSERTED, 1), Presence(Change.SWIPED, None)

SCRIPT = """\
keys 1
terminal v400m

scenario "A swipe beside a chip reader"
  press  OK 1000 OK
  swipe  visa-stripe
  expect screen "Approved"
  expect host sale amount=1000 entry=stripe count=1

scenario "It fails"
  expect screen "Bananas"
"""


class Head:
    """A stripe head that is plugged in at a link."""

    def __init__(self, link: Path) -> None:
        self._device = VirtualStripeHead()
        self._line = PtyLine(self._device, link, baud=9_600)

    def swipe(self, bench: Bench) -> None:
        stripe = bench.card("visa-stripe").stripe
        assert stripe is not None
        self._line.act(lambda: self._device.swipe(stripe_bits(stripe)))

    def close(self) -> None:
        self._line.close()


class Bay:
    """Readers of three kinds at links, and their addresses; what is left plugged in at the end is unplugged."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._plugged: list[Served | Head] = []
        self.chip = f"ccid+serial:{folder / 'chip'}"
        self.neo = f"vivotech+serial:{folder / 'neo'}"
        self.head = f"msr+serial:{folder / 'head'}"

    def plug_chip(self) -> Served:
        return self._kept(serve(f"ccid+pty:{self._folder / 'chip'}"))

    def plug_neo(self) -> Served:
        return self._kept(serve(f"vivotech+pty:{self._folder / 'neo'}"))

    def plug_head(self) -> Head:
        head = Head(self._folder / "head")
        self._plugged.append(head)
        return head

    def close(self) -> None:
        for each in self._plugged:
            each.close()

    def _kept(self, served: Served) -> Served:
        self._plugged.append(served)
        return served


@pytest.fixture
def bay(tmp_path: Path) -> Iterator[Bay]:
    bay = Bay(tmp_path)
    yield bay
    bay.close()


@pytest.fixture
def opened() -> Iterator[Callable[..., Hardware]]:
    """Open readers at addresses; they are closed at the end."""
    opened: list[Hardware] = []

    def open_at(*addresses: str) -> Hardware:
        opened.append(open_hardware(addresses))
        return opened[-1]

    yield open_at
    for each in opened:
        each.close()


def news(hardware: Hardware) -> list[Presence]:
    """The next report that says something, of readers that may be away at first."""
    return next(told for _ in range(TRIES) if (told := report(hardware)))


def report(hardware: Hardware) -> list[Presence] | None:
    """A report, or None while a reader is away."""
    try:
        return hardware.reader.poll(PATIENCE / TRIES)
    except ReaderLost:
        return None


def is_away(hardware: Hardware) -> bool:
    return report(hardware) is None


def lost(hardware: Hardware) -> None:
    assert any(is_away(hardware) for _ in range(TRIES))


def pay(terminal: TerminalUnderTest, act: Callable[[], None]) -> None:
    ready(terminal)
    act()
    until(terminal, lambda: terminal.view().screen.id != "present-card")
    terminal.bench.advance(1_000_000)
    assert terminal.view().screen.id == "approved"
    terminal.bench.advance(60_000_000)


def until(terminal: TerminalUnderTest, holds: Callable[[], bool]) -> None:
    while not holds():
        assert terminal.bench.engine.poll(terminal.board, PATIENCE), "the readers reported nothing"
        terminal.bench.engine.settle()


def test_a_terminal_takes_chips_at_one_reader_and_stripes_at_another(bay: Bay) -> None:
    chip_reader, head = bay.plug_chip(), bay.plug_head()
    with Bench() as bench:
        terminal = bench.add_terminal("v400m", reader=(bay.chip, bay.head))
        card = bench.card("visa-credit").chip
        assert card is not None
        pay(terminal, lambda: head.swipe(bench))
        pay(terminal, lambda: chip_reader.insert(card))
        chip_reader.remove()
        until(terminal, lambda: not terminal.board.readers.card_in)
        pay(terminal, lambda: head.swipe(bench))


def test_a_part_is_that_of_the_first_address_that_has_it(bay: Bay, opened: Callable[..., Hardware]) -> None:
    chip_reader, neo = bay.plug_chip(), bay.plug_neo()
    both = opened(bay.chip, bay.neo)
    with Bench() as bench:
        card = bench.card("visa-credit")
        assert card.chip is not None
        assert card.contactless is not None
        neo.insert(card.chip)
        neo.tap(card.contactless)
        assert news(both) == [TAPPED]
        assert [report(both) for _ in range(10)] == [[]] * 10, "the slot of the second reader is nobody's"
        assert not both.reader.contact.present()
        assert both.reader.contactless.power_on()
        chip_reader.insert(card.chip)
        assert news(both) == [INSERTED]
        assert both.reader.contact.present()
        both.operator.insert("visa-credit", card.chip)
        assert both.operator.asked == f"insert visa-credit into {bay.chip}"
        both.operator.tap("visa-credit", card.contactless)
        assert both.operator.asked == f"hold visa-credit to {bay.neo}"


def test_an_address_that_adds_nothing_is_an_error(bay: Bay, opened: Callable[..., Hardware]) -> None:
    bay.plug_chip()
    bay.plug_neo()
    before = threading.active_count()
    with pytest.raises(Misuse, match=r"^ccid\+serial\S* adds nothing to vivotech\+serial\S*: leave it out"):
        opened(bay.neo, bay.chip)
    assert threading.active_count() == before, "what was opened is closed"
    with Bench() as bench, pytest.raises(BenchMisuse, match="adds nothing"):
        bench.add_terminal("v400m", reader=[bay.neo, bay.chip])


@pytest.mark.parametrize(
    ("addresses", "told"),
    [
        ((), "no reader is named"),
        (("virtual", "msr+hid://0801:0002"), "name no other beside it"),
        (("msr+hid://0801:0002", "pty"), "name no other beside it"),
        (("msr+hid://0801:0002", "msr+hid://0801:0002"), "named twice"),
        (("msr+hid://0801:0002", "nonsense"), "no reader address"),
        (("msr+hid://0801:0002", "vivotech+virtual:"), "name it alone"),
        (("ccid+pty:",), "write virtual or pty"),
        (("msr+virtual:",), "write virtual or pty"),
        (("ccid+capture:sale.pcapng",), "replayed as recording:FILE"),
    ],
)
def test_addresses_that_do_not_go_together_are_misuse(addresses: tuple[str, ...], told: str) -> None:
    with pytest.raises(Misuse, match=told):
        check_address(addresses)
    with pytest.raises(Misuse, match=told):
        open_hardware(addresses)


def test_what_cannot_be_recorded_is_told_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "swipe.keys"
    script.write_text(SCRIPT, encoding="utf-8")
    recording = tmp_path / "recording"
    recording.mkdir()
    for address, told in (
        ("vivotech+pty:", "is not recorded"),
        (f"recording:{recording}", "leave one of the two out"),
    ):
        assert main(["run", str(script), "--reader", address, "--record", str(tmp_path / "new")]) == 2
        assert told in capsys.readouterr().err


def test_nobody_is_asked_for_a_part_that_no_reader_has(bay: Bay, opened: Callable[..., Hardware]) -> None:
    bay.plug_chip()
    bay.plug_head()
    with Bench() as bench:
        card = bench.card("visa-credit")
        assert card.chip is not None
        assert card.stripe is not None
        assert card.contactless is not None
        alone = opened(bay.head)
        alone.operator.swipe("visa-credit", card.stripe)
        with pytest.raises(Misuse, match=r"^msr\+serial:\S* has no slot: add a reader that has one"):
            alone.operator.insert("visa-credit", card.chip)
        alone.close()
        both = opened(bay.head, bay.chip).operator
        with pytest.raises(Misuse, match=r"^\S* and \S* has no contactless field"):
            both.tap("visa-credit", card.contactless)


def test_one_that_is_away_takes_the_reader_away_until_it_is_back(
    bay: Bay, opened: Callable[..., Hardware]
) -> None:
    chip_reader, head = bay.plug_chip(), bay.plug_head()
    both = opened(bay.chip, bay.head)
    with Bench() as bench:
        card = bench.card("visa-credit").chip
        assert card is not None
        for _ in range(2):
            head.close()
            lost(both)
            assert is_away(both), "it stays away"
            chip_reader.insert(card)
            assert both.reader.contact.present(), "the other one is there"
            assert all(is_away(both) for _ in range(10))
            head = bay.plug_head()
            assert news(both) == [INSERTED], "the card in the slot is told anew"
            chip_reader.remove()
            assert news(both) == [REMOVED]
        chip_reader.close()
        lost(both)
        head.swipe(bench)
        assert all(is_away(both) for _ in range(3))
        chip_reader = bay.plug_chip()
        chip_reader.insert(card)
        assert news(both) == [INSERTED], "a swipe from meanwhile is not told"
        chip_reader.close()
        lost(both)
        chip_reader = bay.plug_chip()
        back = next(told for _ in range(TRIES) if (told := report(both)) is not None)
        assert [back, *(report(both) for _ in range(10))] == [[]] * 11, "the card went with its reader"
        assert both.reader.poll(0.1) == []
        head.swipe(bench)
        assert news(both) == [SWIPED]
        assert len(both.reader.stripe.poll()) == 1


def test_a_terminal_shows_that_one_of_its_readers_is_gone(bay: Bay) -> None:
    bay.plug_chip()
    head = bay.plug_head()
    with Bench() as bench:
        terminal = bench.add_terminal("v400m", reader=(bay.chip, bay.head))
        ready(terminal)
        head.close()
        until(terminal, lambda: terminal.view().screen.id == "reader-lost")
        head = bay.plug_head()
        until(terminal, lambda: not terminal.board.readers.lost)
        bench.advance(60_000_000)
        pay(terminal, lambda: head.swipe(bench))


def test_a_wait_is_for_all_readers_at_once(bay: Bay, opened: Callable[..., Hardware]) -> None:
    bay.plug_chip()
    head = bay.plug_head()
    both = opened(bay.chip, bay.head)

    def waited() -> float:
        begun = time.monotonic()
        assert both.reader.poll(0.2) == []
        return time.monotonic() - begun

    assert 0.2 <= min(waited() for _ in range(5)) < 0.4, "one wait after the other takes twice as long"
    with Bench() as bench:
        head.swipe(bench)
    assert both.reader.poll(PATIENCE) == [SWIPED]
    head.close()
    lost(both)
    begun = time.monotonic()
    with pytest.raises(ReaderLost):
        both.reader.poll(0.5)
    assert time.monotonic() - begun >= 0.5, "nobody spins while one is away"


def test_nothing_stays_behind_after_close(bay: Bay) -> None:
    bay.plug_chip()
    bay.plug_head()
    before, threads = len(os.listdir("/proc/self/fd")), threading.active_count()
    for _ in range(20):
        open_hardware((bay.chip, bay.head)).close()
    assert (len(os.listdir("/proc/self/fd")), threading.active_count()) == (before, threads)


class Person(io.StringIO):
    """Somebody who swipes when they are asked."""

    def __init__(self, head: Head) -> None:
        super().__init__()
        self._head = head

    def write(self, text: str) -> int:
        if text.startswith("terminal-sim: swipe visa-stripe through msr+serial:"):
            with Bench() as bench:
                self._head.swipe(bench)
        return super().write(text)


def test_the_command_line_takes_several_readers_and_says_them_again(
    bay: Bay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bay.plug_chip()
    script = tmp_path / "swipe.keys"
    script.write_text(SCRIPT, encoding="utf-8")
    monkeypatch.setattr("sys.stderr", Person(bay.plug_head()))
    assert main(["run", str(script), "--reader", bay.chip, "--reader", bay.head]) == 1
    said = capsys.readouterr().out
    assert "1 held, 1 failed" in said
    assert f"reader {bay.chip} and {bay.head}\n" in said
    assert f"--reader {bay.chip} --reader {bay.head}" in said
