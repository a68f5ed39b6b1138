"""What an archive has learned, as values that go to another process: no bench is in it, and equal archives give equal bytes."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from terminal_sim.explore.search.act import Act

Place: TypeAlias = tuple[str, str]
"""The flow on top, and its state."""


class LearnedCell(Struct, frozen=True, array_like=True):
    """The cheapest acts that lead from the beginning to where these flows run, the place last, and the terminal has this signature; the first `from_home` of them end at the home screen."""

    stack: tuple[Place, ...]
    signature: bytes
    acts: tuple[Act, ...]
    from_home: int = 0

    @property
    def place(self) -> Place:
        """The flow on top and its state."""
        return self.stack[-1]


class LearnedWay(Struct, frozen=True, array_like=True):
    """A way from home to home that wrote rows of these kinds."""

    kinds: tuple[str, ...]
    acts: tuple[Act, ...]


class LearnedCount(Struct, frozen=True, array_like=True):
    """How often sessions began at a place; with an act, how often that fault was tried there."""

    place: Place
    count: int
    act: Act | None = None


class LearnedPair(Struct, frozen=True, array_like=True):
    """How often a way that wrote the rows of `then` was gone behind one that wrote those of `first`."""

    first: tuple[str, ...]
    then: tuple[str, ...]
    count: int


class Learned(Struct, frozen=True, array_like=True):
    """`errands` are the numbers of those that were gone, `moves` the keys of coverage of the moves that were made."""

    cells: tuple[LearnedCell, ...] = ()
    ways: tuple[LearnedWay, ...] = ()
    counts: tuple[LearnedCount, ...] = ()
    errands: tuple[int, ...] = ()
    followed: tuple[LearnedPair, ...] = ()
    moves: tuple[str, ...] = ()

    def without(self, known: Learned) -> Learned:
        """What is new here, for an archive that has learned `known`."""
        cells, ways, errands = set(known.cells), set(known.ways), set(known.errands)
        moves, pairs = set(known.moves), {(one.first, one.then): one.count for one in known.followed}
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
            tuple(
                LearnedPair(one.first, one.then, one.count - pairs.get((one.first, one.then), 0))
                for one in self.followed
                if one.count != pairs.get((one.first, one.then), 0)
            ),
            tuple(one for one in self.moves if one not in moves),
        )
