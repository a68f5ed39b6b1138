"""The grids of a sweep as one page: green where nothing is wrong, red with its findings, each with the script that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from terminal_sim.explore.document import document
from terminal_sim.explore.search.act import line_of
from terminal_sim.explore.search.keeping import KeptFinding
from terminal_sim.explore.sweep.grid import SweepGrid, SweptCell
from terminal_sim.explore.sweep.place import SweepAt

_WORDS = {
    SweepAt.STEP: "Before each step",
    SweepAt.FRAME: "At each frame to the reader",
    SweepAt.EFFECT: "After each effect",
}


@dataclass(frozen=True, slots=True)
class KeptCell:
    """A cell with a broken rule, and the files of it."""

    cell: SweptCell
    files: KeptFinding


def sweep_page(title: str, grids: Mapping[SweepAt, SweepGrid], kept: list[KeptCell]) -> str:
    """The page as HTML."""
    return document(f"Sweep of {title}", _body(grids, kept))


def _body(grids: Mapping[SweepAt, SweepGrid], kept: list[KeptCell]) -> Iterator[str]:
    cells = [cell for grid in grids.values() for cell in grid.cells if cell.made]
    yield f"<p>{len(cells)} faults were made, each once and by itself; {len(kept)} of them broke a rule.</p>"
    yield '<p class="soft">· nothing is wrong; ✗ a rule is broken; – the fault cannot be made there.</p>'
    numbers = {id(one.cell): number for number, one in enumerate(kept, 1)}
    for at, grid in grids.items():
        yield f"<h2>{_WORDS[at]}</h2>"
        yield from _matrix(grid, numbers)
    for number, one in enumerate(kept, 1):
        yield f'<h2 id="f{number}">{escape(str(one.cell.place))}: {escape(line_of(one.cell.fault))}</h2>'
        yield "<ul>"
        yield from (f"<li>{escape(str(alarm))}</li>" for alarm in one.cell.alarms)
        yield "</ul>"
        for file in filter(None, (one.files.script, one.files.bundle)):
            yield f'<p><a href="{escape(file.resolve().as_uri())}">{escape(str(file))}</a></p>'
        yield f"<pre>{escape(chr(10).join(map(line_of, one.cell.acts)))}</pre>"


def _matrix(grid: SweepGrid, numbers: Mapping[int, int]) -> Iterator[str]:
    yield '<div class="wide"><table class="matrix"><thead><tr><th></th>'
    yield from (f"<th><span>{escape(line_of(fault))}</span></th>" for fault in grid.faults)
    yield "</tr></thead><tbody>"
    for place, row in grid.rows.items():
        yield f"<tr><th>{escape(str(place))}</th>"
        for fault in grid.faults:
            cell = row[fault]
            about = escape(f"{place}: {line_of(fault)}")
            if not cell.made:
                yield f'<td class="soft" title="{about}">–</td>'
            elif cell.alarms:
                yield f'<td class="bad" title="{about}"><a href="#f{numbers[id(cell)]}">✗</a></td>'
            else:
                yield f'<td class="good" title="{about}">·</td>'
        yield "</tr>"
    yield "</tbody></table></div>"
