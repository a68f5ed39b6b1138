"""How a move was made: the last acts before it, and where they began. Flows share parts of their tables, and what made a move in one flow makes it in another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from terminal_sim.explore.search.act import Act
from terminal_sim.explore.search.learned import Place

LONGEST = 3  # steps of a recipe


class ActsAt(NamedTuple):
    """The acts that were done at a place."""

    place: Place
    acts: tuple[Act, ...]


@dataclass(slots=True)
class Recipes:
    """`known` by what two moves of different flows have in common: source, trigger, destination and guard."""

    known: dict[str, list[tuple[str, tuple[ActsAt, ...]]]] = field(default_factory=dict)

    def learn(self, key: str, steps: Sequence[ActsAt]) -> None:
        """The move of this key of coverage was made for the first time, by the last of these steps."""
        if steps:
            flow, shared = _parts(key)
            self.known.setdefault(shared, []).append((flow, tuple(steps[-LONGEST:])))

    def of(self, key: str, tries: int) -> ActsAt | None:
        """Acts that made such a move in another flow, and where they begin in this one: the last step alone at first and more of them with each try; None where there are none."""
        flow, shared = _parts(key)
        found = self.known.get(shared, [])
        if not found:
            return None
        learned_in, steps = found[tries // LONGEST % len(found)]
        chosen = steps[-(tries % LONGEST + 1) :]
        begins, state = chosen[0].place
        place = (flow if begins == learned_in else begins, state)
        return ActsAt(place, tuple(act for step in chosen for act in step.acts))


def _parts(key: str) -> tuple[str, str]:
    """The flow of a move, and its key without it."""
    _, flow, rest = key.split(" ", 2)
    return flow, rest
