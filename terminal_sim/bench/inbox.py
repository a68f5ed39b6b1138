"""What other threads ask of a bench: calls that wait until the bench's own thread makes them."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue

Call = Callable[[], None]


class Inbox:
    """`put` may be used from any thread, `take` from the bench's alone."""

    def __init__(self) -> None:
        self._calls: SimpleQueue[Call] = SimpleQueue()

    def put(self, call: Call) -> None:
        """Have `call` made by the bench's thread when it looks next."""
        self._calls.put(call)

    def take(self, within: float = 0.0) -> int:
        """Make all calls that wait, in the order in which they came, and say how many; the first one is waited for `within` seconds of the wall."""
        made = 0
        try:
            call = self._calls.get(timeout=within) if within > 0 else self._calls.get_nowait()
            while True:
                call()
                made += 1
                call = self._calls.get_nowait()
        except Empty:
            return made
