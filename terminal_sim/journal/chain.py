"""The rows of a journal as values, and the chains of hashes that they are members of: one a terminal, and one of all rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

import msgspec
from msgspec import Struct

from terminal_sim.core.rows.schema import Field, FlatRow, JournalRow, RowError
from terminal_sim.core.rows.table import row_of
from terminal_sim.journal.errors import JournalDamagedError
from terminal_sim.journal.head import GENESIS, Mark

Columns = tuple[int, str, int, int, int, int, str, str | None, str, bytes, bytes]
"""A row as the table `journal` has it, in the order of its columns."""

encode = msgspec.json.Encoder(order="sorted").encode
_decode_fields = msgspec.json.Decoder(dict[str, str | int]).decode


class StoredRow(Struct, frozen=True):
    """A row as stored: `number` counts its terminal's rows, `mono` and `wall` are microseconds."""

    seq: int
    terminal: str
    number: int
    boot: int
    mono: int
    wall: int
    kind: str
    fields: Mapping[str, Field]
    hash: bytes

    @classmethod
    def of(cls, columns: Columns) -> StoredRow:
        seq, terminal, number, boot, mono, wall, kind, _, fields, _, digest = columns
        return cls(seq, terminal, number, boot, mono, wall, kind, _decode_fields(fields), digest)

    @property
    def flat(self) -> FlatRow:
        return FlatRow(self.kind, self.fields)

    @property
    def row(self) -> JournalRow:
        """The typed row. Raises `JournalDamagedError` where its kind or its fields are not those of the table."""
        try:
            return row_of(self.flat)
        except RowError as error:
            raise JournalDamagedError(f"row {self.number} of terminal {self.terminal}: {error}") from None


class Batch(Struct, frozen=True):
    """Rows of one terminal at one moment."""

    terminal: str
    boot: int
    mono: int
    wall: int
    rows: Sequence[FlatRow]


class ChainEnd(Struct, frozen=True):
    """Where a terminal's chain ends: the number and the hash of its last row."""

    number: int = 0
    hash: bytes = GENESIS


class Chains(Struct, frozen=True):
    """Where the chains of a journal end: that of each terminal, in the order of their first rows, and that of all rows.

    `mono` is the latest virtual time in any row, in microseconds.
    """

    ends: Mapping[str, ChainEnd]
    mono: int
    mark: Mark


def chained(seq: int, batch: Batch, row: FlatRow, end: ChainEnd) -> Columns:
    """The columns of `row` as number `seq` of the file, behind the `end` of its terminal's chain."""
    txn = row.fields.get("reference")
    txn = None if txn is None else str(txn)
    fields = encode(row.fields).decode()
    known = (batch.terminal, end.number + 1, batch.boot, batch.mono, batch.wall, row.kind, txn, fields)
    return (seq, *known, end.hash, sha256(end.hash + encode(known)).digest())


class Addition(Struct, frozen=True):
    """Rows that a journal gets: as they are stored, as columns of the table, and where the chains of their terminals end behind them."""

    rows: list[StoredRow]
    columns: list[Columns]
    ends: Mapping[str, ChainEnd]


def added(batches: Sequence[Batch], count: int, ends: Mapping[str, ChainEnd]) -> Addition:
    """The rows of `batches`, in this order, behind the `count` rows of a journal whose chains end at `ends`."""
    behind: dict[str, ChainEnd] = {}
    stored: list[StoredRow] = []
    columns: list[Columns] = []
    for batch in batches:
        end = behind.get(batch.terminal) or ends.get(batch.terminal, ChainEnd())
        for row in batch.rows:
            seq = count + len(stored) + 1
            one = chained(seq, batch, row, end)
            end = ChainEnd(end.number + 1, one[-1])
            columns.append(one)
            stored.append(
                StoredRow(
                    seq,
                    batch.terminal,
                    end.number,
                    batch.boot,
                    batch.mono,
                    batch.wall,
                    row.kind,
                    row.fields,
                    end.hash,
                )
            )
        behind[batch.terminal] = end
    return Addition(stored, columns, behind)


def marked(mark: Mark, digest: bytes) -> Mark:
    """The mark after one more row of whatever terminal."""
    return Mark(mark.count + 1, sha256(mark.digest + digest).digest())


def difference(columns: Columns, seq: int, end: ChainEnd) -> str:
    """What is wrong with a row that should be the file's number `seq` and follow `end`; empty where nothing is."""
    terminal, number = columns[1], columns[2]
    if columns[0] != seq:
        return f"row {seq} of the file is missing"
    if number != end.number + 1:
        return f"row {end.number + 1} of terminal {terminal} is missing"
    if columns[9] != end.hash or columns[10] != sha256(end.hash + encode(columns[1:9])).digest():
        return f"row {number} of terminal {terminal} was changed after it was written"
    return ""
