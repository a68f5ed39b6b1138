"""A card takes its time: the clock goes on by it, the kernel learns of it, and a card that takes too long is mute."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal_drivers.base import CardMute
from terminal_sim import profile as profiles
from terminal_sim.bench import Bench, TerminalUnderTest
from terminal_sim.emv.talk.answers import ResponseApdu
from terminal_sim.readers.pace import WAITING_TIME, PacedCard
from tests.contracts.drive import TEXTS

OK = b"\x90\x00"
SECOND = 1_000_000


class Timed:
    """A card that takes as long as it is asked to, in its last two bytes."""

    atr = b"\x3b\x00"

    def reset(self) -> bytes:
        return self.atr

    def response_time(self, apdu: bytes) -> int:
        return int.from_bytes(apdu[-3:])

    def transmit(self, _: bytes) -> bytes:
        return OK


@pytest.mark.parametrize("takes", [0, 1, 250_000, WAITING_TIME])
def test_an_answer_comes_after_its_time(takes: int) -> None:
    spent: list[int] = []
    assert PacedCard(Timed(), spent.append).transmit(takes.to_bytes(3)) == OK
    assert sum(spent) == takes


def test_an_answer_that_comes_too_late_is_none_and_the_reader_has_waited() -> None:
    spent: list[int] = []
    with pytest.raises(CardMute):
        PacedCard(Timed(), spent.append).transmit((WAITING_TIME + 1).to_bytes(3))
    assert spent == [WAITING_TIME]


class Silent(Timed):
    """A card that does what it is asked, and says nothing."""

    def transmit(self, _: bytes) -> bytes:
        return b""


def test_a_card_that_gives_no_answer_is_mute_and_the_reader_has_waited() -> None:
    spent: list[int] = []
    with pytest.raises(CardMute):
        PacedCard(Silent(), spent.append).transmit(bytes(3))
    assert spent == [WAITING_TIME]


def test_a_worn_card_fails_as_a_card_and_never_as_a_reader() -> None:
    with Bench(texts=TEXTS, trace=False) as bench:
        terminal = bench.add_terminal(profiles.load("v400m"))
        ends = set()
        for _ in range(12):
            sale(terminal)
            terminal.insert("visa-worn")
            bench.advance(5 * SECOND)
            ends.add(terminal.view().screen.id)
            if terminal.board.readers.card_in:
                terminal.remove_card()
            while terminal.view().screen.id != "home":
                if not terminal.press("CANCEL"):
                    bench.advance(30 * SECOND)
        assert bench.violations() == []
    assert ends <= {"approved", "declined", "card-error", "swipe-instead"}
    assert len(ends) > 1, "some answers are lost"


def sale(terminal: TerminalUnderTest, amount: str = "1000") -> None:
    terminal.press("OK")
    for key in (*amount, "OK"):
        terminal.press(key)


def test_the_kernel_is_told_how_long_each_command_took() -> None:
    with Bench(texts=TEXTS) as bench:
        terminal = bench.add_terminal(profiles.load("v400m"))
        sale(terminal)
        began = bench.now.mono
        terminal.insert("visa-slow")
        talk = terminal.board.readers.conversation
        assert talk is not None
        took = [answer.microseconds for answer in talk.answers if isinstance(answer, ResponseApdu)]
        assert set(took) == {400_000}
        assert bench.now.mono - began == sum(took)
        bench.advance(10 * SECOND)
        assert "Approved" in terminal.view().text


@pytest.mark.parametrize(("way", "words"), [("chip", "Swipe the card"), ("contactless", "Try again")])
def test_a_card_that_takes_longer_than_the_reader_waits_is_mute(way: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "too-slow.toml").write_text(
        f'extends = "visa-slow"\nid = "too-slow"\n[{way}]\nresponse_ms = 1001\n', encoding="utf-8"
    )
    with Bench(texts=TEXTS, decks=[tmp_path]) as bench:
        terminal = bench.add_terminal(profiles.load("v400m"))
        sale(terminal)
        (terminal.insert if way == "chip" else terminal.tap)("too-slow")
        assert words in terminal.view().text
        assert bench.host_messages() == []


def test_a_time_out_that_passes_while_a_card_is_slow_is_called_afterwards() -> None:
    with Bench(texts=TEXTS) as bench:
        terminal = bench.add_terminal(profiles.load("v400m"))
        sale(terminal)
        bench.advance(terminal.profile.timeouts.card - SECOND)
        terminal.insert("visa-slow")
        bench.advance(10 * SECOND)
        assert "Approved" in terminal.view().text
