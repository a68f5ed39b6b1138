"""Takes a terminal's notifications to points of sale on this machine, from the loop of the server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future

import h11

from terminal_sim.pos.adyen.notices.outbox import ACCEPTED, NotifiedUrl
from terminal_sim.pos.servers.posting import post

WITHIN = 10.0  # seconds of the wall


class LoopbackCourier:
    """Posts from the loop on which it is made. `arrived` is called, on that loop, with each result; an answer is awaited for `within` seconds of the wall."""

    def __init__(self, arrived: Callable[[], None], *, within: float = WITHIN) -> None:
        self._loop = asyncio.get_running_loop()
        self._arrived = arrived
        self._within = within
        self._tasks: set[asyncio.Task[bool]] = set()
        self._closed = False

    def post(self, to: NotifiedUrl, body: bytes) -> Future[bool]:
        """Whether it was accepted in time. Any thread may post."""
        try:
            return asyncio.run_coroutine_threadsafe(self._posted(to, body), self._loop)
        except RuntimeError:  # a loop that is closed takes nothing
            given_up: Future[bool] = Future()
            given_up.cancel()
            return given_up

    async def close(self) -> None:
        """Give up what is under way."""
        self._closed = True
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _posted(self, to: NotifiedUrl, body: bytes) -> bool:
        if self._closed:
            return False
        task = asyncio.create_task(self._accepted(to, body))
        self._tasks.add(task)
        try:
            return await task
        finally:
            self._tasks.discard(task)
            self._loop.call_soon(self._arrived)

    async def _accepted(self, to: NotifiedUrl, body: bytes) -> bool:
        try:
            async with asyncio.timeout(self._within):
                answer = await post(to.url, to.headers, body)
        except (TimeoutError, OSError, EOFError, h11.ProtocolError):
            return False
        return 200 <= answer.status < 300 and answer.body.strip() == ACCEPTED
