"""How much a chained store holds, kept in a small file beside it, where a loss of the store does not take it along.

Rules:
1. The store writes its records first and its head then, both durable, and acknowledges only after that. So a store may hold more
   than its head says, after a cut between the two, and one that holds less has lost something.
2. Two slots are written in turn, each with a check value: a cut in the middle of a write leaves the other one.
3. A head belongs to the store from its first byte on: a store that has records and no head is damaged.

A commit costs two flushes, one of the store's log and one of its head, and neither can go. What a person has seen must be missed when
the log is cut, changed or removed afterwards, so when the commit is acknowledged, its count must be durable in a file that is not the log,
and its rows in the log. Each flush makes one file durable:
- A head that is written and not flushed is lost in a power cut. It then counts less than the log holds, and a log that loses its end
  before the next opening opens with less, without a word.
- A head that is flushed before the log, as "this many and perhaps one more", cannot tell a commit that a cut has stopped, which nobody has
  seen, from one that was acknowledged and lost.
- A head within the log, or flushed together with it in one file, is taken along by whatever takes the log's end.
- One flush of both files, as of a whole file system, does not say which of the two comes first, so a cut in it may leave the head alone.
  That is the second case again.
Rows in a file of their own, flushed in the log's place and copied into the log later, would do with one. A log that lost its end would then
have to be mended silently, since a power cut and a damage look alike; today it is refused, and says so. What many terminals store at one moment shares the two flushes.
"""

from __future__ import annotations

import os
import struct
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from terminal_sim.files import PLAIN, replace_private, sync_content, write_all

_SLOT = struct.Struct(">8sQ32s16s")  # what it is, the count, the digest of the chain, the check value
_MAGIC = b"TSHEAD1\n"
_SECTOR = 512  # each slot has a sector of its own, since a cut may spoil the one that is written
GENESIS = bytes(32)


class HeadError(ValueError):
    """A head that cannot be used; the text names the file."""


class Mark(Struct, frozen=True):
    """The chain of a store holds `count` records, and `digest` is the hash of it after the last one."""

    count: int = 0
    digest: bytes = GENESIS


class HeadFile:
    """The head in `path`; `mark` is what it says, None where there is no such file yet. Nothing is made before `start`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.mark = _read(path)
        self._descriptor = -1

    def start(self, mark: Mark) -> None:
        """Open the file for writing, make it where there is none, and let it say `mark`. Raises `OSError`."""
        if self.mark is None:  # whole or not there: a cut must leave no head that says nothing
            replace_private(self.path, _slot(mark).ljust(_SECTOR, b"\0") + _slot(mark))
        self._descriptor = os.open(self.path, os.O_WRONLY | PLAIN)
        if self.mark is None:
            self.mark = mark
        elif self.mark != mark:
            self.write(mark)

    def write(self, mark: Mark) -> None:
        """Durable when it returns. Raises `OSError`."""
        self._put(mark, mark.count % 2 * _SECTOR)
        sync_content(self._descriptor)
        self.mark = mark

    def _put(self, mark: Mark, at: int) -> None:
        os.lseek(self._descriptor, at, os.SEEK_SET)
        write_all(self._descriptor, _slot(mark))

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _slot(mark: Mark) -> bytes:
    return _SLOT.pack(_MAGIC, mark.count, mark.digest, _check(mark.count, mark.digest))


def _check(count: int, digest: bytes) -> bytes:
    return sha256(_MAGIC + count.to_bytes(8) + digest).digest()[:16]


def _read(path: Path) -> Mark | None:
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise HeadError(f"{path}: this is no plain file; put the file back that was there")
    try:
        whole = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise HeadError(f"{path}: cannot be read: {error.strerror}; check its rights") from None
    marks = []
    for at in (0, _SECTOR):
        if len(whole) >= at + _SLOT.size:
            magic, count, digest, check = _SLOT.unpack_from(whole, at)
            if magic == _MAGIC and check == _check(count, digest):
                marks.append(Mark(count, digest))
    if not marks:
        raise HeadError(f"{path}: damaged; put the whole state folder back from a copy, or start a new one")
    return max(marks, key=lambda mark: mark.count)
