"""What the explorer remembers of where it was: the cheapest session to each cell of each place, and the ways that led from home to home.

A place is the flow on top with its state. A cell is a place as a signature tells it apart (`TerminalUnderTest.signature`). The place is chosen first and then a cell of
it, the least tried each time: chosen from all cells at once, most would differ by surroundings alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from msgspec import json

from terminal_sim.bench import TerminalUnderTest
from terminal_sim.explore.search.act import Act, cost
from terminal_sim.explore.search.ground import SessionMoment
from terminal_sim.explore.search.learned import Learned, LearnedCell, LearnedCount, LearnedWay, Place

_MOST_WAYS = 24
_LONGEST_WAY = 30
_MOST_CELLS = 12


@dataclass(slots=True)
class ArchiveCell:
    """The cheapest acts that lead to this signature, what they cost, and how often it was begun from. `moment` is the session after them, None until it is gone there."""

    acts: tuple[Act, ...]
    cost: int
    moment: SessionMoment | None = None
    tried: int = 0


@dataclass(slots=True)
class Archive:
    """`cells` by place and signature; `ways` by the kinds of rows that they wrote; `swept` counts what was tried at each place; `errands` are the numbers of those that were gone."""

    cells: dict[Place, dict[bytes, ArchiveCell]] = field(default_factory=dict)
    tried: dict[Place, int] = field(default_factory=dict)
    ways: dict[tuple[str, ...], list[tuple[Act, ...]]] = field(default_factory=dict)
    swept: dict[tuple[Place, Act], int] = field(default_factory=dict)
    errands: dict[int, None] = field(default_factory=dict)

    @staticmethod
    def signature_of(terminal: TerminalUnderTest) -> bytes:
        """The signature of the terminal as bytes, the same in every process."""
        return json.encode(terminal.signature)

    def wants(self, place: Place, signature: bytes, acts: Sequence[Act]) -> bool:
        """Whether a moment there would be new, or cheaper than the one that is kept."""
        there = self.cells.setdefault(place, {})
        self.tried.setdefault(place, 0)
        known = there.get(signature)
        if known is None:
            return len(there) < _MOST_CELLS
        return sum(map(cost, acts)) < known.cost

    def keep(
        self, place: Place, signature: bytes, acts: tuple[Act, ...], moment: SessionMoment | None = None
    ) -> None:
        """Remember what leads there."""
        known = self.cells[place].get(signature)
        tried = known.tried if known is not None else 0
        self.cells[place][signature] = ArchiveCell(acts, sum(map(cost, acts)), moment, tried)

    def choose(self, chance: Random) -> tuple[Place, ArchiveCell] | None:
        """A cell to begin from: of the least tried places the least tried cell; None where there is none yet."""
        places = [place for place, cells in self.cells.items() if cells]
        if not places:
            return None
        fewest = min(self.tried[place] for place in places)
        place = chance.choice([one for one in places if self.tried[one] == fewest])
        cells = list(self.cells[place].values())
        least = min(cell.tried for cell in cells)
        cell = chance.choice([one for one in cells if one.tried == least])
        self.tried[place] += 1
        cell.tried += 1
        return place, cell

    def unswept(self, place: Place, faults: Sequence[Act], chance: Random) -> Act:
        """A fault that was least tried at this place."""
        fewest = min(self.swept.get((place, one), 0) for one in faults)
        fault = chance.choice([one for one in faults if self.swept.get((place, one), 0) == fewest])
        self.swept[place, fault] = fewest + 1
        return fault

    def add_way(self, kinds: tuple[str, ...], acts: tuple[Act, ...]) -> None:
        """Remember a way from home to home that wrote rows of these kinds."""
        if not acts or len(acts) > _LONGEST_WAY:
            return
        known = self.ways.setdefault(kinds, [])
        if acts not in known and len(known) < _MOST_WAYS:
            known.append(acts)

    def way(self, chance: Random) -> tuple[Act, ...]:
        """A way, evenly by what they wrote and then evenly among these."""
        return chance.choice(self.ways[chance.choice(list(self.ways))])

    def learned(self) -> Learned:
        """All that it remembers, as values."""
        return Learned(
            tuple(
                LearnedCell(place, signature, cell.acts)
                for place, cells in self.cells.items()
                for signature, cell in cells.items()
            ),
            tuple(LearnedWay(kinds, acts) for kinds, ways in self.ways.items() for acts in ways),
            (
                *(LearnedCount(place, count) for place, count in self.tried.items() if count),
                *(LearnedCount(place, count, act) for (place, act), count in self.swept.items()),
            ),
            tuple(self.errands),
        )

    def learn(self, news: Learned) -> None:
        """Remember what another archive has learned, too; counts are added."""
        for cell in news.cells:
            if self.wants(cell.place, cell.signature, cell.acts):
                self.keep(cell.place, cell.signature, cell.acts)
        for way in news.ways:
            self.add_way(way.kinds, way.acts)
        for one in news.counts:
            if one.act is None:
                self.tried[one.place] = self.tried.get(one.place, 0) + one.count
            else:
                self.swept[one.place, one.act] = self.swept.get((one.place, one.act), 0) + one.count
        self.errands.update(dict.fromkeys(news.errands))
