"""The past of a bench that goes on: how it stood after each input, to be looked at again, or to go on from there as another bench.

1. A moment is kept when everything that an input caused has happened. An event in the middle of an input leads to the moment after that input.
2. Of more than `MOST` moments every second one of the older half is forgotten; an event that was kept there leads to the next one that is left.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from terminal_sim.bench import Bench, BenchMisuse, Snapshot

MOST = 4_000  # moments
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PastMoment(Generic[T]):
    """How a bench stood when `event` was its last one; `beside` is what its keeper wants to know of that moment."""

    event: int
    snapshot: Snapshot = field(repr=False)
    beside: T = field(repr=False)


class BenchPast(Generic[T]):
    """The moments of `bench`, oldest first. The bench that it looks back with is closed with it."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._moments: list[PastMoment[T]] = []
        self._there: Bench | None = None

    def keep(self, beside: T) -> None:
        """Keep this moment, where something has happened since the last one. A bench that cannot be saved now keeps none."""
        moments, event = self._moments, self._bench.trace.number
        if moments and moments[-1].event == event:
            return
        try:
            snapshot = self._bench.snapshot()
        except BenchMisuse:
            return
        moments.append(PastMoment(event, snapshot, beside))
        if len(moments) > MOST:
            del moments[0 : MOST // 2 : 2]

    def moment(self, event: int) -> PastMoment[T]:
        """The first moment at which `event` had happened, the last one for an event that has not. Raises `BenchMisuse` where none was kept."""
        if not self._moments:
            self._bench.snapshot()  # it says why
            raise BenchMisuse("no moment of this bench was kept")
        at = bisect_left(self._moments, event, key=lambda moment: moment.event)
        return self._moments[min(at, len(self._moments) - 1)]

    def bench_at(self, moment: PastMoment[T]) -> Bench:
        """A bench that stands as ours did then, to be looked at until the next call."""
        if self._there is not None and len(self._there.terminals) == len(moment.snapshot.terminals):
            self._there.restore(moment.snapshot)
            return self._there
        self._leave()
        self._there = self.branch(moment)
        return self._there

    def branch(self, moment: PastMoment[T]) -> Bench:
        """A bench that goes on from then by itself. Its caller closes it."""
        return self._bench.branch(moment.snapshot)

    def go_on_with(self, bench: Bench) -> None:
        """Keep the moments of `bench` from now on, which has taken the place of ours; those of ours stay."""
        self._leave()
        self._bench = bench

    def close(self) -> None:
        """Forget everything."""
        self._leave()
        self._moments.clear()

    def _leave(self) -> None:
        there, self._there = self._there, None
        if there is not None:
            there.close()
