"""What the explorer remembers of where it was: the cheapest acts to each cell of each place.

A place is the flow on top with its state. A cell is a place as a signature tells it apart (`TerminalUnderTest.signature`). The place is chosen first and then a cell of
it, the least tried each time: chosen from all cells at once, most would differ by surroundings alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

from msgspec import json

from terminal_sim.bench import TerminalUnderTest
from terminal_sim.explore.search.act import Act, cost
from terminal_sim.explore.search.ground import SessionMoment
from terminal_sim.explore.search.guards import Surroundings
from terminal_sim.explore.search.learned import LearnedCell, Place

_MOST_CELLS = 24
_MOST_FIRST = 96  # of the place where sessions begin: from its cells other places are come to


@dataclass(slots=True)
class ArchiveCell:
    """The cheapest acts that lead to this signature, what they cost, what is `around` the terminal then, and how often it was begun from; the acts since the home screen are those from number `from_home` on. `stack` are the flows that run then, lowest first, and `moment` is the session after the acts, None until it is
    gone there."""

    stack: tuple[Place, ...]
    acts: tuple[Act, ...]
    from_home: int
    cost: int
    around: Surroundings
    moment: SessionMoment | None = None
    tried: int = 0

    @property
    def way(self) -> tuple[Act, ...]:
        """The acts that led there from the home screen."""
        return self.acts[self.from_home :]


@dataclass(slots=True)
class Archive:
    """`cells` by place and signature; `tried` counts how often sessions began at a place, and `above` has the places that were on top of each state further down."""

    cells: dict[Place, dict[bytes, ArchiveCell]] = field(default_factory=dict)
    tried: Counter[Place] = field(default_factory=Counter)
    above: dict[Place, dict[Place, None]] = field(default_factory=dict)

    @staticmethod
    def signature_of(terminal: TerminalUnderTest) -> bytes:
        """The signature of the terminal as bytes, the same in every process."""
        return json.encode(terminal.signature)

    def wants(self, place: Place, signature: bytes, acts: Sequence[Act]) -> bool:
        """Whether these acts lead to something new, or are cheaper than those that are kept."""
        there = self.cells.get(place, {})
        known = there.get(signature)
        if known is None:
            return len(there) < (
                _MOST_CELLS if self.cells and place != next(iter(self.cells)) else _MOST_FIRST
            )
        return sum(map(cost, acts)) < known.cost

    def keep(
        self,
        stack: Sequence[Place],
        signature: bytes,
        acts: tuple[Act, ...],
        from_home: int,
        moment: SessionMoment | None = None,
    ) -> None:
        """Remember what leads to the flows of `stack`, the place last; the first `from_home` acts end at the home screen."""
        there = self.cells.setdefault(stack[-1], {})
        known = there.get(signature)
        tried = known.tried if known is not None else 0
        price, around = sum(map(cost, acts)), around_of(signature)
        there[signature] = ArchiveCell(tuple(stack), acts, from_home, price, around, moment, tried)
        for below in stack[:-1]:
            self.above.setdefault(below, {})[stack[-1]] = None

    def choose(
        self,
        chance: Random,
        among: Iterable[Place] | None = None,
        fits: Callable[[Surroundings], bool] = lambda _: True,
    ) -> tuple[Place, ArchiveCell] | None:
        """A cell to begin from: of the least tried places the least tried cell, one of those whose surroundings fit where there are any; None where there is no place yet."""
        places = [place for place in (self.cells if among is None else among) if place in self.cells]
        if not places:
            return None
        fewest = min(self.tried[place] for place in places)
        place = chance.choice([one for one in places if self.tried[one] == fewest])
        cells = list(self.cells[place].values())
        cells = [cell for cell in cells if fits(cell.around)] or cells
        least = min(cell.tried for cell in cells)
        cell = chance.choice([one for one in cells if one.tried == least])
        self.tried[place] += 1
        cell.tried += 1
        return place, cell

    def learned(self) -> tuple[LearnedCell, ...]:
        """All cells, as values."""
        return tuple(
            LearnedCell(cell.stack, signature, cell.acts, cell.from_home)
            for cells in self.cells.values()
            for signature, cell in cells.items()
        )

    def learn(self, cells: Iterable[LearnedCell]) -> None:
        """Remember the cells of another archive, too."""
        for cell in cells:
            if self.wants(cell.place, cell.signature, cell.acts):
                self.keep(cell.stack, cell.signature, cell.acts, cell.from_home)


def around_of(signature: bytes) -> Surroundings:
    """What surrounds the terminal, of its signature; nothing where it is off."""
    parts = json.decode(signature)
    return (*parts[2], *parts[3]) if len(parts) > 1 else ()
