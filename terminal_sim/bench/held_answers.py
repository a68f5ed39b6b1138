"""Answers to points of sale that a fault makes slow."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from terminal_sim.runtime.clock import VirtualClock

SLOW = 60_000_000  # microseconds


class HeldAnswers:
    """They leave a minute of virtual time after they were made. It lives beside the terminals of a bench (`runtime.beside`)."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._held: deque[tuple[int, Callable[[], None]]] = deque()

    def hold(self, release: Callable[[], None]) -> None:
        """Call `release` in a minute."""
        self._held.append((self._clock.now.mono + SLOW, release))

    def next_due(self) -> int | None:
        return self._held[0][0] if self._held else None

    def go_on(self) -> None:
        while self._held and self._held[0][0] <= self._clock.now.mono:
            self._held.popleft()[1]()

    def release(self) -> None:
        """Let all of them leave now."""
        while self._held:
            self._held.popleft()[1]()
