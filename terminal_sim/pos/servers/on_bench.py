"""How the loop of a server and the thread of a bench meet: calls go there, answers come back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")
OnBench = Callable[[Callable[[], None]], None]
"""Has a call made on the thread of the bench, some time later. It may be used from any thread."""


def settle(loop: asyncio.AbstractEventLoop, answered: asyncio.Future[T | None], given: T | None) -> None:
    """Give what waits on `loop` its answer, from whatever thread; a loop that is closed has nobody that waits."""

    def set_it() -> None:
        if not answered.done():
            answered.set_result(given)

    with suppress(RuntimeError):
        loop.call_soon_threadsafe(set_it)
