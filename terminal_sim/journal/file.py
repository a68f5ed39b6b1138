"""The journal's file: made with its owner's rights alone, locked by one process, brought to the newest schema.

The file says what it is: `application_id` is "TSJ1", `user_version` the number of its schema.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from functools import cache
from importlib.resources import files
from pathlib import Path

import apsw

from terminal_sim.files import PLAIN, keep_private, sync_folder
from terminal_sim.journal.errors import JournalBusyError, JournalDamagedError, JournalError

IN_MEMORY = ":memory:"
APPLICATION_ID = 0x54534A31  # "TSJ1"
_SCHEMA_FILE = re.compile(r"v(\d+)\.sql", re.ASCII)


_SHORTEST_LOG = 1_000  # pages
CURE = "keep the file for support, and put the whole state folder back from a copy or start a new one"


def open_database(path: str, vfs: str | None, *, holds: int = 0) -> apsw.Connection:
    """A connection that holds the lock and reads the newest schema. Raises `JournalError` or one of its kinds.

    `holds` is how many rows the file is known to have: where it has none, nothing is made and nothing is written. Until
    `keep_log_no_longer`, closing leaves the write-ahead log as it is.
    """
    if path == IN_MEMORY:
        return _in_memory()
    if vfs is None:
        _check_place(Path(path), holds)
        _make_private(Path(path))
    try:
        db = apsw.Connection(path, vfs=vfs)
    except apsw.Error as error:
        raise JournalError(f"{path}: cannot be opened: {error}; check the path and its rights") from None
    try:
        db.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        _pragma(
            db, "locking_mode=exclusive"
        )  # before the first look: the index of the log then lies in our memory
        _check_schema(db, path, holds)
        _configure(db, path)
        _bring_up_to_date(db)
    except apsw.BusyError:
        close(db)
        raise JournalBusyError(
            f"{path}: another process has this journal open; close it, or give this bench another file"
        ) from None
    except (apsw.NotADBError, apsw.CorruptError, apsw.SQLError, UnicodeDecodeError) as error:
        close(db)
        raise JournalDamagedError(
            f"{path}: {error}; keep the file for support and start with a new one"
        ) from None
    except apsw.Error as error:
        close(db)
        raise JournalError(f"{path}: cannot be used: {error}; make room, or check its rights") from None
    except BaseException:
        close(db)
        raise
    return db


def _in_memory() -> apsw.Connection:
    db = apsw.Connection(IN_MEMORY)
    db.deserialize("main", _empty())
    _pragma(db, "temp_store=memory")
    return db


@cache
def _empty() -> bytes:
    """An empty database of the newest schema: to copy it is faster than to make the tables each time."""
    db = apsw.Connection(IN_MEMORY)
    _bring_up_to_date(db)
    made = db.serialize("main")
    db.close()
    return made


def close(db: apsw.Connection) -> None:
    """Release the file. A disk error here loses nothing: every row is in the log, which the next opening reads."""
    with suppress(apsw.Error):
        db.close()


def keep_log_no_longer(db: apsw.Connection) -> None:
    """What the file holds is checked: closing may take the log into it."""
    db.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)


def newest_schema() -> int:
    return max(_schemas())


@cache
def _schemas() -> dict[int, str]:
    found = {}
    for entry in files("terminal_sim.journal").joinpath("schemas").iterdir():
        match = _SCHEMA_FILE.fullmatch(entry.name)
        if match:
            found[int(match[1])] = entry.read_text(encoding="utf-8")
    return found


def _check_place(path: Path, holds: int) -> None:
    """A file that is refused is not touched, and none is made where rows are missing."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise JournalError(f"{path}: this is no plain file; put the journal back that was there")
    if holds and not (path.exists() and path.stat().st_size):
        raise JournalDamagedError(f"{path}: it is gone or empty, and {holds} rows were stored; {CURE}")


def _make_private(path: Path) -> None:
    """SQLite would make the file readable by all, and gives its log the rights of the file."""
    missing = [folder for folder in (path.parent, *path.parent.parents) if not folder.exists()]
    try:
        for folder in reversed(missing):
            folder.mkdir(mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | PLAIN, 0o600)
        try:
            keep_private(descriptor)
        finally:
            os.close(descriptor)
        for folder in {path.parent, *(made.parent for made in missing)}:
            sync_folder(folder)
    except OSError as error:
        raise JournalError(
            f"{path}: cannot be opened: {error.strerror}; check the path and its rights"
        ) from None


def _configure(db: apsw.Connection, path: str) -> None:
    if _pragma(db, "journal_mode=wal") != "wal":
        raise JournalError(f"{path}: this file system cannot keep a write-ahead log; choose another folder")
    _pragma(db, "synchronous=full")
    _pragma(db, "temp_store=memory")
    _pragma(db, "trusted_schema=off")
    # A file that the log has not been taken into has the bytes that its folder's checkpoint counts for.
    _pragma(db, f"wal_autocheckpoint={max(_SHORTEST_LOG, _page_count(db) // 2)}")


def _page_count(db: apsw.Connection) -> int:
    pages = _pragma(db, "page_count")
    return pages if isinstance(pages, int) else 0


def _check_schema(db: apsw.Connection, path: str, holds: int) -> None:
    """The tables and triggers are those of the file's own schema, and no others: a foreign trigger may undo each row."""
    version, newest = _pragma(db, "user_version"), newest_schema()
    found = _objects(db)
    if not found:
        if holds:
            raise JournalDamagedError(f"{path}: it is empty, and {holds} rows were stored; {CURE}")
        return
    if _pragma(db, "application_id") != APPLICATION_ID:
        raise JournalError(f"{path}: a database, but no journal of terminal-sim; choose another file")
    if isinstance(version, int) and version > newest:
        raise JournalError(
            f"{path}: schema {version} is newer than this version knows ({newest}); use a newer terminal-sim"
        )
    known = apsw.Connection(IN_MEMORY)
    for number, sql in sorted(_schemas().items()):
        if isinstance(version, int) and number <= version:
            known.execute(sql).fetchall()
    ours = _objects(known)
    known.close()
    if found != ours:
        names = ", ".join(sorted(f"{kind} {name}" for kind, name, _ in found ^ ours))
        raise JournalDamagedError(f"{path}: its schema is not that of a journal ({names}); {CURE}")


def _objects(db: apsw.Connection) -> set[tuple[object, object, object]]:
    rows = db.execute("select type, name, sql from sqlite_schema").fetchall()
    return {(kind, name, sql) for kind, name, sql in rows}


def _bring_up_to_date(db: apsw.Connection) -> None:
    version = _pragma(db, "user_version")
    db.execute("begin immediate").fetchall()
    for number, sql in sorted(_schemas().items()):
        if isinstance(version, int) and number > version:
            db.execute(sql).fetchall()  # several statements, which run only as their rows are asked for
            _pragma(db, f"application_id={APPLICATION_ID}")
            _pragma(db, f"user_version={number}")
    db.execute("commit").fetchall()


def _pragma(db: apsw.Connection, text: str) -> object:
    rows = db.execute(f"pragma {text}").fetchall()
    return rows[0][0] if rows else None
