"""State charts from flow tables: mermaid text, and an SVG that needs no other program.

Rules of the drawing:
1. A state is a box: its moves are written in it, so no label ever stands on a line or on another label.
2. Moves are grouped by where they lead, and each group has one line to that state. What leaves the flow has a bullet instead.
3. Cards stand in columns by their distance from the initial state; a line that spans columns keeps a lane of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise

from terminal_sim.core.flow import DONE, STAY, AnyFlow, Context, Move, name_of
from terminal_sim.display.layout import Run
from terminal_sim.display.markup import document, number, rect, text
from terminal_sim.display.metrics import width

_SIZE = 12.0
_ROW = 17.0
_GAP = 26.0
_LANE = 10.0
_BETWEEN = 90.0
_INK, _SOFT, _LINES = "#1b2430", "#5a6270", ("#2563a8", "#a8541d", "#1d7f3b", "#8a2f8f", "#6b7280", "#b3261e")


def mermaid(flow: AnyFlow) -> str:
    """The flow as a mermaid `stateDiagram-v2`."""
    lines = ["stateDiagram-v2", *(f'    state "{s.name}" as {_alias(s.name)}' for s in flow.states)]
    lines.append(f"    [*] --> {_alias(flow.initial)}")
    for state in flow.states:
        for dest, moves in _groups(flow, state.name).items():
            target = "[*]" if dest == DONE else _alias(dest)
            label = "<br/>".join(_label(move).replace(":", "#58;") for move in moves)
            lines.append(f"    {_alias(state.name)} --> {target} : {label}")
    return "\n".join(lines) + "\n"


def svg(flow: AnyFlow) -> str:
    """The flow as an SVG document."""
    boxes = {state.name: _box(flow, state.name) for state in flow.states}
    columns = _ordered(_columns(flow, boxes))
    xs, wide = _across(columns)
    deep = _down(columns)
    title = 3 * _ROW
    cells = {cell.name: cell for column in columns for cell in column}
    parts = [
        rect(0, 0, wide, deep + title, "#ffffff"),
        text(Run(flow.name, _GAP, 2 * _ROW, 1.6 * _SIZE, "start", bold=True), _INK),
        f'<g transform="translate(0 {number(title)})" fill="none">',
        *(line for at, edge in enumerate(_edges(columns)) for line in _line(edge, cells, xs, at)),
        *(line for column in columns for cell in column if cell.box for line in _drawn(cell, xs, flow)),
        "</g>",
    ]
    return document(wide, deep + title, f"flow {flow.name}", parts)


def _label(move: Move[Context]) -> str:
    guard = f" [{name_of(move.guard)}]" if move.guard else ""
    action = f" / {name_of(move.action)}" if move.action else ""
    return f"{move.trigger.value}{guard}{action}"


def _alias(name: str) -> str:
    return name.replace("-", "_")


def _groups(flow: AnyFlow, source: str) -> dict[str, list[Move[Context]]]:
    """The moves out of a state by where they lead, in the order of the table; those that stay lead to itself."""
    groups: dict[str, list[Move[Context]]] = {}
    for move in flow.moves:
        if source in move.sources:
            groups.setdefault(source if move.dest is STAY else move.dest, []).append(move)
    return groups


# --- boxes and lanes -----------------------------------------------------------------------------------------------


class _Style(Enum):
    HEAD = "head"
    FACT = "fact"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class _StateBox:
    """`rows` are the lines of text, each with its style; `leads` says on which row the line to a state begins."""

    rows: tuple[tuple[str, _Style], ...]
    leads: dict[str, int]

    @property
    def wide(self) -> float:
        return max(width(label, bold=style is _Style.HEAD) for label, style in self.rows) * _SIZE + 2 * _SIZE


@dataclass(slots=True)
class _Cell:
    """The box of a state, or the lane of a line that passes a column. `y` is its top."""

    name: str
    column: int
    box: _StateBox | None = None
    towards: list[str] = field(default_factory=list)
    y: float = 0.0

    @property
    def tall(self) -> float:
        return (len(self.box.rows) + 1.2) * _ROW if self.box else _LANE


def _box(flow: AnyFlow, name: str) -> _StateBox:
    state = flow.table[name]
    rows = [(name, _Style.HEAD), (f"screen {name_of(state.screen)}", _Style.FACT)]
    if state.timeout:
        rows.append((f"time-out {state.timeout}", _Style.FACT))
    if state.enter:
        rows.append((f"on entry / {name_of(state.enter)}", _Style.FACT))
    leads: dict[str, int] = {}
    groups = _groups(flow, name)
    for dest in sorted(groups, key=lambda dest: (dest != name, dest == DONE)):
        if dest != name:
            leads[dest] = len(rows)
            rows.append((f"→ {dest}" if dest != DONE else "● done", _Style.HEAD))
        rows += [(_label(move), _Style.MOVE) for move in groups[dest]]
    return _StateBox(tuple(rows), leads)


def _columns(flow: AnyFlow, boxes: dict[str, _StateBox]) -> list[list[_Cell]]:
    """The states by distance from the initial one, and lanes for the lines that pass a column."""
    depth = {flow.initial: 0}
    ahead = [flow.initial]
    for name in ahead:
        for dest in boxes[name].leads:
            if dest != DONE and dest not in depth:
                depth[dest] = depth[name] + 1
                ahead.append(dest)
    for name in boxes.keys() - depth.keys():
        depth[name] = 0  # nothing leads to it: it is drawn so that the fault shows
    columns: list[list[_Cell]] = [[] for _ in range(max(depth.values()) + 1)]
    cells = {name: _Cell(name, depth[name], boxes[name]) for name in (*ahead, *(boxes.keys() - set(ahead)))}
    for name, cell in cells.items():
        columns[depth[name]].append(cell)
    for name, cell in cells.items():
        for dest in boxes[name].leads:
            if dest == DONE:
                continue
            step = 1 if depth[dest] > depth[name] else -1
            before = cell
            for column in range(depth[name] + step, depth[dest], step):
                lane = _Cell(f"{name}>{dest}@{column}", column)
                columns[column].append(lane)
                before.towards.append(lane.name)
                before = lane
            before.towards.append(dest)
    return columns


def _ordered(columns: list[list[_Cell]]) -> list[list[_Cell]]:
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


def _across(columns: list[list[_Cell]]) -> tuple[list[tuple[float, float]], float]:
    """Left edge and width of each column, and the width of all."""
    x, edges = _GAP, []
    for column in columns:
        wide = max((cell.box.wide for cell in column if cell.box), default=0.0)
        edges.append((x, wide))
        x += wide + _BETWEEN
    return edges, x  # the last gap leaves room for lines within the last column


def _down(columns: list[list[_Cell]]) -> float:
    heights = [sum(cell.tall + _GAP for cell in column) for column in columns]
    deepest = max(heights)
    for column, height in zip(columns, heights, strict=True):
        y = (deepest - height) / 2 + _GAP / 2
        for cell in column:
            cell.y = y
            y += cell.tall + _GAP
    return deepest + _GAP


# --- lines ---------------------------------------------------------------------------------------------------------


def _edges(columns: list[list[_Cell]]) -> Iterator[list[str]]:
    """Each line as the names of the cells on its way."""
    cells = {cell.name: cell for column in columns for cell in column}
    for cell in cells.values():
        if cell.box is None:
            continue
        for first in cell.towards:
            way = [cell.name, first]
            while cells[way[-1]].box is None:
                way.append(cells[way[-1]].towards[0])
            yield way


def _line(way: list[str], cells: dict[str, _Cell], xs: list[tuple[float, float]], at: int) -> Iterator[str]:
    source, dest = cells[way[0]], cells[way[-1]]
    colour = _LINES[at % len(_LINES)]
    forward = cells[way[1]].column > source.column
    row = source.box.leads[dest.name] if source.box else 0
    level = dest.column == source.column
    points = [(_side(source, xs, right=forward or level), source.y + (row + 0.9) * _ROW)]
    for name in way[1:-1]:
        lane = cells[name]
        y = lane.y + _LANE / 2
        left, right = _side(lane, xs, right=False), _side(lane, xs, right=True)
        points += [(left, y), (right, y)] if forward else [(right, y), (left, y)]
    points.append((_side(dest, xs, right=not forward), dest.y + 0.9 * _ROW))
    yield f'<path d="{_path(points, forward)}" stroke="{colour}" stroke-width="1.3"/>'
    yield _arrow(points[-1], colour, to_right=forward)


def _side(cell: _Cell, xs: list[tuple[float, float]], *, right: bool) -> float:
    x, wide = xs[cell.column]
    return x + wide if right else x


def _path(points: list[tuple[float, float]], forward: bool) -> str:
    """Straight along lanes, curved between the columns."""
    drawn = [f"M{number(points[0][0])} {number(points[0][1])}"]
    for (x, y), (to_x, to_y) in pairwise(points):
        if y == to_y:
            drawn.append(f"H{number(to_x)}")
            continue
        bend = _BETWEEN * 0.6
        if x == to_x:  # two boxes of one column: round the outside
            first = second = x + bend
        else:
            first, second = (x + bend, to_x - bend) if forward else (x - bend, to_x + bend)
        curve = " ".join(number(n) for n in (first, y, second, to_y, to_x, to_y))
        drawn.append(f"C{curve}")
    return "".join(drawn)


def _arrow(point: tuple[float, float], colour: str, *, to_right: bool) -> str:
    x, y = point
    back = -7 if to_right else 7
    return f'<path d="M{number(x)} {number(y)}l{back} -4v8Z" fill="{colour}"/>'


def _drawn(cell: _Cell, xs: list[tuple[float, float]], flow: AnyFlow) -> Iterator[str]:
    box = cell.box
    if box is None:
        return
    x, wide = xs[cell.column]
    yield rect(x, cell.y, wide, cell.tall, "#eaf2fb" if cell.name == flow.initial else "#f4f5f7", round_by=8)
    yield f'<path d="M{number(x)} {number(cell.y + 1.45 * _ROW)}h{number(wide)}" stroke="#c3cad4"/>'
    for at, (label, style) in enumerate(box.rows):
        run = Run(label, x + _SIZE, cell.y + (at + 1.1) * _ROW, _SIZE, "start", style is _Style.HEAD)
        yield text(run, _SOFT if style is _Style.FACT else _INK)
