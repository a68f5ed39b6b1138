"""Virtual time: a heap of deadlines, and two clocks that move only when the bench advances them."""

from __future__ import annotations

import heapq
from collections.abc import Callable

from msgspec import Struct

from terminal_sim.core.moment import Instant
from terminal_sim.runtime.deadlines import Due


class Held(Struct, frozen=True, order=True):
    """A deadline on the heap: when it is due, its place among those of one instant, and what is due."""

    mono: int
    order: int
    due: Due


class ClockState(Struct, frozen=True):
    """The time, how many deadlines were set so far, and what is held, as a heap."""

    now: Instant
    order: int
    held: tuple[Held, ...]


class VirtualClock:
    """`mono` starts at `mono` microseconds and never jumps; the wall clock is `mono` plus an offset that may be set."""

    def __init__(self, wall: int, mono: int = 0) -> None:
        self._mono = mono
        self._offset = wall - mono
        self._heap: list[Held] = []
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

    def snapshot(self) -> ClockState:
        return ClockState(self.now, self._order, tuple(self._heap))

    def restore(self, state: ClockState) -> None:
        """Be at that moment, and hold what was held then."""
        self._mono, self._offset = state.now.mono, state.now.wall - state.now.mono
        self._order = state.order
        self._heap = list(state.held)
        self.now = state.now

    def at(self, mono: int, due: Due) -> None:
        """Hold `due` until virtual time reaches `mono`; deadlines of one instant keep the order in which they were set."""
        self._order += 1
        heapq.heappush(self._heap, Held(mono, self._order, due))

    def waiting(self) -> list[Held]:
        """All that is held, in the order in which it falls due."""
        return sorted(self._heap)

    def spend(self, microseconds: int) -> None:
        """Let time pass in the middle of what is being done; what falls due meanwhile is called at the next jump."""
        self._mono += microseconds
        self._tick()

    def next_due(self) -> tuple[int, Due] | None:
        """What falls due next, and when."""
        return (self._heap[0].mono, self._heap[0].due) if self._heap else None

    def drop_next(self) -> None:
        """Forget what falls due next."""
        heapq.heappop(self._heap)

    def drop(self, is_moot: Callable[[Due], bool]) -> None:
        """Forget all that is held and moot."""
        self._heap = [held for held in self._heap if not is_moot(held.due)]
        heapq.heapify(self._heap)

    def jump(self, until: int, fall_due: Callable[[Due], None]) -> bool:
        """Jump to the next deadline up to `until` and hand on all that is due then; False where there is none, at `until`."""
        if not self._heap or self._heap[0].mono > until:
            self._mono = max(self._mono, until)
            self._tick()
            return False
        self._mono = max(self._mono, self._heap[0].mono)
        self._tick()
        while self._heap and self._heap[0].mono <= self._mono:
            fall_due(heapq.heappop(self._heap).due)
        return True
