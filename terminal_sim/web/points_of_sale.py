"""Points of sale at a bench that is served: the vendors' interfaces of its terminals, on the loop of the server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from terminal_sim.bench import BenchMisuse
from terminal_sim.web.branch import ServedBranch
from terminal_sim.web.served import ServedBench

if TYPE_CHECKING:
    from terminal_sim.bench.served_places import ServedPlatform, ServedTerminalApi
    from terminal_sim.bench.served_square import ServedSquare
    from terminal_sim.bench.terminal_apis import TerminalApis


@asynccontextmanager
async def points_of_sale(
    served: ServedBench, ports: Mapping[str, int], *, sealed: bool, events: str = "", displays: str = ""
) -> AsyncIterator[list[ServedTerminalApi | ServedPlatform | ServedSquare]]:
    """Serve the interfaces of the terminals that are on the live branch now, until the block ends. Raises `BenchMisuse`.

    `ports` has those of `adyen`, of the terminals one after the other, of `adyen-cloud`, and of `square`; one of them is enough. `events` and `displays` are URLs
    of this machine that are told of what happens.
    """
    branch = served.branch()
    tasks: set[asyncio.Task[None]] = set()

    def on_bench(call: Callable[[], None]) -> None:
        task = asyncio.create_task(served.do(partial(_done, branch, call)))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    opened: AbstractContextManager[TerminalApis] = branch.bench.terminal_apis(
        on_bench, sealed=sealed, events=events, displays=displays
    )
    apis = await served.do(opened.__enter__)
    try:
        seats = {seat.terminal.name: name for name, seat in branch.terminals.items()}
        reached: list[ServedTerminalApi | ServedPlatform | ServedSquare] = []
        try:
            await apis.notify()
            if "adyen" in ports:
                found = await apis.listen(ports["adyen"])
                reached += [replace(one, terminal=seats[one.terminal]) for one in found]
            if "adyen-cloud" in ports:
                reached.append(await apis.listen_cloud(ports["adyen-cloud"]))
            if "square" in ports and (square := await apis.listen_square(ports["square"])) is not None:
                named = {seats[name]: device for name, device in square.devices.items()}
                reached.append(replace(square, devices=named))
        except OSError as wrong:
            raise BenchMisuse(f"points of sale: {wrong.strerror or wrong}: {ports}") from None
        for wanted, there, serve in (
            ("adyen", apis.poiids, "v400m or s1f2"),
            ("square", apis.square, "square-terminal"),
        ):
            if any(port.partition("-")[0] == wanted for port in ports) and not there:
                raise BenchMisuse(f"no terminal of this bench has the interface {wanted}: serve {serve}")
        yield reached
    finally:
        await served.do(partial(opened.__exit__, None, None, None))
        await apis.close()


def _done(branch: ServedBranch, call: Callable[[], None]) -> None:
    """What a point of sale asked for is an input as any other: the moment after it is kept, and the page hears of it."""
    call()
    branch.bench.settle()
    branch.keep()
    branch.history.wake()
