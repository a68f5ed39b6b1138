"""The vendors' interfaces of the terminals of a bench while they are served to this machine, from a thread of their own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from time import monotonic
from typing import TypeVar

from terminal_sim.bench.inbox import Inbox
from terminal_sim.bench.served_places import ServedPlatform, ServedTerminalApi
from terminal_sim.bench.served_square import ServedSquare
from terminal_sim.bench.terminal import TerminalUnderTest
from terminal_sim.bench.terminal_apis import TerminalApis
from terminal_sim.errors import BenchMisuse

__all__ = ["ServedApis", "ServedPlatform", "ServedTerminalApi", "served_apis"]

T = TypeVar("T")
_PATIENCE = 60.0  # seconds of the wall
_LOOK = 0.02  # seconds of one wait, since what is waited for may come about by itself


class ServedApis:
    """The interfaces while they are served to this machine, beside the thread that has the bench.

    `apis` has one for each terminal with Adyen's, in their order, `cloud` is the platform where it is served, and `square` the service of the others. What points of sale ask for waits until the bench's thread takes it: `take`, `until`, or
    any passing of virtual time.
    """

    def __init__(
        self,
        apis: Sequence[ServedTerminalApi],
        inbox: Inbox,
        cloud: ServedPlatform | None = None,
        square: ServedSquare | None = None,
    ) -> None:
        self.apis = tuple(apis)
        self.cloud = cloud
        self._square = square
        self._inbox = inbox

    def of(self, terminal: TerminalUnderTest) -> ServedTerminalApi:
        """Where the interface of `terminal` is reached."""
        return next(api for api in self.apis if api.terminal == terminal.name)

    @property
    def square(self) -> ServedSquare:
        """Where Square's service is reached. Raises `BenchMisuse` where no terminal has it."""
        if self._square is None:
            raise BenchMisuse("no terminal of this bench has Square's service: add square-terminal")
        return self._square

    def begin(self, call: Callable[[], T], within: float = _PATIENCE) -> Future[T]:
        """Make `call`, one of a client's library, on a thread of its own, and serve until its request has come or it is over.

        The terminal has been asked when this returns, so its screen is the one that a shopper sees. Raises `BenchMisuse` where nothing comes within so many seconds of the wall.
        """
        answer: Future[T] = Future()

        def make() -> None:
            try:
                answer.set_result(call())
            except BaseException as told:  # noqa: BLE001 - it is the caller's, and told where the answer is asked for
                answer.set_exception(told)

        threading.Thread(target=make, name="a client", daemon=True).start()
        ends = monotonic() + within
        while not self._inbox.take(_LOOK) and not answer.done():
            if monotonic() > ends:
                raise BenchMisuse(f"no request of a point of sale came within {within:g} s")
        return answer

    def answer(self, call: Callable[[], T], within: float = _PATIENCE) -> T:
        """What `call`, one of a client's library, returns, served meanwhile; what it raises is raised here. Time does not pass."""
        asked = self.begin(call, within)
        self.until(asked.done, within)
        return asked.result()

    def take(self, within: float = 5.0) -> int:
        """Serve the requests that have come, and say how many; the first one is waited for `within` seconds of the wall."""
        return self._inbox.take(within)

    def until(self, holds: Callable[[], bool], within: float = 5.0) -> None:
        """Serve requests until `holds`. Raises `BenchMisuse` where it does not within so many seconds of the wall."""
        ends = monotonic() + within
        while not holds():
            left = ends - monotonic()
            if left <= 0:
                raise BenchMisuse(f"no request of a point of sale brought it about within {within:g} s")
            self._inbox.take(min(left, _LOOK))


@contextmanager
def served_apis(
    apis: TerminalApis, inbox: Inbox, port: int, cloud: int | None = None, square: int = 0
) -> Iterator[ServedApis]:
    """Serve from a thread of its own until the block ends. Raises `BenchMisuse` where a port cannot be had."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="points of sale", daemon=True)
    thread.start()
    try:
        try:
            found = asyncio.run_coroutine_threadsafe(apis.listen(port), loop).result()
            asyncio.run_coroutine_threadsafe(apis.notify(), loop).result()
            platform = (
                None
                if cloud is None
                else asyncio.run_coroutine_threadsafe(apis.listen_cloud(cloud), loop).result()
            )
            service = asyncio.run_coroutine_threadsafe(apis.listen_square(square), loop).result()
        except OSError as wrong:
            raise BenchMisuse(f"port {port}: {wrong.strerror or wrong}") from None
        yield ServedApis(found, inbox, platform, service)
    finally:
        asyncio.run_coroutine_threadsafe(apis.close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
