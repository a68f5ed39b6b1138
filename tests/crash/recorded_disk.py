"""A folder of which every write, sync, rename and removal is recorded, by SQLite and by the project's own file functions alike.

SQLite writes through an APSW file system that passes everything on to the default one. The project's other files are written by functions
of `os` alone, which are watched. `RecordedDisk.missed` compares what was recorded with what lies there, so that no write goes unseen.
Nothing is made durable in earnest: a recording says what a disk would have been told to keep.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from errno import ENOSPC, EROFS
from pathlib import Path
from typing import Any

import apsw
import pytest

_names = itertools.count()


class What(Enum):
    """The kinds of operations. Those of a file are at the file itself, whatever its name is by then; the others are at names."""

    WRITE = "write"
    TRUNCATE = "truncate"
    SYNC = "sync"
    NAME = "name"
    RENAME = "rename"
    REMOVE = "remove"
    FOLDER = "folder"
    SYNC_FOLDER = "sync-folder"
    OPEN = "open"
    LOCK = "lock"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: at the file with the number `file`, or at `name`, which lies below the folder; `to` is the new name of a rename."""

    what: What
    file: int = 0
    name: str = ""
    to: str = ""
    offset: int = 0
    data: bytes = b""


@dataclass
class RecordedDisk:
    """What was done below the folder `root`. `before` is told of each operation before it is done, and may raise in its place.

    `began` has the numbers of the files that were there when the recording began.
    """

    root: Path
    log: list[Operation] = field(default_factory=list)
    before: Callable[[Operation], None] = lambda _: None
    names: dict[str, int] = field(default_factory=dict)  # of files as they are now
    began: dict[str, int] = field(default_factory=dict)
    _files: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _open: dict[int, tuple[int, str]] = field(
        default_factory=dict
    )  # by descriptor: the file, or a folder's name

    def do(self, operation: Operation) -> None:
        self.before(operation)
        if operation.what not in (What.OPEN, What.LOCK):
            self.log.append(operation)

    def below(self, path: Any) -> str | None:
        """The name of `path` below the folder, "" for the folder itself; None for another place."""
        try:
            name = os.fspath(Path(path).relative_to(self.root))
        except (ValueError, TypeError):
            return None
        return "" if name == "." else name

    def file(self, name: str) -> int:
        """The number of the file with this name, which is named now where it is new."""
        if name not in self.names:
            number = next(self._files)
            self.do(Operation(What.NAME, number, name))
            self.names[name] = number
        return self.names[name]

    def missed(self) -> dict[str, str]:
        """Files that are not what the recording makes of them, with what is different; empty where all was seen."""
        made: dict[int, bytearray] = {}
        named: dict[str, int] = {}
        for operation in self.log:
            apply(operation, named, made)
        there = {
            os.fspath(path.relative_to(self.root)): path.read_bytes()
            for path in self.root.rglob("*")
            if path.is_file() and not path.name.endswith("-shm")
        }
        wanted = {name: bytes(made.get(number, b"")) for name, number in named.items() if number}
        return {
            name: f"{len(wanted.get(name, b''))} bytes recorded, {len(there.get(name, b''))} there"
            for name in sorted(wanted.keys() | there.keys())
            if wanted.get(name) != there.get(name)
        }

    @contextmanager
    def recording(self) -> Iterator[RecordedDisk]:
        """Record within: SQLite's default file system and the functions of `os` are watched."""
        base = apsw.vfs_names()[0]
        there = (one for one in sorted(self.root.rglob("*")) if one.is_file())
        self.names = {os.fspath(one.relative_to(self.root)): next(self._files) for one in there}
        self.began = self.names.copy()
        watching = _WatchedVfs(f"recorded-{next(_names)}", base, self)
        try:
            with pytest.MonkeyPatch.context() as patch:
                for name, watched in _watched(self).items():
                    patch.setattr(os, name, watched)
                yield self
        finally:
            watching.unregister()


def apply(operation: Operation, named: dict[str, int], made: dict[int, bytearray]) -> None:
    """Do an operation to files by their numbers and to names; a folder is a name with the number 0."""
    match operation.what:
        case What.WRITE:
            content = made.setdefault(operation.file, bytearray())
            content.extend(bytes(max(operation.offset - len(content), 0)))
            content[operation.offset : operation.offset + len(operation.data)] = operation.data
        case What.TRUNCATE:
            content = made.setdefault(operation.file, bytearray())
            content.extend(bytes(max(operation.offset - len(content), 0)))
            del content[operation.offset :]
        case What.NAME:
            named[operation.name] = operation.file
        case What.FOLDER:
            named[operation.name] = 0
        case What.RENAME:
            if operation.name in named:
                named[operation.to] = named.pop(operation.name)
        case What.REMOVE:
            named.pop(operation.name, None)


def _watched(disk: RecordedDisk) -> dict[str, Callable[..., Any]]:
    """The functions of `os` that change files, each telling `disk` before it does its work."""
    real: dict[str, Any] = {
        name: getattr(os, name)
        for name in (
            "open",
            "close",
            "write",
            "ftruncate",
            "fsync",
            "fdatasync",
            "replace",
            "rename",
            "unlink",
            "mkdir",
        )
    }
    opened = disk._open

    def open_(path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
        name = disk.below(path) if not isinstance(path, int) else None
        if name is None:
            return int(real["open"](path, flags, mode, **more))
        disk.do(Operation(What.OPEN, name=name))
        was_there = os.path.lexists(path)
        descriptor = int(real["open"](path, flags, mode, **more))
        if os.path.isdir(path):
            opened[descriptor] = 0, name
        else:
            number = disk.file(name) if was_there or flags & os.O_CREAT else 0
            if was_there and flags & os.O_TRUNC:
                disk.do(Operation(What.TRUNCATE, number, offset=0))
            opened[descriptor] = number, name
        return descriptor

    def close(descriptor: int) -> None:
        opened.pop(descriptor, None)
        real["close"](descriptor)

    def write(descriptor: int, data: Any) -> int:
        if descriptor in opened:
            offset = os.lseek(descriptor, 0, os.SEEK_CUR)
            disk.do(Operation(What.WRITE, opened[descriptor][0], offset=offset, data=bytes(data)))
        return int(real["write"](descriptor, data))

    def ftruncate(descriptor: int, length: int) -> None:
        if descriptor in opened:
            disk.do(Operation(What.TRUNCATE, opened[descriptor][0], offset=length))
        real["ftruncate"](descriptor, length)

    def sync(descriptor: int) -> None:
        if descriptor not in opened:
            real["fsync"](descriptor)
            return
        number, name = opened[descriptor]
        disk.do(Operation(What.SYNC, number) if number else Operation(What.SYNC_FOLDER, name=name))

    def replace(source: Any, target: Any, **more: Any) -> None:
        name, to = disk.below(source), disk.below(target)
        if name is not None and to is not None:
            disk.do(Operation(What.RENAME, disk.names.get(name, 0), name, to))
            disk.names[to] = disk.names.pop(name)
        real["replace"](source, target, **more)

    def unlink(path: Any, **more: Any) -> None:
        name = disk.below(path)
        if name is not None:
            disk.do(Operation(What.REMOVE, name=name))
            disk.names.pop(name, None)
        real["unlink"](path, **more)

    def mkdir(path: Any, mode: int = 0o777, **more: Any) -> None:
        name = disk.below(path)
        if name and not os.path.lexists(path):
            disk.do(Operation(What.FOLDER, name=name))
        real["mkdir"](path, mode, **more)

    return {
        "open": open_,
        "close": close,
        "write": write,
        "ftruncate": ftruncate,
        "fsync": sync,
        "fdatasync": sync,
        "replace": replace,
        "rename": replace,
        "unlink": unlink,
        "mkdir": mkdir,
    }


_FAILURES = {ENOSPC: apsw.FullError, EROFS: apsw.ReadOnlyError}
"""What SQLite is told for an error of the system; any other is an I/O error."""


@contextmanager
def _as_sqlite_is_told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _FAILURES.get(error.errno or 0, apsw.IOError)(error.strerror) from None


class _WatchedVfs(apsw.VFS):
    """The default file system, telling the disk of each operation before it is done."""

    def __init__(self, name: str, base: str, disk: RecordedDisk) -> None:
        self.disk, self.base = disk, base
        super().__init__(name, base=base, makedefault=True)

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802 - SQLite's names from here on
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        below = self.disk.below(path) if path else None
        if below is None:
            return _WatchedFile(self, name, flags, below)
        with _as_sqlite_is_told():
            self.disk.do(Operation(What.OPEN, name=below))
            return _WatchedFile(self, name, flags, below)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        below = self.disk.below(filename)
        if below is not None:
            with _as_sqlite_is_told():
                self.disk.do(Operation(What.REMOVE, name=below))
                self.disk.names.pop(below, None)
                if syncdir:
                    self.disk.do(Operation(What.SYNC_FOLDER, name=os.path.dirname(below)))
        super().xDelete(filename, syncdir)


class _WatchedFile(apsw.VFSFile):
    def __init__(self, vfs: _WatchedVfs, name: Any, flags: list[int], below: str | None) -> None:
        self._disk = vfs.disk
        self._name = below or ""
        super().__init__(vfs.base, name, flags)
        self._file = vfs.disk.file(below) if below is not None else 0
        self._syncs_folder = below is not None and below.endswith(("-wal", "-journal"))

    def _do(self, operation: Operation) -> None:
        if self._file:
            with _as_sqlite_is_told():
                self._disk.do(operation)

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802
        self._do(Operation(What.WRITE, self._file, offset=offset, data=bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self._do(Operation(What.TRUNCATE, self._file, offset=size))
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:  # noqa: ARG002, N802
        self._do(Operation(What.SYNC, self._file))
        if self._syncs_folder:  # as SQLite does once for a new log (UNIXFILE_DIRSYNC of its os_unix.c)
            self._syncs_folder = False
            self._do(Operation(What.SYNC_FOLDER, name=os.path.dirname(self._name)))

    def xLock(self, level: int) -> None:  # noqa: N802
        self._do(Operation(What.LOCK, self._file))
        super().xLock(level)
