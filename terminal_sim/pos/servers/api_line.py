"""The line between points of sale and one interface: what its next calls meet, and answers that are held back in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Lock

from terminal_sim.pos.api_fault import ApiFault, ComingApiFault
from terminal_sim.pos.servers.on_bench import OnBench, settle

Hold = Callable[[Callable[[], None]], None]
"""Makes a call on the thread of the bench when a slow answer may leave."""


class ApiLine:
    """`fail` may be called from any thread; the rest is for the loop of the server."""

    def __init__(self, hold: Hold, on_bench: OnBench) -> None:
        self._hold = hold
        self._on_bench = on_bench
        self._coming: ComingApiFault | None = None
        self._lock = Lock()

    def fail(self, coming: ComingApiFault) -> None:
        """Let this happen to one of the next calls, instead of what was to happen to one."""
        with self._lock:
            self._coming = coming

    def met(self) -> ApiFault | None:
        """What the call that came now meets."""
        with self._lock:
            coming = self._coming
            if coming is None:
                return None
            later = coming.count - 1
            self._coming = ComingApiFault(coming.fault, later) if later else None
            return None if later else coming.fault

    async def later(self) -> None:
        """Wait until a slow answer may leave."""
        loop = asyncio.get_running_loop()
        released: asyncio.Future[bool | None] = loop.create_future()
        self._on_bench(lambda: self._hold(lambda: settle(loop, released, True)))
        await released
