"""The acquirer's books outlive the process that wrote them."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from terminal_sim.bench import Bench, BenchMisuse, TerminalUnderTest


def sale(terminal: TerminalUnderTest, *digits: str) -> None:
    for key in ("OK", *digits, "OK"):
        terminal.press(key)
    terminal.swipe("visa-stripe")


def void_newest(terminal: TerminalUnderTest) -> None:
    for key in ("9", "OK", "0", "8", "5", "6", "OK"):
        terminal.press(key)
    for element in ("transactions", "history", "history-transactions", "txn-1", "void"):
        terminal.touch(element)


def test_a_payment_of_an_earlier_run_can_be_voided(tmp_path: Path) -> None:
    with Bench(state=tmp_path) as bench:
        sale(bench.add_terminal("v400m"), "1", "2", "5", "0")
        bench.advance(20_000_000)
    with Bench(state=tmp_path) as bench:
        terminal = bench.add_terminal("v400m")
        void_newest(terminal)
        bench.advance(1_000_000)
        assert terminal.view().screen.id == "approved"
        assert [(e.kind.value, e.amount) for e in bench.acquirer.ledger.entries] == [
            ("charge", 1250),
            ("void", -1250),
        ]


def test_the_books_are_private_and_hold_no_card_number(tmp_path: Path) -> None:
    with Bench(state=tmp_path) as bench:
        terminal = bench.add_terminal("v400m")
        sale(terminal, "5", "0", "0")
        bench.advance(20_000_000)
        pan = terminal.name_card("visa-stripe").pan.reveal()
    books = tmp_path / "acquirer.jsonl"
    assert stat.S_IMODE(books.stat().st_mode) == 0o600
    assert books.read_text().count("\n") == 2
    assert pan not in books.read_text()


def test_damaged_books_are_refused_with_file_line_and_cure(tmp_path: Path) -> None:
    (tmp_path / "acquirer.jsonl").write_text("{}\nnonsense\n")
    with pytest.raises(BenchMisuse, match=r"acquirer\.jsonl:1: these are no books.*start a new one"):
        Bench(state=tmp_path)
