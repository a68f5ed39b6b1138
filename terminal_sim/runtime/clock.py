"""Virtual time: a heap of deadlines, and two clocks that move only when the bench advances them."""

from __future__ import annotations

import heapq
from collections.abc import Callable

from terminal_sim.core.moment import Instant
from terminal_sim.runtime.deadlines import Due


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
        """Begin at another moment. Raises `ValueError` where deadlines are set."""
        if self._heap:
            raise ValueError("deadlines are set: a clock with deadlines does not restart")
        self._mono, self._offset = now.mono, now.wall - now.mono
        self._tick()

    def at(self, mono: int, due: Due) -> None:
        """Hold `due` until virtual time reaches `mono`; deadlines of one instant keep the order in which they were set."""
        self._order += 1
        heapq.heappush(self._heap, (mono, self._order, due))

    def waiting(self) -> list[tuple[int, Due]]:
        """All that is held, with its time, in the order in which it falls due."""
        return [(mono, due) for mono, _, due in sorted(self._heap, key=lambda held: held[:2])]

    def next_due(self) -> tuple[int, Due] | None:
        """What falls due next, and when."""
        return (self._heap[0][0], self._heap[0][2]) if self._heap else None

    def drop_next(self) -> None:
        """Forget what falls due next."""
        heapq.heappop(self._heap)

    def jump(self, until: int, fall_due: Callable[[Due], None]) -> bool:
        """Jump to the next deadline up to `until` and hand on all that is due then; False where there is none, at `until`."""
        if not self._heap or self._heap[0][0] > until:
            self._mono = max(self._mono, until)
            self._tick()
            return False
        self._mono = max(self._mono, self._heap[0][0])
        self._tick()
        while self._heap and self._heap[0][0] <= self._mono:
            fall_due(heapq.heappop(self._heap)[2])
        return True
