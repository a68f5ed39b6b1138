"""Takes the service's events to subscribers on this machine, by HTTP from the loop of the server.

1. Letters of one subscription leave in the order in which they were posted: the next one when the one before is answered, or has been under way for `PATIENCE`.
2. Its answer is awaited for ten seconds of the wall. Redirections are not followed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress

import h11

from terminal_sim.pos.servers.posting import post
from terminal_sim.pos.square.webhooks.deliveries import ANSWER_WITHIN, PostResult, RetryReason
from terminal_sim.pos.square.webhooks.webhooks import Letter

PATIENCE = 1.0  # seconds of the wall
_MOST_AT_ONCE = 32

_Posted = tuple[Letter, "Future[PostResult | None]"]


class WebhookCourier:
    """Delivers from the loop on which `begin` is called, and calls `arrived`, on that loop, with each result. `within` is for how many seconds of the wall an answer is awaited."""

    def __init__(self, arrived: Callable[[], None], *, within: float = ANSWER_WITHIN / 1_000_000) -> None:
        self._arrived = arrived
        self._within = within
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lines: dict[str, asyncio.Queue[_Posted]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._at_once = asyncio.Semaphore(_MOST_AT_ONCE)
        self._closed = False

    async def begin(self) -> None:
        """Deliver from this loop."""
        self._loop = asyncio.get_running_loop()

    def post(self, letter: Letter) -> Future[PostResult | None]:
        """Deliver `letter`. Any thread may post."""
        posted: Future[PostResult | None] = Future()
        if self._loop is None or self._closed:
            posted.set_result(None)
        else:
            with suppress(RuntimeError):  # a loop that is closed delivers nothing more
                self._loop.call_soon_threadsafe(self._queue, letter, posted)
                return posted
            posted.set_result(None)
        return posted

    async def close(self) -> None:
        """Give up what is under way: its result is None."""
        self._closed = True
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for line in self._lines.values():
            while not line.empty():
                _settle(line.get_nowait()[1], None)

    def _queue(self, letter: Letter, posted: Future[PostResult | None]) -> None:
        if self._closed:
            _settle(posted, None)
            return
        line = self._lines.get(letter.subscription)
        if line is None:
            line = self._lines[letter.subscription] = asyncio.Queue()
            self._run(self._serve(line))
        line.put_nowait((letter, posted))

    def _run(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _serve(self, line: asyncio.Queue[_Posted]) -> None:
        while True:
            letter, posted = await line.get()
            await asyncio.wait({self._run(self._deliver(letter, posted))}, timeout=PATIENCE)

    async def _deliver(self, letter: Letter, posted: Future[PostResult | None]) -> None:
        result: PostResult | None = None
        try:
            async with self._at_once:
                result = await self._result(letter)
        finally:
            _settle(posted, result)
            self._arrived()

    async def _result(self, letter: Letter) -> PostResult:
        try:
            async with asyncio.timeout(self._within):
                answer = await post(letter.url, letter.headers, letter.body)
                return PostResult.answered(answer.status)
        except TimeoutError:
            return PostResult(0, RetryReason.HTTP_TIMEOUT)
        except (OSError, h11.ProtocolError, EOFError):
            return PostResult(0, RetryReason.OTHER)


def _settle(posted: Future[PostResult | None], result: PostResult | None) -> None:
    if not posted.done():
        posted.set_result(result)
