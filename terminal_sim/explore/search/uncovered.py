"""The moves that were not made yet, and how to come near one: to its source, or to a place from which a move leads there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, field, replace
from random import Random
from typing import TypeAlias

from terminal_sim.explore.search.archive import Archive
from terminal_sim.explore.search.guards import Surroundings
from terminal_sim.explore.search.learned import Place


@dataclass(frozen=True, slots=True)
class SearchedMove:
    """A move of a flow's table, by the key of coverage that it has."""

    key: str
    source: Place
    trigger: str
    dest: Place
    guard: str

    @classmethod
    def of(cls, key: str) -> SearchedMove:
        """The move of the key `move FLOW STATE TRIGGER STATE GUARD`."""
        _, flow, source, trigger, dest, guard = key.split()
        return cls(key, (flow, source), trigger, (flow, source if dest == "-" else dest), guard)


@dataclass(frozen=True, slots=True)
class Approach:
    """`move` is wanted, and was so `tries` times before. One comes to one of the `places` and makes one of the `triggers`; what has to be around is brought about there first where the move's source `never_fits`."""

    move: SearchedMove
    places: tuple[Place, ...]
    triggers: frozenset[str]
    tries: int = 0
    never_fits: bool = False


Fits: TypeAlias = Callable[[SearchedMove, Surroundings], bool]
"""Whether nothing around the terminal speaks against a move, as far as is known."""


@dataclass(slots=True)
class UncoveredMoves:
    """Those of `moves` that are not among the keys `covered`, which grow meanwhile. `tried` counts what was tried for each."""

    moves: tuple[SearchedMove, ...]
    covered: Set[str]
    tried: Counter[str] = field(default_factory=Counter)
    _ahead: list[SearchedMove] = field(default_factory=list)
    _into: dict[Place, list[SearchedMove]] = field(default_factory=dict)

    @classmethod
    def of(cls, keys: Iterable[str], covered: Set[str]) -> UncoveredMoves:
        """Of the keys of moves that there are to cover."""
        moves = tuple(SearchedMove.of(key) for key in sorted(keys) if key.startswith("move "))
        into: dict[Place, list[SearchedMove]] = {}
        for move in moves:
            into.setdefault(move.dest, []).append(move)
        return cls(moves, covered, _ahead=list(moves), _into=into)

    def choose(
        self, archive: Archive, chance: Random, fits: Fits = lambda _move, _around: True
    ) -> Approach | None:
        """The least tried move that one can come near to; None where there is none. A source at which nothing that `fits` was ever around is come to anew every other time."""
        self._ahead = [one for one in self._ahead if one.key not in self.covered]
        ahead = sorted(self._ahead, key=lambda one: self.tried[one.key])
        while ahead:
            fewest = self.tried[ahead[0].key]
            least = [one for one in ahead if self.tried[one.key] == fewest]
            chance.shuffle(least)
            for move in least:
                self.tried[move.key] += 1
                found = self._approach(move, archive, fits if fewest % 2 else None)
                if found is not None:
                    return replace(found, tries=fewest)
            ahead = ahead[len(least) :]
        return None

    def _approach(self, move: SearchedMove, archive: Archive, fits: Fits | None) -> Approach | None:
        cells = archive.cells.get(move.source, {}).values()
        never_fits = fits is not None and bool(cells) and not any(fits(move, one.around) for one in cells)
        if cells and not never_fits:
            return Approach(move, (move.source,), frozenset({move.trigger}))
        if above := archive.above.get(move.source):
            return Approach(move, tuple(above), frozenset({move.trigger}))
        # The source is passed through, or never stood at with the right things around: one begins where moves lead to it.
        been, ahead = {move.source}, [(move.source, frozenset({move.trigger}))]
        while ahead:
            state, triggers = ahead.pop(0)
            into = [one for one in self._into.get(state, ()) if one.source not in been]
            known = [one for one in into if archive.cells.get(one.source)]
            if known:
                places = tuple(dict.fromkeys(one.source for one in known))
                return Approach(
                    move, places, triggers | {one.trigger for one in known}, never_fits=never_fits
                )
            been.update(one.source for one in into)
            ahead += [(one.source, triggers | {one.trigger}) for one in into]
        return None
