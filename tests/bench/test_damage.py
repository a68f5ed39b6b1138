"""A state folder of which one bit flips, or one file is cut, opens with all that was acknowledged or not at all."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest

from terminal_sim import profile as profiles
from terminal_sim.bench import Bench, BenchMisuse, JournalError
from terminal_sim.bench.state_folder import StateFolder
from terminal_sim.display.texts import Texts
from terminal_sim.journal.store import Journal
from tests.bench.test_state_folder import sale

SECOND = 1_000_000
TEXTS = Texts.load()
V400M = profiles.load("v400m")
SQUARE = profiles.load("square-terminal")
MODELS = (V400M, replace(SQUARE, offline=replace(SQUARE.offline, allowed=True, limit=10_000)))


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What a folder holds when it is left: the hashes of all rows of each journal, and the number of answered messages."""

    rows: frozenset[bytes]
    answers: int


def _rows(journal: Journal) -> frozenset[bytes]:
    return frozenset(row.hash for name in journal.terminals() for row in journal.rows(name))


def _held(folder: StateFolder) -> Acknowledged:
    sales = _rows(folder.sales) if folder.sales is not None else frozenset()
    return Acknowledged(_rows(folder.journal) | sales, len(folder.books.records))


def _use(bench: Bench) -> None:
    """Two models in one folder: sales, one of them for a point of sale, and a payment that waits offline."""
    keypad, shop = (bench.add_terminal(model) for model in MODELS)
    sale(bench, keypad)
    bench.point_of_sale.sale(shop, "T-1", 1250)
    shop.insert("visa-credit")
    bench.advance(SECOND)
    shop.remove_card()
    bench.advance(20 * SECOND)
    shop.network(False)
    for key in ("7", "0", "0", "OK"):
        shop.press(key)
    shop.insert("visa-credit")
    bench.advance(SECOND)


@pytest.fixture(scope="module", params=["closed", "killed", "killed again"])
def state(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Acknowledged]:
    """A folder as an orderly end leaves it, as a killed process does, all in the logs, and one killed after others ended in order."""
    folder = tmp_path_factory.mktemp("state") / "whole"
    if request.param == "killed again":
        with Bench(state=folder, texts=TEXTS, trace=False) as bench:
            sale(bench, bench.add_terminal(V400M))
    with Bench(state=folder, texts=TEXTS, trace=False) as bench:
        _use(bench)
        if request.param != "closed":
            shutil.copytree(folder, folder.with_name("killed"))
    if request.param != "closed":
        folder = folder.with_name("killed")
    shutil.copytree(folder, folder.with_name("opened"))
    opened = StateFolder(folder.with_name("opened"))
    held = _held(opened)
    opened.close()
    assert len(held.rows) >= 10
    assert held.answers == (3 if request.param == "killed again" else 2)
    assert (opened.checkpoint is None) == (request.param == "killed")
    assert (folder / "pos.db").exists()
    assert len(list(folder.glob("*.key"))) == 1
    return folder, held


def _flipped(content: bytes, random: Random) -> bytes:
    at = random.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << random.randrange(8)]) + content[at + 1 :]


def _cut(content: bytes, random: Random) -> bytes:
    return content[: random.randrange(len(content))]


def _opens_with_less(folder: Path, held: Acknowledged) -> str:
    """What is missing where the folder opens; empty where it is refused, or holds everything."""
    with suppress(BenchMisuse, JournalError), Bench(state=folder, texts=TEXTS, trace=False) as bench:
        assert bench._folder is not None
        now = _held(bench._folder)
        if not held.rows <= now.rows or now.answers < held.answers:
            return f"{len(held.rows - now.rows)} rows, {held.answers - now.answers} answers"
        for model in MODELS:
            bench.add_terminal(model)
        bench.advance(20 * SECOND)
        assert isinstance(bench.journal, Journal)
        if bench.journal.query("select 1 from journal where kind = 'offline.lost'"):
            return "the stored payment"
        return "; ".join(bench.violations())
    return ""


def _try(state: tuple[Path, Acknowledged], change: str, times: int, place: Path) -> None:
    whole, held = state
    random = Random(change)
    files = sorted(file for file in whole.iterdir() if file.is_file() and file.stat().st_size)
    for number in range(times):
        folder = place / str(number)
        shutil.copytree(whole, folder)
        file = folder / files[number % len(files)].name
        made = {"flip": _flipped, "cut": _cut}[change](file.read_bytes(), random)
        file.write_bytes(made)
        assert _opens_with_less(folder, held) == "", f"{change} of {file.name}, number {number}"
        shutil.rmtree(folder)


@pytest.mark.parametrize("change", ["flip", "cut"])
def test_a_damaged_folder_never_opens_with_less_than_was_acknowledged(
    change: str, state: tuple[Path, Acknowledged], tmp_path: Path
) -> None:
    _try(state, change, 14, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize(("change", "times"), [("flip", 1000), ("cut", 500)])
def test_thousands_of_damaged_folders_never_open_with_less_than_was_acknowledged(
    change: str, times: int, state: tuple[Path, Acknowledged], tmp_path: Path
) -> None:
    _try(state, change, times, tmp_path)
