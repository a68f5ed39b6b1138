"""A journal as its bench uses it, whatever keeps the rows: a file of SQLite (`journal.store`), or memory (`journal.memory`)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Protocol

import apsw

from terminal_sim.core.rows.schema import FlatRow
from terminal_sim.journal.chain import Batch, StoredRow


class JournalRows(Protocol):
    """The rows of a journal. What reads them raises `JournalDamagedError` where the store is damaged."""

    def rows(self, terminal: str, after: int = 0) -> Iterator[StoredRow]:
        """The terminal's rows behind number `after`, in order, as they are when asked for."""
        ...

    def newest(
        self, terminal: str, kinds: Collection[str], after: int = 0
    ) -> Iterator[tuple[StoredRow, StoredRow | None]]:
        """The newest row of each transaction among the terminal's rows of these kinds behind number `after`, in the order of their civil time `at`.

        Each comes with that of its `original`, where it has one among them; a row without a time has that of its original.
        """
        ...

    def numbered(self, seqs: Collection[int]) -> Iterator[StoredRow]:
        """The rows with these numbers of the whole journal."""
        ...

    def last_of(self, reference: str) -> StoredRow | None:
        """The newest row of the transaction `reference`, if there is one."""
        ...

    def terminals(self) -> list[str]:
        """All terminals that have rows, in the order of their first."""
        ...

    def count(self, terminal: str) -> int:
        """How many rows the terminal has."""
        ...

    def model_of(self, terminal: str) -> str:
        """The model that the terminal's first row, its boot, names; empty where it has none."""
        ...

    def last_mono(self) -> int:
        """The latest virtual time in any row, in microseconds; 0 in an empty journal."""
        ...


class JournalStore(JournalRows, Protocol):
    """A journal that takes rows."""

    @property
    def row_count(self) -> int:
        """How many rows it has, of all terminals."""
        ...

    def append(
        self, terminal: str, boot: int, mono: int, wall: int, rows: Sequence[FlatRow]
    ) -> list[StoredRow]:
        """Stores the rows in one commit. Raises `CommitUnknown`."""
        ...

    def append_many(self, batches: Sequence[Batch]) -> list[StoredRow]:
        """Stores the rows of several terminals in one commit, in this order. Raises `CommitUnknown`."""
        ...

    def verify(self) -> None:
        """Raises `JournalDamagedError` that names the first bad row."""
        ...

    def copy_rows(self, into: apsw.Connection) -> None:
        """Copies all rows, without their hashes, into a table `journal` of another database."""
        ...

    def close(self) -> None:
        """Releases what holds the rows."""
        ...
