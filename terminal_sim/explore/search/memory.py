"""What an explorer remembers from one session to the next, and what of it another one is told."""

from __future__ import annotations

from dataclasses import dataclass, field

from terminal_sim.explore.search.archive import Archive
from terminal_sim.explore.search.guards import GuardedSurroundings
from terminal_sim.explore.search.learned import Learned, LearnedCount, LearnedPair, LearnedWay
from terminal_sim.explore.search.recipes import Recipes
from terminal_sim.explore.search.sweep import Swept
from terminal_sim.explore.search.tried_acts import TriedActs
from terminal_sim.explore.search.ways import Ways


@dataclass(slots=True)
class ExplorerMemory:
    """`errands` are the numbers of those that were gone, `covered` the keys of coverage that were seen. Which acts were tried where, and where guards held, is told to nobody: it is much, and soon learned anew."""

    covered: set[str] = field(default_factory=set)
    archive: Archive = field(default_factory=Archive)
    ways: Ways = field(default_factory=Ways)
    swept: Swept = field(default_factory=Swept)
    tried_acts: TriedActs = field(default_factory=TriedActs)
    guards: GuardedSurroundings = field(default_factory=GuardedSurroundings)
    recipes: Recipes = field(default_factory=Recipes)
    errands: dict[int, None] = field(default_factory=dict)

    def learned(self) -> Learned:
        """What another explorer of the same ground can go on from, as values."""
        return Learned(
            cells=self.archive.learned(),
            ways=tuple(LearnedWay(kinds, acts) for kinds, ways in self.ways.known.items() for acts in ways),
            counts=(
                *(LearnedCount(place, count) for place, count in self.archive.tried.items() if count),
                *(LearnedCount(place, count, act) for (place, act), count in self.swept.tried.items()),
            ),
            errands=tuple(self.errands),
            followed=tuple(LearnedPair(*pair, count) for pair, count in self.ways.followed.items() if count),
            moves=tuple(sorted(key for key in self.covered if key.startswith("move "))),
        )

    def learn(self, news: Learned) -> None:
        """Remember what another explorer has learned, too; counts are added."""
        self.archive.learn(news.cells)
        for way in news.ways:
            self.ways.add(way.kinds, way.acts)
        for one in news.counts:
            if one.act is None:
                self.archive.tried[one.place] += one.count
            else:
                self.swept.count(one.place, one.act, one.count)
        for pair in news.followed:
            self.ways.followed[pair.first, pair.then] += pair.count
        self.errands.update(dict.fromkeys(news.errands))
        self.covered.update(news.moves)
