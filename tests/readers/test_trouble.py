"""What befalls a reader in the middle of a sale: the right screen, the next sale without a restart, no old answer to a new question."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Semaphore
from typing import Protocol

import pytest

from terminal_drivers.base import Card, ContactSlot, LineDevice, PartedReader, ReaderLost
from terminal_drivers.readers.ccid import messages as m
from terminal_drivers.readers.ccid.codec import decode, encode
from terminal_drivers.readers.ccid.framing import frame
from terminal_drivers.readers.ccid.gempc import BUILT_IN, REPEATS, VARIANTS, GemPcDevice, GemPcVariant
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.ccid.virtual import VirtualCcid
from terminal_drivers.readers.magstripe.virtual import VirtualStripeHead, stripe_bits
from terminal_drivers.readers.parted import SlotReader
from terminal_drivers.transports.listening import LOOPBACK
from terminal_drivers.transports.pty import PtyLine
from terminal_drivers.transports.tcp import TcpLine
from terminal_drivers.wiring.opening import open_host
from terminal_sim.bench import Bench, TerminalUnderTest
from terminal_sim.readers.monitored import MonitoredReader
from tests.engine.kit import ready
from tests.patience import PATIENCE

TIMEOUT = 1.0  # s without an answer lose the reader here: a real one has five times as many
TRIES = 1_000
NTH = 3  # the command of the card at whose answer it happens
APPROVED, CARD_ERROR, CARD_REMOVED, READER_LOST = "approved", "card-error", "card-removed", "reader-lost"
SWIPE_INSTEAD = "swipe-instead"
"""A chip that cannot be read while its application is selected leaves its stripe (EMV Book 4, 11.2)."""

Hurt = Callable[[bytes], bytes]


class Troubled:
    """A reader whose line hurts what it says so many times, from the answer on at which `strikes` is set."""

    def __init__(self, device: LineDevice, hurt: Hurt, times: int) -> None:
        self._device, self._hurt, self._left = device, hurt, times
        self.strikes = False

    def feed(self, data: bytes) -> None:
        self._device.feed(data)

    def take(self) -> bytes:
        said = self._device.take()
        if not (said and self.strikes):
            return said
        self._left -= 1
        self.strikes = self._left > 0
        return self._hurt(said)


class Witness:
    """A card that remembers what it was asked and answered, and at whose NTH command something happens."""

    def __init__(self, card: Card, happens: Callable[[], None]) -> None:
        self._card, self._happens = card, happens
        self.given: list[tuple[bytes, bytes]] = []

    @property
    def atr(self) -> bytes:
        return self._card.atr

    def reset(self) -> bytes:
        return self._card.reset()

    def transmit(self, apdu: bytes) -> bytes:
        response = self._card.transmit(apdu)
        self.given.append((apdu, response))
        if len(self.given) == NTH:
            self._happens()
        return response


class Heard:
    """The slot as the terminal has it, which remembers what it was answered."""

    def __init__(self, slot: ContactSlot) -> None:
        self._slot = slot
        self.pairs: list[tuple[bytes, bytes]] = []

    def present(self) -> bool:
        return self._slot.present()

    def power_on(self) -> bytes:
        return self._slot.power_on()

    def power_off(self) -> None:
        self._slot.power_off()

    def transmit(self, apdu: bytes) -> bytes:
        response = self._slot.transmit(apdu)
        self.pairs.append((apdu, response))
        return response


class Line(Protocol):
    def act(self, what: Callable[[], None]) -> None: ...


def connecting(address: str) -> Callable[[], PartedReader]:
    def connect() -> PartedReader:
        opened = open_host(address, timeout=TIMEOUT)
        assert isinstance(opened, CcidReader)
        return SlotReader(opened, opened.slots)

    return connect


@contextmanager
def wired(terminal: TerminalUnderTest, address: str) -> Iterator[tuple[MonitoredReader, Heard]]:
    """A terminal whose reader is the one at the address, with a short patience."""
    with closing(MonitoredReader(connecting(address))) as watched:
        watched.contact = heard = Heard(watched.contact)
        terminal.board.readers.reader = watched
        yield watched, heard


def ask_for_a_card(terminal: TerminalUnderTest) -> None:
    ready(terminal)
    assert terminal.wants_card("insert")


def until(terminal: TerminalUnderTest, holds: Callable[[], bool]) -> None:
    """Let the reader report until something holds."""
    for _ in range(TRIES):
        if holds():
            return
        terminal.bench.engine.poll(terminal.board, PATIENCE / TRIES)
        terminal.bench.engine.settle()
    raise AssertionError(f"the reader reported something else; the screen is {terminal.view().screen.id}")


def sale(terminal: TerminalUnderTest, insert: Callable[[], None]) -> str:
    """The screen that a sale ends at."""
    insert()
    until(
        terminal,
        lambda: (
            terminal.board.readers.card_in
            or terminal.view().screen.id in (READER_LOST, CARD_ERROR, CARD_REMOVED)
        ),
    )
    terminal.bench.advance(1_000_000)
    return terminal.view().screen.id


def is_no_old_answer(heard: Heard, *cards: Witness) -> bool:
    """T=0 does not carry Le, so the card may have heard one byte less."""
    given = [pair for card in cards for pair in card.given]
    return all(
        any(apdu in (asked, asked + apdu[-1:]) and response == said for asked, said in given)
        for apdu, response in heard.pairs
    )


# What is hurt: the frame of an answer (03 06, ten bytes and more, LRC) of a reader without echo.


def changed(said: bytes, change: Callable[[m.DataBlock], m.Message]) -> bytes:
    answer = decode(said[2:-1])
    assert isinstance(answer, m.DataBlock)
    return frame(encode(change(answer)))


def of_another_command(said: bytes) -> bytes:
    return changed(
        said, lambda a: m.DataBlock(a.slot, a.seq ^ 0x55, a.status, a.error, a.chain, bytes.fromhex("9000"))
    )


def failed(error: int) -> Hurt:
    return lambda said: changed(said, lambda a: m.DataBlock(a.slot, a.seq, 0x40, error, 0, b""))


def with_length(length: int) -> Hurt:
    return lambda said: said[:3] + length.to_bytes(4, "little") + said[7:]


def bad_lrc(said: bytes) -> bytes:
    return said[:-1] + bytes((said[-1] ^ 0x5A,))


def nothing(_: bytes) -> bytes:
    return b""


DATA_BLOCK = bytes.fromhex("030680")
ONCE, AS_OFTEN_AS_ASKED, FOR_EVER = 1, 1 + REPEATS, 10_000
LINES: list[tuple[str, Hurt, int, str]] = [
    ("nothing at all", lambda said: said, ONCE, APPROVED),
    ("noise before the frame", lambda said: b"\x00\x42\x03\x11" + said, FOR_EVER, APPROVED),
    ("half a frame, whole when it is asked for again", lambda said: said[: len(said) // 2], ONCE, APPROVED),
    ("half a frame as often as it is asked for", lambda said: said[: len(said) // 2], AS_OFTEN_AS_ASKED, SWIPE_INSTEAD),
    ("silence", nothing, FOR_EVER, READER_LOST),
    ("a lost answer", nothing, ONCE, READER_LOST),
    ("the answer to another command before the right one", lambda said: of_another_command(said) + said, ONCE, APPROVED),
    ("only the answer to another command", of_another_command, ONCE, READER_LOST),
    ("a wrong LRC", bad_lrc, ONCE, APPROVED),
    ("a wrong LRC for ever", bad_lrc, FOR_EVER, SWIPE_INSTEAD),
    ("an oversize length", with_length(0x7FFF_FFFF), ONCE, APPROVED),
    ("an oversize length for ever", with_length(0x7FFF_FFFF), FOR_EVER, SWIPE_INSTEAD),
    ("a negative-looking length", with_length(0xFFFF_FFF6), ONCE, APPROVED),
    ("a negative-looking length for ever", with_length(0xFFFF_FFF6), FOR_EVER, SWIPE_INSTEAD),
    ("the slot is busy", failed(0xE0), ONCE, CARD_ERROR),
    ("a fault of the reader", failed(0xFB), ONCE, CARD_ERROR),
    ("an exchange with too many bytes", failed(0xFC), ONCE, SWIPE_INSTEAD),
    ("a card that has fallen mute", failed(0xFE), ONCE, SWIPE_INSTEAD),
]  # fmt: skip


@pytest.mark.parametrize(("meaning", "hurt", "times", "screen"), LINES, ids=[row[0] for row in LINES])
def test_a_line_that_hurts_an_answer_is_borne_or_declared_and_the_next_sale_works(
    meaning: str, hurt: Hurt, times: int, screen: str
) -> None:
    reader = VirtualCcid(BUILT_IN.features, descriptor=BUILT_IN.descriptor)
    device = Troubled(GemPcDevice(reader, BUILT_IN), hurt, times)

    def strike() -> None:
        device.strikes = True

    with Bench() as bench, closing(TcpLine(device)) as line:
        terminal = bench.add_terminal("v400m")
        with wired(terminal, f"ccid+tcp://{LOOPBACK}:{line.port}?variant=built-in") as (_, heard):
            first, second = (Witness(card(bench), happens) for happens in (strike, lambda: None))
            ask_for_a_card(terminal)
            ended = sale(terminal, lambda: line.act(lambda: reader.insert(0, first)))
            device.strikes = False
            assert ended == screen, meaning
            if ended == SWIPE_INSTEAD:
                terminal.press("CANCEL")
            line.act(lambda: reader.remove(0))
            until(terminal, lambda: not terminal.board.readers.lost and not terminal.board.readers.card_in)
            bench.advance(60_000_000)
            ask_for_a_card(terminal)
            assert sale(terminal, lambda: line.act(lambda: reader.insert(0, second))) == APPROVED
            assert is_no_old_answer(heard, first, second)
            assert len(heard.pairs) > NTH


def card(bench: Bench, name: str = "visa-credit") -> Card:
    chip = bench.card(name).chip
    assert chip is not None
    return chip


EXCHANGES: list[tuple[str, bool]] = [("taken out", False), ("replaced by another one", True)]


@pytest.mark.parametrize(("meaning", "replaced"), EXCHANGES, ids=[row[0] for row in EXCHANGES])
def test_a_card_that_is_pulled_in_an_exchange_is_told_and_no_other_card_goes_on_with_it(
    meaning: str, replaced: bool
) -> None:
    reader = VirtualCcid(BUILT_IN.features, descriptor=BUILT_IN.descriptor)
    with Bench() as bench, closing(TcpLine(GemPcDevice(reader, BUILT_IN))) as line:
        terminal = bench.add_terminal("v400m")
        other = Witness(card(bench, "amex-credit"), lambda: None)

        def pulled() -> None:
            reader.remove(0)
            if replaced:
                reader.insert(0, other)

        with wired(terminal, f"ccid+tcp://{LOOPBACK}:{line.port}?variant=built-in") as (_, heard):
            first = Witness(card(bench), pulled)
            ask_for_a_card(terminal)
            assert sale(terminal, lambda: line.act(lambda: reader.insert(0, first))) == CARD_REMOVED, meaning
            assert other.given == []
            assert is_no_old_answer(heard, first)


def test_a_reader_that_refuses_to_power_a_card_could_not_read_it_and_is_there_for_the_next() -> None:
    def busy(said: bytes) -> bytes:
        return failed(0xE0)(said) if said.startswith(DATA_BLOCK) else said

    reader = VirtualCcid(BUILT_IN.features, descriptor=BUILT_IN.descriptor)
    device = Troubled(GemPcDevice(reader, BUILT_IN), busy, FOR_EVER)
    with Bench() as bench, closing(TcpLine(device)) as line:
        terminal = bench.add_terminal("v400m")
        with wired(terminal, f"ccid+tcp://{LOOPBACK}:{line.port}?variant=built-in") as (_, heard):
            ask_for_a_card(terminal)
            device.strikes = True
            assert sale(terminal, lambda: line.act(lambda: reader.insert(0, card(bench)))) == CARD_ERROR
            device.strikes = False
            line.act(lambda: reader.remove(0))
            until(terminal, lambda: not terminal.board.readers.card_in)
            bench.advance(60_000_000)
            ask_for_a_card(terminal)
            assert sale(terminal, lambda: line.act(lambda: reader.insert(0, card(bench)))) == APPROVED
            assert heard.pairs


def test_a_reader_that_is_busy_when_nobody_pays_is_not_lost() -> None:
    asked = Semaphore(0)

    def busy(said: bytes) -> bytes:
        asked.release()
        status = decode(said[2:-1])
        assert isinstance(status, m.SlotStatus)
        return frame(encode(m.SlotStatus(status.slot, status.seq, 0x42, 0xE0, 0)))

    reader = VirtualCcid(BUILT_IN.features, descriptor=BUILT_IN.descriptor)
    device = Troubled(GemPcDevice(reader, BUILT_IN), busy, FOR_EVER)
    with closing(TcpLine(device)) as line:
        address = f"ccid+tcp://{LOOPBACK}:{line.port}?variant=built-in"
        with closing(MonitoredReader(connecting(address))) as watched:
            device.strikes = True
            for _ in range(2):
                assert asked.acquire(timeout=PATIENCE)
            assert watched.poll() == []
            device.strikes = False
            with Bench() as bench:
                line.act(lambda: reader.insert(0, card(bench)))
            assert watched.poll(PATIENCE)


def serial_reader(variant: GemPcVariant) -> tuple[VirtualCcid, LineDevice]:
    reader = VirtualCcid(variant.features, descriptor=variant.descriptor)
    return reader, GemPcDevice(reader, variant)


@pytest.mark.parametrize("name", ["gempc-twin", "gempc-pinpad", "gemcore-sim-pro", "gemcore-pos-pro"])
def test_another_reader_with_another_card_in_its_place_takes_the_next_sale_and_not_this_one(
    name: str, tmp_path: Path
) -> None:
    link = tmp_path / "reader"
    with Bench() as bench:
        terminal = bench.add_terminal("v400m")
        reader, device = serial_reader(VARIANTS["gempc-twin"])
        troubled = Troubled(device, nothing, FOR_EVER)
        line = PtyLine(troubled, link)

        def strike() -> None:
            troubled.strikes = True

        try:
            with wired(terminal, f"ccid+serial:{link}") as (_, heard):
                first = Witness(card(bench), strike)
                ask_for_a_card(terminal)
                assert sale(terminal, lambda: line.act(lambda: reader.insert(0, first))) == READER_LOST
                line.close()
                until(terminal, lambda: terminal.board.readers.lost)
                other, device = serial_reader(VARIANTS[name])
                second = Witness(card(bench, "amex-credit"), lambda: None)
                other.insert(0, second)
                line = PtyLine(device, link)
                until(terminal, lambda: not terminal.board.readers.lost)
                assert second.given == []
                bench.advance(60_000_000)
                ready(terminal)
                until(terminal, lambda: terminal.board.readers.card_in)
                bench.advance(1_000_000)
                assert terminal.view().screen.id == APPROVED
                assert is_no_old_answer(heard, first, second)
                assert "0002" in terminal.receipts[-1].text
        finally:
            line.close()


def test_a_stripe_head_in_the_place_of_a_chip_reader_is_no_reader_until_a_chip_reader_comes_back(
    tmp_path: Path,
) -> None:
    link = tmp_path / "reader"
    with Bench() as bench:
        terminal = bench.add_terminal("v400m")
        line = PtyLine(serial_reader(VARIANTS["gempc-twin"])[1], link)
        try:
            with wired(terminal, f"ccid+serial:{link}") as (watched, _):
                ask_for_a_card(terminal)
                line.close()
                head = VirtualStripeHead()
                line = PtyLine(head, link)
                until(terminal, lambda: terminal.view().screen.id == READER_LOST)
                stripe = bench.card("visa-stripe").stripe
                assert stripe is not None
                bits = stripe_bits(stripe)
                line.act(lambda: head.swipe(bits))
                for _ in range(3):
                    with pytest.raises(ReaderLost):
                        watched.poll(TIMEOUT)
                line.close()
                reader, device = serial_reader(VARIANTS["gempc-twin"])
                line = PtyLine(device, link)
                until(terminal, lambda: not terminal.board.readers.lost)
                bench.advance(60_000_000)
                ask_for_a_card(terminal)
                assert sale(terminal, lambda: line.act(lambda: reader.insert(0, card(bench)))) == APPROVED
        finally:
            line.close()
