"""The bench's way to its journal, with the faults that storage can have."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from msgspec import Struct, structs

from terminal_sim.core.rows.schema import FlatRow
from terminal_sim.journal.chain import Batch
from terminal_sim.journal.errors import CommitUnknown
from terminal_sim.journal.records import JournalStore
from terminal_sim.runtime.board import Board
from terminal_sim.runtime.clock import VirtualClock


class CommitFailure(Enum):
    """How a commit of the journal fails; the value is the name of the fault. After `ANSWER_LOST` the rows are there."""

    UNKNOWN = "commit-unknown"
    DISK_FULL = "disk-full"
    ANSWER_LOST = "commit-answer-lost"
    READ_ONLY = "disk-read-only"


class ComingFailure(Struct, frozen=True):
    """A `failure` that the `commit`-th commit from now has."""

    failure: CommitFailure
    commit: int = 1

    def __str__(self) -> str:
        """As a script says it."""
        return self.failure.value if self.commit == 1 else f"{self.failure.value} {self.commit}"


_WHY = {
    CommitFailure.UNKNOWN: "the storage did not answer: whether the last rows are there is unknown",
    CommitFailure.DISK_FULL: "the storage is full: the last rows are not there; make room, then switch on",
    CommitFailure.ANSWER_LOST: "the storage did not answer: whether the last rows are there is unknown",
    CommitFailure.READ_ONLY: "the storage is read-only: the last rows are not there; mend it, then switch on",
}


class JournalWriter:
    """The engine's way to the journal. `failure` is how one of its next commits fails, None where all are to succeed."""

    unknown: type[Exception] = CommitUnknown

    def __init__(self, journal: JournalStore, clock: VirtualClock) -> None:
        self.journal = journal
        self.failure: ComingFailure | None = None
        self._clock = clock

    def commit(self, batches: Sequence[tuple[Board, tuple[FlatRow, ...]]]) -> None:
        failure = self._failure_now()
        if failure is None or failure is CommitFailure.ANSWER_LOST:
            now = self._clock.now
            self.journal.append_many(
                [Batch(board.name, board.power.boot, now.mono, now.wall, rows) for board, rows in batches]
            )
        if failure is not None:
            raise CommitUnknown(_WHY[failure])

    def _failure_now(self) -> CommitFailure | None:
        """How the commit that comes now fails."""
        coming, self.failure = self.failure, None
        if coming is None or coming.commit == 1:
            return None if coming is None else coming.failure
        self.failure = structs.replace(coming, commit=coming.commit - 1)
        return None
