"""A state folder has one user at a time, and its two halves are held against each other."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from terminal_sim.bench import DEFAULT_CLOCK, Bench, BenchMisuse, JournalError, TerminalUnderTest
from terminal_sim.errors import StorageFailed
from terminal_sim.host.books_index import LedgerRecord
from terminal_sim.host.ledger_file import LedgerFile, LedgerFileError
from tests.host.samples import DIALECT, SALE

SECOND = 1_000_000


def sale(bench: Bench, terminal: TerminalUnderTest) -> None:
    for key in ("OK", "1", "2", "5", "0", "OK"):
        terminal.press(key)
    terminal.swipe("visa-stripe")
    bench.advance(20 * SECOND)


def paid(state: Path) -> Path:
    with Bench(state=state) as bench:
        sale(bench, bench.add_terminal("v400m"))
    return state


def opening_in_another_process(state: Path) -> str:
    code = "import sys\nfrom pathlib import Path\nfrom terminal_sim.bench import Bench\nBench(state=Path(sys.argv[1]))"
    return subprocess.run(
        [sys.executable, "-c", code, str(state)], capture_output=True, text=True, check=False
    ).stderr


def test_another_process_is_refused_by_the_name_of_the_first_whatever_the_first_reads(tmp_path: Path) -> None:
    with Bench(state=tmp_path):
        with pytest.raises(JournalError, match=f"process {os.getpid()} .* has this state folder open"):
            Bench(state=tmp_path)
        (tmp_path / "journal.db").read_bytes()
        (tmp_path / "lock").read_bytes()
        assert f"process {os.getpid()}" in opening_in_another_process(tmp_path)
    assert opening_in_another_process(tmp_path) == ""


def test_a_refused_folder_is_free_again_though_the_refusal_is_kept(tmp_path: Path) -> None:
    books = paid(tmp_path) / "acquirer.jsonl"
    good = books.read_bytes()
    books.write_bytes(b"no entry\n")
    with pytest.raises(BenchMisuse) as kept:
        Bench(state=tmp_path)
    books.write_bytes(good)
    with Bench(state=tmp_path) as bench:
        assert len(bench.acquirer.entries()) == 1, kept


@pytest.mark.parametrize("lost", [("journal.db",), ("acquirer.jsonl",), ("acquirer.jsonl", "acquirer.head")])
@pytest.mark.parametrize("emptied", [False, True])
def test_a_half_that_is_gone_while_the_other_is_full_is_refused_and_nothing_is_made(
    lost: tuple[str, ...], emptied: bool, tmp_path: Path
) -> None:
    paid(tmp_path)
    for name in lost:
        (tmp_path / name).unlink()
        if emptied and not name.endswith(".head"):
            (tmp_path / name).write_bytes(b"")
    before = {file.name for file in tmp_path.iterdir()}
    with pytest.raises((BenchMisuse, JournalError), match="put the whole state folder back"):
        Bench(state=tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == before


def test_every_flipped_byte_and_every_cut_of_the_books_is_refused_or_loses_nothing(tmp_path: Path) -> None:
    books = paid(tmp_path) / "acquirer.jsonl"
    whole = books.read_bytes()
    damaged = [whole[:at] + bytes((whole[at] ^ 4,)) + whole[at + 1 :] for at in range(0, len(whole), 7)]
    damaged += [whole[:at] for at in range(0, len(whole), 7)]
    for content in damaged:
        books.write_bytes(content)
        with pytest.raises(LedgerFileError):
            LedgerFile(books)


def test_a_last_line_without_its_end_is_mended(tmp_path: Path) -> None:
    books = paid(tmp_path) / "acquirer.jsonl"
    whole = books.read_bytes()
    books.write_bytes(whole[:-1])
    with Bench(state=tmp_path):
        assert books.read_bytes() == whole


def test_what_a_cut_left_of_a_message_without_an_answer_is_taken_off(tmp_path: Path) -> None:
    books = paid(tmp_path) / "acquirer.jsonl"
    whole = books.read_bytes()
    books.write_bytes(whole + b'{"hash":"00')
    with Bench(state=tmp_path) as bench:
        assert books.read_bytes() == whole
        sale(bench, bench.add_terminal("v400m"))
    with Bench(state=tmp_path) as bench:
        assert len(bench.acquirer.entries()) == 2


def test_a_message_that_is_repeated_after_a_restart_gets_the_first_answer_and_moves_nothing(
    tmp_path: Path,
) -> None:
    paid(tmp_path)
    books = LedgerFile(tmp_path / "acquirer.jsonl")
    (answered,) = books.records[0].answers
    books.close()
    request = replace(
        SALE,
        kind=answered.kind,
        terminal=answered.terminal,
        stan=answered.stan,
        reference=answered.reference,
        amount=answered.amount,
        original=answered.original,
    )
    with Bench(state=tmp_path) as bench:
        reply = bench.acquirer.respond(DIALECT.encode_request(request)).reply
        assert reply == DIALECT.encode_reply(answered.reply)
        assert len(bench.acquirer.entries()) == 1


def test_books_that_cannot_be_written_put_the_terminal_out_of_service(tmp_path: Path) -> None:
    with Bench(state=tmp_path) as bench:
        terminal = bench.add_terminal("v400m")
        books = bench.acquirer._books._file
        assert books is not None
        written = os.open(tmp_path / "acquirer.jsonl", os.O_RDONLY)
        os.dup2(written, books._descriptor)
        os.close(written)
        sale(bench, terminal)
        assert terminal.view().screen.id == "out-of-service"
        assert "The storage cannot be" in terminal.view().text
        assert any(
            "out of service" in line and "acquirer.jsonl: cannot be written" in line
            for line in bench.trace.tail(200)
        )
        with pytest.raises(StorageFailed, match=r"acquirer\.jsonl: cannot be written"):
            books.append(LedgerRecord(numbered=1, entries=(), answers=()))


def test_books_that_cannot_be_flushed_let_no_answer_arrive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Bench(state=tmp_path) as bench:
        terminals = [bench.add_terminal("v400m") for _ in range(2)]
        flush = os.fsync

        def fails_for_books(descriptor: int) -> None:
            if os.readlink(f"/proc/self/fd/{descriptor}").endswith("acquirer.jsonl"):
                raise OSError(errno.EIO, "the disk says no")
            flush(descriptor)

        monkeypatch.setattr(os, "fsync", fails_for_books)
        for terminal in terminals:
            sale(bench, terminal)
            assert terminal.view().screen.id == "out-of-service"
            assert [row.fields["state"] for row in terminal.journal() if row.kind == "sale"] == ["AUTH_SENT"]
    monkeypatch.undo()
    with Bench(state=tmp_path) as bench:
        for model in ("v400m", "v400m"):
            bench.add_terminal(model)
        bench.advance(60 * SECOND)
        assert bench.violations() == []


@pytest.mark.parametrize("kind", ["fifo", "folder", "link"])
def test_what_is_no_plain_file_is_refused_and_not_waited_for(kind: str, tmp_path: Path) -> None:
    books = tmp_path / "acquirer.jsonl"
    if kind == "fifo":
        os.mkfifo(books)
    elif kind == "folder":
        books.mkdir()
    else:
        books.symlink_to("/dev/full")
    with pytest.raises(BenchMisuse, match=r"acquirer\.jsonl"):
        Bench(state=tmp_path)
    assert not (tmp_path / "journal.db").exists()


def test_models_have_the_names_of_the_journal_in_whatever_order_they_are_added(tmp_path: Path) -> None:
    models = ("square-stand", "square-reader", "square-terminal", "square-reader")
    with Bench(state=tmp_path) as bench:
        first = [bench.add_terminal(model).name for model in models]
    assert first == ["SQUA0001", "SQUA0002", "SQUA0003", "SQUA0004"]
    for order in ((3, 2, 1, 0), (1, 3, 0, 2)):
        with Bench(state=tmp_path) as bench:
            named = [(models[at], bench.add_terminal(models[at]).name) for at in order]
            assert sorted(named) == sorted(zip(models, first, strict=True))
            assert bench.add_terminal("square-register").name == "SQUA0005"
        shutil.rmtree(tmp_path)
        with Bench(state=tmp_path) as bench:
            assert [bench.add_terminal(model).name for model in models] == first


@pytest.mark.parametrize("payments", [10, pytest.param(1000, marks=pytest.mark.soak)])
def test_runs_that_begin_at_one_clock_never_repeat_a_reference(payments: int, tmp_path: Path) -> None:
    for run in (1, 2, 3):
        with Bench(state=tmp_path, clock=DEFAULT_CLOCK) as bench:
            terminal = bench.add_terminal("v400m")
            for _ in range(payments):
                sale(bench, terminal)
            references = {row.fields["reference"] for row in terminal.journal() if row.kind == "sale"}
            assert len(references) == len(terminal.report()) == run * payments
            assert bench.violations() == []
