"""The acquirer's books in a file: one line of JSON an entry, so that a payment of an earlier run can be voided or reversed.

Card numbers are not written: no rule of the books needs them, but for a balance, which starts anew with each run.
"""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path
from typing import IO

import msgspec

from terminal_sim.host.ledger import Ledger, LedgerEntry

_KEPT = tuple(f.name for f in fields(LedgerEntry) if f.name != "pan")


class LedgerFileError(ValueError):
    """A line is no entry; the text names file, line and cure."""


class LedgerFile:
    """Reads what `path` has into `ledger`, and writes every further entry behind it."""

    def __init__(self, path: Path, ledger: Ledger) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        entries = [_entry(path, number, line) for number, line in enumerate(_lines(path), 1)]
        ledger.restore(entries)
        # Mode 0600 from its first byte: no other account of the machine reads the books.
        self._file: IO[bytes] = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
        ledger.keep = self._write

    def close(self) -> None:
        self._file.close()

    def _write(self, entry: LedgerEntry) -> None:
        line = msgspec.json.encode({name: _plain(getattr(entry, name)) for name in _KEPT})
        self._file.write(line + b"\n")
        self._file.flush()


def _plain(value: object) -> object:
    return getattr(value, "value", value)


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines() if path.is_file() else []


def _entry(path: Path, number: int, line: bytes) -> LedgerEntry:
    try:
        return msgspec.json.decode(line, type=LedgerEntry)
    except (msgspec.DecodeError, TypeError) as error:
        raise LedgerFileError(
            f"{path}:{number}: no entry of the acquirer's books ({error}); restore the file, or move it away to start anew"
        ) from None
