"""A journal in memory, for a bench that keeps nothing: it stores rows at once, and goes back to any of its moments."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import apsw
from msgspec import Struct

from terminal_sim.core.rows.schema import FlatRow
from terminal_sim.growing_list import GrowingList
from terminal_sim.journal.chain import Batch, ChainEnd, StoredRow, added, encode
from terminal_sim.journal.records import JournalStore


class JournalState(Struct, frozen=True):
    """A journal at one moment: its `rows`, those of each terminal, where the chains end, and the latest virtual time in microseconds."""

    rows: GrowingList[StoredRow]
    of_terminal: Mapping[str, GrowingList[StoredRow]]
    ends: Mapping[str, ChainEnd]
    mono: int


class MemoryJournal:
    """A `JournalStore`. Its rows have the numbers and hashes that they have in a file."""

    def __init__(self, state: JournalState | None = None) -> None:
        self.restore(state or JournalState(GrowingList(), {}, {}, 0))

    def snapshot(self) -> JournalState:
        of_terminal = {name: rows.copy() for name, rows in self._of_terminal.items()}
        return JournalState(self._rows.copy(), of_terminal, self._ends.copy(), self._mono)

    def restore(self, state: JournalState) -> None:
        """Have the rows of that moment and no others; it may be one of another journal."""
        self._rows: GrowingList[StoredRow] = state.rows.copy()
        self._of_terminal: dict[str, GrowingList[StoredRow]] = {
            name: rows.copy() for name, rows in state.of_terminal.items()
        }
        self._ends: dict[str, ChainEnd] = dict(state.ends)
        self._mono = state.mono

    # As `JournalStore` says.

    @property
    def row_count(self) -> int:
        return len(self._rows)

    def append(
        self, terminal: str, boot: int, mono: int, wall: int, rows: Sequence[FlatRow]
    ) -> list[StoredRow]:
        return self.append_many((Batch(terminal, boot, mono, wall, rows),))

    def append_many(self, batches: Sequence[Batch]) -> list[StoredRow]:
        addition = added(batches, len(self._rows), self._ends)
        for one in addition.rows:
            self._rows.append(one)
            if one.terminal not in self._of_terminal:
                self._of_terminal[one.terminal] = GrowingList()
            self._of_terminal[one.terminal].append(one)
        self._ends.update(addition.ends)
        self._mono = max((self._mono, *(batch.mono for batch in batches)))
        return addition.rows

    def verify(self) -> None:
        """Nothing but this process reaches the memory, so there is no damage to find."""

    def close(self) -> None:
        """The memory goes with the object."""

    def rows(self, terminal: str, after: int = 0) -> Iterator[StoredRow]:
        of_terminal = self._of_terminal.get(terminal, ())
        return iter(of_terminal[after:] if after else of_terminal)

    def newest(
        self, terminal: str, kinds: Collection[str], after: int = 0
    ) -> Iterator[tuple[StoredRow, StoredRow | None]]:
        first: dict[str, int] = {}
        last: dict[str, StoredRow] = {}
        for row in self.rows(terminal, after):
            reference = row.fields.get("reference")
            if reference is not None and row.kind in kinds:
                first.setdefault(str(reference), row.seq)
                last[str(reference)] = row
        found = [(row, last.get(str(row.fields.get("original", "")))) for row in last.values()]

        def order(pair: tuple[StoredRow, StoredRow | None]) -> tuple[bool, str, int]:
            row, original = pair
            at = row.fields.get("at", original.fields.get("at") if original is not None else None)
            return at is not None, str(at), first[str(row.fields["reference"])]

        return iter(sorted(found, key=order))

    def numbered(self, seqs: Collection[int]) -> Iterator[StoredRow]:
        return (self._rows[seq - 1] for seq in sorted(seqs) if 0 < seq <= len(self._rows))

    def last_of(self, reference: str) -> StoredRow | None:
        newest_first = (self._rows[at] for at in range(len(self._rows) - 1, -1, -1))
        return next((row for row in newest_first if row.fields.get("reference") == reference), None)

    def terminals(self) -> list[str]:
        return list(self._ends)

    def count(self, terminal: str) -> int:
        return len(self._of_terminal.get(terminal, ()))

    def model_of(self, terminal: str) -> str:
        first = next(self.rows(terminal), None)
        return "" if first is None else str(first.fields.get("model", ""))

    def last_mono(self) -> int:
        return self._mono

    def copy_rows(self, into: apsw.Connection) -> None:
        into.executemany(
            "insert into journal values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    row.seq,
                    row.terminal,
                    row.number,
                    row.boot,
                    row.mono,
                    row.wall,
                    row.kind,
                    None if (txn := row.fields.get("reference")) is None else str(txn),
                    encode(row.fields).decode(),
                )
                for row in self._rows
            ),
        )


def state_of(journal: JournalStore) -> JournalState:
    """The rows of any journal at this moment, as those of one in memory."""
    if isinstance(journal, MemoryJournal):
        return journal.snapshot()
    rows = sorted(
        (row for name in journal.terminals() for row in journal.rows(name)), key=lambda row: row.seq
    )
    of_terminal: dict[str, GrowingList[StoredRow]] = {}
    for row in rows:
        of_terminal.setdefault(row.terminal, GrowingList()).append(row)
    ends = {name: ChainEnd(of[-1].number, of[-1].hash) for name, of in of_terminal.items()}
    return JournalState(GrowingList(rows), of_terminal, ends, journal.last_mono())
