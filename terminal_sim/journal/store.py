"""The journal: append-only SQLite, one durable commit for all that is appended at once, one chain of hashes a terminal.

Rules:
1. `append` returns after the rows are on the disk (WAL, synchronous=FULL) or raises `CommitUnknown`. After that the object takes
   no more rows, since a second commit could undo what the first one wrote.
2. One writer: the file is locked as long as it is open. (The lock of a state folder is `journal.lock`.)
3. Opening reads and checks every row. A damaged file is not opened and not changed.
4. The head beside the file (`journal.head`) counts its rows, so that a log that is cut or gone is missed at the next opening.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any

import apsw
import msgspec

from terminal_sim.core.rows.schema import Field, FlatRow, JournalRow, RowError
from terminal_sim.core.rows.table import row_of
from terminal_sim.journal.errors import CommitUnknown, JournalDamagedError, JournalError
from terminal_sim.journal.file import CURE, keep_log_no_longer, open_database
from terminal_sim.journal.file import IN_MEMORY as IN_MEMORY
from terminal_sim.journal.head import GENESIS, HeadError, HeadFile, Mark

_PAGE = 1000
_INSERT = "insert into journal values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_COLUMNS = "seq, terminal, number, boot, mono, wall, kind, txn, fields, prev_hash, hash"

_COPIED = "seq, terminal, number, boot, mono, wall, kind, txn, fields"

_NEWEST = """with newest as materialized (
    select txn, max(seq) as seq, min(seq) as first, fields ->> 'original' as original, fields ->> 'at' as at
    from journal where terminal = :terminal and kind in (select value from json_each(:kinds)) group by txn)
select n.seq, o.seq as original, coalesce(n.at, o.at) as at
from newest as n left join newest as o on o.txn = n.original order by coalesce(n.at, o.at), n.first"""

_encode = msgspec.json.Encoder(order="sorted").encode
_decode_fields = msgspec.json.Decoder(dict[str, str | int]).decode


@dataclass(frozen=True, slots=True)
class StoredRow:
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


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one terminal at one moment."""

    terminal: str
    boot: int
    mono: int
    wall: int
    rows: Sequence[FlatRow]


@dataclass(frozen=True, slots=True)
class _Head:
    """Where a terminal's chain ends."""

    number: int = 0
    hash: bytes = GENESIS


_Columns = tuple[int, str, int, int, int, int, str, str | None, str, bytes, bytes]


class Journal:
    """The journal in `path`, made where there is none, or in memory. `vfs` names an APSW file system other than the default.

    Raises `JournalBusyError`, `JournalDamagedError`, or `JournalError` where the file is not for this version.
    """

    def __init__(self, path: Path | str, *, vfs: str | None = None) -> None:
        self.path = str(path)
        self._heads: dict[str, _Head] = {}
        self._seq = 0
        self._mono = 0
        self._stopped = False
        self._mark = Mark()
        self._head: HeadFile | None = None
        if self.path != IN_MEMORY and vfs is None:
            try:
                self._head = HeadFile(Path(self.path).with_suffix(".head"))
            except HeadError as wrong:
                raise JournalDamagedError(str(wrong)) from None
        counted = self._head.mark if self._head is not None else None
        self._db = open_database(self.path, vfs, holds=counted.count if counted is not None else 0)
        try:
            self.verify()
            self._start_head()
            keep_log_no_longer(self._db)
        except BaseException:
            self.close()
            raise

    def _start_head(self) -> None:
        if self._head is None:
            return
        if self._head.mark is None and self._seq:
            raise self._damaged(f"{self._head.path.name} is missing beside it")
        try:
            self._head.start(self._mark)
        except OSError as error:
            raise JournalError(
                f"{self._head.path}: cannot be written: {error.strerror}; make room, or check its rights"
            ) from None

    @property
    def row_count(self) -> int:
        """How many rows it has, of all terminals."""
        return self._seq

    def append(
        self, terminal: str, boot: int, mono: int, wall: int, rows: Sequence[FlatRow]
    ) -> list[StoredRow]:
        """Stores the rows in one commit. Raises `CommitUnknown`."""
        return self.append_many((Batch(terminal, boot, mono, wall, rows),))

    def append_many(self, batches: Sequence[Batch]) -> list[StoredRow]:
        """Stores the rows of several terminals in one commit, in this order. Raises `CommitUnknown`."""
        if self._stopped:
            raise CommitUnknown(f"{self.path}: a commit before this one failed; open the journal again")
        heads: dict[str, _Head] = {}
        stored: list[StoredRow] = []
        columns: list[_Columns] = []
        for batch in batches:
            head = heads.get(batch.terminal) or self._heads.get(batch.terminal, _Head())
            for row in batch.rows:
                seq = self._seq + len(stored) + 1
                fields = _encode(row.fields).decode()
                one = _chained(seq, batch, row, fields, head)
                head = _Head(head.number + 1, one[-1])
                columns.append(one)
                stored.append(
                    StoredRow(
                        seq,
                        batch.terminal,
                        head.number,
                        batch.boot,
                        batch.mono,
                        batch.wall,
                        row.kind,
                        row.fields,
                        head.hash,
                    )
                )
            heads[batch.terminal] = head
        mark = self._mark
        for one in columns:
            mark = _marked(mark, one[-1])
        self._commit(columns, mark)
        self._mark = mark
        self._heads.update(heads)
        self._seq += len(stored)
        self._mono = max((self._mono, *(batch.mono for batch in batches)))
        return stored

    def count_of(self, terminal: str) -> int:
        """How many rows the terminal has."""
        return self._heads.get(terminal, _Head()).number

    def rows(self, terminal: str, after: int = 0) -> Iterator[StoredRow]:
        """The terminal's rows behind number `after`, in order, as they are when asked for. Raises `JournalDamagedError`."""
        while after < self._heads.get(terminal, _Head()).number:
            which = f"where terminal = ? and number > ? order by number limit {_PAGE}"
            page = list(self._select(which, (terminal, after)))
            wanted = range(after + 1, after + 1 + min(_PAGE, self._heads[terminal].number - after))
            if [columns[2] for columns in page] != list(wanted):
                raise self._damaged(
                    f"its index does not name rows {wanted[0]} to {wanted[-1]} of terminal {terminal}"
                )
            for columns in page:
                yield _stored(columns)
            after = wanted[-1]

    def newest(self, terminal: str, kinds: Collection[str]) -> Iterator[tuple[StoredRow, StoredRow | None]]:
        """The newest row of each transaction among the terminal's rows of these kinds, each with that of its `original`, if it has one.

        They come in the order of their civil time `at`; a row without it has that of its original. A page of rows is in memory at a
        time. Raises `JournalDamagedError`.
        """
        order = self.query(_NEWEST, {"terminal": terminal, "kinds": _encode(list(kinds)).decode()})
        for first in range(0, len(order), _PAGE):
            page = order[first : first + _PAGE]
            wanted = {seq for row in page for seq in (row["seq"], row["original"]) if seq is not None}
            which = "where seq in (select value from json_each(?))"
            found = {
                columns[0]: _stored(columns)
                for columns in self._select(which, (_encode(sorted(wanted)).decode(),))
            }
            yield from ((found[row["seq"]], found.get(row["original"])) for row in page)

    def last_of(self, reference: str) -> StoredRow | None:
        """The newest row of the transaction `reference`, if there is one."""
        found = next(self._select("where txn = ? order by seq desc limit 1", (reference,)), None)
        return None if found is None else _stored(found)

    def terminals(self) -> list[str]:
        """All terminals that have rows, in the order of their first."""
        return list(self._heads)

    def count(self, terminal: str) -> int:
        """How many rows the terminal has."""
        return self._heads.get(terminal, _Head()).number

    def model_of(self, terminal: str) -> str:
        """The model that the terminal's first row, its boot, names; empty where it has none."""
        if terminal not in self._heads:
            return ""
        first = next(self._select("where terminal = ? and number = 1", (terminal,)), None)
        return "" if first is None else str(_stored(first).fields.get("model", ""))

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

    def verify(self) -> None:
        """Reads every row and checks numbers and chains. Raises `JournalDamagedError` that names the first bad row."""
        heads: dict[str, _Head] = {}
        seq = mono = 0
        mark, counted = Mark(), (self._head.mark if self._head is not None else None) or Mark()
        for columns in self._select("order by seq"):
            seq += 1
            terminal, number = columns[1], columns[2]
            wrong = _difference(columns, seq, heads.get(terminal, _Head()))
            if wrong:
                raise self._damaged(wrong)
            heads[terminal] = _Head(number, columns[10])
            mono = max(mono, columns[4])
            mark = _marked(mark, columns[10])
            if seq == counted.count and mark != counted:
                raise self._damaged(f"its first {seq} rows are not those that were stored")
        if seq < counted.count:
            raise self._damaged(f"it has {seq} rows, and {counted.count} were stored: the end of it is lost")
        self._heads, self._seq, self._mono, self._mark = heads, seq, mono, mark

    def close(self) -> None:
        """Releases the file. A disk error here loses nothing: every row is in the log, which the next opening reads."""
        with suppress(apsw.Error):
            self._db.close()
        if self._head is not None:
            self._head.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _select(self, which: str, bindings: Sequence[Any] = ()) -> Iterator[_Columns]:
        try:
            rows: Any = self._db.execute(f"select {_COLUMNS} from journal {which}", bindings)
            yield from rows
        except (apsw.Error, UnicodeDecodeError) as error:
            raise self._damaged(f"not readable: {error}") from None

    def _damaged(self, what: str) -> JournalDamagedError:
        return JournalDamagedError(f"{self.path}: {what}; {CURE}")

    def _commit(self, columns: Sequence[_Columns], mark: Mark) -> None:
        try:
            if len(columns) == 1:
                self._db.execute(_INSERT, columns[0])  # a statement outside a transaction is one
            elif columns:
                self._db.execute("begin immediate")
                self._db.executemany(_INSERT, columns)
                self._db.execute("commit")
            if self._head is not None and columns:
                self._head.write(mark)
        except Exception as error:
            self._stopped = True
            raise CommitUnknown(
                f"{self.path}: whether the last rows are stored is unknown ({error}); stop, make room or repair the"
                " disk, and open the journal again"
            ) from error


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


def _chained(seq: int, batch: Batch, row: FlatRow, fields: str, head: _Head) -> _Columns:
    txn = row.fields.get("reference")
    txn = None if txn is None else str(txn)
    number = head.number + 1
    known = (batch.terminal, number, batch.boot, batch.mono, batch.wall, row.kind, txn, fields)
    digest = sha256(head.hash + _encode(known)).digest()
    return (seq, *known, head.hash, digest)


def _marked(mark: Mark, digest: bytes) -> Mark:
    """The mark after one more row of whatever terminal."""
    return Mark(mark.count + 1, sha256(mark.digest + digest).digest())


def _difference(columns: _Columns, seq: int, head: _Head) -> str:
    """What is wrong with a row that should be the file's number `seq` and follow `head`; empty where nothing is."""
    terminal, number = columns[1], columns[2]
    if columns[0] != seq:
        return f"row {seq} of the file is missing"
    if number != head.number + 1:
        return f"row {head.number + 1} of terminal {terminal} is missing"
    if columns[9] != head.hash or columns[10] != sha256(head.hash + _encode(columns[1:9])).digest():
        return f"row {number} of terminal {terminal} was changed after it was written"
    return ""


def _stored(columns: _Columns) -> StoredRow:
    seq, terminal, number, boot, mono, wall, kind, _, fields, _, digest = columns
    return StoredRow(seq, terminal, number, boot, mono, wall, kind, _decode_fields(fields), digest)
