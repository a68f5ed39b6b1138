"""The acquirer's books in a file: what was booked and answered, so that a repeat of an earlier run is known and not charged again.

Rules:
1. The first line says what the file is and the number of its schema. Each further line is one record: the entries and answers of
   one message, with the SHA-256 of the hash of the line before and of the record.
2. `append` hands the system one more line. `sync` returns after all of them are on the disk, and after the head beside the file says
   so (`journal.head`); the answers of several messages then wait for one flush.
3. Opening reads and checks every line and writes nothing; `start` does. A damaged file is not opened and not changed. A last
   line that the head does not count and that is no whole record is what a cut has left of a message without an answer: it is taken off.
4. Card numbers are not written: no rule of the books needs them, but for a balance, which starts anew with each run.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import msgspec

from terminal_sim.errors import StorageFailed
from terminal_sim.files import NO_LINK, PLAIN, sync_folder
from terminal_sim.host.answered import AnsweredMessage
from terminal_sim.host.ledger import LedgerEntry
from terminal_sim.journal.head import HeadError, HeadFile, Mark

_HEADER = b'{"format":"terminal-sim acquirer","schema":1}'
_GENESIS = sha256(_HEADER).digest()
_BEFORE_HASH, _AFTER_HASH = b'{"hash":"', b'","record":'
_RECORD_AT = len(_BEFORE_HASH) + 64 + len(_AFTER_HASH)
_FLAGS = PLAIN | NO_LINK
_CURE = "put the whole state folder back from a copy, or start a new one"


class LedgerFileError(ValueError):
    """Books that cannot be gone on with; the text names file, line and cure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRecord:
    """What one message did: its `entries`, the `answers` that its repeats get, and how many answers there were so far."""

    numbered: int
    entries: tuple[LedgerEntry, ...]
    answers: tuple[AnsweredMessage, ...]


_decode = msgspec.json.Decoder(LedgerRecord).decode


class LedgerFile:
    """The books in `path`, made by `start` where there are none. Raises `LedgerFileError`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.records: list[LedgerRecord] = []
        self._descriptor = -1
        self._failed = ""
        self._synced = True
        self._hash = _GENESIS
        self._end = 0  # bytes of whole lines
        try:
            self._head = HeadFile(path.with_name("acquirer.head"))
        except HeadError as wrong:
            raise LedgerFileError(str(wrong)) from None
        self._read(_content(path))

    def start(self) -> None:
        """Get ready to write behind what was read. Raises `LedgerFileError`."""
        try:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | _FLAGS, 0o600)
            mark = Mark(len(self.records), self._hash)
            if not self._end:
                self._head.start(mark)  # before the first line, since books without a head are damaged
            os.ftruncate(self._descriptor, self._end)
            if not self._end:
                self._write(_HEADER + b"\n")
                os.fsync(self._descriptor)
                sync_folder(self.path.parent)
            else:
                os.lseek(self._descriptor, self._end - 1, os.SEEK_SET)
                whole = os.read(self._descriptor, 1) == b"\n"
                self._write(b"" if whole else b"\n")
                os.fsync(self._descriptor)
                self._head.start(mark)
        except OSError as error:
            raise LedgerFileError(
                f"{self.path}: cannot be written: {error.strerror}; make room, or check its rights"
            ) from None

    def append(self, record: LedgerRecord) -> None:
        """Durable after the next `sync`. Raises `StorageFailed`, and from then on always."""
        if self._failed:
            raise StorageFailed(self._failed)
        entries = tuple(replace(entry, pan=None) for entry in record.entries)
        body = msgspec.json.encode(replace(record, entries=entries))
        digest = sha256(self._hash + body).digest()
        try:
            self._write(_BEFORE_HASH + digest.hex().encode() + _AFTER_HASH + body + b"}\n")
        except OSError as error:
            raise self._stopped(error) from None
        self.records.append(record)
        self._hash = digest
        self._synced = False

    def sync(self) -> None:
        """All that was appended is durable when it returns. Raises `StorageFailed`, and from then on always."""
        if self._failed:
            raise StorageFailed(self._failed)
        if self._synced:
            return
        try:
            os.fsync(self._descriptor)
            self._head.write(Mark(len(self.records), self._hash))
        except OSError as error:
            raise self._stopped(error) from None
        self._synced = True

    def _stopped(self, error: OSError) -> StorageFailed:
        self._failed = f"{self.path}: cannot be written: {error.strerror}; make room, and open it again"
        return StorageFailed(self._failed)

    def close(self) -> None:
        """Releases the file. What cannot be made durable any more was never answered."""
        with suppress(StorageFailed):
            self.sync()
        self._head.close()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _write(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._descriptor, data) :]

    def _read(self, content: bytes) -> None:
        counted = self._head.mark
        if not content:
            if counted is not None and counted.count:
                raise self._wrong(f"it is gone or empty, and {counted.count} messages were answered")
            return
        lines = content.split(b"\n")
        unfinished = len(lines) - 1 if lines[-1] else 0  # the number of a line without its end
        if lines[0] != _HEADER:
            if counted is not None and not counted.count and len(lines) == 1 and _HEADER.startswith(lines[0]):
                return  # what a cut left of the first line
            raise self._wrong(_not_ours(lines[0]), 1)
        if counted is None:
            raise self._wrong(f"{self._head.path.name} is missing beside it")
        self._end = len(_HEADER) + 1
        passed = not counted.count
        for number, line in enumerate(lines[1:], 1):
            if not line:
                if number < len(lines) - 1:
                    raise self._wrong("an empty line", number + 1)
                break
            try:
                self._take(line)
            except ValueError as wrong:
                if number == unfinished and number > counted.count:
                    break
                raise self._wrong(str(wrong), number + 1) from None
            self._end += len(line) + 1
            if number == counted.count:
                passed = self._hash == counted.digest
        self._end = min(self._end, len(content))
        if not passed or len(self.records) < counted.count:
            raise self._wrong(
                f"it has {len(self.records)} messages that were answered, and there were {counted.count}"
                if len(self.records) < counted.count
                else f"it is not the file that {self._head.path.name} was written for"
            )

    def _take(self, line: bytes) -> None:
        """Raises `ValueError` for a line that is no record, or not the next one."""
        if len(line) <= _RECORD_AT or not line.startswith(_BEFORE_HASH) or not line.endswith(b"}"):
            raise ValueError("no record of the acquirer's books")
        body = line[_RECORD_AT:-1]
        digest = sha256(self._hash + body).digest()
        if line[:_RECORD_AT] != _BEFORE_HASH + digest.hex().encode() + _AFTER_HASH:
            raise ValueError("this record was changed after it was written")
        self.records.append(_decode(body))
        self._hash = digest

    def _wrong(self, what: str, line: int = 0) -> LedgerFileError:
        place = f"{self.path}:{line}" if line else str(self.path)
        return LedgerFileError(f"{place}: {what}; {_CURE}")


def _not_ours(line: bytes) -> str:
    if line.startswith(_HEADER[:-2]):
        return "the books have a schema that this version does not know"
    return "these are no books of this version's acquirer (those of 0.1.0 kept no answers, and are not gone on with)"


def _content(path: Path) -> bytes:
    """All bytes of a plain file, none where there is no file; a fifo is refused and not waited for."""
    try:
        descriptor = os.open(path, os.O_RDONLY | _FLAGS)
    except FileNotFoundError:
        return b""
    except OSError as error:
        why = "a symbolic link" if path.is_symlink() else error.strerror
        raise LedgerFileError(f"{path}: cannot be opened: {why}; {_CURE}") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise LedgerFileError(f"{path}: this is no plain file; {_CURE}")
    with os.fdopen(descriptor, "rb") as file:
        return file.read()
