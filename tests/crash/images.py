"""What may be on a disk after a power cut: for each operation before the cut, images in which what was not synced is kept, lost or torn.

1. What was synced is there. A name is there once its folder was synced, whatever became of its file.
2. Of each other operation since then, any part may be there: of a write any of its sectors, so that a page may be half old and half new.
3. Images are made on from each other: what is durable is kept between two cuts, and an image differs from it by what is pending.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random

from tests.crash.recorded_disk import Operation, What, apply

SECTOR = 512
SURVIVORS = (0.0, 0.5, 0.9, 1.0)
"""Which share of what is pending an image has: none, about half, nearly all, all."""

Names = dict[str, int]
Files = dict[int, bytearray]


@dataclass(frozen=True, slots=True)
class Image:
    """The files on a disk after a cut behind the operation `done`; a folder has no content."""

    done: int
    content: dict[str, bytes | None]

    @property
    def digest(self) -> bytes:
        """The same for two images of the same files."""
        found = sha256()
        for name in sorted(self.content):
            content = self.content[name]
            found.update(b"%d %s\0" % (-1 if content is None else len(content), name.encode()))
            found.update(content or b"")
        return found.digest()

    def write(self, folder: Path) -> None:
        """Put the files into a new folder."""
        folder.mkdir(mode=0o700)
        for name in sorted(self.content):  # a folder comes before what is in it
            content = self.content[name]
            if content is None:
                (folder / name).mkdir(mode=0o700)
            else:
                descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                os.write(descriptor, content)
                os.close(descriptor)


def images(
    log: Sequence[Operation], random: Random, start: Image | None = None, numbers: Names | None = None
) -> Iterator[Image]:
    """For each number of operations before the cut: what may be on the disk, once for each share of survivors.

    `start` is what was on the disk before the first operation, and `numbers` are those of its files in the log.
    """
    durable, files = Names(numbers or {}), Files()
    for name, content in (start.content if start is not None else {}).items():
        if content is not None:
            files[durable[name]] = bytearray(content)
        else:
            durable[name] = 0
    pending: list[Operation] = []
    for done, operation in enumerate(log, 1):
        if operation.what is What.SYNC:
            reached = [
                one
                for one in pending
                if one.file == operation.file and one.what in (What.WRITE, What.TRUNCATE)
            ]
        elif operation.what is What.SYNC_FOLDER:
            reached = [
                one
                for one in pending
                if one.what not in (What.WRITE, What.TRUNCATE) and _folder(one) == operation.name
            ]
        else:
            pending.append(operation)
            reached = []
        if reached:
            pending = [one for one in pending if not any(one is other for other in reached)]
            for one in reached:
                apply(one, durable, files)
        for share in SURVIVORS:
            yield Image(done, _left(durable, files, pending, share, random))


def _folder(operation: Operation) -> str:
    return os.path.dirname(operation.name)


def _left(
    durable: Names, files: Files, pending: list[Operation], share: float, random: Random
) -> dict[str, bytes | None]:
    names, changed = durable.copy(), Files()
    for operation in pending:
        if operation.file and operation.what in (What.WRITE, What.TRUNCATE) and operation.file not in changed:
            changed[operation.file] = bytearray(files.get(operation.file, b""))
        for part in _sectors(operation):
            if random.random() < share:
                apply(part, names, changed)
    folders = {name for name, number in names.items() if not number}
    return {
        name: None if not number else bytes(changed[number] if number in changed else files.get(number, b""))
        for name, number in names.items()
        if not (folder := os.path.dirname(name)) or folder in folders
    }


def _sectors(operation: Operation) -> Iterator[Operation]:
    """The write as one for each sector that it touches; any other operation as it is."""
    if operation.what is not What.WRITE:
        yield operation
        return
    start, end = operation.offset, operation.offset + len(operation.data)
    edges = [start, *range((start // SECTOR + 1) * SECTOR, end, SECTOR), end]
    for low, high in itertools.pairwise(edges):
        yield Operation(
            What.WRITE, operation.file, offset=low, data=operation.data[low - start : high - start]
        )
