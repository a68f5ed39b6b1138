"""The journal: append-only SQLite, one durable commit for all that is appended at once, one chain of hashes a terminal.

Rules:
1. `append` returns after the rows are on the disk (WAL, synchronous=FULL) or raises `CommitUnknown`. After that the object takes
   no more rows, since a second commit could undo what the first one wrote.
2. One writer: the file is locked as long as it is open. (The lock of a state folder is `journal.lock`.)
3. Opening reads and checks every row, but for first ones of which it is known where their chains end. A damaged file is not opened
   and not changed.
4. The head beside the file (`journal.head`) counts its rows, so that a log that is cut or gone is missed at the next opening.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from terminal_sim.core.rows.schema import FlatRow
from terminal_sim.journal.chain import (
    Batch,
    ChainEnd,
    Chains,
    Columns,
    StoredRow,
    added,
    difference,
    marked,
)
from terminal_sim.journal.errors import CommitUnknown, JournalDamagedError, JournalError
from terminal_sim.journal.file import IN_MEMORY, close, keep_log_no_longer, open_database
from terminal_sim.journal.head import HeadError, HeadFile, Mark
from terminal_sim.journal.reading import JournalReading

_INSERT = "insert into journal values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class Journal(JournalReading):
    """The journal in `path`, made where there is none, or in memory. `vfs` names an APSW file system other than the default.

    `known` is where the chains of the first rows of the file end, where that is certain: then only the rows behind them are read and checked.
    Raises `JournalBusyError`, `JournalDamagedError`, or `JournalError` where the file is not for this version.
    """

    def __init__(self, path: Path | str, *, vfs: str | None = None, known: Chains | None = None) -> None:
        name = str(path)
        self._stopped = False
        self._mark = Mark()
        self._head: HeadFile | None = None
        if name != IN_MEMORY and vfs is None:
            try:
                self._head = HeadFile(Path(name).with_suffix(".head"))
            except HeadError as wrong:
                raise JournalDamagedError(str(wrong)) from None
        counted = self._head.mark if self._head is not None else None
        super().__init__(open_database(name, vfs, holds=counted.count if counted is not None else 0), name)
        try:
            if name != IN_MEMORY:  # a journal in memory begins without rows
                self._go_on_from(self.chains_behind(known or Chains({}, 0, Mark())))
            self._start_head()
            keep_log_no_longer(self._db)
        except BaseException:
            self.close()
            raise

    def _start_head(self) -> None:
        if self._head is None:
            return
        if self._head.mark is None and self._mark.count:
            raise self._damaged(f"{self._head.path.name} is missing beside it")
        try:
            self._head.start(self._mark)
        except OSError as error:
            raise JournalError(
                f"{self._head.path}: cannot be written: {error.strerror}; make room, or check its rights"
            ) from None

    @property
    def chains(self) -> Chains:
        """Where the chains of the rows end that were stored or checked."""
        return Chains(dict(self._ends), self._mono, self._mark)

    @property
    def is_sound(self) -> bool:
        """Whether it is known of each row that was to be stored whether it is."""
        return not self._stopped

    @property
    def row_count(self) -> int:
        """How many rows it has, of all terminals."""
        return self._mark.count

    def append(
        self, terminal: str, boot: int, mono: int, wall: int, rows: Sequence[FlatRow]
    ) -> list[StoredRow]:
        """Stores the rows in one commit. Raises `CommitUnknown`."""
        return self.append_many((Batch(terminal, boot, mono, wall, rows),))

    def append_many(self, batches: Sequence[Batch]) -> list[StoredRow]:
        """Stores the rows of several terminals in one commit, in this order. Raises `CommitUnknown`."""
        if self._stopped:
            raise CommitUnknown(f"{self.path}: a commit before this one failed; open the journal again")
        addition, mark = added(batches, self._mark.count, self._ends), self._mark
        for columns in addition.columns:
            mark = marked(mark, columns[-1])
        self._commit(addition.columns, mark)
        self._mark = mark
        self._ends.update(addition.ends)
        self._mono = max((self._mono, *(batch.mono for batch in batches)))
        return addition.rows

    def verify(self) -> None:
        """Reads every row and checks numbers and chains. Raises `JournalDamagedError` that names the first bad row."""
        self._go_on_from(self.chains_behind(Chains({}, 0, Mark())))

    def chains_behind(self, known: Chains) -> Chains:
        """Where the chains end, of which only the rows behind those of `known` are read and checked. Raises `JournalDamagedError`."""
        ends, seq, mono, mark = dict(known.ends), known.mark.count, known.mono, known.mark
        counted = (self._head.mark if self._head is not None else None) or Mark()
        if seq == counted.count and mark != counted:
            raise self._not_those(seq)
        for columns in self._select("where seq > ? order by seq", (seq,)):
            seq += 1
            terminal, number = columns[1], columns[2]
            wrong = difference(columns, seq, ends.get(terminal, ChainEnd()))
            if wrong:
                raise self._damaged(wrong)
            ends[terminal] = ChainEnd(number, columns[10])
            mono = max(mono, columns[4])
            mark = marked(mark, columns[10])
            if seq == counted.count and mark != counted:
                raise self._not_those(seq)
        if seq < counted.count:
            raise self._damaged(f"it has {seq} rows, and {counted.count} were stored: the end of it is lost")
        return Chains(ends, mono, mark)

    def _not_those(self, count: int) -> JournalDamagedError:
        return self._damaged(f"its first {count} rows are not those that were stored")

    def _go_on_from(self, chains: Chains) -> None:
        self._ends, self._mono, self._mark = dict(chains.ends), chains.mono, chains.mark

    def close(self) -> None:
        """Releases the file, whatever the disk says."""
        close(self._db)
        if self._head is not None:
            self._head.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _commit(self, columns: Sequence[Columns], mark: Mark) -> None:
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
