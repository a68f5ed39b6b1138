"""One script on many terminals as a grid of pictures: a column for each profile, a row for each step that changed a screen.

1. Rows follow the script: steps of one line, in the order in which they were done, stand beside each other. A scenario begins with a row of its own.
2. A picture is drawn where the screen is other than in the row above; a step that failed has a red frame, and one that was not run is empty.
3. The drawing is an SVG document, which HTML holds as it is and PNG is made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from terminal_sim.display.layout import Run
from terminal_sim.display.markup import document, number, rect, text
from terminal_sim.display.png import png
from terminal_sim.run_report.page import digest
from terminal_sim.script.results import RunResult, ScenarioOutcome
from terminal_sim.script.try_record import PictureRecord, StepRecord, StepVerdict

FORMS = ("html", "svg", "png")
_LABEL, _CELL, _HEIGHT, _GAP, _HEAD, _SIZE = 300.0, 220.0, 240.0, 12.0, 40.0, 13.0
_INK, _SOFT, _PAPER, _BAND, _BAD = "#18202b", "#5b6574", "#ffffff", "#f4f5f7", "#b3261e"
_SVG = re.compile(r'<svg [^>]*viewBox="0 0 ([0-9.]+) ([0-9.]+)"[^>]*>')
_SVG_TITLE = re.compile(r"<title>.*?</title>")
_ACTING = re.compile(r' (?:role|tabindex|aria-label|data-[a-z]+)="[^"]*"')  # a picture takes no touch
_MOST_PIXELS = 30_000_000
_TITLE = "SIMULATOR: grid"
_STYLE = """
:root { color-scheme: light dark; }
body { margin: 0; padding: 16px; font: 14px/1.4 system-ui, "DejaVu Sans", sans-serif; }
h1 { font-size: 18px; }
.grid { overflow: auto; background: #fff; border: 1px solid #888; }
pre { overflow: auto; }
"""


class GridTooLarge(Exception):
    """A grid of more pixels than a PNG may have: one sentence."""


@dataclass(frozen=True, slots=True)
class _GridCell:
    step: StepRecord
    picture: PictureRecord | None


@dataclass(frozen=True, slots=True)
class _GridRow:
    """`cells` are by profile; a `title` row begins a scenario, and has its outcomes."""

    label: str
    cells: dict[str, _GridCell]
    outcomes: dict[str, str] | None = None


def grid(results: Sequence[RunResult], form: str) -> bytes:
    """The file in one of `FORMS`. The results have kept their steps. Raises `GridTooLarge`."""
    profiles = list(dict.fromkeys(result.case.profile for result in results))
    rows = [row for group in _grouped(results) for row in _rows(group)]
    drawing, wide, deep = _drawing(profiles, rows)
    if form == "svg":
        return drawing.encode()
    if form == "png":
        if wide * deep > _MOST_PIXELS:
            raise GridTooLarge(
                f"a grid of {round(wide)} by {round(deep)} pixels is too large for PNG: write .svg or .html, or choose scenarios with -k"
            )
        return png(drawing)
    return _page(drawing, profiles, rows)


def _page(drawing: str, profiles: Sequence[str], rows: Sequence[_GridRow]) -> bytes:
    title = escape(f"{_TITLE} of {len(rows)} rows on {', '.join(profiles)}")
    allowed = f"default-src 'none'; img-src data:; style-src {digest(_STYLE)}; base-uri 'none'"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta http-equiv="Content-Security-Policy" content="{allowed}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<div class="grid" tabindex="0" role="region" aria-label="grid">{drawing}</div>
<h2>The same in words</h2>
{"".join(map(_as_text, rows))}</main>
</body>
</html>
""".encode()


def is_grid(file: Path) -> bool:
    """Whether a file may be replaced by a grid: an earlier one, a picture, or nothing."""
    with file.open("rb") as stream:
        begins = stream.read(400)
    return not begins or begins.startswith(b"\x89PNG") or _TITLE.encode() in begins


def _grouped(results: Sequence[RunResult]) -> Iterator[list[RunResult]]:
    """The runs of each scenario, on whatever profile, together."""
    groups: dict[tuple[object, str], list[RunResult]] = {}
    for result in results:
        groups.setdefault((result.case.program.script.path, result.case.title), []).append(result)
    yield from groups.values()


def _rows(group: Sequence[RunResult]) -> Iterator[_GridRow]:
    yield _GridRow(
        group[0].case.title,
        {},
        {result.case.profile: _outcome(result) for result in group},
    )
    steps: dict[tuple[str, int, int], dict[str, _GridCell]] = {}
    for result in group:
        seen: dict[tuple[str, int], int] = {}
        for record in result.records[-1:]:
            for step in record.steps:
                place = step.line.file, step.line.line
                seen[place] = seen.get(place, 0) + 1
                cell = _GridCell(step, record.pictures.get(step.picture))
                steps.setdefault((*place, seen[place]), {})[result.case.profile] = cell
    before: dict[str, str] = {}
    for cells in steps.values():
        first = next(iter(cells.values())).step
        changed = [
            name
            for name, cell in cells.items()
            if cell.picture is not None and before.get(name) != cell.step.picture
        ]
        failed = [name for name, cell in cells.items() if cell.step.verdict is StepVerdict.FAILED]
        before.update({name: cell.step.picture for name, cell in cells.items()})
        if changed or failed:
            yield _GridRow(f"{first.line.line} {first.line.source}", cells)


def _outcome(result: RunResult) -> str:
    return result.text if result.outcome is ScenarioOutcome.SKIPPED else result.outcome.value


def _drawing(profiles: Sequence[str], rows: Sequence[_GridRow]) -> tuple[str, float, float]:
    wide = _LABEL + len(profiles) * (_CELL + _GAP) + _GAP
    parts: list[str] = []
    for at, name in enumerate(profiles):
        parts.append(text(Run(name, _left(at), _HEAD * 0.65, _SIZE * 1.1, "start", bold=True), _INK))
    y = _HEAD
    for row in rows:
        drawn, tall = _drawn(row, profiles, y, wide)
        parts += drawn
        y += tall
    deep = y + _GAP
    return document(wide, deep, _TITLE, [rect(0, 0, wide, deep, _PAPER), *parts]), wide, deep


def _drawn(row: _GridRow, profiles: Sequence[str], y: float, wide: float) -> tuple[list[str], float]:
    if row.outcomes is not None:
        parts = [
            rect(0, y, wide, 34, _BAND),
            text(Run(row.label[:60], _GAP, y + 22, _SIZE, "start", bold=True), _INK),
        ]
        for at, name in enumerate(profiles):
            said = row.outcomes.get(name, "")
            ink = _BAD if said in ("failed", "broken", "flaky") else _SOFT
            parts.append(text(Run(said[:34], _left(at), y + 22, _SIZE * 0.9, "start"), ink))
        return parts, 34.0 + _GAP
    parts = [
        text(Run(line, _GAP, y + 16 + at * 17, _SIZE, "start"), _INK)
        for at, line in enumerate(_wrapped(row.label, 40))
    ]
    tall = 17.0 * len(parts)
    for at, name in enumerate(profiles):
        cell = row.cells.get(name)
        if cell is not None:
            drawn, deep = _cell(cell, _left(at), y)
            parts += drawn
            tall = max(tall, deep)
    return parts, tall + _GAP


def _cell(cell: _GridCell, x: float, y: float) -> tuple[list[str], float]:
    """The picture of a step, and how tall it is."""
    opening = _SVG.search(cell.picture.svg) if cell.picture is not None else None
    if cell.picture is None or opening is None:
        return [text(Run("not run", x, y + 16, _SIZE * 0.9, "start"), _SOFT)], 17.0
    wide, deep = float(opening[1]), float(opening[2])
    scale = min(_CELL / wide, _HEIGHT / deep)
    inner = cell.picture.svg[opening.end() : cell.picture.svg.rindex("</svg>")]
    still = _ACTING.sub("", _SVG_TITLE.sub("", inner))
    parts = [f'<g transform="translate({number(x)} {number(y)}) scale({scale:.5g})">{still}</g>']
    if cell.step.verdict is StepVerdict.FAILED:
        size = f'width="{number(wide * scale)}" height="{number(deep * scale)}"'
        frame = f'fill="none" stroke="{_BAD}" stroke-width="3"'
        parts.append(f'<rect x="{number(x)}" y="{number(y)}" {size} {frame}/>')
    return parts, deep * scale


def _left(column: int) -> float:
    return _LABEL + column * (_CELL + _GAP)


def _wrapped(label: str, columns: int) -> list[str]:
    words, lines = label.split(), [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + 1 + len(word) > columns:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [line[: columns + 10] for line in lines[:4]]


def _as_text(row: _GridRow) -> str:
    """A row for those who do not see the pictures."""
    if row.outcomes is not None:
        said = "; ".join(f"{name}: {outcome}" for name, outcome in row.outcomes.items())
        return f"<h3>{escape(row.label)}</h3><p>{escape(said)}</p>\n"
    shown = "".join(
        f"<dt>{escape(name)}</dt><dd><pre>{escape(cell.picture.text if cell.picture is not None else 'not run')}</pre></dd>"
        for name, cell in row.cells.items()
    )
    return f"<details><summary>{escape(row.label)}</summary><dl>{shown}</dl></details>\n"
