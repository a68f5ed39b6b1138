"""A bench that is served: its own thread does everything, and the server's loop hands it work.

1. Whatever touches a bench is a call given to `ServedBench.do`; calls run one after the other, in the order in which they were given.
2. A served bench has branches. The first one is `b1`; one of them is live: it is meant where none is named.
3. Virtual time of a branch stands still, or it runs by the wall.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from terminal_sim.bench import Bench, Duration, ReceiptTaker, Trace
from terminal_sim.script.recorder import ScriptHead
from terminal_sim.web.branch import ServedBranch
from terminal_sim.web.history import TraceHistory
from terminal_sim.web.pace import Pace
from terminal_sim.web.problem import ApiProblem, ProblemKind
from terminal_sim.web.seat import ServedTerminal

if TYPE_CHECKING:
    from terminal_sim.web.script_runs import ScriptRuns

T = TypeVar("T")
MOST_BRANCHES = 16
_FIRST = "b1"


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchOptions:
    """What a served bench begins with; as the arguments of `Bench`."""

    seed: int = 0
    clock: str | None = None
    state: Path | None = None
    pack: str | None = None
    host_at: str = ""
    first_terminal: int = 1
    receipts: Sequence[ReceiptTaker] = ()


class ServedBench:
    """`open` makes one. `do`, `close` and `pace` are for the loop of the server, everything else is for calls given to `do`.

    `boot` is another text each time that a bench is opened: who comes back sees by it that all is new.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, options: BenchOptions) -> None:
        self.options = options
        self.boot = secrets.token_hex(8)
        self.branches: dict[str, ServedBranch] = {}
        self._paces: dict[str, Pace] = {}
        self._live = _FIRST
        self._opened = 1
        self._loop = loop
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="bench")
        self._closed = False

    @cached_property
    def script_runs(self) -> ScriptRuns:
        """The scripts that are run beside the bench; most benches run none."""
        from terminal_sim.web.script_runs import ScriptRuns

        return ScriptRuns()

    @classmethod
    async def open(cls, options: BenchOptions) -> ServedBench:
        """Raises what `Bench` raises."""
        served = cls(asyncio.get_running_loop(), options)
        history = TraceHistory(served._loop)

        def make() -> None:
            bench = Bench(
                seed=options.seed,
                clock=options.clock,
                state=options.state,
                pack=options.pack,
                host_at=options.host_at,
                first_terminal=options.first_terminal,
                trace=Trace(history),
                receipts=options.receipts,
            )
            served.branches[_FIRST] = ServedBranch(_FIRST, bench, history)

        try:
            await served.do(make)
        except BaseException:
            served._thread.shutdown()
            raise
        return served

    async def do(self, what: Callable[[], T]) -> T:
        """Runs `what` on the bench's thread and returns what it returns."""
        try:
            return await self._loop.run_in_executor(self._thread, what)
        except RuntimeError as closed:
            if self._closed:
                raise ApiProblem(ProblemKind.STOPPING, "the bench is being closed") from closed
            raise

    def end(self) -> None:
        """Lets every watcher go: the bench is about to be closed."""
        for branch in list(self.branches.values()):
            branch.history.end()

    async def close(self) -> None:
        """Switches everything off. A call that runs is let finish."""
        for pace in self._paces.values():
            await pace.pause()
        self._closed = True
        await self._loop.run_in_executor(self._thread, self._close)
        self._thread.shutdown()
        if "script_runs" in self.__dict__:
            await self._loop.run_in_executor(None, self.script_runs.close)

    def _close(self) -> None:
        for branch in self.branches.values():
            branch.close()

    # Branches.

    @property
    def live(self) -> str:
        """The name of the branch that is meant where none is named."""
        return self._live

    def branch(self, name: str = "") -> ServedBranch:
        """The branch of this name, the live one for none. Raises `ApiProblem`."""
        if self._closed:
            raise ApiProblem(ProblemKind.STOPPING, "the bench is being closed")
        try:
            return self.branches[name or self._live]
        except KeyError:
            raise ApiProblem.missing("branch", name, self.branches) from None

    def open_branch(self, of: str, event: int) -> ServedBranch:
        """Another branch, which goes on from when `event` of the branch `of` had happened. Raises `ApiProblem`."""
        if len(self.branches) >= MOST_BRANCHES:
            raise ApiProblem(
                ProblemKind.REFUSED, f"there are {MOST_BRANCHES} branches already: delete one first"
            )
        name = f"b{self._opened + 1}"
        made = self.branch(of).branch(name, event)
        self._opened += 1
        self.branches[name] = made
        return made

    def go_live(self, name: str) -> ServedBranch:
        """The branch is meant from now on where none is named; the one before stays as a branch. Raises `ApiProblem`."""
        chosen = self.branch(name)
        before = self.branch()
        if chosen is not before and self.options.state is not None:
            raise ApiProblem(
                ProblemKind.REFUSED, "this bench keeps its journal in a folder: no branch takes its place"
            )
        self._live = chosen.name
        before.history.wake()
        return chosen

    def close_branch(self, name: str) -> ServedBranch:
        """The branch is gone. Raises `ApiProblem` for the live one."""
        branch = self.branch(name)
        if branch.name == self._live:
            raise ApiProblem(ProblemKind.REFUSED, f"{name} is live: choose another one first")
        del self.branches[branch.name]
        branch.close()
        return branch

    def add(
        self,
        profile: str,
        *,
        locale: str | None = None,
        options: Mapping[str, object] | None = None,
        branch: str = "",
    ) -> ServedTerminal:
        """Sets a terminal up. Raises `ProfileError` and `BenchMisuse`."""
        at = self.branch(branch)
        terminal = at.bench.add_terminal(profile, locale=locale, options=options)
        chosen = self.options
        head = ScriptHead(
            profile=profile,
            locale=terminal.locale,
            options={key: written(value) for key, value in (options or {}).items()},
            pack=chosen.pack or "",
            clock=chosen.clock or "",
            seed=chosen.seed,
        )
        made = at.seat(terminal, head)
        at.keep()
        return made

    # The clock.

    def pace(self, name: str = "") -> Pace:
        """How the time of a branch passes. Raises `ApiProblem`."""
        branch = self.branch(name)
        if branch.name not in self._paces:

            async def advance(by: Duration) -> None:
                await self.do(partial(branch.advance, by))

            self._paces[branch.name] = Pace(advance)
        return self._paces[branch.name]

    def runs(self, name: str = "") -> bool:
        """Whether virtual time of the branch runs by the wall."""
        pace = self._paces.get(name or self._live)
        return pace is not None and pace.runs

    async def stop_time(self, name: str) -> None:
        """Virtual time of the branch stands still: it is about to go, or another one is looked at."""
        pace = self._paces.pop(name, None)
        if pace is not None:
            await pace.pause()


def written(value: object) -> str:
    """An option's value as `with KEY=VALUE` has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
