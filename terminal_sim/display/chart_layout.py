"""Where the states of a flow stand on its chart: boxes of text in columns, and lanes for the lines that pass a column.

A state stands in the column of its distance from the initial one. A line that spans columns has a lane of its own in each column
between, so it passes no box; a column is sorted so that lines cross little.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from terminal_sim.core.flow import DONE
from terminal_sim.display.metrics import width

SIZE = 12.0
ROW = 17.0
GAP = 26.0
LANE = 10.0
UNDER_HEAD = 4.0  # between the rule below a state's name and what follows


class Style(Enum):
    """What a row of a box is: a state, a fact of it, a move, or a move of which is known whether it was made, and whether it can be."""

    HEAD = "head"
    FACT = "fact"
    MOVE = "move"
    MADE = "made"
    MISSING = "missing"
    BARRED = "barred"


@dataclass(frozen=True, slots=True)
class StateBox:
    """`rows` are the lines of text, each with its style; `leads` says on which row the line to a state begins."""

    rows: tuple[tuple[str, Style], ...]
    leads: dict[str, int]

    @property
    def wide(self) -> float:
        return max(width(label, bold=style is Style.HEAD) for label, style in self.rows) * SIZE + 2 * SIZE

    @property
    def tall(self) -> float:
        return (len(self.rows) + 1.0) * ROW + UNDER_HEAD

    def baseline(self, row: int) -> float:
        """Where the text of a row stands, from the top of the box."""
        return (row + 1.1) * ROW + (UNDER_HEAD if row else 0.0)


@dataclass(slots=True, eq=False)
class Cell:
    """The box of a state, or the lane of a line that passes a column. `y` is its top."""

    name: str
    column: int
    box: StateBox | None = None
    towards: list[str] = field(default_factory=list)
    y: float = 0.0

    @property
    def tall(self) -> float:
        return self.box.tall if self.box else LANE

    def leaves_at(self, dest: str) -> float:
        """The height at which a line to `dest` leaves."""
        if self.box is None:
            return self.y + LANE / 2
        return self.y + self.box.baseline(self.box.leads[dest]) - SIZE * 0.35

    @property
    def entered_at(self) -> float:
        """The height at which lines arrive."""
        return self.y + (self.box.baseline(0) - SIZE * 0.35 if self.box else LANE / 2)


def arranged(boxes: Mapping[str, StateBox], initial: str) -> list[list[Cell]]:
    """The columns from left to right, each from top to bottom."""
    columns = _ordered(_columns(boxes, initial))
    _stack(columns)
    return columns


def _columns(boxes: Mapping[str, StateBox], initial: str) -> list[list[Cell]]:
    """The states by distance from the initial one, and lanes for the lines that pass a column."""
    depth = {initial: 0}
    ahead = [initial]
    for name in ahead:
        for dest in boxes[name].leads:
            if dest != DONE and dest not in depth:
                depth[dest] = depth[name] + 1
                ahead.append(dest)
    for name in boxes.keys() - depth.keys():
        depth[name] = 0  # nothing leads to it: it is drawn so that the fault shows
    columns: list[list[Cell]] = [[] for _ in range(max(depth.values()) + 1)]
    cells = {name: Cell(name, depth[name], boxes[name]) for name in (*ahead, *(boxes.keys() - set(ahead)))}
    for name, cell in cells.items():
        columns[depth[name]].append(cell)
    for name, cell in cells.items():
        for dest in boxes[name].leads:
            if dest == DONE:
                continue
            step = 1 if depth[dest] > depth[name] else -1
            before = cell
            for column in range(depth[name] + step, depth[dest], step):
                lane = Cell(f"{name}>{dest}@{column}", column)
                columns[column].append(lane)
                before.towards.append(lane.name)
                before = lane
            before.towards.append(dest)
    return columns


def _ordered(columns: list[list[Cell]]) -> list[list[Cell]]:
    """Each column sorted so that lines cross little: by the mean place of the neighbours, to and fro."""
    near: dict[str, list[str]] = {cell.name: list(cell.towards) for column in columns for cell in column}
    for name, towards in list(near.items()):
        for other in towards:
            near[other] = [*near[other], name]
    for _ in range(12):
        for column in (*columns, *reversed(columns)):
            place = {s.name: (at + 0.5) / len(c) for c in columns for at, s in enumerate(c)}
            column.sort(key=lambda cell: _mean([place[n] for n in near[cell.name]], place[cell.name]))
    return columns


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _stack(columns: list[list[Cell]]) -> None:
    heights = [sum(cell.tall + GAP for cell in column) for column in columns]
    deepest = max(heights)
    for column, height in zip(columns, heights, strict=True):
        y = (deepest - height) / 2 + GAP / 2
        for cell in column:
            cell.y = y
            y += cell.tall + GAP
