"""The lines of a state chart: each runs level out of its box, along a channel of its own between two columns, and level into the next.

Lines to one state have one colour and may join before it. No line stands on another's channel, on a box or on a text.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from terminal_sim.display.chart_layout import GAP, Cell
from terminal_sim.display.markup import number

Point = tuple[float, float]

_COLOURS = ("#2563a8", "#a8541d", "#1d7f3b", "#8a2f8f", "#6b7280", "#b3261e", "#0f766e", "#8a6d00")
_CHANNEL = 9.0  # between two lines of a gap
_MARGIN = 18.0  # on either side of them: the arrow's room
_ROUND = 6.0
_ARROW = 7.0
_ASIDE = 3.0


@dataclass(frozen=True, slots=True)
class _Hop:
    """A line from one cell to the next: through the gap at the right of column `gap`. `level` comes back into the same column."""

    start: Cell
    end: Cell
    from_y: float
    to_y: float

    @property
    def level(self) -> bool:
        return self.start.column == self.end.column

    @property
    def forward(self) -> bool:
        return self.start.column < self.end.column

    @property
    def gap(self) -> int:
        return min(self.start.column, self.end.column)

    @property
    def place(self) -> tuple[bool, bool, float]:
        """Its place among the lines of the gap, from left to right, so that they cross little.

        Ways back into the same column come first, the shorter before the longer. Seen from the left, of lines that rise the upper is
        further left, and of lines that sink the lower.
        """
        if self.level:
            return False, False, abs(self.from_y - self.to_y)
        left, right = (self.from_y, self.to_y) if self.forward else (self.to_y, self.from_y)
        return True, right > left, -left if right > left else left


class ChartLines:
    """The lines between the cells of `columns`, and how wide the gaps between the columns must be for them."""

    def __init__(self, columns: Sequence[Sequence[Cell]]) -> None:
        self._columns = columns
        self._cells = {cell.name: cell for column in columns for cell in column}
        self._ways = [self._way(cell, towards) for cell in self._boxes for towards in cell.towards]

    @cached_property
    def edges(self) -> list[tuple[float, float]]:
        """Left edge and width of each column."""
        x, edges = GAP, []
        for at, column in enumerate(self._columns):
            wide = max((cell.box.wide for cell in column if cell.box), default=0.0)
            edges.append((x, wide))
            x += wide + self._gap(at)
        return edges

    @property
    def wide(self) -> float:
        """The width of all columns and gaps."""
        x, wide = self.edges[-1]
        last = len(self._columns) - 1
        return x + wide + (self._gap(last) if self._counts[last] else GAP)

    def drawn(self) -> Iterator[str]:
        """Each line with its arrow, as SVG."""
        colours = {cell.name: _COLOURS[at % len(_COLOURS)] for at, cell in enumerate(self._boxes)}
        for way in self._ways:
            points = [point for hop in way for point in self._points(hop)]
            colour = colours[way[-1].end.name]
            yield f'<path d="{_path(points)}" stroke="{colour}" stroke-width="1.3"/>'
            yield _arrow(points[-1], colour, to_right=way[-1].forward)

    @property
    def _boxes(self) -> list[Cell]:
        return [cell for column in self._columns for cell in column if cell.box is not None]

    def _way(self, source: Cell, first: str) -> list[_Hop]:
        """The hops from a box, through lanes, to the box where they lead."""
        cells = [source, self._cells[first]]
        while cells[-1].box is None:
            cells.append(self._cells[cells[-1].towards[0]])
        dest = cells[-1].name
        return [
            _Hop(start, end, start.leaves_at(dest), _entered(start, end)) for start, end in pairwise(cells)
        ]

    @cached_property
    def _counts(self) -> Counter[int]:
        return Counter(hop.gap for way in self._ways for hop in way)

    def _gap(self, column: int) -> float:
        """The room at the right of a column."""
        return 2 * _MARGIN + max(self._counts[column] - 1, 0) * _CHANNEL

    @cached_property
    def _channels(self) -> dict[_Hop, float]:
        """Where each hop runs up or down."""
        of_gap: defaultdict[int, list[_Hop]] = defaultdict(list)
        for way in self._ways:
            for hop in way:
                of_gap[hop.gap].append(hop)
        channels = {}
        for gap, hops in of_gap.items():
            x, wide = self.edges[gap]
            for at, hop in enumerate(sorted(hops, key=lambda hop: hop.place)):
                channels[hop] = x + wide + _MARGIN + at * _CHANNEL
        return channels

    def _points(self, hop: _Hop) -> list[Point]:
        channel = self._channels[hop]
        start = self._side(hop.start, right=hop.forward or hop.level)
        end = self._side(hop.end, right=not hop.forward)
        return [(start, hop.from_y), (channel, hop.from_y), (channel, hop.to_y), (end, hop.to_y)]

    def _side(self, cell: Cell, *, right: bool) -> float:
        x, wide = self.edges[cell.column]
        return x + wide if right else x


def _entered(start: Cell, end: Cell) -> float:
    """Where a line arrives: a little higher from the left than from the right, since two boxes may stand at one height."""
    aside = 0.0 if end.box is None else -_ASIDE if start.column < end.column else _ASIDE
    return end.entered_at + aside


def _path(points: Sequence[Point]) -> str:
    """The way along `points` with round corners."""
    drawn = [f"M{_pair(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        drawn.append(f"L{_pair(_towards(corner, before))}Q{_pair(corner)} {_pair(_towards(corner, after))}")
    return "".join([*drawn, f"L{_pair(points[-1])}"])


def _towards(corner: Point, other: Point) -> Point:
    """Where the curve of a corner begins on the line to `other`, which is level or upright."""
    (x, y), (to_x, to_y) = corner, other
    reach = min(_ROUND, (abs(to_x - x) + abs(to_y - y)) / 2)
    return x + _sign(to_x - x) * reach, y + _sign(to_y - y) * reach


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _pair(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _arrow(point: Point, colour: str, *, to_right: bool) -> str:
    back = -_ARROW if to_right else _ARROW
    return f'<path d="M{_pair(point)}l{number(back)} -4v8Z" fill="{colour}"/>'
