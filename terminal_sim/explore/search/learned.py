"""What an archive has learned, as values that go to another process: no bench is in it, and equal archives give equal bytes."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from terminal_sim.explore.search.act import Act

Place: TypeAlias = tuple[str, str]
"""The flow on top, and its state."""


class LearnedCell(Struct, frozen=True, array_like=True):
    """The cheapest acts that lead from the beginning to a place where the terminal has this signature."""

    place: Place
    signature: bytes
    acts: tuple[Act, ...]


class LearnedWay(Struct, frozen=True, array_like=True):
    """A way from home to home that wrote rows of these kinds."""

    kinds: tuple[str, ...]
    acts: tuple[Act, ...]


class LearnedCount(Struct, frozen=True, array_like=True):
    """How often sessions began at a place; with an act, how often that fault was tried there."""

    place: Place
    count: int
    act: Act | None = None


class Learned(Struct, frozen=True, array_like=True):
    """`errands` are the numbers of those that were gone."""

    cells: tuple[LearnedCell, ...] = ()
    ways: tuple[LearnedWay, ...] = ()
    counts: tuple[LearnedCount, ...] = ()
    errands: tuple[int, ...] = ()

    def without(self, known: Learned) -> Learned:
        """What is new here, for an archive that has learned `known`."""
        cells, ways, errands = set(known.cells), set(known.ways), set(known.errands)
        counted = {(one.place, one.act): one.count for one in known.counts}
        more = (
            LearnedCount(one.place, one.count - counted.get((one.place, one.act), 0), one.act)
            for one in self.counts
        )
        return Learned(
            tuple(one for one in self.cells if one not in cells),
            tuple(one for one in self.ways if one not in ways),
            tuple(one for one in more if one.count),
            tuple(one for one in self.errands if one not in errands),
        )
