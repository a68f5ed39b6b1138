"""What a card remembers outlives its bench, and is on the disk before the card shows it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

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


def page_of(kept: bytes) -> bytes:
    """The page that stands twice in a file."""
    page, second = kept[: len(kept) // 2], kept[len(kept) // 2 :]
    assert page == second
    return page


def damaged(page: bytes) -> bytes:
    """The page with another digit in its counter."""
    assert b'"atc":1' in page
    return page.replace(b'"atc":1', b'"atc":0')


@pytest.mark.parametrize(
    "damage",
    [
        lambda page: 2 * damaged(page),
        lambda page: page[:200],
        lambda page: damaged(page) + page[:200],
        lambda page: damaged(page.rstrip()),
        lambda _: json.dumps([1]).encode(),
    ],
    ids=["both pages", "cut", "one page, and the other cut", "an earlier version's", "other"],
)
def test_a_damaged_memory_is_refused_with_its_cure(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    file = used(tmp_path)
    file.write_bytes(damage(page_of(file.read_bytes())))
    with (
        Bench(state=tmp_path, texts=TEXTS) as bench,
        pytest.raises(BenchMisuse, match="put it back from a copy"),
    ):
        bench.card("visa-credit")


@pytest.mark.parametrize(
    "left",
    [
        lambda page: damaged(page) + page,
        lambda page: page + damaged(page),
        lambda page: page + page[:200],
        lambda page: page.rstrip(),
    ],
    ids=["the first page", "the second page", "a part of the second page", "an earlier version's page"],
)
def test_one_sound_page_is_a_memory(left: Callable[[bytes], bytes], tmp_path: Path) -> None:
    file = used(tmp_path)
    file.write_bytes(left(page_of(file.read_bytes())))
    known = CardMemoryFolder(tmp_path / "cards").known("visa-credit")
    assert known is not None
    assert known.accounts[0].atc == 1


def test_the_first_page_is_written_before_the_second_and_is_never_the_older_one(tmp_path: Path) -> None:
    file = used(tmp_path)
    older = file.read_bytes()
    used(tmp_path)
    newer = file.read_bytes()
    half = len(older) // 2
    file.write_bytes(newer[:half] + older[half:])
    known = CardMemoryFolder(tmp_path / "cards").known("visa-credit")
    assert known is not None
    assert known.accounts[0].atc == 2


def test_a_memory_that_outgrows_its_page_gets_a_larger_one(tmp_path: Path) -> None:
    with Bench(texts=TEXTS) as bench:
        state = bench.card("visa-credit").snapshot()
    (account,) = state.accounts
    folder = CardMemoryFolder(tmp_path / "cards")
    for size in (0, 3_000, 0, 10_000):
        grown = replace(state, accounts=(structs.replace(account, log=(bytes(size),)),))
        folder.keep("visa-credit", grown)
        assert CardMemoryFolder(tmp_path / "cards").known("visa-credit") == grown


def test_a_file_that_was_removed_meanwhile_is_made_again(tmp_path: Path) -> None:
    with Bench(texts=TEXTS) as bench:
        state = bench.card("visa-credit").snapshot()
    folder = CardMemoryFolder(tmp_path / "cards")
    for _ in range(2):
        folder.keep("visa-credit", state)
        (tmp_path / "cards" / "visa-credit.json").unlink()
    folder.keep("visa-credit", state)
    assert CardMemoryFolder(tmp_path / "cards").known("visa-credit") == state


def test_a_disk_that_takes_no_memory_gives_no_answer(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with Bench(texts=TEXTS) as bench:
        card = bench.card("visa-credit")
    state = card.snapshot()
    with pytest.raises(StorageFailed, match="memory of a card"):
        CardMemoryFolder(tmp_path / "file" / "cards").keep("visa-credit", state)
