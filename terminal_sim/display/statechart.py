"""State charts from flow tables: mermaid text, and an SVG that needs no other program.

Rules of the drawing:
1. A state is a box: its moves are written in it, so no label ever stands on a line or on another label.
2. Moves are grouped by where they lead, and each group has one line to that state. What leaves the flow has a bullet instead.
3. Cards stand in columns by their distance from the initial state; a line that spans columns keeps a lane of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from terminal_sim.core.flow import DONE, STAY, AnyFlow, Context, Move, name_of
from terminal_sim.display.chart_layout import GAP, ROW, SIZE, UNDER_HEAD, Cell, StateBox, Style, arranged
from terminal_sim.display.chart_lines import ChartLines
from terminal_sim.display.layout import Run
from terminal_sim.display.markup import attribute, document, number, rect, text
from terminal_sim.display.metrics import width

_INK, _SOFT = "#1b2430", "#5a6270"
_SEEN, _SEEN_BOX, _UNSEEN, _UNSEEN_BOX = "#1d7f3b", "#e8f5ec", "#b3261e", "#fdeceb"
_INKS = {Style.FACT: _SOFT, Style.MADE: _SEEN, Style.MISSING: _UNSEEN, Style.BARRED: _SOFT}
_TICKS = {Style.MADE: "✓ ", Style.MISSING: "✗ ", Style.BARRED: "– "}
_BOX, _INITIAL, _RULE = "#f4f5f7", "#eaf2fb", "#c3cad4"


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


def svg(
    flow: AnyFlow,
    seen: Collection[tuple[str, str]] | None = None,
    came_to: Collection[str] = (),
    *,
    closed: Collection[tuple[str, str]] = (),
    made: Collection[str] | None = None,
    barred: Collection[str] = (),
    away: Collection[str] = (),
) -> str:
    """The flow as an SVG document. Where `seen` is given, changes of state are green or red by whether they are in it, and boxes by `came_to`; those that are `away` are grey.

    Those that are `closed` are grey: nobody can make them here. A row that is seen begins with a tick, one that is not with a cross, and a closed one
    with a dash, since colour alone says nothing to some. Where `made` is given, each move is marked so by its name (`Flow.called`): it is in `made`, in `barred`, or missing.
    """
    marked = None if seen is None else _Marks(seen, came_to, closed, made, barred, away)
    columns = arranged({state.name: _box(flow, state.name, marked) for state in flow.states}, flow.initial)
    lines = ChartLines(columns)
    starts = f"starts {', '.join(flow.starts)}" if flow.starts else ""
    top = (4 if starts else 3) * ROW
    deep = max(cell.y + cell.tall for column in columns for cell in column) + GAP + top
    wide = max(lines.wide, 2 * GAP + width(flow.name, bold=True) * 1.6 * SIZE, 2 * GAP + width(starts) * SIZE)
    parts = [
        rect(0, 0, wide, deep, "#ffffff"),
        text(Run(flow.name, GAP, 2 * ROW, 1.6 * SIZE, "start", bold=True), _INK),
        *([text(Run(starts, GAP, 3.2 * ROW, SIZE, "start"), _SOFT)] if starts else []),
        f'<g transform="translate(0 {number(top)})" fill="none">',
        *lines.drawn(),
        *(
            line
            for column, (x, across) in zip(columns, lines.edges, strict=True)
            for cell in column
            for line in _drawn(cell, x, across, marked, initial=cell.name == flow.initial)
        ),
        "</g>",
    ]
    return document(wide, deep, f"flow {flow.name}", parts)


@dataclass(frozen=True, slots=True)
class _Marks:
    """The changes of state that were seen, the states that were come to, and the changes that are closed; the moves that were made, None where that is not known, and those that are barred; the states that nobody comes to."""

    seen: Collection[tuple[str, str]]
    came_to: Collection[str]
    closed: Collection[tuple[str, str]]
    made: Collection[str] | None
    barred: Collection[str]
    away: Collection[str]

    def box(self, state: str) -> str:
        if state in self.came_to:
            return _SEEN_BOX
        return _BOX if state in self.away else _UNSEEN_BOX

    def tick(self, source: str, dest: str) -> str:
        if (source, dest) in self.seen:
            return "✓"
        return "–" if (source, dest) in self.closed else "✗"

    def ink(self, source: str, dest: str) -> str:
        if (source, dest) in self.seen:
            return _SEEN
        return _SOFT if (source, dest) in self.closed else _UNSEEN

    def style(self, move: str) -> Style:
        if self.made is None:
            return Style.MOVE
        if move in self.made:
            return Style.MADE
        return Style.BARRED if move in self.barred else Style.MISSING


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


def _box(flow: AnyFlow, name: str, marked: _Marks | None) -> StateBox:
    state = flow.table[name]
    rows = [(name, Style.HEAD), (f"screen {name_of(state.screen)}", Style.FACT)]
    if state.timeout:
        rows.append((f"time-out {state.timeout}", Style.FACT))
    if state.enter:
        rows.append((f"on entry / {name_of(state.enter)}", Style.FACT))
    leads: dict[str, int] = {}
    groups = _groups(flow, name)
    for dest in sorted(groups, key=lambda dest: (dest != name, dest == DONE)):
        if dest != name:
            leads[dest] = len(rows)
            tick = "" if marked is None else f"{marked.tick(name, dest)} "
            rows.append((f"{tick}→ {dest}" if dest != DONE else f"{tick}● done", Style.HEAD))
        for move in groups[dest]:
            style = Style.MOVE if marked is None else marked.style(flow.called(name, move))
            rows.append((f"{_TICKS.get(style, '')}{_label(move)}", style))
    return StateBox(tuple(rows), leads)


def _drawn(cell: Cell, x: float, wide: float, marked: _Marks | None, *, initial: bool) -> Iterator[str]:
    if cell.box is None:
        return
    fill = marked.box(cell.name) if marked is not None else _INITIAL if initial else _BOX
    yield f"<g data-state={attribute(cell.name)}>"
    yield rect(x, cell.y, wide, cell.tall, fill, round_by=8)
    heads = {row: dest for dest, row in cell.box.leads.items()}
    rule = cell.y + cell.box.baseline(0) + UNDER_HEAD
    yield f'<path d="M{number(x)} {number(rule)}h{number(wide)}" stroke="{_RULE}"/>'
    for at, (label, style) in enumerate(cell.box.rows):
        run = Run(label, x + SIZE, cell.y + cell.box.baseline(at), SIZE, "start", style is Style.HEAD)
        ink = _INKS.get(style, _INK)
        if marked is not None and at in heads:
            ink = marked.ink(cell.name, heads[at])
        yield text(run, ink)
    yield "</g>"
