"""The till of a bench: its point of sale, which is set up when it is used first, and the journal of that, made with its first row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from terminal_sim.bench.snapshot import TillSnapshot
from terminal_sim.bench.till_past import TillPast, till_past
from terminal_sim.journal.chain import StoredRow
from terminal_sim.journal.memory import MemoryJournal, state_of
from terminal_sim.journal.records import JournalStore
from terminal_sim.pos.model import POINT_OF_SALE
from terminal_sim.runtime.clock import VirtualClock

if TYPE_CHECKING:
    from terminal_sim.bench.point_of_sale import PointOfSale
    from terminal_sim.bench.terminal import TerminalUnderTest


class Till:
    """`journal` is that of an earlier run, None where there was no point of sale, and `kept` what is known of its first rows.

    `new_journal` makes one.
    `point_of_sale` is None as long as it was never used.
    """

    def __init__(
        self,
        clock: VirtualClock,
        journal: JournalStore | None,
        new_journal: Callable[[], JournalStore],
        kept: TillPast | None = None,
    ) -> None:
        self.point_of_sale: PointOfSale | None = None
        self._clock = clock
        self._journal = journal
        self._new_journal = new_journal
        self._kept = kept
        if journal is not None:
            self.set_up()

    def used(self, terminals: Iterable[TerminalUnderTest]) -> PointOfSale:
        """The point of sale, set up beside these terminals where it was never used."""
        if self.point_of_sale is not None:
            return self.point_of_sale
        made = self.set_up()
        for terminal in terminals:
            made.attach(terminal, terminal.board)
        return made

    def rows(self) -> tuple[StoredRow, ...]:
        """All rows of the point of sale."""
        return () if self._journal is None else tuple(self._journal.rows(POINT_OF_SALE))

    def journal(self) -> JournalStore:
        """The journal, made where there is none."""
        if self._journal is None:
            self._journal = self._new_journal()
        return self._journal

    def snapshot(self) -> TillSnapshot | None:
        """The point of sale at this moment, None where it was never used."""
        if self.point_of_sale is None:
            return None
        rows = MemoryJournal().snapshot() if self._journal is None else state_of(self._journal)
        return TillSnapshot(rows, self.point_of_sale.book.copy(), self.point_of_sale.out_of_service)

    def restore(self, snapshot: TillSnapshot | None, terminals: Iterable[TerminalUnderTest]) -> None:
        """Have the point of sale of that moment beside these terminals. The rows are in memory, as those of the bench are."""
        terminals = tuple(terminals)
        before, self._journal, self.point_of_sale = self.point_of_sale, None, None
        if before is not None:
            for terminal in terminals:
                before.leave(terminal.board)
        if snapshot is not None:
            self._journal = MemoryJournal(snapshot.journal)
            made = self.used(terminals)
            made.book, made.out_of_service = snapshot.book.copy(), snapshot.out_of_service

    def close(self) -> None:
        if self._journal is not None:
            self._journal.close()

    def set_up(self) -> PointOfSale:
        """The point of sale over the rows of its journal, as yet without terminals."""
        # Imported here: most terminals stand alone.
        from terminal_sim.bench.point_of_sale import PointOfSale

        past = TillPast() if self._journal is None else till_past(self._journal, self._kept)
        self.point_of_sale = PointOfSale(self._clock, self.journal, past.book)
        return self.point_of_sale
