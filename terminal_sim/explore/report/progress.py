"""How an exploration went on: how much was covered after each session, and when each finding came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from terminal_sim.explore.coverage import Coverage
from terminal_sim.explore.search.explorer import ExploredEnd, Explorer
from terminal_sim.explore.search.finding import ExplorerFinding

_WIDE, _DEEP, _LEFT, _BELOW, _ABOVE = 900, 260, 50, 30, 20
_MOST_POINTS = 300


@dataclass(frozen=True, slots=True)
class ProgressPoint:
    """After so many acts so many different moves had been made."""

    acts: int
    moves: int


@dataclass(slots=True)
class ExplorationProgress:
    """A follower of an exploration whose coverage is `coverage`. `points` are in their order, and `found` has the point at which each finding came."""

    coverage: Coverage
    points: list[ProgressPoint] = field(default_factory=list)
    found: dict[str, ProgressPoint] = field(default_factory=dict)
    _acts: dict[int, int] = field(default_factory=dict)

    def take(self, explorer: Explorer, _: ExploredEnd) -> None:
        """See `ExplorationFollower`."""
        self._acts[id(explorer)] = explorer.acts
        moves = sum(key.startswith("move ") for seen in self.coverage.keys.values() for key in seen)
        self.points.append(ProgressPoint(sum(self._acts.values()), moves))

    def came(self, finding: ExplorerFinding) -> None:
        """The finding is one of the session that was taken last."""
        self.found[finding.name] = self.points[-1]


def progress_plot(progress: ExplorationProgress, there: int) -> Iterator[str]:
    """Moves by acts as a drawing within a page: the line, how many `there` are, and a mark for each finding with its name."""
    acts = max(max((point.acts for point in progress.points), default=1), 1)
    most = max(there, max((point.moves for point in progress.points), default=1), 1)

    def x(point: ProgressPoint) -> float:
        return round(_LEFT + point.acts / acts * (_WIDE - _LEFT - 10), 1)

    def y(moves: int) -> float:
        return round(_DEEP - _BELOW - moves / most * (_DEEP - _BELOW - _ABOVE), 1)

    step = len(progress.points) // _MOST_POINTS + 1
    shown = [*progress.points[::step], *progress.points[-1:]]
    line = " ".join(f"{x(point)},{y(point.moves)}" for point in shown)
    yield f'<svg class="plot" viewBox="0 0 {_WIDE} {_DEEP}" role="img" aria-label="moves made, by acts">'
    for moves in (0, there):
        yield f'<line class="axis" x1="{_LEFT}" y1="{y(moves)}" x2="{_WIDE - 10}" y2="{y(moves)}"/>'
        yield f'<text x="{_LEFT - 6}" y="{y(moves) + 4}" text-anchor="end">{moves}</text>'
    yield f'<polyline class="curve" points="{_LEFT},{y(0)} {line}"/>'
    for name, point in progress.found.items():
        yield f'<a href="#{escape(name)}"><circle class="mark" cx="{x(point)}" cy="{y(point.moves)}" r="6"><title>{escape(name)}</title></circle></a>'
    yield f'<text x="{_LEFT}" y="{_DEEP - 8}">0</text><text x="{_WIDE - 10}" y="{_DEEP - 8}" text-anchor="end">{acts} acts</text>'
    yield "</svg>"
