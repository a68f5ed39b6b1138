"""A state folder that is read: a copy of its files is opened and checked, and the folder itself is neither locked nor written to.

Rules:
1. No file of the folder is made, changed or locked, so a folder without write access, or one that a bench works in, is read as well.
2. A bench may write while the files are copied. Copies are taken until one holds together: the chains and heads prove that it does.
   Damage is what two copies of unchanged files show.
3. Keys of stored payments are not copied.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from terminal_sim.bench import state_checkpoint
from terminal_sim.bench.state_folder import HOST, StateFolder, check_rights
from terminal_sim.errors import BenchMisuse
from terminal_sim.files import NO_LINK, PLAIN
from terminal_sim.host.books_index import LedgerRecord
from terminal_sim.host.ledger_file import LedgerFile, LedgerFileError
from terminal_sim.journal.errors import JournalBusyError, JournalError

# Heads first: what they count was stored before them.
_FILES = (
    "acquirer.head", "journal.head", "pos.head",
    "acquirer.jsonl", "journal.db-wal", "journal.db", "pos.db-wal", "pos.db",
)  # fmt: skip
_ATTEMPTS = 10
_PIECE = 1 << 20

Read = TypeVar("Read")


@contextmanager
def read_state(folder: Path, *, fully: bool = False) -> Iterator[StateFolder]:
    """The content of `folder` as it is now, checked as at an opening, or `fully` whatever a checkpoint says. Raises `BenchMisuse` and `JournalError` as `StateFolder` does."""
    check_rights(folder)
    with (
        TemporaryDirectory(prefix="terminal-sim-") as place,
        closing(_opened(folder, Path(place), fully)) as state,
    ):
        yield state


def read_host_books(folder: Path) -> list[LedgerRecord]:
    """The records of the acquirer that `folder` keeps, that of `host serve --state`, checked. Raises `BenchMisuse` and `JournalError`."""
    check_rights(folder)

    def opened(copy: Path) -> list[LedgerRecord]:
        try:
            with closing(LedgerFile(copy / "acquirer.jsonl")) as books:
                return books.records
        except LedgerFileError as wrong:
            raise BenchMisuse(str(wrong)) from None

    with TemporaryDirectory(prefix="terminal-sim-") as place:
        return _whole(folder, Path(place), opened)


def _opened(folder: Path, place: Path, fully: bool) -> StateFolder:
    return _whole(folder, place, lambda copy: StateFolder(copy, fully=fully, on_network=None))


def _whole(folder: Path, place: Path, opened: Callable[[Path], Read]) -> Read:
    """What `opened` reads of a copy that holds together."""
    failed_at: list[tuple[int, int]] | None = None
    for attempt in range(_ATTEMPTS):
        copy = place / str(attempt)
        copy.mkdir(mode=0o700)
        stamps = _stamps(folder)
        if not any(size for size, _ in stamps):
            raise JournalError(f"{folder}: no journal is kept there; give the folder of run --state")
        for name in (HOST, state_checkpoint.NAME, *_FILES):
            _copy(folder / name, copy / name)
        try:
            return opened(copy)
        except (BenchMisuse, JournalError) as wrong:
            if stamps == failed_at:
                raise type(wrong)(str(wrong).replace(str(copy), str(folder))) from None
            failed_at = stamps
    raise JournalBusyError(f"{folder}: it is written to all the time; wait until the bench there is idle")


def _stamps(folder: Path) -> list[tuple[int, int]]:
    """Size and time of each file, zeros where there is none."""
    stamps = []
    for name in _FILES:
        try:
            found = (folder / name).lstat()
        except (FileNotFoundError, NotADirectoryError):
            stamps.append((0, 0))
        except OSError as error:
            raise JournalError(
                f"{folder / name}: cannot be read: {error.strerror}; check its rights"
            ) from None
        else:
            stamps.append((found.st_size, found.st_mtime_ns))
    return stamps


def _copy(source: Path, target: Path) -> None:
    """What is no plain file is refused, and a fifo is not waited for."""
    try:
        if not stat.S_ISREG(source.lstat().st_mode):
            raise JournalError(f"{source}: this is no plain file; put the file back that was there")
        with (
            open(os.open(source, os.O_RDONLY | PLAIN | NO_LINK), "rb") as content,
            target.open("xb") as copied,
        ):
            while piece := content.read(_PIECE):
                copied.write(piece)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise JournalError(f"{source}: cannot be read: {error.strerror}; check its rights") from None
