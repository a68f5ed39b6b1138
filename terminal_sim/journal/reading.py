"""What can be read of a journal: the rows of a terminal, the newest of each payment, and answers of SQL for checks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import apsw

from terminal_sim.core.rows.schema import Field
from terminal_sim.journal.chain import ChainEnd, Columns, StoredRow, encode
from terminal_sim.journal.errors import JournalDamagedError
from terminal_sim.journal.file import CURE

_PAGE = 1000
_COLUMNS = "seq, terminal, number, boot, mono, wall, kind, txn, fields, prev_hash, hash"
_COPIED = "seq, terminal, number, boot, mono, wall, kind, txn, fields"

_NEWEST = """with newest as materialized (
    select txn, max(seq) as seq, min(seq) as first, fields ->> 'original' as original, fields ->> 'at' as at
    from journal where terminal = :terminal and number > :after and kind in (select value from json_each(:kinds))
    group by txn)
select n.seq, o.seq as original, coalesce(n.at, o.at) as at
from newest as n left join newest as o on o.txn = n.original order by coalesce(n.at, o.at), n.first"""


class JournalReading:
    """A journal as it is read. `db` is its database at `path`; `_ends` is where the chains end of the terminals that have rows."""

    def __init__(self, db: apsw.Connection, path: str) -> None:
        self.path = path
        self._db = db
        self._ends: dict[str, ChainEnd] = {}
        self._mono = 0

    def rows(self, terminal: str, after: int = 0) -> Iterator[StoredRow]:
        """The terminal's rows behind number `after`, in order, as they are when asked for. Raises `JournalDamagedError`."""
        while after < self.count(terminal):
            which = f"where terminal = ? and number > ? order by number limit {_PAGE}"
            page = list(self._select(which, (terminal, after)))
            wanted = range(after + 1, after + 1 + min(_PAGE, self.count(terminal) - after))
            if [columns[2] for columns in page] != list(wanted):
                raise self._damaged(
                    f"its index does not name rows {wanted[0]} to {wanted[-1]} of terminal {terminal}"
                )
            for columns in page:
                yield StoredRow.of(columns)
            after = wanted[-1]

    def newest(
        self, terminal: str, kinds: Collection[str], after: int = 0
    ) -> Iterator[tuple[StoredRow, StoredRow | None]]:
        """The newest row of each transaction among the terminal's rows of these kinds behind number `after`.

        Each comes with that of its `original`, where it has one among them.

        They come in the order of their civil time `at`; a row without it has that of its original. A page of rows is in memory at a
        time. Raises `JournalDamagedError`.
        """
        asked_for: dict[str, Field] = {
            "terminal": terminal,
            "after": after,
            "kinds": encode(list(kinds)).decode(),
        }
        order = self.query(_NEWEST, asked_for)
        for first in range(0, len(order), _PAGE):
            page = order[first : first + _PAGE]
            wanted = {seq for row in page for seq in (row["seq"], row["original"]) if seq is not None}
            found = {row.seq: row for row in self.numbered(wanted)}
            yield from ((found[row["seq"]], found.get(row["original"])) for row in page)

    def numbered(self, seqs: Collection[int]) -> Iterator[StoredRow]:
        """The rows with these numbers of the file. Raises `JournalDamagedError`."""
        which = "where seq in (select value from json_each(?))"
        for columns in self._select(which, (encode(sorted(seqs)).decode(),)):
            yield StoredRow.of(columns)

    def last_of(self, reference: str) -> StoredRow | None:
        """The newest row of the transaction `reference`, if there is one."""
        found = next(self._select("where txn = ? order by seq desc limit 1", (reference,)), None)
        return None if found is None else StoredRow.of(found)

    def terminals(self) -> list[str]:
        """All terminals that have rows, in the order of their first."""
        return list(self._ends)

    def count(self, terminal: str) -> int:
        """How many rows the terminal has."""
        end = self._ends.get(terminal)
        return 0 if end is None else end.number

    def model_of(self, terminal: str) -> str:
        """The model that the terminal's first row, its boot, names; empty where it has none."""
        if terminal not in self._ends:
            return ""
        first = next(self._select("where terminal = ? and number = 1", (terminal,)), None)
        return "" if first is None else str(StoredRow.of(first).fields.get("model", ""))

    def last_mono(self) -> int:
        """The latest virtual time in any row, in microseconds; 0 in an empty journal."""
        return self._mono

    def query(self, sql: str, bindings: Mapping[str, Field] | None = None) -> list[dict[str, Any]]:
        """The rows of one SQL statement by column name. For checks: it may make temporary tables and change nothing else."""
        return asked(self._db, sql, bindings)

    def copy_rows(self, into: apsw.Connection) -> None:
        """Copies all rows, without their hashes, into a table `journal` of another database."""
        rows: Any = self._db.execute(f"select {_COPIED} from journal order by seq")
        into.executemany(f"insert into journal ({_COPIED}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def _select(self, which: str, bindings: Sequence[Any] = ()) -> Iterator[Columns]:
        try:
            rows: Any = self._db.execute(f"select {_COLUMNS} from journal {which}", bindings)
            yield from rows
        except (apsw.Error, UnicodeDecodeError) as error:
            raise self._damaged(f"not readable: {error}") from None

    def _damaged(self, what: str) -> JournalDamagedError:
        return JournalDamagedError(f"{self.path}: {what}; {CURE}")


def asked(db: apsw.Connection, sql: str, bindings: Mapping[str, Field] | None = None) -> list[dict[str, Any]]:
    """The rows of one SQL statement by column name."""
    cursor: Any = db.execute(sql, bindings)
    rows: list[dict[str, Any]] = []
    names: list[str] = []
    for row in cursor:
        # They are known only while there is a row.
        names = names or [column[0] for column in cursor.get_description()]
        rows.append(dict(zip(names, row, strict=True)))
    return rows
