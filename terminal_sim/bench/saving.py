"""A bench that is saved, and one that goes on from a saved state (`bench.saved_state`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from terminal_sim.bench.journal import JournalWriter
from terminal_sim.bench.saved_state import SavedRow, SavedState, TerminalState
from terminal_sim.bench.snapshot import Snapshot
from terminal_sim.bench.terminal_names import TerminalNames
from terminal_sim.bench.till import Till
from terminal_sim.bench.wallet import Wallet
from terminal_sim.core.config import Profile
from terminal_sim.core.rows.schema import FlatRow
from terminal_sim.errors import BenchMisuse
from terminal_sim.host.acquirer import Acquirer
from terminal_sim.journal.chain import StoredRow
from terminal_sim.journal.records import JournalStore
from terminal_sim.runtime.engine import Engine, EngineState


class ResumableBench(Protocol):
    """The parts of a bench that a saved state is resumed into."""

    engine: Engine
    journal: JournalStore
    acquirer: Acquirer
    writer: JournalWriter
    wallet: Wallet
    names: TerminalNames
    till: Till

    @property
    def terminals(self) -> Sequence[object]: ...


def saved(snapshot: Snapshot, engine: EngineState) -> SavedState:
    """The moment as a value that shares nothing with a bench; `engine` is its lasting state."""
    state = SavedState(
        engine=engine,
        rows=_without_chain(snapshot.journal.rows),
        acquirer=snapshot.acquirer,
        cards=snapshot.cards,
        sales=_without_chain(snapshot.till.journal.rows) if snapshot.till is not None else (),
        numbers=snapshot.numbers,
        commit_failure=snapshot.commit_failure,
        terminals=tuple(terminal.state for terminal in snapshot.terminals),
    )
    return SavedState.from_bytes(state.to_bytes())


class Continuation:
    """The saved state that a bench goes on from, where it does."""

    def __init__(self, bench: ResumableBench) -> None:
        self._bench = bench
        self._state: SavedState | None = None

    def following(self, state: SavedState, model: Profile) -> TerminalState:
        """The saved terminal that is added next, as a `model`; with the first one, the bench goes on where the saved one stood."""
        bench, begins = self._bench, self._state is None
        if not begins and self._state is not state:
            raise BenchMisuse("this bench goes on from another saved state")
        if begins and (bench.terminals or bench.journal.terminals() or bench.acquirer.entries()):
            raise BenchMisuse("a saved state starts a bench of its own: this one has a terminal already")
        if len(bench.terminals) == len(state.terminals):
            raise BenchMisuse("every terminal of the saved state is on this bench already")
        terminal = state.terminals[len(bench.terminals)]
        if terminal.profile != model.id:
            raise BenchMisuse(
                f"the saved terminal is a {terminal.profile}, and does not go on as a {model.id}"
            )
        if begins:
            self._state = state
            _resume(bench, state)
        return terminal


def _resume(bench: ResumableBench, state: SavedState) -> None:
    """All of a bench but its terminals."""
    _append(bench.journal, state.rows)
    if state.sales:
        _append(bench.till.journal(), state.sales)
        bench.till.set_up()
    bench.acquirer.restore(state.acquirer)
    bench.engine.restore(state.engine)
    bench.writer.failure = state.commit_failure
    bench.names.restore(state.numbers, (terminal.board.name for terminal in state.terminals))
    bench.wallet.resume(state.cards)


def _append(journal: JournalStore, rows: Iterable[SavedRow]) -> None:
    for row in rows:
        journal.append(row.terminal, row.boot, row.mono, row.wall, [FlatRow(row.kind, row.fields)])


def _without_chain(rows: Iterable[StoredRow]) -> tuple[SavedRow, ...]:
    return tuple(SavedRow(row.terminal, row.boot, row.mono, row.wall, row.kind, row.fields) for row in rows)
