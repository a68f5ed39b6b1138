"""What the explorer remembers of where it was: the cheapest session to each cell of each place, and the ways that led from home to home.

A place is the flow on top with its state. A cell is a place as a signature tells it apart (`TerminalUnderTest.signature`). The place is chosen first and then a cell of
it, the least tried each time: chosen from all cells at once, most would differ by surroundings alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeAlias

from terminal_sim.explore.search.act import Act, cost
from terminal_sim.explore.search.ground import SessionMoment

Place: TypeAlias = tuple[str, str]
_MOST_WAYS = 24
_LONGEST_WAY = 30
_MOST_CELLS = 12


@dataclass(slots=True)
class ArchiveCell:
    """The cheapest moment that has this signature, what it costs to come there, and how often it was begun from."""

    moment: SessionMoment
    cost: int
    tried: int = 0


@dataclass(slots=True)
class Archive:
    """`cells` by place and signature; `ways` by the kinds of rows that they wrote; `swept` counts what was tried at each place."""

    cells: dict[Place, dict[object, ArchiveCell]] = field(default_factory=dict)
    tried: dict[Place, int] = field(default_factory=dict)
    ways: dict[tuple[str, ...], list[tuple[Act, ...]]] = field(default_factory=dict)
    swept: dict[tuple[Place, Act], int] = field(default_factory=dict)

    def wants(self, place: Place, signature: object, acts: Sequence[Act]) -> bool:
        """Whether a moment there would be new, or cheaper than the one that is kept."""
        there = self.cells.setdefault(place, {})
        self.tried.setdefault(place, 0)
        known = there.get(signature)
        if known is None:
            return len(there) < _MOST_CELLS
        return sum(map(cost, acts)) < known.cost

    def keep(self, place: Place, signature: object, moment: SessionMoment) -> None:
        """Remember the moment."""
        price = sum(map(cost, moment.acts))
        known = self.cells[place].get(signature)
        self.cells[place][signature] = ArchiveCell(moment, price, known.tried if known is not None else 0)

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
