"""The sweep of the archive: each fault, and each answer of the acquirer, once at each place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from terminal_sim.explore.search.act import Act
from terminal_sim.explore.search.archive import Archive, ArchiveCell
from terminal_sim.explore.search.learned import Place


@dataclass(slots=True)
class Swept:
    """`faults` are tried at each place; `tried` counts how often each was."""

    faults: tuple[Act, ...] = ()
    tried: Counter[tuple[Place, Act]] = field(default_factory=Counter)
    _done: Counter[Place] = field(default_factory=Counter)

    def choose(self, archive: Archive, chance: Random) -> tuple[ArchiveCell, Act] | None:
        """A moment at the place where the fewest were tried, and a fault that was least tried there; None where there is no place yet."""
        places = list(archive.cells)
        if not places:
            return None
        fewest = min(self._done[place] for place in places)
        place = chance.choice([one for one in places if self._done[one] == fewest])
        least = min(self.tried[place, one] for one in self.faults)
        fault = chance.choice([one for one in self.faults if self.tried[place, one] == least])
        self.count(place, fault)
        return chance.choice(list(archive.cells[place].values())), fault

    def count(self, place: Place, fault: Act, times: int = 1) -> None:
        """The fault was tried there."""
        self.tried[place, fault] += times
        self._done[place] += times
