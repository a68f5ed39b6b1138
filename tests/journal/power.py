"""A disk that loses power: an APSW file system in memory that keeps every write, and what is left of them after a cut.

A cut after operation n leaves what was synced before it, and of each write since then any of its sectors: none, all, or some, so
that a page may be half old and half new.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import apsw

SECTOR = 512
SURVIVORS = (0.0, 0.5, 0.9, 1.0)

Files = dict[str, bytearray]


@dataclass(frozen=True, slots=True)
class Operation:
    """One write, truncation, deletion or sync of the file `name`."""

    what: str
    name: str
    offset: int = 0
    data: bytes = b""


@dataclass
class Disk:
    """Files and the log of what was done to them. `before` is asked before each operation and may raise."""

    files: Files = field(default_factory=dict)
    log: list[Operation] = field(default_factory=list)
    before: Callable[[Operation], None] = lambda _: None

    def do(self, operation: Operation) -> None:
        self.before(operation)
        self.log.append(operation)
        apply(self.files, operation)


def copy(files: Files) -> Files:
    return {name: bytearray(content) for name, content in files.items()}


def apply(files: Files, operation: Operation) -> None:
    if operation.what == "delete":
        files.pop(operation.name, None)
        return
    content = files.setdefault(operation.name, bytearray())
    if operation.what == "truncate":
        del content[operation.offset :]
    elif operation.what == "write":
        content.extend(bytes(max(operation.offset - len(content), 0)))
        content[operation.offset : operation.offset + len(operation.data)] = operation.data


def images(log: list[Operation], random: Random, start: Files | None = None) -> Iterator[tuple[int, Files]]:
    """For each number of operations before the cut: what may be on the disk, once for each share of survivors.

    `start` is what was on the disk before the first operation.
    """
    durable = copy(start or {})
    pending: list[Operation] = []
    for done, operation in enumerate(log, 1):
        if operation.what == "sync":
            # The first sync of a new log or journal syncs the folder that names it (UNIXFILE_DIRSYNC of SQLite's os_unix.c).
            folder = operation.name.endswith(("-wal", "-journal")) and operation.name not in durable
            reached = [p for p in pending if p.name == operation.name or (folder and p.what == "delete")]
            pending = [p for p in pending if p not in reached]
            for waiting in reached:
                apply(durable, waiting)
        else:
            pending.append(operation)
        for share in SURVIVORS:
            yield done, _left(durable, pending, share, random)


def _left(durable: Files, pending: list[Operation], share: float, random: Random) -> Files:
    left = copy(durable)
    for operation in pending:
        for part in _sectors(operation):
            if random.random() < share:
                apply(left, part)
    return left


def _sectors(operation: Operation) -> Iterator[Operation]:
    if operation.what != "write":
        yield operation
        return
    start, end = operation.offset, operation.offset + len(operation.data)
    edges = [start, *range((start // SECTOR + 1) * SECTOR, end, SECTOR), end]
    for low, high in itertools.pairwise(edges):
        yield Operation("write", operation.name, low, operation.data[low - start : high - start])


class DiskFile:
    """An open file of the disk (the methods that SQLite calls)."""

    def __init__(self, disk: Disk, name: str) -> None:
        self.disk, self.name = disk, name
        disk.files.setdefault(name, bytearray())

    @property
    def content(self) -> bytearray:
        return self.disk.files.setdefault(self.name, bytearray())

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802 - SQLite's names from here on
        return bytes(self.content[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self.disk.do(Operation("write", self.name, offset, bytes(data)))

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self.disk.do(Operation("truncate", self.name, size))

    def xSync(self, flags: int) -> None:  # noqa: ARG002, N802
        self.disk.do(Operation("sync", self.name))

    def xFileSize(self) -> int:  # noqa: N802
        return len(self.content)

    def xLock(self, level: int) -> None:  # noqa: N802
        pass  # one process

    def xUnlock(self, level: int) -> None:  # noqa: N802
        pass

    def xCheckReservedLock(self) -> bool:  # noqa: N802
        return False

    def xFileControl(self, op: int, pointer: int) -> bool:  # noqa: ARG002, N802
        return False

    def xSectorSize(self) -> int:  # noqa: N802
        return SECTOR

    def xDeviceCharacteristics(self) -> int:  # noqa: N802
        return 0  # promises nothing

    def xClose(self) -> None:  # noqa: N802
        pass


class DiskVfs(apsw.VFS):
    """The file system `name` on `disk`, until it is unregistered."""

    def __init__(self, name: str, disk: Disk) -> None:
        self.disk = disk
        super().__init__(name, base="")

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802
        flags[1] = flags[0]
        return DiskFile(self.disk, name.filename() if isinstance(name, apsw.URIFilename) else str(name))

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        self.disk.do(Operation("delete", filename))
        if syncdir:
            self.disk.do(Operation("sync", filename))

    def xAccess(self, pathname: str, flags: int) -> bool:  # noqa: ARG002, N802
        return pathname in self.disk.files

    def xFullPathname(self, name: str) -> str:  # noqa: N802
        return name
