"""The journal: what goes in comes out, in order and chained, and whatever changes it afterwards is named."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.core.rows.schema import Field, FlatRow
from terminal_sim.journal.chain import Batch
from terminal_sim.journal.errors import JournalBusyError, JournalDamagedError, JournalError
from terminal_sim.journal.file import IN_MEMORY, newest_schema
from terminal_sim.journal.store import Journal
from terminal_sim.secret import Secret
from tests.patience import PATIENCE

SALE = FlatRow("sale", {"reference": "R1", "state": "AUTH_SENT", "amount": 1000})
REPRINT = FlatRow("reprint", {"original": "R1"})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bench" / "journal.db"


def filled(path: Path) -> None:
    """Three rows of one terminal and two of another, in three commits."""
    with Journal(path) as journal:
        journal.append("a", 1, 10, 20, [SALE, REPRINT])
        journal.append("b", 1, 11, 21, [SALE, REPRINT])
        journal.append("a", 1, 12, 22, [REPRINT])


def test_rows_come_back_as_they_were_and_in_order(path: Path) -> None:
    filled(path)
    with Journal(path) as journal:
        rows = list(journal.rows("a"))
        assert [(r.seq, r.number, r.boot, r.mono, r.wall) for r in rows] == [
            (1, 1, 1, 10, 20),
            (2, 2, 1, 10, 20),
            (5, 3, 1, 12, 22),
        ]
        assert [r.flat for r in rows] == [SALE, REPRINT, REPRINT]
        assert (journal.terminals(), journal.last_mono()) == (["a", "b"], 12)


def test_what_is_appended_is_what_is_read(path: Path) -> None:
    with Journal(path) as journal:
        stored = journal.append("a", 1, 1, 1, [SALE, REPRINT]) + journal.append("a", 2, 3, 4, [SALE])
        assert stored == list(journal.rows("a"))


def test_an_empty_journal_has_no_terminal_and_no_time() -> None:
    with Journal(IN_MEMORY) as journal:
        assert (journal.terminals(), journal.last_mono()) == ([], 0)
        assert list(journal.rows("a")) == []
        assert journal.append("a", 1, 1, 1, []) == []


def test_terminals_of_one_commit_have_chains_of_their_own(path: Path) -> None:
    with Journal(path) as journal:
        batches = [Batch("a", 1, 1, 1, [SALE]), Batch("b", 1, 1, 1, [SALE]), Batch("a", 1, 1, 1, [REPRINT])]
        stored = journal.append_many(batches)
        assert [(r.seq, r.terminal, r.number) for r in stored] == [(1, "a", 1), (2, "b", 1), (3, "a", 2)]
        journal.verify()


def test_the_payment_of_a_row_is_a_column() -> None:
    with Journal(IN_MEMORY) as journal:
        journal.append("a", 1, 1, 1, [SALE, REPRINT])
        assert journal.query("select txn from journal order by seq") == [{"txn": "R1"}, {"txn": None}]


def test_equal_rows_make_equal_journals() -> None:
    def run(row: FlatRow) -> bytes:
        with Journal(IN_MEMORY) as journal:
            return journal.append("a", 1, 1, 1, [row])[0].hash

    turned = FlatRow("sale", dict(reversed(list(SALE.fields.items()))))
    assert run(SALE) == run(turned)
    assert run(SALE) != run(FlatRow("sale", {**SALE.fields, "amount": 1001}))


FIELDS = st.dictionaries(st.text(min_size=1), st.text() | st.integers(-(2**53), 2**53), max_size=8)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.text(), FIELDS), max_size=12))
def test_any_rows_come_back_and_verify(rows: list[tuple[str, str, dict[str, Field]]]) -> None:
    with Journal(IN_MEMORY) as journal:
        for terminal, kind, fields in rows:
            journal.append(terminal, 1, 1, 1, [FlatRow(kind, fields)])
        journal.verify()
        for name in "abc":
            assert [r.flat for r in journal.rows(name)] == [FlatRow(k, f) for t, k, f in rows if t == name]


def test_a_long_life_is_read_page_by_page() -> None:
    with Journal(IN_MEMORY) as journal:
        journal.append("a", 1, 1, 1, [FlatRow("boot", {"boot": n}) for n in range(2500)])
        assert [r.fields["boot"] for r in journal.rows("a")] == list(range(2500))


def test_a_secret_never_gets_in_and_does_no_harm() -> None:
    with Journal(IN_MEMORY) as journal:
        with pytest.raises(TypeError):
            journal.append("a", 1, 1, 1, [FlatRow("sale", {"pan": Secret("4111111111111111")})])  # type: ignore[dict-item]
        assert journal.append("a", 1, 1, 1, [SALE])[0].number == 1


def test_a_journal_is_its_owners_alone(path: Path) -> None:
    umask = os.umask(0)
    try:
        with Journal(path) as journal:
            journal.append("a", 1, 1, 1, [SALE])
            modes = {p.name: p.stat().st_mode & 0o777 for p in path.parent.iterdir()}
    finally:
        os.umask(umask)
    assert modes == {"journal.db": 0o600, "journal.db-wal": 0o600, "journal.head": 0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_the_disk_is_asked_to_keep_what_it_was_given(path: Path) -> None:
    with Journal(path) as journal:
        asked = {
            name: journal.query(f"pragma {name}")[0][name]
            for name in ("synchronous", "journal_mode", "locking_mode")
        }
    assert asked == {"synchronous": 2, "journal_mode": "wal", "locking_mode": "exclusive"}


def test_a_second_process_is_told_that_the_journal_is_open(path: Path) -> None:
    second = f"from terminal_sim.journal.store import Journal\nJournal({str(path)!r})"
    with Journal(path):
        done = subprocess.run(
            [sys.executable, "-c", second], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert "JournalBusyError" in done.stderr
        assert "another process has this journal open" in done.stderr
    again = subprocess.run(
        [sys.executable, "-c", second], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert again.returncode == 0, again.stderr


def test_a_second_opening_in_the_same_process_is_refused_too(path: Path) -> None:
    with Journal(path), pytest.raises(JournalBusyError, match="close it, or give this bench another file"):
        Journal(path)


@pytest.mark.parametrize("sql", ["update journal set wall = 0", "delete from journal where seq = 3"])
def test_sql_cannot_change_a_row(path: Path, sql: str) -> None:
    filled(path)
    with Journal(path) as journal, pytest.raises(apsw.ConstraintError, match="append-only"):
        journal.query(sql)


def tampered(path: Path, *statements: str) -> None:
    """What somebody does to the file who knows SQLite but not the chain."""
    filled(path)
    db = apsw.Connection(str(path))
    guards = db.execute("select name, sql from sqlite_schema where type = 'trigger'").fetchall()
    for name, _ in guards:
        db.execute(f"drop trigger {name}").fetchall()
    for sql in (*statements, *(str(guard) for _, guard in guards)):
        db.execute(sql).fetchall()
    db.close()


@pytest.mark.parametrize(
    ("what", "sql", "said"),
    [
        (
            "an amount",
            "update journal set fields = replace(fields, '1000', '100') where seq = 1",
            "row 1 of terminal a was changed",
        ),
        ("a time", "update journal set wall = 23 where seq = 5", "row 3 of terminal a was changed"),
        (
            "a payment's name",
            "update journal set txn = 'R2' where seq = 3",
            "row 1 of terminal b was changed",
        ),
        ("a hash", "update journal set hash = zeroblob(32) where seq = 4", "row 2 of terminal b was changed"),
        (
            "the last row's chain",
            "update journal set prev_hash = zeroblob(32) where seq = 5",
            "row 3 of terminal a was changed",
        ),
        ("a row between", "delete from journal where seq = 2", "row 2 of the file is missing"),
        ("the first row", "delete from journal where seq = 1", "row 1 of the file is missing"),
        (
            "all rows of a terminal",
            "delete from journal where terminal = 'b'",
            "row 3 of the file is missing",
        ),
        ("a number", "update journal set number = 7 where seq = 5", "row 3 of terminal a is missing"),
        ("a terminal", "update journal set terminal = 'c' where seq = 5", "row 1 of terminal c is missing"),
    ],
)
def test_damage_is_named_at_the_first_bad_row(path: Path, what: str, sql: str, said: str) -> None:
    tampered(path, sql)
    with pytest.raises(JournalDamagedError, match=said) as refused:
        Journal(path)
    assert what
    assert str(path) in str(refused.value)
    assert "keep the file for support" in str(refused.value)


def test_a_damaged_journal_is_left_as_it_is(path: Path) -> None:
    tampered(path, "update journal set wall = 0")
    before = path.read_bytes()
    with pytest.raises(JournalDamagedError):
        Journal(path)
    assert path.read_bytes() == before


def test_any_byte_that_is_flipped_is_found_or_harmless(path: Path) -> None:
    filled(path)
    whole = path.read_bytes()
    found = 0
    for at in range(0, len(whole), 37):
        path.write_bytes(whole[:at] + bytes((whole[at] ^ 0xFF,)) + whole[at + 1 :])
        try:
            with Journal(path) as journal:
                kept = [r.flat for name in ("a", "b") for r in journal.rows(name)]
        except JournalError:
            found += 1
        else:
            assert kept == [SALE, REPRINT, REPRINT, SALE, REPRINT]
    assert found > 20


def test_an_index_that_lost_a_row_is_found_when_it_is_asked(path: Path) -> None:
    with Journal(path) as journal:
        journal.append("terminal", 1, 1, 1, [SALE, REPRINT])
    whole = path.read_bytes()
    pages = [whole[at : at + 4096] for at in range(0, len(whole), 4096)]
    (index,) = [
        n for n, page in enumerate(pages) if page[0] == 0x0A and b"terminal" in page
    ]  # a leaf of an index
    pages[index] = pages[index].replace(b"terminal", b"terminam", 1)
    path.write_bytes(b"".join(pages))
    with Journal(path) as journal, pytest.raises(JournalDamagedError, match="does not name rows 1 to 2"):
        list(journal.rows("terminal"))


@pytest.mark.parametrize(
    ("place", "vfs", "said"),
    [
        ("journal.db", "no such file system", "no such vfs"),
        ("", apsw.vfs_names()[0], "cannot keep a write-ahead log"),
    ],
)
def test_a_file_system_that_cannot_serve_is_refused(place: str, vfs: str, said: str) -> None:
    with pytest.raises(JournalError, match=said):
        Journal(place, vfs=vfs)


def test_a_file_cut_short_is_damaged(path: Path) -> None:
    filled(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - 4096])
    with pytest.raises(JournalDamagedError):
        Journal(path)


def test_what_is_no_database_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("this is my shopping list, and no database at all" * 100, encoding="utf-8")
    with pytest.raises(JournalDamagedError, match="not a database"):
        Journal(path)


def test_somebody_elses_database_is_refused_and_left_alone(path: Path) -> None:
    path.parent.mkdir()
    db = apsw.Connection(str(path))
    db.execute("create table shopping (item)").fetchall()
    db.close()
    with pytest.raises(JournalError, match="no journal of terminal-sim; choose another file"):
        Journal(path)


def test_a_newer_schema_is_refused_with_its_number(path: Path) -> None:
    filled(path)
    db = apsw.Connection(str(path))
    db.execute(f"pragma user_version={newest_schema() + 1}").fetchall()
    db.close()
    with pytest.raises(JournalError, match=f"schema {newest_schema() + 1} is newer than this version knows"):
        Journal(path)


def test_a_file_says_what_it_is_and_which_schema_it_has(path: Path) -> None:
    filled(path)
    header = path.read_bytes()[:100]
    assert header[68:72] == b"TSJ1"
    assert int.from_bytes(header[60:64]) == newest_schema()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(JournalError, match="check the path and its rights"):
        Journal(tmp_path / "file" / "journal.db")


def test_a_log_that_is_gone_or_cut_is_missed_and_what_is_left_stays_as_it_is(
    path: Path, tmp_path: Path
) -> None:
    with Journal(path) as journal:
        journal.append("a", 1, 1, 1, [SALE, REPRINT])
        kept = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    for cut in (0, len(kept["journal.db-wal"]) // 2):
        folder = tmp_path / str(cut)
        folder.mkdir()
        for name, whole in kept.items():
            (folder / name).write_bytes(whole[:cut] if name.endswith("-wal") else whole)
        before = {file.name: file.read_bytes() for file in folder.iterdir()}
        with pytest.raises(JournalDamagedError, match=r"2 (rows )?were stored"):
            Journal(folder / "journal.db")
        after = {file.name: file.read_bytes() for file in folder.iterdir()}
        assert after == before


def test_a_journal_without_its_head_is_refused(path: Path) -> None:
    filled(path)
    path.with_suffix(".head").unlink()
    with pytest.raises(JournalDamagedError, match=r"journal\.head is missing"):
        Journal(path)


def test_a_foreign_trigger_is_refused_by_name(path: Path) -> None:
    filled(path)
    db = apsw.Connection(str(path))
    db.execute("create trigger foreign_one after insert on journal begin select 1; end").fetchall()
    db.close()
    with pytest.raises(JournalDamagedError, match="trigger foreign_one"):
        Journal(path)


def test_a_symbolic_link_in_place_of_the_journal_is_refused_and_its_target_left_alone(path: Path) -> None:
    target = path.parent.parent / "target"
    target.write_bytes(b"")
    target.chmod(0o644)
    path.parent.mkdir()
    path.symlink_to(target)
    with pytest.raises(JournalError, match="no plain file"):
        Journal(path)
    assert target.stat().st_mode & 0o777 == 0o644
