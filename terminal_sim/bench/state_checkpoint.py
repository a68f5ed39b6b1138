"""The checkpoint of a state folder: what its files come to, kept at an orderly end, so that the next opening need not read all rows.

Rules:
1. A checkpoint is worth something for exactly the files that it was made of. It holds the SHA-256 of each, and it counts only where all
   of them are the same bytes, the heads say what it says, no write-ahead log is left, and its own SHA-256 fits. So a bit that flips
   anywhere in a closed folder is noticed at the next opening.
2. It is never needed. Where it does not count, after a kill, a power cut or a damage, all rows and records are read and checked.
3. It is made of rows and records that were checked when the folder was opened, or that this bench has stored itself. What changes in a file
   while a bench has the folder open is found by the full check of `terminal-sim verify`, which never uses a checkpoint.
4. Its first line has the version of its shape and of the program, since another program may fold the same rows otherwise.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import file_digest, sha256
from pathlib import Path

import msgspec

from terminal_sim import __version__
from terminal_sim.bench.terminal_past import TerminalPast
from terminal_sim.bench.till_past import TillPast
from terminal_sim.core.known_payments import KnownPayments
from terminal_sim.files import NO_LINK, PLAIN, keep_private
from terminal_sim.host.books_index import BooksIndex
from terminal_sim.journal.chain import Chains
from terminal_sim.journal.head import HeadError, HeadFile

NAME = "checkpoint"
VERSION = 3
_FIRST_LINE = f"terminal-sim checkpoint {VERSION} {__version__}\n".encode()
_DIGEST = 32
_JOURNAL, _BOOKS, _SALES = "journal.db", "acquirer.jsonl", "pos.db"


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
    """The checkpoint of the folder, where there is one that counts for its files as they are now."""
    content = _content(folder / NAME)
    head, body = len(_FIRST_LINE), len(_FIRST_LINE) + _DIGEST
    if not content.startswith(_FIRST_LINE) or content[head:body] != sha256(content[body:]).digest():
        return None
    try:
        found = _decode(content[body:])
    except msgspec.DecodeError:
        return None
    marks = {"journal.head": found.journal.mark, "acquirer.head": found.books.mark}
    if found.sales is not None:
        marks["pos.head"] = found.sales.mark
    try:
        same = all(HeadFile(folder / name).mark == mark for name, mark in marks.items())
    except HeadError:
        return None
    return found if same and digests(folder) == found.files else None


def write(folder: Path, checkpoint: Checkpoint) -> None:
    """Leave the checkpoint. It needs no flush, since one that is not whole does not count; a full disk leaves none."""
    body = _encode(checkpoint)
    with suppress(OSError):
        descriptor = os.open(folder / NAME, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | PLAIN | NO_LINK, 0o600)
        with open(descriptor, "wb") as file:
            keep_private(descriptor)
            file.write(b"".join((_FIRST_LINE, sha256(body).digest(), body)))


def digests(folder: Path) -> dict[str, bytes] | None:
    """The SHA-256 of each file that there is; None where a log is left, or a file cannot be read."""
    found = {}
    try:
        for name in (_JOURNAL, _BOOKS, _SALES):
            path = folder / name
            log = path.with_name(f"{name}-wal")
            if log.exists() and log.stat().st_size:
                return None
            if path.exists():
                with open(_opened(path), "rb") as file:
                    found[name] = file_digest(file, "sha256").digest()
    except OSError:
        return None
    return found


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
