"""Where guards held: what surrounded the terminal then. A move whose guard held elsewhere is best gone for with the same around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from terminal_sim.explore.coverage import Coverage

Surroundings: TypeAlias = tuple[object, ...]
"""What surrounds a terminal, part by part, of its signature."""


@dataclass(slots=True)
class SharedSurroundings:
    """What was the same whenever something happened: `parts` by their number."""

    parts: dict[int, object]

    @classmethod
    def of(cls, around: Surroundings) -> SharedSurroundings:
        """Of what happened once."""
        return cls(dict(enumerate(around)))

    def narrow(self, around: Surroundings) -> None:
        """It happened here, too."""
        for part in [one for one, value in self.parts.items() if around[one] != value]:
            del self.parts[part]

    def fits(self, around: Surroundings) -> bool:
        """Whether all that was always so is so here."""
        return all(part < len(around) and around[part] == value for part, value in self.parts.items())


@dataclass(slots=True)
class GuardedSurroundings:
    """Observes flows for `coverage`, and notes of each guard, by its name, what was always the same around it when it held; `now` is what surrounds the terminal.

    `made` are the keys of moves that were made for the first time, until somebody takes them.
    """

    coverage: Coverage = field(default_factory=Coverage)
    now: Surroundings = ()
    held: dict[str, SharedSurroundings] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)

    def asked(self, model: str, move: str, *, held: bool) -> None:
        self.coverage.asked(model, move, held=held)
        if held and self.now:
            guard = move[move.rindex(" ") + 1 :]
            known = self.held.get(guard)
            if known is None:
                self.held[guard] = SharedSurroundings.of(self.now)
            else:
                known.narrow(self.now)

    def moved(self, model: str, move: str) -> None:
        if f"move {move}" not in self.coverage.keys[model]:
            self.made.append(f"move {move}")
        self.coverage.moved(model, move)

    def fit(self, around: Surroundings, guard: str) -> bool:
        """Whether nothing around speaks against the guard, as far as is known."""
        known = self.held.get(guard)
        return known is None or known.fits(around)
