"""A bench at one moment, and the same bench back at it (`bench.snapshot`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from terminal_sim.bench.saving import ResumableBench
from terminal_sim.bench.snapshot import Snapshot
from terminal_sim.errors import BenchMisuse
from terminal_sim.journal.memory import MemoryJournal, state_of
from terminal_sim.runtime.trace import Trace

if TYPE_CHECKING:
    from terminal_sim.bench.terminal import TerminalUnderTest


class RewindableBench(ResumableBench, Protocol):
    """The parts of a bench that a moment is made of."""

    trace: Trace

    @property
    def terminals(self) -> Sequence[TerminalUnderTest]: ...


def taken(bench: RewindableBench) -> Snapshot:
    """The bench as it is now. Raises `BenchMisuse` where a card or reader is out of the simulator's hands."""
    engine = bench.engine.snapshot()
    return Snapshot(
        trace=bench.trace.snapshot(),
        engine=engine,
        journal=state_of(bench.journal),
        till=bench.till.snapshot(),
        acquirer=bench.acquirer.snapshot(),
        cards=bench.wallet.snapshot(),
        numbers=bench.names.snapshot(),
        commit_failure=bench.writer.failure,
        terminals=tuple(terminal.snapshot() for terminal in bench.terminals),
    )


def rewind(bench: RewindableBench, journal: MemoryJournal, snapshot: Snapshot) -> None:
    """Be as at that moment; `journal` is that of the bench. Raises `BenchMisuse` where its terminals are not those of that moment."""
    there = [(one.state.board.name, one.state.profile) for one in snapshot.terminals]
    if there != [(one.name, one.profile.id) for one in bench.terminals]:
        names = ", ".join(name for name, _ in there) or "none"
        raise BenchMisuse(f"that moment has other terminals than this bench: {names}")
    with bench.trace.unheard():
        journal.restore(snapshot.journal)
        bench.till.restore(snapshot.till, bench.terminals)
        bench.acquirer.restore(snapshot.acquirer)
        bench.wallet.restore(snapshot.cards)
        bench.names.restore(snapshot.numbers, (name for name, _ in there))
        bench.writer.failure = snapshot.commit_failure
        for terminal, kept in zip(bench.terminals, snapshot.terminals, strict=True):
            terminal.restore(kept, snapshot.cards.get(kept.state.presented.in_slot))
        bench.engine.restore(snapshot.engine)
    bench.trace.restore(snapshot.trace)
