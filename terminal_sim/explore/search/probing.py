"""Goes for moves that were not made yet: to a place from which one is made, and there by the acts that can make it."""

from __future__ import annotations

from collections.abc import Iterable

from terminal_sim.explore.search.acting import Acting
from terminal_sim.explore.search.guards import Surroundings
from terminal_sim.explore.search.learned import Place
from terminal_sim.explore.search.memory import ExplorerMemory
from terminal_sim.explore.search.offers import offers
from terminal_sim.explore.search.recipes import ActsAt
from terminal_sim.explore.search.triggers import makes_one_of
from terminal_sim.explore.search.uncovered import Approach, SearchedMove, UncoveredMoves

_MOVES = 12  # that are gone for in one session, until one is made
_ACTS = 3
_RECIPES = 4  # of so many tries of a move all but one go by a recipe, where there is one
# Of so many tries of a move one begins with what was around when its guard held and its trigger came.
_SURROUNDED = 2
# How often a place is come to from another home screen than where the archive came from: where its cell does not fit, and where it does.
_CROSSED, _CROSSED_FITTING = 0.8, 0.3


class Probing:
    """`uncovered` are the moves, `memory` what the explorer knows of the places."""

    def __init__(self, uncovered: UncoveredMoves, memory: ExplorerMemory) -> None:
        self._uncovered = uncovered
        self._memory = memory

    def go(self, acting: Acting) -> bool:
        """Go for one move after the other until one is made, and do a little more there; False where there is none to go for."""
        for _ in range(_MOVES):
            approach = self._uncovered.choose(self._memory.archive, acting.chance, self._fits)
            if approach is None:
                return False
            recipe = None if approach.never_fits else self._recipe(approach)
            self._reach(acting, approach.move, approach.places if recipe is None else (recipe.place,))
            if approach.never_fits or approach.tries % _SURROUNDED == 0:
                acting.surround(approach.move.guard, approach.move.trigger)
            if recipe is not None:
                acting.go(recipe.acts)
            for last in range(acting.chance.randint(1, _ACTS), 0, -1):
                if acting.over or self._is_made(approach):
                    break
                self._act(acting, approach, is_last=last == 1)
            if acting.over:
                break
            if self._is_made(approach):
                acting.ordinary(acting.chance.randint(1, _ACTS))
                break
        return True

    def _is_made(self, approach: Approach) -> bool:
        return approach.move.key in self._uncovered.covered

    def _fits(self, move: SearchedMove, around: Surroundings) -> bool:
        return self._memory.guards.fit(around, move.guard, move.trigger)

    def _recipe(self, approach: Approach) -> ActsAt | None:
        """What made such a move in another flow, where one knows the place at which it begins in this one; now and then it is left aside."""
        if approach.tries % _RECIPES == _RECIPES - 1:
            return None
        found = self._memory.recipes.of(approach.move.key, approach.tries)
        return found if found is not None and self._memory.archive.cells.get(found.place) else None

    def _reach(self, acting: Acting, move: SearchedMove, places: Iterable[Place]) -> None:
        """Come to one of the places: by its moment, or by its acts from another home screen, where something is left from before."""
        chance, archive = acting.chance, self._memory.archive

        def fits(around: Surroundings) -> bool:
            return self._fits(move, around)

        chosen = archive.choose(chance, places, fits)
        if chosen is None:
            return
        _, cell = chosen
        home = next(iter(archive.cells))
        rarely = _CROSSED_FITTING if fits(cell.around) else _CROSSED
        crossed = archive.choose(chance, [home], fits) if chance.random() < rarely else None
        if crossed is None:
            acting.go_to(cell)
        else:
            acting.go_to(crossed[1])
            acting.go(cell.way)

    def _act(self, acting: Acting, approach: Approach, *, is_last: bool) -> None:
        """One of the acts that can make the move, that which was least tried here; before the last one now and then any other."""
        chance, place = acting.chance, acting.place
        found = offers(acting.session)
        fitting = [one.act for one in found if makes_one_of(one.act, approach.triggers)]
        if place is None or not fitting or (not is_last and chance.random() < 0.5):
            acting.ordinary(1)
            return
        tries = [self._memory.tried_acts.tries(place, act) for act in fitting]
        fewest = min(tries)
        acting.do(chance.choice([act for act, many in zip(fitting, tries, strict=True) if many == fewest]))
