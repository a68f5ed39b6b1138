"""The acquirer's books in a file: what was booked and answered, so that a repeat of an earlier run is known and not charged again.

Rules:
1. The first line says what the file is and the number of its schema. Each further line is one record: the entries and answers of
   one message, with the SHA-256 of the hash of the line before and of the record.
2. `append` hands the system one more line. `sync` returns after all of them are on the disk, and after the head beside the file says
   so (`journal.head`); the answers of several messages then wait for one flush.
3. Opening reads and checks every line, but for first ones whose index is given, and writes nothing; `start` does. A damaged
   file is not opened and not changed. A line that the head does not count and that is no whole record is what a cut has left
   of messages without an answer, any of whose sectors may be missing: it is taken off, with all that is behind it.
4. Card numbers are not written: no rule of the books needs them, but for a balance, which starts anew with each run.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import structs

from terminal_sim.errors import StorageFailed
from terminal_sim.files import NO_LINK, PLAIN, sync_folder, write_all
from terminal_sim.host.books_index import BooksIndex, LedgerRecord
from terminal_sim.journal.head import HeadError, HeadFile, Mark

_HEADER = b'{"format":"terminal-sim acquirer","schema":1}'
_GENESIS = sha256(_HEADER).digest()
_BEFORE_HASH, _AFTER_HASH = b'{"hash":"', b'","record":'
_RECORD_AT = len(_BEFORE_HASH) + 64 + len(_AFTER_HASH)
_FLAGS = PLAIN | NO_LINK
_CURE = "put the whole state folder back from a copy, or start a new one"

_decode = msgspec.json.Decoder(LedgerRecord).decode


class LedgerFileError(ValueError):
    """Books that cannot be gone on with; the text names file, line and cure."""


class LedgerFile:
    """The books in `path`, made by `start` where there are none. Raises `LedgerFileError`.

    `known` is the index of the first lines of the file, where that is certain, and goes on with the file: only the lines behind them
    are then read and checked. `found` are the records that were read at the opening, and the first `synced_end` bytes are on the disk for certain.
    """

    def __init__(self, path: Path, known: BooksIndex | None = None) -> None:
        self.path = path
        self.index = known or BooksIndex(mark=Mark(digest=_GENESIS))
        self.found: list[LedgerRecord] = []
        self._descriptor = -1
        self._failed = ""
        self._synced = True
        try:
            self._head = HeadFile(path.with_name("acquirer.head"))
        except HeadError as wrong:
            raise LedgerFileError(str(wrong)) from None
        content = _content(path)
        if known is None:
            self._read(content)
        else:
            self._read_records(content[known.end :], self._counted())
        self._records: list[LedgerRecord] | None = None if known else list(self.found)
        self._earlier = self.index.end
        self._told: set[int] = set()  # where the lines begin that `about` and `rest` have given
        self._asked: set[str] = set()
        self._all_told = not self.index.mark.count
        self.synced_end = self.index.end

    def start(self) -> None:
        """Get ready to write behind what was read. Raises `LedgerFileError`."""
        index = self.index
        try:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | _FLAGS, 0o600)
            if not index.end:
                self._head.start(index.mark)  # before the first line, since books without a head are damaged
            os.ftruncate(self._descriptor, index.end)
            if not index.end:
                self._write(_HEADER + b"\n")
                os.fsync(self._descriptor)
                sync_folder(self.path.parent)
                self._earlier = index.end = len(_HEADER) + 1
            else:
                os.lseek(self._descriptor, index.end - 1, os.SEEK_SET)
                whole = os.read(self._descriptor, 1) == b"\n"
                if not whole:
                    self._write(b"\n")
                    os.fsync(self._descriptor)
                    self._earlier = index.end = index.end + 1
                self._head.start(index.mark)
            self.synced_end = index.end
        except OSError as error:
            raise LedgerFileError(
                f"{self.path}: cannot be written: {error.strerror}; make room, or check its rights"
            ) from None

    # What the books say.

    @property
    def records(self) -> list[LedgerRecord]:
        """All records, oldest first; they are read where an index was given."""
        if self._records is None:
            self._records = [_decode(line[_RECORD_AT:-1]) for _, line in self._lines()]
        return self._records

    def about(self, reference: str) -> list[LedgerRecord]:
        """The records of earlier runs that speak of a payment, and of all that they name, oldest first; each is given once."""
        waiting, found = [reference], dict[int, LedgerRecord]()
        while waiting:
            asked = waiting.pop()
            if asked in self._asked:
                continue
            self._asked.add(asked)
            for at in self.index.places.get(asked, ()):
                if at < self._earlier and at not in self._told:
                    self._told.add(at)
                    found[at] = self._record_at(at)
                    waiting += found[at].references
        return [found[at] for at in sorted(found)]

    def rest(self) -> list[LedgerRecord]:
        """All records of earlier runs that `about` has not given, oldest first; each is given once."""
        if self._all_told:
            return []
        self._all_told = True
        found = {at: line for at, line in self._lines() if at < self._earlier and at not in self._told}
        self._told |= found.keys()
        return [_decode(line[_RECORD_AT:-1]) for line in found.values()]

    # What is added.

    def append(self, record: LedgerRecord) -> None:
        """Durable after the next `sync`. Raises `StorageFailed`, and from then on always."""
        if self._failed:
            raise StorageFailed(self._failed)
        entries = tuple(structs.replace(entry, pan=None) for entry in record.entries)
        body = msgspec.json.encode(structs.replace(record, entries=entries))
        digest = sha256(self.index.mark.digest + body).digest()
        line = _BEFORE_HASH + digest.hex().encode() + _AFTER_HASH + body + b"}\n"
        try:
            self._write(line)
        except OSError as error:
            raise self._stopped(error) from None
        self.index.take(record, digest, len(line))
        if self._records is not None:
            self._records.append(record)
        self._synced = False

    def sync(self) -> None:
        """All that was appended is durable when it returns. Raises `StorageFailed`, and from then on always."""
        if self._failed:
            raise StorageFailed(self._failed)
        if self._synced:
            return
        try:
            os.fsync(self._descriptor)
            self._head.write(self.index.mark)
        except OSError as error:
            raise self._stopped(error) from None
        self._synced, self.synced_end = True, self.index.end

    @property
    def is_sound(self) -> bool:
        """Whether the file holds what was appended, as far as the system has said."""
        return not self._failed

    def close(self) -> None:
        """Releases the file. What cannot be made durable any more was never answered."""
        with suppress(StorageFailed):
            self.sync()
        self._head.close()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _stopped(self, error: OSError) -> StorageFailed:
        self._failed = f"{self.path}: cannot be written: {error.strerror}; make room, and open it again"
        return StorageFailed(self._failed)

    def _write(self, data: bytes) -> None:
        write_all(self._descriptor, data)

    # Reading.

    def has_answered(self, reference: str, host_reference: str) -> bool:
        """Whether a message that speaks of the payment `reference` was answered so."""
        return any(
            message.reply.host_reference == host_reference
            for at in self.index.places.get(reference, ())
            for message in self._record_at(at).answers
        )

    def _record_at(self, at: int) -> LedgerRecord:
        with self.path.open("rb") as file:
            file.seek(at)
            return _decode(file.readline().rstrip(b"\n")[_RECORD_AT:-1])

    def _lines(self) -> list[tuple[int, bytes]]:
        """Each line of a record with the byte at which it begins."""
        lines, at = [], len(_HEADER) + 1
        for line in _content(self.path)[at : self.index.end].split(b"\n"):
            if line:
                lines.append((at, line))
            at += len(line) + 1
        return lines

    def _read(self, content: bytes) -> None:
        counted, index = self._head.mark, self.index
        if not content:
            if counted is not None and counted.count:
                raise self._wrong(f"it is gone or empty, and {counted.count} messages were answered")
            return
        header, _, records = content.partition(b"\n")
        if header != _HEADER:
            if counted is not None and not counted.count and header == content and _HEADER.startswith(header):
                return  # what a cut left of the first line
            raise self._wrong(_not_ours(header), 1)
        index.end = len(_HEADER) + 1
        self._read_records(records, self._counted())
        index.end = min(index.end, len(content))

    def _counted(self) -> Mark:
        if self._head.mark is None:
            raise self._wrong(f"{self._head.path.name} is missing beside it")
        return self._head.mark

    def _read_records(self, content: bytes, counted: Mark) -> None:
        """Reads the lines behind those of the index, and holds all that is there then against what was `counted`."""
        index = self.index
        before, end = index.mark.count, index.end + len(content)
        *lines, unfinished = content.split(b"\n")
        passed = not counted.count or index.mark == counted
        for number, line in enumerate([*lines, *([unfinished] if unfinished else [])], before + 1):
            try:
                self._take(line)
            except ValueError as wrong:
                if number > counted.count:
                    break
                raise self._wrong(str(wrong), number + 1) from None
            if number == counted.count:
                passed = index.mark == counted
        index.end = min(index.end, end)
        if not passed or index.mark.count < counted.count:
            raise self._wrong(
                f"it has {index.mark.count} messages that were answered, and there were {counted.count}"
                if index.mark.count < counted.count
                else f"it is not the file that {self._head.path.name} was written for"
            )

    def _take(self, line: bytes) -> None:
        """Raises `ValueError` for a line that is no record, or not the next one."""
        if not line:
            raise ValueError("an empty line")
        if len(line) <= _RECORD_AT or not line.startswith(_BEFORE_HASH) or not line.endswith(b"}"):
            raise ValueError("no record of the acquirer's books")
        body = line[_RECORD_AT:-1]
        digest = sha256(self.index.mark.digest + body).digest()
        if line[:_RECORD_AT] != _BEFORE_HASH + digest.hex().encode() + _AFTER_HASH:
            raise ValueError("this record was changed after it was written")
        record = _decode(body)
        self.index.take(record, digest, len(line) + 1)
        self.found.append(record)

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
