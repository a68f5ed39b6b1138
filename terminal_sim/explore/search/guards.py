"""Where guards held and triggers came: what surrounded the terminal then. A move whose guard held elsewhere is best gone for with the same around it, and so is one whose trigger came elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from typing import TypeAlias

from terminal_sim.explore.coverage import Coverage
from terminal_sim.explore.search.act import FAULTS, Act

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
    """Observes flows for `coverage`, and notes of each guard, by its name, and of each trigger what was always the same around it when it held or came; `now` is what surrounds the terminal, nothing where that is not followed.

    `made` are the keys of moves that were made for the first time, until somebody takes them. `brought` has the act by which a part of the surroundings came to be what it is.
    """

    coverage: Coverage = field(default_factory=Coverage)
    now: Surroundings = ()
    held: dict[str, SharedSurroundings] = field(default_factory=dict)
    came: dict[str, SharedSurroundings] = field(default_factory=dict)
    brought: dict[tuple[int, object], Act] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)

    def asked(self, model: str, move: str, *, held: bool) -> None:
        self.coverage.asked(model, move, held=held)
        if held and self.now:
            _note(self.held, move[move.rindex(" ") + 1 :], self.now)

    def moved(self, model: str, move: str) -> None:
        if self.now:
            _note(self.came, _trigger(move), self.now)
        if f"move {move}" not in self.coverage.keys[model]:
            self.made.append(f"move {move}")
        self.coverage.moved(model, move)

    def fit(self, around: Surroundings, guard: str, trigger: str = "") -> bool:
        """Whether nothing around speaks against the guard and the trigger, as far as is known."""
        known = (self.held.get(guard), self.came.get(trigger))
        return all(one is None or one.fits(around) for one in known)

    def look(self, around: Surroundings, act: Act) -> None:
        """After the act, this surrounds the terminal."""
        if act[0] in FAULTS and len(around) == len(self.now):
            for part, value in enumerate(around):
                if value != self.now[part]:
                    self.brought.setdefault((part, value), act)
        self.now = around

    def missing(self, guard: str, trigger: str) -> list[Act]:
        """Acts that bring about what was always around when the guard held and the trigger came, and is not now."""
        wanted: dict[int, object] = {}
        for known in (self.came.get(trigger), self.held.get(guard)):
            wanted |= known.parts if known is not None else {}
        acts = (
            self.brought.get((part, value))
            for part, value in sorted(wanted.items(), key=itemgetter(0))
            if part < len(self.now) and self.now[part] != value
        )
        return list(dict.fromkeys(act for act in acts if act is not None))


def _note(known: dict[str, SharedSurroundings], name: str, around: Surroundings) -> None:
    shared = known.get(name)
    if shared is None:
        known[name] = SharedSurroundings.of(around)
    else:
        shared.narrow(around)


@cache
def _trigger(move: str) -> str:
    """The trigger of a move, by its name."""
    return move.split(" ")[2]
