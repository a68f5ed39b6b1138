"""The bench's way to its journal, with the fault that storage can have."""

from __future__ import annotations

from collections.abc import Sequence

from terminal_sim.core.rows.schema import FlatRow
from terminal_sim.journal.errors import CommitUnknown
from terminal_sim.journal.store import Batch, Journal
from terminal_sim.runtime.board import Board
from terminal_sim.runtime.clock import VirtualClock


class JournalWriter:
    """The engine's way to the journal. `fail_next` is the fault of a commit whose outcome is unknown."""

    unknown: type[Exception] = CommitUnknown

    def __init__(self, journal: Journal, clock: VirtualClock) -> None:
        self.journal = journal
        self.fail_next = False
        self._clock = clock

    def commit(self, batches: Sequence[tuple[Board, tuple[FlatRow, ...]]]) -> None:
        if self.fail_next:
            self.fail_next = False
            raise CommitUnknown("the storage did not answer: whether the last rows are there is unknown")
        now = self._clock.now
        self.journal.append_many(
            [Batch(board.name, board.power.boot, now.mono, now.wall, rows) for board, rows in batches]
        )
