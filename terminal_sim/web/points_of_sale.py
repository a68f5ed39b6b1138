"""Points of sale at a bench that is served: the vendors' interfaces of its terminals, on the loop of the server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from terminal_sim.bench import BenchMisuse
from terminal_sim.web.branch import ServedBranch
from terminal_sim.web.served import ServedBench

if TYPE_CHECKING:
    from terminal_sim.bench.served_apis import ServedTerminalApi, TerminalApis


@asynccontextmanager
async def points_of_sale(
    served: ServedBench, port: int, *, sealed: bool
) -> AsyncIterator[list[ServedTerminalApi]]:
    """Serve the interfaces of the terminals that are on the live branch now, until the block ends. Raises `BenchMisuse`."""
    branch = served.branch()
    tasks: set[asyncio.Task[None]] = set()

    def on_bench(call: Callable[[], None]) -> None:
        task = asyncio.create_task(served.do(partial(_done, branch, call)))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    opened: AbstractContextManager[TerminalApis] = branch.bench.terminal_apis(on_bench, sealed=sealed)
    apis = await served.do(opened.__enter__)
    try:
        try:
            reached = await apis.listen(port)
        except OSError as wrong:
            raise BenchMisuse(f"port {port}: {wrong.strerror or wrong}") from None
        seats = {seat.terminal.name: name for name, seat in branch.terminals.items()}
        if not reached:
            raise BenchMisuse(
                "no terminal of this bench has an interface for points of sale: serve v400m or s1f2"
            )
        yield [replace(one, terminal=seats[one.terminal]) for one in reached]
    finally:
        await served.do(partial(opened.__exit__, None, None, None))
        await apis.close()


def _done(branch: ServedBranch, call: Callable[[], None]) -> None:
    """What a point of sale asked for is an input as any other: the moment after it is kept, and the page hears of it."""
    call()
    branch.bench.settle()
    branch.keep()
    branch.history.wake()
