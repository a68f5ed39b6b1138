"""What a request is about: a branch, a terminal of it, or the terminal as it stood when an event had happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from terminal_sim.bench import Bench
from terminal_sim.web.branch import ServedBranch
from terminal_sim.web.operations import HttpCall
from terminal_sim.web.problem import ApiProblem
from terminal_sim.web.seat import Seat, ServedTerminal
from terminal_sim.web.served import ServedBench

T = TypeVar("T")


class Answering:
    """Does on the bench's thread what a request wants of `served`. Everything raises `ApiProblem` for a name that there is not."""

    def __init__(self, served: ServedBench) -> None:
        self._served = served

    async def on_branch(self, call: HttpCall, what: Callable[[ServedBranch], T]) -> T:
        """Of the branch that the request names."""
        return await self._served.do(lambda: what(self._served.branch(call.branch)))

    async def at_terminal(self, call: HttpCall, what: Callable[[ServedBranch, ServedTerminal], T]) -> T:
        """Of the terminal that its path names, as it stands now."""
        return await self.on_branch(call, lambda branch: what(branch, branch.terminal(call.path["terminal"])))

    async def on_bench(self, call: HttpCall, what: Callable[[Bench, dict[str, Seat]], T]) -> T:
        """Of a bench and its terminals: now, or when the event of the request had happened."""

        def seen(branch: ServedBranch) -> T:
            if call.at is None:
                return what(branch.bench, {**branch.terminals})
            return what(*branch.then(call.at))

        return await self.on_branch(call, seen)

    async def at_seat(self, call: HttpCall, what: Callable[[Seat], T]) -> T:
        """Of the terminal that its path names: now, or when the event of the request had happened."""
        name = call.path["terminal"]

        def seen(_: Bench, seats: dict[str, Seat]) -> T:
            if name not in seats:
                raise ApiProblem.missing("terminal", name, seats)
            return what(seats[name])

        return await self.on_bench(call, seen)
