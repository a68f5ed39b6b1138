"""A branch of a served bench: one line of time, with its terminals, its trace and its past. It begins at the beginning, or at a moment of another one.

Everything here is for the bench's thread, but for `pace` and for reading `history`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from terminal_sim.bench import Bench, BenchMisuse, Duration, TerminalUnderTest, View, contents
from terminal_sim.bench.wall_clock import check_passing
from terminal_sim.explore.past import BenchPast, PastMoment
from terminal_sim.script.recorder import ScriptHead
from terminal_sim.web.history import TraceHistory
from terminal_sim.web.problem import ApiProblem, ProblemKind
from terminal_sim.web.seat import Seat, SeatMemory, ServedTerminal


@dataclass(frozen=True, slots=True)
class BranchOrigin:
    """Where a branch began: after the event `event` of the branch `branch`."""

    branch: str
    event: int


class ServedBranch:
    """`name` is that of the API; `origin` is None for the first one."""

    def __init__(
        self, name: str, bench: Bench, history: TraceHistory, origin: BranchOrigin | None = None
    ) -> None:
        self.name = name
        self.bench = bench
        self.history = history
        self.origin = origin
        self.terminals: dict[str, ServedTerminal] = {}
        self._numbers: Counter[str] = Counter()
        self._past: BenchPast[Mapping[str, SeatMemory]] = BenchPast(bench)

    # Terminals.

    def seat(self, terminal: TerminalUnderTest, head: ScriptHead) -> ServedTerminal:
        """Names a terminal that was set up just now: `v400m-1`, `v400m-2`, ..."""
        self._numbers[terminal.profile.id] += 1
        name = f"{terminal.profile.id}-{self._numbers[terminal.profile.id]}"
        self.terminals[name] = ServedTerminal.fresh(name, self.bench, terminal, head)
        return self.terminals[name]

    def terminal(self, name: str) -> ServedTerminal:
        """Raises `ApiProblem`."""
        try:
            return self.terminals[name]
        except KeyError:
            raise ApiProblem.missing("terminal", name, self.terminals) from None

    # Time.

    def advance(self, duration: int) -> None:
        """Lets virtual time pass from one deadline to the next, and keeps the moment after each. Raises `BenchMisuse` before any has passed."""
        check_passing(self.bench.now, duration)
        ends = self.bench.now.mono + duration
        while (due := self.bench.next_deadline()) is not None and self.bench.now.mono < due.at < ends:
            self.bench.advance(Duration(due.at - self.bench.now.mono))
            self.keep()
        self.bench.advance(Duration(ends - self.bench.now.mono))
        self.keep()
        self.history.wake()

    # What was.

    def keep(self) -> None:
        """Keeps this moment: an input has been done."""
        self._past.keep({name: terminal.memory() for name, terminal in self.terminals.items()})

    def then(self, event: int) -> tuple[Bench, dict[str, Seat]]:
        """A bench that stands as this one did when `event` had happened, and its terminals. Raises `ApiProblem`."""
        moment = self._moment(event)
        bench = self._past.bench_at(moment)
        shown = self._screens_at(event)
        seats = {
            name: Seat(name, terminal, shown.get(terminal.name) if terminal.is_on else None)
            for name, terminal in zip(moment.beside, bench.terminals, strict=False)
        }
        return bench, seats

    def branch(self, name: str, event: int) -> ServedBranch:
        """Another branch that goes on from when `event` had happened. Raises `ApiProblem`."""
        moment = self._moment(event)
        bench = self._past.branch(moment)
        history = self.history.until(moment.event)
        bench.trace.subscribe(history)
        other = ServedBranch(name, bench, history, BranchOrigin(self.name, moment.event))
        other._numbers = self._numbers.copy()
        for (seat, memory), terminal in zip(moment.beside.items(), bench.terminals, strict=False):
            other.terminals[seat] = self.terminals[seat].branched(bench, terminal, memory)
        other.keep()
        return other

    def _moment(self, event: int) -> PastMoment[Mapping[str, SeatMemory]]:
        if not 0 < event <= self.history.last:
            raise ApiProblem(
                ProblemKind.NOT_FOUND, f"there is no event {event}; there are 1 to {self.history.last}"
            )
        try:
            return self._past.moment(event)
        except BenchMisuse as refused:
            raise ApiProblem(ProblemKind.REFUSED, str(refused)) from None

    def _screens_at(self, event: int) -> dict[str, View]:
        """The screen that stood on each terminal when `event` had happened, where the trace still has it."""
        found: dict[str, View] = {}
        for entry in self.history.back_from(event):
            content = entry.content
            if (
                isinstance(content, contents.ScreenShown)
                and isinstance(content.text, View)
                and entry.terminal not in found
            ):
                found[entry.terminal] = content.text
                if len(found) == len(self.terminals):
                    break
        return found

    def close(self) -> None:
        self.history.end()
        self._past.close()
        self.bench.close()
