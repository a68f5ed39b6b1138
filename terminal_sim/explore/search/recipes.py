"""How a move was made: the last acts before it. Flows share parts of their tables, and what made a move in one flow makes it in another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from terminal_sim.explore.search.act import Act

LONGEST = 3  # acts of a recipe


@dataclass(slots=True)
class Recipes:
    """`known` by what two moves of different flows have in common: source, trigger, destination and guard."""

    known: dict[str, list[tuple[Act, ...]]] = field(default_factory=dict)

    def learn(self, key: str, acts: Sequence[Act]) -> None:
        """The move of this key of coverage was made for the first time, by the last of these acts."""
        self.known.setdefault(_shared(key), []).append(tuple(acts[-LONGEST:]))

    def of(self, key: str, tries: int) -> tuple[Act, ...]:
        """Acts that made such a move in another flow, the last one alone at first and more of them with each try; none where there are none."""
        found = self.known.get(_shared(key), [])
        if not found:
            return ()
        return found[tries // LONGEST % len(found)][-(tries % LONGEST + 1) :]


def _shared(key: str) -> str:
    """The key of a move without its flow."""
    _, _, rest = key.split(" ", 2)
    return rest
