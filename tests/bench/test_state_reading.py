"""A state folder is read and checked without a lock, a write or a new file in it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from terminal_sim.bench import Bench, BenchMisuse, JournalError
from terminal_sim.bench.state_check import checked
from terminal_sim.bench.state_reading import read_state
from terminal_sim.bench.transactions import report_lines
from tests.bench.test_state_folder import paid, sale
from tests.offline.shop import shop


def content(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.iterdir()}


def test_reading_changes_nothing(tmp_path: Path) -> None:
    paid(tmp_path)
    before = content(tmp_path)
    with read_state(tmp_path) as state:
        assert len(list(report_lines(state.journal))) == 1
    list(checked(tmp_path))
    assert content(tmp_path) == before


def test_a_folder_that_a_bench_has_open_is_read_with_all_that_is_durable_and_without_its_lock(
    tmp_path: Path,
) -> None:
    with Bench(state=tmp_path) as bench:
        terminal = bench.add_terminal("v400m")
        sale(bench, terminal)
        before = content(tmp_path)
        with read_state(tmp_path) as state:
            assert len(list(report_lines(state.journal))) == 1
            sale(bench, terminal)
        assert content(tmp_path).keys() == before.keys()
        with read_state(tmp_path) as state:
            assert len(list(report_lines(state.journal))) == 2


def test_a_folder_is_read_while_a_bench_writes_to_it(tmp_path: Path) -> None:
    paid(tmp_path)
    stop = threading.Event()

    def rows_seen() -> list[int]:
        seen = [0]
        while not stop.is_set():
            with read_state(tmp_path) as state:
                seen.append(sum(map(state.journal.count, state.journal.terminals())))
        return seen

    with Bench(state=tmp_path) as bench, ThreadPoolExecutor() as threads:
        reader = threads.submit(rows_seen)
        terminal = bench.add_terminal("v400m")
        for _ in range(20):
            sale(bench, terminal)
        stop.set()
        assert reader.result() == sorted(reader.result())


@pytest.mark.parametrize("what", ["nothing", "an empty folder", "a foreign folder", "a file"])
def test_what_is_no_state_is_refused_and_nothing_is_made(what: str, tmp_path: Path) -> None:
    place = tmp_path / "place"
    if what == "a file":
        place.write_bytes(b"mine")
    elif what != "nothing":
        place.mkdir()
    if what == "a foreign folder":
        (place / "notes.txt").write_bytes(b"mine")
    with pytest.raises(JournalError, match=r"give the folder of run --state"), read_state(place):
        pass
    assert [file.name for file in tmp_path.rglob("*")] == {
        "nothing": [],
        "a foreign folder": ["place", "notes.txt"],
    }.get(what, ["place"])


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def a_fifo(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def a_link(file: Path) -> None:
    file.rename(file.with_suffix(".moved"))
    file.symlink_to(file.with_suffix(".moved"))


FILES = ("journal.db", "journal.head", "acquirer.jsonl", "acquirer.head", "lock")


@pytest.mark.parametrize("change", [a_folder, a_fifo, a_link])
@pytest.mark.parametrize("name", FILES)
def test_what_stands_in_the_place_of_a_file_is_refused_in_one_sentence_and_left_alone(
    change: Callable[[Path], None], name: str, tmp_path: Path
) -> None:
    change(paid(tmp_path) / name)
    before = sorted((file.name, file.lstat().st_mode) for file in tmp_path.iterdir())
    with pytest.raises((JournalError, BenchMisuse), match=name) as wrong:
        Bench(state=tmp_path)
    assert "\n" not in str(wrong.value)
    if name != "lock":
        with pytest.raises((JournalError, BenchMisuse), match=name):
            list(checked(tmp_path))
    assert sorted((file.name, file.lstat().st_mode) for file in tmp_path.iterdir()) == before


def test_a_folder_that_all_may_write_to_is_refused(tmp_path: Path) -> None:
    paid(tmp_path)
    tmp_path.chmod(0o777)
    for use in (lambda: Bench(state=tmp_path), lambda: list(checked(tmp_path))):
        with pytest.raises(JournalError, match=r"all users may write to this folder; .* chmod o-w"):
            use()


def test_the_check_names_each_file_and_says_how_much_it_holds(tmp_path: Path) -> None:
    with shop("square-terminal", state=tmp_path) as at:
        at.charge(500)
        at.terminal.network(False)
        at.charge(700)
    lines = "\n".join(checked(tmp_path))
    for says in (
        "journal.db: ",
        "acquirer.jsonl: 1 answered messages with 1 entries",
        "journal against books",
        "SQUA0001.key: opens 1 stored payments",
        "invariants of money: 13 hold (M1 ",
        "invariants: 47 asked of 6 rows, 1 answered messages, 1 entries, 0 sales; none is broken",
    ):
        assert says in lines


def test_the_check_names_the_first_thing_that_is_wrong_by_its_own_place(tmp_path: Path) -> None:
    books = paid(tmp_path) / "acquirer.jsonl"
    books.write_bytes(books.read_bytes().replace(b"1250", b"1350"))
    with pytest.raises(BenchMisuse, match=f"{books}:2: this record was changed after it was written"):
        list(checked(tmp_path))


def test_the_check_refuses_a_key_that_does_not_open_what_waits(tmp_path: Path) -> None:
    with shop("square-terminal", state=tmp_path) as at:
        at.terminal.network(False)
        at.charge(700)
    (key,) = tmp_path.glob("*.key")
    key.write_bytes(bytes([key.read_bytes()[0] ^ 1]) + key.read_bytes()[1:])
    with pytest.raises(BenchMisuse, match="this is not the key"):
        list(checked(tmp_path))
