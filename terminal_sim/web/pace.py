"""Virtual time that runs by the wall, second for second."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

from terminal_sim.bench import Duration

STEP = 0.05  # s
MICROS = 1_000_000


class Pace:
    """Lets `advance` pass the time that has passed at the wall, in steps of `STEP`, while it runs. It stops by itself where no more time can pass."""

    def __init__(self, advance: Callable[[Duration], Awaitable[None]]) -> None:
        self._advance = advance
        self._pacer: asyncio.Task[None] | None = None

    @property
    def runs(self) -> bool:
        return self._pacer is not None and not self._pacer.done()

    async def run(self) -> None:
        """Let virtual time run."""
        if not self.runs:
            self._pacer = asyncio.create_task(self._pace())

    async def pause(self) -> None:
        """Let virtual time stand still."""
        pacer, self._pacer = self._pacer, None
        if pacer is not None:
            pacer.cancel()
            await asyncio.gather(pacer, return_exceptions=True)

    async def _pace(self) -> None:
        then = monotonic()
        while True:
            await asyncio.sleep(STEP)
            now = monotonic()
            passed = Duration(round((now - then) * MICROS))
            then = now
            await self._advance(passed)
