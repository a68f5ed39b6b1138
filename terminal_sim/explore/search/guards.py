"""Where guards held: what surrounded the terminal then. A move whose guard held elsewhere is best gone for with the same around it."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field

from terminal_sim.explore.coverage import Coverage

_EVERYWHERE = 6  # a guard that held in more surroundings than these does not hang on them


@dataclass(slots=True)
class GuardedSurroundings:
    """Observes flows for `coverage`, and notes by the name of each guard the surroundings, `now`, in which it held; `made` are the keys of moves that were made for the first time, until somebody takes them."""

    coverage: Coverage = field(default_factory=Coverage)
    now: bytes = b""
    held: dict[str, dict[bytes, None]] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)

    def asked(self, model: str, move: str, *, held: bool) -> None:
        self.coverage.asked(model, move, held=held)
        if held:
            self.held.setdefault(move[move.rindex(" ") + 1 :], {})[self.now] = None

    def moved(self, model: str, move: str) -> None:
        if f"move {move}" not in self.coverage.keys[model]:
            self.made.append(f"move {move}")
        self.coverage.moved(model, move)

    def fitting(self, guard: str) -> Container[bytes]:
        """The surroundings that a guard seems to hang on; none where it never held, or hangs on something else."""
        found = self.held.get(guard, {})
        return found if len(found) <= _EVERYWHERE else ()
