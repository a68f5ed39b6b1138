"""What a card remembers outlives its bench, and is on the disk before the card shows it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from terminal_sim.bench import Bench, BenchMisuse
from terminal_sim.bench.card_memory import CardMemoryFolder
from terminal_sim.errors import StorageFailed
from terminal_sim.files import HAS_MODES
from tests.contracts.drive import TEXTS
from tests.engine.kit import keys, ready

NAME = "mastercard-pin"


def tries(folder: Path) -> int:
    known = CardMemoryFolder(folder / "cards").known(NAME)
    assert known is not None
    return known.accounts[0].tries_left


def test_a_wrong_pin_costs_a_try_on_the_next_bench_too(tmp_path: Path) -> None:
    for left in (2, 1, 0):
        with Bench(state=tmp_path, texts=TEXTS) as bench:
            till = bench.terminals[0] if bench.terminals else bench.add_terminal("v400m")
            ready(till)
            till.insert(NAME)
            keys(till, "9999", "OK")
        assert tries(tmp_path) == left


def test_the_counter_is_on_the_disk_when_the_card_answers(tmp_path: Path) -> None:
    with Bench(state=tmp_path, texts=TEXTS) as bench:
        card = bench.card("visa-credit")
        seen = []
        chip = card.chip
        assert chip is not None
        till = bench.add_terminal("v400m")
        for _ in range(2):
            ready(till)
            till.insert("visa-credit")
            bench.advance(60_000_000)
            known = CardMemoryFolder(tmp_path / "cards").known("visa-credit")
            assert known is not None
            seen.append((known.accounts[0].atc, card.memory.now[0].atc))
            till.remove_card()
            bench.advance(60_000_000)
    assert seen == [(1, 1), (2, 2)]


def test_a_card_that_nobody_used_has_no_file(tmp_path: Path) -> None:
    with Bench(state=tmp_path, texts=TEXTS) as bench:
        bench.card("visa-credit")
    assert not (tmp_path / "cards").exists()


def used(folder: Path) -> Path:
    with Bench(state=folder, texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        ready(till)
        till.insert("visa-credit")
        bench.advance(60_000_000)
    return folder / "cards" / "visa-credit.json"


@pytest.mark.skipif(not HAS_MODES, reason="files have no modes here")
def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    assert used(tmp_path).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damage", ["flip", "cut", "other"])
def test_a_damaged_memory_is_refused_with_its_cure(damage: str, tmp_path: Path) -> None:
    file = used(tmp_path)
    kept = file.read_bytes()
    file.write_bytes(
        {"flip": kept[:-9] + b"7" + kept[-8:], "cut": kept[:-1], "other": json.dumps([1]).encode()}[damage]
    )
    with (
        Bench(state=tmp_path, texts=TEXTS) as bench,
        pytest.raises(BenchMisuse, match="put it back from a copy"),
    ):
        bench.card("visa-credit")


def test_a_disk_that_takes_no_memory_gives_no_answer(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with Bench(texts=TEXTS) as bench:
        card = bench.card("visa-credit")
    state = card.snapshot()
    with pytest.raises(StorageFailed, match="memory of a card"):
        CardMemoryFolder(tmp_path / "file" / "cards").keep("visa-credit", state)
