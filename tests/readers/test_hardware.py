"""Readers by address: a real one is watched, is lost when it goes, and comes back without a restart."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from terminal_drivers.base import (
    Card,
    CardAbsent,
    CardRemoved,
    Change,
    DriverError,
    FrameError,
    LineDevice,
    Misuse,
    PartedReader,
    Presence,
    ReaderLost,
    ReaderPart,
    Stripe,
)
from terminal_drivers.captures.capture import packets
from terminal_drivers.readers.ccid.gempc import BUILT_IN, GEMPC_TWIN, GemPcDevice
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.ccid.serving import ServedReader, ServedSerialReader
from terminal_drivers.readers.ccid.virtual import VirtualCcid
from terminal_drivers.readers.magstripe.conformance import device as stripe_checks
from terminal_drivers.readers.magstripe.line import parse
from terminal_drivers.readers.magstripe.reader import SerialStripeHead
from terminal_drivers.readers.magstripe.virtual import VirtualStripeHead, stripe_bits
from terminal_drivers.readers.parted import HeadReader, SlotReader
from terminal_drivers.readers.served import Served
from terminal_drivers.readers.vivotech.both_ends import virtual_vivotech
from terminal_drivers.readers.vivotech.parted import PartedVivotech
from terminal_drivers.readers.vivotech.reader import VivotechReader
from terminal_drivers.readers.vivotech.virtual import Place, VirtualVivotech
from terminal_drivers.readers.vivotech.watch import LOOKS
from terminal_drivers.transports.loopback import LoopbackLine
from terminal_drivers.transports.pty import PtyLine
from terminal_drivers.transports.tcp import TcpLine
from terminal_drivers.wiring.opening import open_host
from terminal_drivers.wiring.serving import serve
from terminal_sim.bench import Bench, BenchMisuse, TerminalUnderTest
from terminal_sim.cli.main import main
from terminal_sim.readers import monitored as watched_readers
from terminal_sim.readers.diagnostics import probe
from terminal_sim.readers.monitored import MonitoredReader, PolledReader
from terminal_sim.readers.opening import check_address, open_hardware
from terminal_sim.readers.operator import HumanOperator
from terminal_sim.verbs import ExpectationFailed, Tester
from tests.engine.kit import ready
from tests.patience import PATIENCE

TRIES = 1_000
SELECT = bytes.fromhex("00A404000E315041592E5359532E444446303100")
INSERTED, REMOVED = Presence(Change.INSERTED, 0), Presence(Change.REMOVED, 0)


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "reader"


@pytest.fixture
def plug(link: Path) -> Iterator[Callable[[], ServedReader]]:
    """Plug a served reader in at the link; `close` unplugs it."""
    plugged: list[ServedReader] = []

    def plug() -> ServedReader:
        plugged.append(ServedSerialReader(link=link))
        return plugged[-1]

    yield plug
    for reader in plugged:
        reader.close()


@pytest.fixture
def watched(plug: Callable[[], ServedReader], link: Path) -> Iterator[tuple[ServedReader, MonitoredReader]]:
    served = plug()
    hardware = open_hardware(f"ccid+serial:{link}")
    assert isinstance(hardware.reader, MonitoredReader)
    yield served, hardware.reader
    hardware.close()


def news(reader: MonitoredReader) -> list[Presence]:
    """The next report that says something."""
    return next(told for _ in range(TRIES) if (told := reader.poll(PATIENCE / TRIES)))


def chip(bench: Bench, name: str = "visa-credit"):  # type: ignore[no-untyped-def]  # whichever kind of card it is
    return bench.card(name).chip


def test_cards_are_reported_as_they_come_and_go(watched: tuple[ServedReader, MonitoredReader]) -> None:
    served, reader = watched
    assert reader.poll() == []
    with Bench() as bench:
        served.insert(chip(bench))
        assert news(reader) == [INSERTED]
        reader.contact.power_on()
        assert reader.contact.transmit(SELECT)[-2:] == b"\x90\x00"
        served.remove()
        assert news(reader) == [REMOVED]
        with pytest.raises(CardAbsent):
            reader.contact.transmit(SELECT)


def test_a_card_that_was_there_before_the_reader_was_opened_is_reported(
    plug: Callable[[], ServedReader], link: Path
) -> None:
    with Bench() as bench:
        plug().insert(chip(bench))
        hardware = open_hardware(f"ccid+serial:{link}")
        try:
            assert isinstance(hardware.reader, MonitoredReader)
            assert news(hardware.reader) == [INSERTED]
        finally:
            hardware.close()


def test_a_reader_that_is_unplugged_is_lost_until_it_is_plugged_in_again(
    watched: tuple[ServedReader, MonitoredReader], plug: Callable[[], ServedReader]
) -> None:
    served, reader = watched
    for _ in range(3):
        served.close()
        with pytest.raises(ReaderLost):
            reader.poll(PATIENCE)
        with pytest.raises(ReaderLost):
            reader.poll()
        with pytest.raises(ReaderLost):
            reader.contact.power_on()
        served = plug()
        with Bench() as bench:
            served.insert(chip(bench))
            assert (told_when_back(reader) or news(reader)) == [INSERTED]
            reader.contact.power_on()
            assert reader.contact.transmit(SELECT)[-2:] == b"\x90\x00"


def test_an_address_that_no_reader_can_have_is_misuse() -> None:
    for address in ("nonsense", "ccid+nothing:", "ccid+serial:"):
        with pytest.raises(Misuse):
            check_address(address)
        with pytest.raises(Misuse):
            open_hardware(address)
    with pytest.raises(Misuse, match="write virtual or pty"):
        open_hardware("ccid+virtual:")
    check_address("virtual")
    check_address("pty")


def test_a_probe_tells_what_answers(plug: Callable[[], ServedReader], link: Path) -> None:
    served = plug()
    assert dict(probe(f"ccid+serial:{link}"))["slot 0"] == "empty"
    with Bench() as bench:
        served.insert(chip(bench))
        told = dict(probe(f"ccid+serial:{link}"))
    assert told["firmware"] == "CCID-V1.00"
    assert told["slot 0"] == "a card, T=0, ATR 3B 65 00 00 20 63 CB 66 00"


@pytest.mark.parametrize(("kind", "protocol"), [("ccid+pty:", "ccid"), ("vivotech+pty:", "vivotech")])
def test_a_mute_card_is_told_as_one_that_does_not_answer(kind: str, protocol: str, link: Path) -> None:
    served = serve(kind, link)
    try:
        with Bench() as bench:
            served.insert(chip(bench, "mute"))
            told = dict(probe(f"{protocol}+serial:{link}"))["slot 0"]
        assert re.fullmatch(r"a card that does not work: the card in (the slot|slot 0) does not answer", told)
    finally:
        served.close()


def test_a_capture_keeps_every_frame_for_its_owner_alone(
    plug: Callable[[], ServedReader], link: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "card.pcapng"
    with Bench() as bench:
        plug().insert(chip(bench))
        address = f"ccid+serial:{link}"
        assert main(["readers", "capture", address, "--to", str(file)]) == 0
        assert "31 50 41 59 2E 53 59 53" in capsys.readouterr().out
        assert file.stat().st_mode & 0o777 == 0o600
        assert len(list(packets(file, "ccid"))) > 10
        assert SELECT[:18] in file.read_bytes()
        assert main(["readers", "capture", address, "--to", str(file)]) == 2, "it replaces no file"
        assert main(["readers", "capture", address, "--to", str(file) + "2", "--apdu", "xyz"]) == 2
        assert main(["readers", "capture", address, "--to", str(file) + "2", "--apdu", "00A4"]) == 2
        assert not Path(str(file) + "2").exists(), "told before the card is asked for"
        assert main(["readers", "capture", "ccid+virtual:", "--to", str(file) + "3"]) == 2
        assert capsys.readouterr().err.count("\n") == 4


def test_a_stripe_head_that_nobody_swipes_at_has_shown_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stripe_checks, "PATIENCE", 0.1)
    line = TcpLine(VirtualStripeHead())
    address = f"msr+tcp://127.0.0.1:{line.port}"
    try:
        assert main(["readers", "conform", address]) == 5, "nothing ran"
        assert capsys.readouterr().err == f"terminal-sim: swipe a card through {address}\n"
    finally:
        line.close()


def test_a_reader_without_a_slot_is_probed_and_captured_by_its_field(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    device = VirtualVivotech()
    for sub in (0x12, 0x13, 0x18):
        del device._handlers[0x2C, sub]
    line = TcpLine(device)
    address = f"vivotech+tcp://127.0.0.1:{line.port}"
    try:
        told = dict(probe(address))
        assert told["slot 0"] == "not there (the reader refuses 2C-12: unknown subcommand)"
        assert told["field"] == "empty"
        with Bench() as bench:
            line.act(lambda: device.tap(chip(bench)))
        assert main(["readers", "capture", address, "--to", str(tmp_path / "card.pcapng")]) == 0
        assert "31 50 41 59 2E 53 59 53" in capsys.readouterr().out
    finally:
        line.close()


# --- a terminal with such a reader ------------------------------------------------------------------------------------


def until(terminal: TerminalUnderTest, holds: Callable[[], bool]) -> None:
    """Let the reader report until something holds."""
    while not holds():
        assert terminal.bench.engine.poll(terminal.board, PATIENCE), "the reader reported nothing"
        terminal.bench.engine.settle()


def test_a_terminal_shows_that_its_reader_is_gone_and_goes_on_when_it_is_back(
    plug: Callable[[], ServedReader], link: Path
) -> None:
    served = plug()
    with Bench() as bench:
        terminal = bench.add_terminal("v400m", reader=f"ccid+serial:{link}")
        ready(terminal)
        assert terminal.wants_card("insert")
        served.close()
        until(terminal, lambda: terminal.view().screen.id == "reader-lost")
        served = plug()
        until(terminal, lambda: not terminal.board.readers.lost)
        bench.advance(60_000_000)
        ready(terminal)
        served.insert(chip(bench))
        until(terminal, lambda: terminal.board.readers.card_in)
        bench.advance(1_000_000)
        assert terminal.view().screen.id == "approved"


def neo() -> tuple[LineDevice, Callable[[Card], None]]:
    reader = VirtualVivotech()
    return reader, reader.insert


def gempc() -> tuple[LineDevice, Callable[[Card], None]]:
    reader = VirtualCcid(GEMPC_TWIN.features, descriptor=GEMPC_TWIN.descriptor)
    return GemPcDevice(reader, GEMPC_TWIN), lambda card: reader.insert(0, card)


@pytest.mark.parametrize(("protocol", "make"), [("ccid", gempc), ("vivotech", neo)])
def test_a_sale_runs_on_a_reader_of_any_protocol_behind_a_port(
    protocol: str, make: Callable[[], tuple[LineDevice, Callable[[Card], None]]]
) -> None:
    device, insert = make()
    line = TcpLine(device)
    try:
        with Bench() as bench:
            terminal = bench.add_terminal("v400m", reader=f"{protocol}+tcp://127.0.0.1:{line.port}")
            ready(terminal)
            line.act(lambda: insert(chip(bench)))
            until(terminal, lambda: terminal.board.readers.card_in)
            bench.advance(1_000_000)
            assert terminal.view().screen.id == "approved"
    finally:
        line.close()


class Person(io.StringIO):
    """Somebody who reads what is asked for and does it."""

    def __init__(self, does: Callable[[], None]) -> None:
        super().__init__()
        self._does = does

    def write(self, text: str) -> int:
        if text.startswith("terminal-sim: "):
            self._does()
        return super().write(text)


def test_a_person_who_is_asked_taps_or_swipes(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = VirtualCcid(BUILT_IN.features, descriptor=BUILT_IN.descriptor)
    head = VirtualStripeHead()
    with Bench() as bench:
        card = bench.card("visa-credit")
        stripe_only = bench.card("visa-stripe").stripe
        face = card.contactless
        assert face is not None
        assert stripe_only is not None
        for name, address, device, act, how in (
            ("visa-credit", "ccid+tcp://127.0.0.1:{}?variant=built-in", GemPcDevice(reader, BUILT_IN),
             lambda: reader.insert(1, face), TerminalUnderTest.tap),
            ("visa-stripe", "msr+tcp://127.0.0.1:{}", head,
             lambda: head.swipe(stripe_bits(stripe_only)), TerminalUnderTest.swipe),
        ):  # fmt: skip
            line = TcpLine(device)
            try:
                terminal = bench.add_terminal("v400m", reader=address.format(line.port))
                ready(terminal)
                person = Person(partial(line.act, act))
                monkeypatch.setattr("sys.stderr", person)
                how(terminal, name)
                bench.advance(1_000_000)
                assert terminal.view().screen.id == "approved", name
                assert person.getvalue().count("\n") == 1, "asked once"
            finally:
                line.close()


def test_nobody_who_does_it_in_time_is_told(
    plug: Callable[[], ServedReader], link: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plug()
    monkeypatch.setattr(HumanOperator, "timeout", 0.2)
    with Bench() as bench:
        terminal = bench.add_terminal("v400m", reader=f"ccid+serial:{link}")
        with pytest.raises(BenchMisuse, match=r"this was not done within 0.2 s: insert visa-credit"):
            terminal.insert("visa-credit")


def test_whoever_is_asked_at_a_reader_that_goes_away_is_told_so_and_so_is_the_terminal(
    plug: Callable[[], ServedReader], link: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = plug()
    monkeypatch.setattr(HumanOperator, "timeout", 1.0)
    with Bench() as bench:
        terminal = bench.add_terminal("v400m", reader=f"ccid+serial:{link}")
        ready(terminal)
        served.close()
        with pytest.raises(BenchMisuse, match=r"the reader is away, plug it in: insert visa-credit"):
            terminal.insert("visa-credit")
        assert terminal.view().screen.id == "reader-lost"


PIN_CARD = "mastercard-pin"
MOMENTS = ("exchange", "pin-entry")


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_reader_that_is_unplugged_in_a_conversation_is_lost_and_the_next_sale_works(
    plug: Callable[[], ServedReader], link: Path, moment: str
) -> None:
    served = plug()
    with Bench() as bench:
        terminal = bench.add_terminal("v400m", reader=f"ccid+serial:{link}")
        ready(terminal)
        unplugging = threading.Thread(target=served.close)
        if moment == "exchange":
            served.insert(Startling(chip(bench), unplugging.start))
        else:
            served.insert(chip(bench, PIN_CARD))
            until(terminal, lambda: terminal.view().screen.id == "enter-pin")
            unplugging.start()
        until(terminal, lambda: terminal.view().screen.id == "reader-lost")
        unplugging.join()
        # The conversation may have noticed before the reader told, and told is what is waited for below.
        until(terminal, lambda: terminal.board.readers.lost)
        served = plug()
        until(terminal, lambda: not terminal.board.readers.lost)
        bench.advance(60_000_000)
        ready(terminal)
        served.insert(chip(bench))
        until(terminal, lambda: terminal.board.readers.card_in)
        bench.advance(1_000_000)
        assert terminal.view().screen.id == "approved"


class Startling:
    """A card at whose third command something happens to its reader."""

    def __init__(self, card: Card, happens: Callable[[], None]) -> None:
        self._card = card
        self._happens = happens
        self._commands = 0

    @property
    def atr(self) -> bytes:
        return self._card.atr

    def reset(self) -> bytes:
        return self._card.reset()

    def transmit(self, apdu: bytes) -> bytes:
        self._commands += 1
        if self._commands == 3:
            self._happens()
        return self._card.transmit(apdu)


class Deaf:
    """A device that is no reader: it takes everything and says nothing."""

    def feed(self, _: bytes) -> None: ...

    def take(self) -> bytes:
        return b""


def test_a_port_with_something_else_behind_it_is_no_reader_and_one_that_comes_there_is(
    link: Path, plug: Callable[[], ServedReader]
) -> None:
    def connect() -> PartedReader:
        opened = open_host(f"ccid+serial:{link}", timeout=0.1)
        assert isinstance(opened, CcidReader)
        return SlotReader(opened, opened.slots)

    line = PtyLine(Deaf(), link)
    try:
        with pytest.raises(ReaderLost, match="no answer"):
            MonitoredReader(connect)
    finally:
        line.close()
    served = plug()
    reader = MonitoredReader(connect)
    try:
        served.close()
        line = PtyLine(Deaf(), link)
        with pytest.raises(ReaderLost):
            reader.poll(PATIENCE)
        for _ in range(10):
            with pytest.raises(ReaderLost):
                reader.poll(0.05)
        line.close()
        plug()
        assert told_when_back(reader) == []
    finally:
        reader.close()
        line.close()


def told_when_back(reader: MonitoredReader) -> list[Presence]:
    """What a reader that was lost tells first."""
    for _ in range(TRIES):
        with suppress(ReaderLost):
            return reader.poll(PATIENCE / TRIES)
    raise AssertionError("it stayed away")


def test_a_card_that_somebody_inserted_already_is_not_asked_for(
    plug: Callable[[], ServedReader], link: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    served = plug()
    with Bench() as bench:
        terminal = bench.add_terminal("v400m", reader=f"ccid+serial:{link}")
        ready(terminal)
        served.insert(chip(bench))
        until(terminal, lambda: terminal.board.readers.card_in)
        terminal.insert("visa-credit")
        bench.advance(1_000_000)
        assert terminal.view().screen.id == "approved"
        assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("kind", "protocol"), [("ccid+pty:", "ccid"), ("vivotech+pty:", "vivotech")])
def test_a_card_that_stands_in_the_slot_when_the_reader_is_opened_is_not_asked_for(
    kind: str, protocol: str, link: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    served = serve(kind, link)
    try:
        with Bench() as bench:
            served.insert(chip(bench))
            terminal = bench.add_terminal("v400m", reader=f"{protocol}+serial:{link}")
            ready(terminal)
            terminal.insert("visa-credit")
            bench.advance(1_000_000)
            assert terminal.view().screen.id == "approved"
            assert capsys.readouterr().err == ""
    finally:
        served.close()


def test_a_card_that_is_put_in_and_pulled_out_at_once_was_inserted(
    plug: Callable[[], ServedReader], link: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both may be told by one look."""
    served = plug()
    monkeypatch.setattr(HumanOperator, "timeout", 1.0)
    monkeypatch.setattr(watched_readers, "LOOK", 0.2)
    with Bench() as bench:
        terminal = bench.add_terminal("v400m", reader=f"ccid+serial:{link}")
        ready(terminal)

        def in_and_out() -> None:
            served.insert(chip(bench))
            served.remove()

        monkeypatch.setattr("sys.stderr", Person(in_and_out))
        terminal.insert("visa-credit")
        assert terminal.view().screen.id == "card-removed"


def test_whoever_takes_the_card_out_before_they_are_asked_has_been_quicker(
    plug: Callable[[], ServedReader], link: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = plug()
    with Bench() as bench:
        terminal = bench.add_terminal("v400m", reader=f"ccid+serial:{link}")
        ready(terminal)
        person = Person(lambda: served.insert(chip(bench)))
        monkeypatch.setattr("sys.stderr", person)
        terminal.insert("visa-credit")
        bench.advance(1_000_000)
        served.remove()
        until(terminal, lambda: not terminal.board.readers.card_in)
        terminal.remove_card()
        assert person.getvalue().count("\n") == 1, "asked for the card, and not for its removal"
        with pytest.raises(BenchMisuse, match="no card is in the slot"):
            terminal.remove_card()


def test_whoever_inserts_the_card_before_the_terminal_asks_for_it_has_been_quicker(
    plug: Callable[[], ServedReader], link: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    served = plug()
    with Bench() as bench:
        terminal = bench.add_terminal("v400m", reader=f"ccid+serial:{link}")
        tester = Tester(bench, terminal)
        tester.press("OK", "1000")
        served.insert(chip(bench))
        until(terminal, lambda: terminal.board.readers.card_in)
        tester.press("OK")
        assert terminal.view().screen.id == "processing"
        tester.insert("visa-credit")
        tester.expect_screen("Approved")
        assert capsys.readouterr().err == ""
        with pytest.raises(ExpectationFailed, match="asks for none"):
            tester.insert("visa-credit")


def test_a_real_reader_has_no_hands_that_tear_cards(plug: Callable[[], ServedReader], link: Path) -> None:
    plug()
    with Bench() as bench:
        terminal = bench.add_terminal("v400m", reader=f"ccid+serial:{link}")
        with pytest.raises(BenchMisuse, match="use a virtual reader"):
            terminal.tear_after("gpo")


def test_a_terminal_whose_reader_does_not_open_says_so(link: Path) -> None:
    with Bench() as bench, pytest.raises(BenchMisuse, match="cannot be opened"):
        bench.add_terminal("v400m", reader=f"ccid+serial:{link}")


# --- a NEO reader, whose slot, field and head take turns ------------------------------------------------------------------

SCRIPT = """\
keys 1
terminal v400m

scenario "One way to pay"
  press  OK 1000 OK
  {act}
  expect screen "Approved"
  expect host sale amount=1000 entry={entry} count=1
"""


class Shopper(io.StringIO):
    """Somebody who reads what is asked for and does it at a served NEO reader, and swipes again where nothing is seen of it."""

    def __init__(self, reader: Served) -> None:
        super().__init__()
        self._reader = reader
        self._pause = threading.Event()

    def write(self, text: str) -> int:
        with Bench() as bench:
            match text.split():
                case ["terminal-sim:", "insert", name, *_]:
                    self._reader.insert(chip(bench, name))
                case ["terminal-sim:", "hold", name, *_]:
                    face = bench.card(name).contactless
                    assert face is not None
                    self._reader.tap(face)
                case ["terminal-sim:", "swipe", name, *_]:
                    stripe = bench.card(name).stripe
                    assert stripe is not None
                    self.swipe_until_heard(stripe)
        return super().write(text)

    def swipe_until_heard(self, stripe: Stripe) -> None:
        for _ in range(TRIES):
            try:
                return self._reader.swipe(stripe)
            except Misuse:
                self._pause.wait(PATIENCE / TRIES)
        raise AssertionError("the head never listens")


@pytest.mark.parametrize(
    ("act", "entry"),
    [
        ("tap-card visa-credit", "contactless"),
        ("insert visa-credit", "chip"),
        ("swipe visa-stripe", "stripe"),
    ],
)
def test_a_script_taps_inserts_and_swipes_at_a_neo_reader(
    act: str, entry: str, link: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "sale.keys"
    script.write_text(SCRIPT.format(act=act, entry=entry), encoding="utf-8")
    served = serve(f"vivotech+pty:{link}")
    try:
        shopper = Shopper(served)
        monkeypatch.setattr("sys.stderr", shopper)
        assert main(["run", str(script), "--reader", f"vivotech+serial:{link}"]) == 0
        assert shopper.getvalue().count("\n") == 1, "asked once"
    finally:
        served.close()


def test_every_way_to_pay_works_one_after_the_other_at_one_neo_reader(link: Path) -> None:
    served = serve(f"vivotech+pty:{link}")
    try:
        with Bench() as bench:
            terminal = bench.add_terminal("v400m", reader=f"vivotech+serial:{link}")
            face, stripe = bench.card("visa-credit").contactless, bench.card("visa-stripe").stripe
            assert face is not None
            assert stripe is not None
            ways: list[tuple[Callable[[], None], int | None]] = [
                (partial(served.tap, face), 1),
                (partial(Shopper(served).swipe_until_heard, stripe), None),
                (partial(served.insert, chip(bench)), 0),
                (partial(served.tap, face), 1),
            ]
            for act, slot in ways:
                ready(terminal)
                act()
                until(terminal, lambda: terminal.view().screen.id != "present-card")
                bench.advance(1_000_000)
                assert terminal.view().screen.id == "approved"
                if slot is not None:
                    served.remove(slot)
                until(terminal, lambda: not terminal.board.readers.card_in)
                bench.advance(60_000_000)
    finally:
        served.close()


@pytest.mark.parametrize(("part", "number"), [(ReaderPart.CONTACT, 0), (ReaderPart.CONTACTLESS, 1)])
def test_a_card_that_comes_back_to_a_neo_reader_before_it_is_asked_again_has_come_anew(
    part: ReaderPart, number: int
) -> None:
    both = virtual_vivotech("loopback")
    device = PartedVivotech(both.host)
    came, left = Presence(Change.INSERTED, number), Presence(Change.REMOVED, number)
    try:
        with Bench() as bench:
            card = bench.card("visa-credit")

            def come() -> None:
                if part is ReaderPart.CONTACT:
                    both.device.insert(chip(bench))
                else:
                    assert card.contactless is not None
                    both.device.tap(card.contactless)

            slot = device.contact if part is ReaderPart.CONTACT else device.contactless
            come()
            assert [change for _ in range(LOOKS + 1) for change in device.poll()] == [came]
            slot.power_on()
            both.device.remove(Place.FIELD if number else Place.SLOT)
            with pytest.raises(CardAbsent):
                slot.transmit(SELECT)
            come()
            assert [change for _ in range(LOOKS) for change in device.poll()] == [left, came]
    finally:
        both.close()


def test_a_neo_reader_that_was_reset_is_set_up_again(link: Path) -> None:
    served = serve(f"vivotech+pty:{link}")
    hardware = open_hardware(f"vivotech+serial:{link}")
    try:
        served.close()
        with pytest.raises(ReaderLost):
            hardware.reader.poll(PATIENCE)
        served = serve(f"vivotech+pty:{link}")
        assert isinstance(hardware.reader, MonitoredReader)
        assert told_when_back(hardware.reader) == []
        with Bench() as bench:
            stripe = bench.card("visa-stripe").stripe
            assert stripe is not None
            Shopper(served).swipe_until_heard(stripe)
            assert news(hardware.reader) == [Presence(Change.SWIPED, None)]
            assert len(hardware.reader.stripe.poll()) == 1
    finally:
        hardware.close()
        served.close()


class Told:
    """A reader that tells of a card itself, but only after it was asked."""

    def __init__(self) -> None:
        self._changes: list[Presence] = []
        self._asked = 0

    @property
    def contact(self) -> Told:
        return self

    def present(self) -> bool:
        """The card comes with the second question; word of it is on the line behind the answer."""
        self._asked += 1
        if self._asked == 2:
            self._changes.append(INSERTED)
        return self._asked >= 2

    def poll(self) -> list[Presence]:
        changes, self._changes = self._changes, []
        return changes

    def close(self) -> None: ...


def test_a_card_that_was_asked_for_and_is_told_later_is_told_once() -> None:
    attended = PolledReader(lambda: Told())  # type: ignore[arg-type, return-value]  # the parts that are not asked for
    told = []
    for ask in (False, False, True, False):
        attended.look(ask=ask)
        told.append(attended.poll())
    assert told == [[], [], [INSERTED], []], "it is asked only where it is to be asked"
    reader = MonitoredReader(lambda: Told())  # type: ignore[arg-type, return-value]  # the parts that are not asked for
    try:
        assert news(reader) == [INSERTED]
        assert reader.poll(0.2) == []
    finally:
        reader.close()


class Standing:
    """A reader with a card in its slot that was lost once, or whose line has noise behind the word of a card."""

    def __init__(self, *told: list[Presence] | DriverError) -> None:
        self._told = list(told)

    @property
    def contact(self) -> Standing:
        return self

    def present(self) -> bool:
        return True

    def poll(self) -> list[Presence]:
        told = self._told.pop(0) if self._told else []
        if isinstance(told, DriverError):
            raise told
        return told

    def close(self) -> None: ...


@pytest.mark.parametrize("told", [[], FrameError("noise")])
def test_that_a_reader_is_back_and_that_a_card_stands_in_it_is_told_as_one(
    told: list[Presence] | DriverError,
) -> None:
    lives = [Standing(ReaderLost("pulled out")), Standing(told)]
    reader = PolledReader(lambda: lives.pop(0))  # type: ignore[arg-type, return-value]  # the parts that are not asked for
    assert reader.poll() == [INSERTED]
    reader.look(ask=True)
    with pytest.raises(ReaderLost, match="pulled out"):
        reader.poll()
    reader.look(ask=False)
    assert reader.poll() == [INSERTED]
    assert reader.poll() == []


def test_no_conversation_goes_on_with_another_card_than_it_began_with() -> None:
    class Answering(Standing):
        def power_on(self) -> bytes:
            return b"\x3b\x00"

        def transmit(self, apdu: bytes) -> bytes:
            return apdu + b"\x90\x00"

    device = Answering([INSERTED], [], [REMOVED, INSERTED])
    reader = PolledReader(lambda: device)  # type: ignore[arg-type, return-value]  # the parts that are not asked for
    reader.look(ask=False)
    reader.contact.power_on()
    assert reader.contact.transmit(b"?") == b"?\x90\x00"
    reader.look(ask=False)
    with pytest.raises(CardRemoved):
        reader.contact.transmit(b"?")
    reader.contact.power_on()
    assert reader.contact.transmit(b"?") == b"?\x90\x00"


def test_a_reader_that_is_lost_over_a_use_is_closed_and_away() -> None:
    class Leaving(Standing):
        closed = False

        def transmit(self, apdu: bytes) -> bytes:
            raise ReaderLost(f"pulled out at {apdu!r}")

        def close(self) -> None:
            self.closed = True

    device = Leaving()
    reader = PolledReader(lambda: device)  # type: ignore[arg-type, return-value]  # the parts that are not asked for
    assert reader.poll() == [INSERTED]
    with pytest.raises(ReaderLost, match="pulled out"):
        reader.contact.transmit(b"?")
    assert device.closed
    with pytest.raises(ReaderLost, match="pulled out"):
        reader.poll()
    for _ in range(2):
        with pytest.raises(ReaderLost, match="away"):
            reader.contact.transmit(b"?")
        reader.close()


def test_noise_behind_the_word_of_a_card_takes_nothing_from_it() -> None:
    class Noisy(Standing):
        def present(self) -> bool:
            if self._told:
                return False
            raise FrameError("noise")

    device = Noisy([INSERTED])
    reader = PolledReader(lambda: device)  # type: ignore[arg-type, return-value]  # the parts that are not asked for
    reader.look(ask=True)
    assert reader.poll() == [INSERTED]


OWN = """\
keys 1
terminal v400m

scenario "A card that is torn away, a mute one, a tap and swipes"
  press  OK 100 OK
  tear   card after genac1
  insert visa-credit
  expect screen "Card removed"
  wait   60s
  press  OK 100 OK
  insert mute
  expect screen "Card error"
  remove card
  swipe  visa-stripe
  expect screen "Approved"
  wait   60s
  press  OK 1000 OK
  tap-card visa-credit
  expect screen "Approved"
  wait   60s
  press  OK 2000 OK
  swipe  visa-stripe
  expect screen "Approved"
  expect host sale amount=1000 entry=contactless count=1
  expect host sale amount=2000 entry=stripe count=1
"""


@pytest.mark.parametrize("address", ["vivotech+virtual:", "vivotech+pty:{}"])
def test_a_neo_reader_of_ours_is_a_terminals_own_and_scripts_put_the_cards_in(
    address: str, link: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "sale.keys"
    script.write_text(OWN, encoding="utf-8")
    threads = threading.active_count()
    code = main(["run", str(script), "--reader", address.format(link)])
    said = capsys.readouterr()
    assert (code, said.err) == (0, ""), said.out
    assert threading.active_count() == threads
    assert not link.is_symlink()


@pytest.mark.parametrize(
    ("code", "part", "told"),
    [
        ((0x04, 0x00), ReaderPart.STRIPE, "no swipes"),
        ((0x2C, 0x02), ReaderPart.CONTACTLESS, "no contactless field"),
        ((0x2C, 0x12), ReaderPart.CONTACT, "no slot"),
    ],
)
def test_a_part_that_a_neo_reader_refuses_is_one_that_it_lacks(
    code: tuple[int, int], part: ReaderPart, told: str
) -> None:
    device = VirtualVivotech()
    del device._handlers[code]
    lacking = PartedVivotech(VivotechReader(LoopbackLine(device).open()))
    with pytest.raises(Misuse, match=told):
        getattr(lacking, part.value)
    for other in set(ReaderPart) - {part}:
        assert getattr(lacking, other.value)


def test_a_neo_reader_that_does_not_answer_is_closed_again() -> None:
    line = LoopbackLine(Deaf())
    opened = line.open()
    with pytest.raises(ReaderLost):
        PartedVivotech(VivotechReader(opened))
    with pytest.raises(Misuse, match="closed"):
        opened.read(1, 0)


class Typed:
    """A line on which chunks come one by one; an error is what the line comes to."""

    def __init__(self, *chunks: bytes | DriverError) -> None:
        self._chunks = list(chunks)

    def read(self, n: int, timeout: float) -> bytes:  # noqa: ARG002 - nothing is waited for
        chunk = self._chunks.pop(0) if self._chunks else b""
        if isinstance(chunk, DriverError):
            raise chunk
        return chunk

    def write(self, data: bytes) -> None: ...
    def close(self) -> None: ...


SWIPE, OTHER = b";4111111111111111=30031010000000000000?\r", b";4012888888881881=30031010000000000000?\r"


def head_on(*chunks: bytes | DriverError) -> PolledReader:
    return PolledReader(lambda: HeadReader(SerialStripeHead(Typed(*chunks))))


def test_a_head_that_is_lost_after_a_swipe_takes_nobody_with_it() -> None:
    reader = head_on(SWIPE, b"", ReaderLost("pulled out"))
    with Bench() as bench:
        till = bench.add_terminal("v400m")
        till.board.readers.reader = reader
        reader.look(ask=False)
        reader.look(ask=False)
        assert bench.engine.poll(till.board)
        assert not till.board.readers.lost
        assert bench.engine.poll(till.board)
        assert till.board.readers.lost


def test_a_swipe_with_noise_behind_it_is_not_kept_for_the_next_one() -> None:
    reader = head_on(SWIPE, b"", b"noise\r", b"", b"", OTHER)
    reader.look(ask=False)
    assert reader.poll() == [Presence(Change.SWIPED, None)]
    first = reader.stripe.poll()
    reader.look(ask=False)
    assert reader.poll() == [Presence(Change.SWIPED, None)]
    second = reader.stripe.poll()
    assert (first, second) == ([parse(SWIPE.rstrip())], [parse(OTHER.rstrip())])


def test_noise_before_a_card_is_powered_is_not_the_cards_fault() -> None:
    class Answering(Standing):
        def power_on(self) -> bytes:
            return b"\x3b\x00"

    device = Answering(FrameError("noise"))
    reader = PolledReader(lambda: device)  # type: ignore[arg-type, return-value]  # the parts that are not asked for
    assert reader.contact.power_on() == b"\x3b\x00"
