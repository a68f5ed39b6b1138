"""A bench whose commits can be watched, held back and lost, and whose readers can be unplugged."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from terminal_drivers.base import Change, Presence, ReaderLost
from terminal_sim.bench import Bench, TerminalUnderTest
from terminal_sim.bench.journal import JournalWriter
from terminal_sim.core.rows.schema import FlatRow
from terminal_sim.journal.errors import CommitUnknown
from terminal_sim.readers.parts import Reader
from terminal_sim.runtime.board import Board
from tests.contracts.drive import TEXTS

Batches = Sequence[tuple[Board, tuple[FlatRow, ...]]]


class WatchedJournal:
    """The bench's own journal; tells `saw` of each commit before it happens, and may lose the answer after it."""

    unknown: type[Exception] = CommitUnknown

    def __init__(self, writer: JournalWriter, saw: Callable[[Batches], None]) -> None:
        self.commits: list[list[tuple[str, tuple[str, ...]]]] = []
        self.lose_answer = False
        self._writer = writer
        self._saw = saw

    def commit(self, batches: Batches) -> None:
        self._saw(batches)
        self._writer.commit(batches)
        self.commits.append([(board.name, tuple(row.kind for row in rows)) for board, rows in batches])
        if self.lose_answer:
            self.lose_answer = False
            raise CommitUnknown("the rows are stored, but nobody was told")


def watched(bench: Bench, saw: Callable[[Batches], None] = lambda _: None) -> WatchedJournal:
    """From now on the engine commits through the watched journal."""
    journal = WatchedJournal(bench.writer, saw)
    bench.engine._journal = journal
    return journal


def bench_of(count: int, **given: object) -> tuple[Bench, list[TerminalUnderTest]]:
    bench = Bench(texts=TEXTS, **given)  # type: ignore[arg-type]
    return bench, [bench.add_terminal("v400m") for _ in range(count)]


def keys(terminal: TerminalUnderTest, *words: str) -> None:
    for word in words:
        for key in word if word.isdigit() else [word]:
            terminal.press(key)


def ready(terminal: TerminalUnderTest) -> None:
    """The amount is typed; a card is wanted."""
    keys(terminal, "OK", "1000", "OK")


class Pluggable:
    """The readers of a terminal with a plug. What happens meanwhile is not told, but what stands in the slot when they are back."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._plugged = self._new = True
        self.contact, self.contactless, self.stripe = reader.contact, reader.contactless, reader.stripe

    def plug(self, *, into: bool) -> None:
        self._plugged, self._new = into, True

    def poll(self, timeout: float = 0.0) -> list[Presence]:
        if not self._plugged:
            raise ReaderLost("the plug is pulled")
        told = self._reader.poll(timeout)
        if not self._new:
            return told
        self._new = False
        return [Presence(Change.INSERTED, 0)] if self.contact.present() else []


def plug(terminal: TerminalUnderTest, *, into: bool) -> None:
    if not isinstance(terminal.board.readers.reader, Pluggable):
        terminal.board.readers.reader = Pluggable(terminal.board.readers.reader)
    terminal.board.readers.reader.plug(into=into)
    terminal.bench.engine.poll(terminal.board)
    terminal.bench.engine.settle()
