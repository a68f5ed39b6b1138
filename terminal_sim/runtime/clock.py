"""Virtual time: a heap of deadlines, and two clocks that only move when somebody advances them."""

from __future__ import annotations

import heapq
from collections.abc import Callable

from terminal_sim.core.moment import Instant

Due = Callable[[], None]


class VirtualClock:
    """`mono` starts at `mono` microseconds and never jumps; the wall clock is `mono` plus an offset that may be set."""

    def __init__(self, wall: int, mono: int = 0) -> None:
        self._mono = mono
        self._offset = wall - mono
        self._heap: list[tuple[int, int, Due]] = []
        self._order = 0
        self.now = Instant(mono, wall)

    def set_wall(self, wall: int) -> int:
        """Set the wall clock; returns by how much it jumped. No deadline moves."""
        by = wall - (self._mono + self._offset)
        self._offset += by
        self._tick()
        return by

    def _tick(self) -> None:
        self.now = Instant(self._mono, self._mono + self._offset)

    def restart(self, now: Instant) -> None:
        """Begin at another moment; only a clock that nothing waits for can do that."""
        if self._heap:
            raise ValueError("deadlines are set: a clock with deadlines does not restart")
        self._mono, self._offset = now.mono, now.wall - now.mono
        self._tick()

    def at(self, mono: int, due: Due) -> None:
        """Call `due` when virtual time reaches `mono`; deadlines of one instant in the order in which they were set."""
        self._order += 1
        heapq.heappush(self._heap, (mono, self._order, due))

    def next_deadline(self) -> int | None:
        return self._heap[0][0] if self._heap else None

    def jump(self, until: int) -> bool:
        """Jump to the next deadline up to `until` and call all that are due then; False where there is none, at `until`."""
        if not self._heap or self._heap[0][0] > until:
            self._mono = max(self._mono, until)
            self._tick()
            return False
        self._mono = max(self._mono, self._heap[0][0])
        self._tick()
        while self._heap and self._heap[0][0] <= self._mono:
            heapq.heappop(self._heap)[2]()
        return True
