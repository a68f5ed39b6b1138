"""What was done in a shell, and how a bench comes to stand as it did before any of it.

1. A bench stands anew as it did by the last state of it that was kept before, and by doing again what followed: a run depends on what is done alone.
2. A state is kept when what was done since the last one took longer than a person waits for, and much longer than keeping it.
3. Lines that only write files are not done again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from time import perf_counter

from terminal_sim.bench import BenchMisuse, SavedState
from terminal_sim.script.bind import Call
from terminal_sim.verbs.waiting import TesterMemory

PATIENCE = 0.3  # seconds of doing again what followed a kept state
_DEARER = 5  # so many times as long as a state takes to keep, what follows it may take


@dataclass(frozen=True, slots=True)
class PassedTime:
    """Virtual time that passed without a line, in microseconds."""

    duration: int


@dataclass(slots=True)
class DoneAct:
    """A line, or time that passed. `changed` says that the bench is another since.

    `entries` is how many entries the trace had before, and `recorded` how long a recording was, None where there was none.
    """

    line: str
    what: Call | PassedTime
    entries: int
    recorded: int | None = None
    changed: bool = False
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class KeptState:
    """The bench and its tester before the act with the index `before`."""

    before: int
    bench: SavedState = field(repr=False)
    tester: TesterMemory = field(repr=False)


class DoneActs:
    """All that was done, oldest first. `keep` gives the state of the bench and its tester; it raises `BenchMisuse` where there is none to keep."""

    def __init__(self, keep: Callable[[int], KeptState]) -> None:
        self._acts: list[DoneAct] = []
        self._keep = keep
        self._keeping = 0.0  # seconds that keeping the last state took
        self._kept: list[KeptState] = []
        self.refused = ""
        """Why no state was kept at the beginning, so that nothing is undone."""
        try:
            self._keep_state()
        except BenchMisuse as refused:
            self.refused = str(refused)

    def begin(self, act: DoneAct) -> None:
        """`act` is done now; it is the last one until the next begins."""
        since = self._kept[-1].before if self._kept else len(self._acts)
        took = sum(done.seconds for done in self._acts[since:])
        if took > max(PATIENCE, _DEARER * self._keeping) and not self.refused:
            with suppress(BenchMisuse):  # an earlier state serves
                self._keep_state()
        self._acts.append(act)

    @property
    def acts(self) -> Sequence[DoneAct]:
        """What changed something, oldest first."""
        return [act for act in self._acts if act.changed]

    @property
    def undoable(self) -> list[DoneAct]:
        """The lines that changed something, newest first."""
        return [act for act in reversed(self._acts) if act.changed and not isinstance(act.what, PassedTime)]

    def before(self, act: DoneAct) -> tuple[KeptState, list[DoneAct]]:
        """The last state that was kept before `act`, and what was done between them. Only what stands before it is kept."""
        at = next(index for index, done in enumerate(self._acts) if done is act)
        self._kept = [kept for kept in self._kept if kept.before <= at]
        self._acts = self._acts[:at]
        return self._kept[-1], self._acts[self._kept[-1].before :]

    def _keep_state(self) -> None:
        began = perf_counter()
        self._kept.append(self._keep(len(self._acts)))
        self._keeping = perf_counter() - began
