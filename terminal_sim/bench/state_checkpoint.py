"""The checkpoint of a state folder: what its files came to at an orderly end, so that an opening need not read all rows.

Rules:
1. A checkpoint is worth something for the very bytes that it was made of. It holds the SHA-256 of each file, and it counts only where the
   databases are the same bytes, the books begin with the same, the heads count no less, and its own SHA-256 fits. So a bit that flips
   anywhere in a folder at rest is noticed at the next opening.
2. What a process that was killed has left behind those bytes, in the logs and at the end of the books, is read and checked.
   A checkpoint is never needed: where it does not count, all rows and records are read.
3. It is made of rows and records that were checked when the folder was opened, or that this bench has stored itself. What changes in a file
   while a bench has the folder open is found by the full check of `terminal-sim verify`, which never uses a checkpoint.
4. Its first line has the version of its shape and of the program, since another program may fold the same rows otherwise.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import file_digest, sha256
from pathlib import Path

import msgspec

from terminal_sim import __version__
from terminal_sim.bench.terminal_past import TerminalPast
from terminal_sim.bench.till_past import TillPast
from terminal_sim.core.known_payments import KnownPayments
from terminal_sim.files import NO_LINK, PLAIN, keep_private, write_all
from terminal_sim.host.books_index import BooksIndex
from terminal_sim.journal.chain import Chains
from terminal_sim.journal.head import HeadError, HeadFile, Mark

NAME = "checkpoint"
VERSION = 7
_FIRST_LINE = f"terminal-sim checkpoint {VERSION} {__version__}\n".encode()
_DIGEST = 32
_BOOKS = "acquirer.jsonl"
_FILES = ("journal.db", _BOOKS, "pos.db")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`files` has the SHA-256 of each file that there is; `pasts` has the `TerminalPast` of each terminal, and `till` the `TillPast`, encoded."""

    files: Mapping[str, bytes]
    journal: Chains
    books: BooksIndex
    sales: Chains | None
    pasts: Mapping[str, msgspec.Raw]
    till: msgspec.Raw

    def past_of(self, terminal: str) -> TerminalPast | None:
        """A `TerminalPast` that nobody else has; None for a terminal that has no rows. Its payments are not read yet."""
        raw = self.pasts.get(terminal)
        return None if raw is None else _decode_past(raw)

    def till_past(self) -> TillPast:
        """A `TillPast` that nobody else has; that of no rows where there is no point of sale."""
        return _decode_till(self.till)


def _unread(kind: type, _: object) -> object:
    """Stands for `durable.payments`, which `TerminalPast.payments` has by their numbers."""
    if kind is not KnownPayments:
        raise NotImplementedError(kind)
    return KnownPayments()


_decode_past = msgspec.msgpack.Decoder(TerminalPast, dec_hook=_unread).decode
_decode_till = msgspec.msgpack.Decoder(TillPast).decode
_decode = msgspec.msgpack.Decoder(Checkpoint).decode
_encode = msgspec.msgpack.Encoder(enc_hook=lambda _: None).encode


def encoded_past(past: TerminalPast) -> msgspec.Raw:
    """As a checkpoint keeps it."""
    bare = replace(past, durable=replace(past.durable, payments=KnownPayments()))
    return msgspec.Raw(_encode(bare))


def encoded_till(past: TillPast) -> msgspec.Raw:
    """As a checkpoint keeps it."""
    return msgspec.Raw(_encode(past))


def read(folder: Path) -> Checkpoint | None:
    """The checkpoint of the folder, where there is one that counts for all of its files as they are now."""
    found = beginning(folder)
    return found if found is not None and is_whole(folder, found) else None


def beginning(folder: Path) -> Checkpoint | None:
    """The checkpoint of the folder, where it counts for what its files begin with."""
    content = _content(folder / NAME)
    head, body = len(_FIRST_LINE), len(_FIRST_LINE) + _DIGEST
    if not content.startswith(_FIRST_LINE) or content[head:body] != sha256(content[body:]).digest():
        return None
    try:
        found = _decode(content[body:])
        heads = [(HeadFile(folder / name).mark, mark) for name, mark in _marks(found).items()]
    except (msgspec.DecodeError, HeadError):
        return None
    if any(head is None or head.count < mark.count for head, mark in heads):
        return None
    return found if _digests(folder, found.files, found.books.end) == found.files else None


def is_whole(folder: Path, checkpoint: Checkpoint) -> bool:
    """Whether a checkpoint that counts for what the files begin with counts for all that they have."""
    paths = {name: folder / name for name in _FILES if (folder / name).exists()}
    return (
        paths.keys() == checkpoint.files.keys()
        and all(HeadFile(folder / name).mark == mark for name, mark in _marks(checkpoint).items())
        and not any(_log_is_left(path) for path in paths.values())
        and _BOOKS in paths
        and paths[_BOOKS].stat().st_size == checkpoint.books.end
    )


def _marks(checkpoint: Checkpoint) -> dict[str, Mark]:
    """What the heads say that count the files of the checkpoint."""
    marks = {"journal.head": checkpoint.journal.mark, "acquirer.head": checkpoint.books.mark}
    if checkpoint.sales is not None:
        marks["pos.head"] = checkpoint.sales.mark
    return marks


def write(folder: Path, checkpoint: Checkpoint) -> None:
    """Leave the checkpoint. It needs no flush, since one that is not whole does not count; a full disk leaves none."""
    body = _encode(checkpoint)
    with suppress(OSError):
        descriptor = os.open(folder / NAME, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | PLAIN | NO_LINK, 0o600)
        try:
            keep_private(descriptor)
            write_all(descriptor, b"".join((_FIRST_LINE, sha256(body).digest(), body)))
        finally:
            os.close(descriptor)


def digests(folder: Path) -> dict[str, bytes] | None:
    """The SHA-256 of each file that there is; None where a log is left, or a file cannot be read."""
    names = [name for name in _FILES if (folder / name).exists()]
    return None if any(_log_is_left(folder / name) for name in names) else _digests(folder, names)


def _digests(folder: Path, names: Iterable[str], books: int = -1) -> dict[str, bytes] | None:
    """The SHA-256 of these files, of the books that of their first bytes alone; None where one cannot be read."""
    found = {}
    try:
        for name in names:
            with open(_opened(folder / name), "rb") as file:
                whole = name != _BOOKS or books < 0
                found[name] = (file_digest(file, "sha256") if whole else sha256(file.read(books))).digest()
    except OSError:
        return None
    return found


def _log_is_left(path: Path) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


def _opened(path: Path) -> int:
    """A descriptor of a plain file. Raises `OSError` for what is none."""
    descriptor = os.open(path, os.O_RDONLY | PLAIN | NO_LINK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(f"{path} is no plain file")
    return descriptor


def _content(path: Path) -> bytes:
    try:
        with open(_opened(path), "rb") as file:
            return file.read()
    except OSError:
        return b""
