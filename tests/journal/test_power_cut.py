"""Power cuts: at every operation on the disk, with torn sectors, no acknowledged row is lost and no chain is broken."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

import apsw
import pytest

from terminal_sim.core.rows.schema import FlatRow
from terminal_sim.journal.chain import Batch
from terminal_sim.journal.errors import CommitUnknown, JournalDamagedError
from terminal_sim.journal.store import Journal
from tests.journal.power import Disk, DiskVfs, Files, Operation, copy, images
from tests.proof import ProofCount

PATH = "journal.db"
_names = itertools.count()


@contextmanager
def mounted(disk: Disk) -> Iterator[str]:
    name = f"disk-{next(_names)}"
    vfs = DiskVfs(name, disk)
    try:
        yield name
    finally:
        vfs.unregister()


def payment(number: int, length: int = 40) -> list[FlatRow]:
    """The rows of one commit: one, or two that belong together."""
    fields = {"reference": f"R{number}", "state": "AUTH_SENT", "label": "x" * length}
    return [FlatRow("sale", fields), FlatRow("reversal", fields)][: 1 + number % 2]


@dataclass
class Run:
    """What was done: the log of the disk, and how many rows were acknowledged after how many operations."""

    log: list[Operation]
    acknowledged: list[tuple[int, int]]
    commits: list[int]  # the numbers of rows that a whole number of commits comes to


def run(sessions: tuple[int, ...], *, length: int = 40, synchronous: str = "full") -> Run:
    """Opens the journal once for each session, appends that many commits, and closes it."""
    disk, acknowledged, commits, rows = Disk(), [], [0], 0
    with mounted(disk) as vfs:
        number = itertools.count(1)
        for session in sessions:
            with Journal(PATH, vfs=vfs) as journal:
                journal.query(f"pragma synchronous={synchronous}")
                for n in itertools.islice(number, session):
                    rows += len(journal.append("v400m", 1, n, n, payment(n, length)))
                    acknowledged.append((len(disk.log), rows))
                    commits.append(rows)
    return Run(disk.log, acknowledged, commits)


def rows_on(files: Files) -> int:
    """How many rows a terminal finds that boots from this disk, and that it can go on from there."""
    with mounted(Disk(files)) as vfs, Journal(PATH, vfs=vfs) as journal:
        found = [str(row.fields["reference"]) for row in journal.rows("v400m")]
        wanted = [str(row.fields["reference"]) for n in range(1, len(found) + 1) for row in payment(n)]
        assert found == wanted[: len(found)]
        journal.append("v400m", 2, 10**6, 10**6, [FlatRow("boot", {"boot": 2})])
        return len(found)


def losses(done: Run, random: Random) -> tuple[int, int]:
    """(images, images that lack an acknowledged row or hold a part of a commit)."""
    count = lost = 0
    for operations, files in images(done.log, random):
        least = max((rows for when, rows in done.acknowledged if when <= operations), default=0)
        found = rows_on(files)
        count += 1
        lost += found < least or found not in done.commits
    return count, lost


@pytest.mark.parametrize(
    ("sessions", "length"),
    [((12, 8), 40), ((1, 1, 1, 1), 40), ((40,), 40), ((5, 5), 3000), ((3, 0, 3), 9000)],
    ids=["two boots", "four boots", "one long life", "rows of most of a page", "rows of several pages"],
)
def test_no_cut_loses_an_acknowledged_row(sessions: tuple[int, ...], length: int, proof: ProofCount) -> None:
    count, lost = losses(run(sessions, length=length), Random(1))
    proof(images=count, violations=lost)
    assert lost == 0
    assert count > 200


def test_a_cut_while_a_terminal_recovers_from_a_cut_loses_nothing_either() -> None:
    random, done = Random(2), run((6, 4))
    for operations, files in random.sample(list(images(done.log, random)), 12):
        least = max((rows for when, rows in done.acknowledged if when <= operations), default=0)
        disk = Disk(copy(files))
        with mounted(disk) as vfs, Journal(PATH, vfs=vfs):
            pass
        for _, left in images(disk.log, random, files):
            assert least <= rows_on(left)


def test_without_syncs_the_same_cuts_lose_rows() -> None:
    lost = 0
    for _, files in images(run((12,), synchronous="off").log, Random(1)):
        try:
            lost += rows_on(files) < 12
        except JournalDamagedError:
            lost += 1
    assert lost > 50


def test_many_terminals_share_a_commit_or_none_of_them_has_it() -> None:
    disk = Disk()
    with mounted(disk) as vfs, Journal(PATH, vfs=vfs) as journal:
        for n in range(1, 9):
            journal.append_many([Batch(f"T{t}", 1, n, n, [FlatRow("boot", {"boot": 1})]) for t in range(5)])
    for _, files in images(disk.log, Random(3)):
        with mounted(Disk(files)) as vfs, Journal(PATH, vfs=vfs) as journal:
            assert len({len(list(journal.rows(f"T{t}"))) for t in range(5)}) == 1


@pytest.mark.parametrize("what", ["write", "sync"])
@pytest.mark.parametrize("error", [apsw.IOError, apsw.FullError])
def test_a_disk_error_at_any_operation_stops_the_journal_and_loses_nothing(
    what: str, error: type[apsw.Error]
) -> None:
    for failing in itertools.count(1):
        acknowledged, stopped, disk = append_until_error(what, error, failing)
        disk.before = lambda _: None
        assert rows_on(disk.files) >= acknowledged
        if not stopped:
            break
    assert failing > 10


def append_until_error(what: str, error: type[apsw.Error], failing: int) -> tuple[int, bool, Disk]:
    """Appends ten commits to a disk whose operation number `failing` of its kind fails after the journal is open."""
    disk, counted, acknowledged = Disk(), itertools.count(1), 0

    def fail(operation: Operation) -> None:
        if operation.what == what and next(counted) == failing:
            raise error("the disk says no")

    with mounted(disk) as vfs:
        journal = Journal(PATH, vfs=vfs)
        disk.before = fail
        try:
            for n in range(1, 11):
                acknowledged += len(journal.append("v400m", 1, n, n, payment(n)))
        except CommitUnknown:
            with pytest.raises(CommitUnknown, match="a commit before this one failed"):
                journal.append("v400m", 1, 99, 99, payment(99))
            return acknowledged, True, disk
        finally:
            journal.close()
    return acknowledged, False, disk


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_no_cut_of_a_longer_life_loses_an_acknowledged_row(seed: int, proof: ProofCount) -> None:
    random = Random(seed)
    sessions = tuple(random.randrange(1, 30) for _ in range(4))
    count, lost = losses(run(sessions, length=random.randrange(4000)), random)
    proof(images=count, violations=lost)
    assert lost == 0
