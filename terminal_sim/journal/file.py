"""The journal's file: made with its owner's rights alone, locked by one process, brought to the newest schema.

The file says what it is: `application_id` is "TSJ1", `user_version` the number of its schema.
"""

from __future__ import annotations

import os
import re
from importlib.resources import files
from pathlib import Path

import apsw

from terminal_sim.journal.errors import JournalBusyError, JournalDamagedError, JournalError

IN_MEMORY = ":memory:"
APPLICATION_ID = 0x54534A31  # "TSJ1"
_SCHEMA_FILE = re.compile(r"v(\d+)\.sql", re.ASCII)


def open_database(path: str, vfs: str | None) -> apsw.Connection:
    """A connection that holds the lock and reads the newest schema. Raises `JournalError` or one of its kinds."""
    if path != IN_MEMORY and vfs is None:
        _make_private(Path(path))
    try:
        db = apsw.Connection(path, vfs=vfs)
    except apsw.Error as error:
        raise JournalError(f"{path}: cannot be opened: {error}; check the path and its rights") from None
    try:
        _configure(db, path)
        _bring_up_to_date(db, path)
    except apsw.BusyError:
        db.close()
        raise JournalBusyError(
            f"{path}: another process has this journal open; close it, or give this bench another file"
        ) from None
    except (apsw.NotADBError, apsw.CorruptError, apsw.SQLError) as error:
        db.close()
        raise JournalDamagedError(
            f"{path}: {error}; keep the file for support and start with a new one"
        ) from None
    except BaseException:
        db.close()
        raise
    return db


def newest_schema() -> int:
    return max(_schemas())


def _schemas() -> dict[int, str]:
    found = {}
    for entry in files("terminal_sim.journal").joinpath("schemas").iterdir():
        match = _SCHEMA_FILE.fullmatch(entry.name)
        if match:
            found[int(match[1])] = entry.read_text(encoding="utf-8")
    return found


def _make_private(path: Path) -> None:
    """SQLite would make the file readable by all, and gives its log the rights of the file."""
    missing = [folder for folder in (path.parent, *path.parent.parents) if not folder.exists()]
    try:
        for folder in reversed(missing):
            folder.mkdir(mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise JournalError(
            f"{path}: cannot be opened: {error.strerror}; check the path and its rights"
        ) from None
    try:
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)
    for folder in {path.parent, *(made.parent for made in missing)}:
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    """A new file is durable only when the folder that names it is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _configure(db: apsw.Connection, path: str) -> None:
    # Exclusive before WAL: the index of the log then lies in our memory, and no second process gets in.
    _pragma(db, "locking_mode=exclusive")
    if path != IN_MEMORY and _pragma(db, "journal_mode=wal") != "wal":
        raise JournalError(f"{path}: this file system cannot keep a write-ahead log; choose another folder")
    _pragma(db, "synchronous=full")
    _pragma(db, "temp_store=memory")
    _pragma(db, "trusted_schema=off")


def _bring_up_to_date(db: apsw.Connection, path: str) -> None:
    version, newest = _pragma(db, "user_version"), newest_schema()
    empty = db.execute("select count(*) from sqlite_schema").fetchall() == [(0,)]
    if not empty and _pragma(db, "application_id") != APPLICATION_ID:
        raise JournalError(f"{path}: a database, but no journal of terminal-sim; choose another file")
    if isinstance(version, int) and version > newest:
        raise JournalError(
            f"{path}: schema {version} is newer than this version knows ({newest}); use a newer terminal-sim"
        )
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
