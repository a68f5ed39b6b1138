"""What happened at a terminal as a drawing: time runs down, and each kind of thing has a lane of its own.

Rules of the drawing:
1. Marks stand in the order in which they came, from top to bottom. Marks of one moment share a row as long as each stands right of the one before,
   so that a row reads as cause and effect.
2. Virtual time runs unevenly: a jump has a rule of its own that says how long it was, whether it is a millisecond or a day.
3. A state and a screen last until the next one of their lane, and a line below them says so. A state or screen that is already there is not repeated.
4. A label that is wider than its lane is cut; the whole of it and its detail are the mark's tooltip.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from terminal_sim.core.moment import Duration
from terminal_sim.display.layout import Run
from terminal_sim.display.markup import attribute, document, number, rect, text, xml
from terminal_sim.display.metrics import width

_SIZE = 12.0
_ROW = 22.0
_BASELINE = _ROW * 0.65
_JUMP = 26.0
_HEAD = 34.0
_GAP = 8.0
_CLOCK = 96.0  # the room of the time at the left
_PAD = 6.0
_BAR = 4.0
_INK, _SOFT, _RULE, _PAPER = "#1b2430", "#5a6270", "#d9dee5", "#ffffff"


class Lane(Enum):
    """A kind of thing that happens, in the order of the columns; the value is the head of its column."""

    KEYS = "keys"
    STATE = "state"
    SCREEN = "screen"
    READER = "reader"
    HOST = "host"
    JOURNAL = "journal"
    DEVICE = "device"

    @property
    def lasts(self) -> bool:
        """Whether a mark lasts until the next one of the lane."""
        return self in (Lane.STATE, Lane.SCREEN)


_WIDE = {
    Lane.KEYS: 150.0,
    Lane.STATE: 140.0,
    Lane.SCREEN: 140.0,
    Lane.READER: 240.0,
    Lane.HOST: 150.0,
    Lane.JOURNAL: 170.0,
    Lane.DEVICE: 130.0,
}
_COLOURS = {
    Lane.KEYS: "#2b2f36",
    Lane.STATE: "#2563a8",
    Lane.SCREEN: "#0f766e",
    Lane.READER: "#8a2f8f",
    Lane.HOST: "#a8541d",
    Lane.JOURNAL: "#1d7f3b",
    Lane.DEVICE: "#5a6270",
}
_WRONG = "#b3261e"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineMark:
    """One thing that happened `at` microseconds of virtual time. `detail` is what a tooltip adds to the label.

    `number` is that of the entry of the trace, which names the mark in the drawing. `is_wrong` marks what did not go as it should.
    """

    at: int
    lane: Lane
    label: str
    detail: str = ""
    number: int = 0
    is_wrong: bool = False


@dataclass(slots=True)
class _Row:
    at: int
    y: float
    marks: list[TimelineMark]


def timeline_svg(marks: Iterable[TimelineMark], *, title: str = "timeline", prefix: str = "event-") -> str:
    """The marks, which come in order of time, as an SVG document.

    Each mark is a group whose id is `prefix` and its number, so that a page with several timelines can link to each mark. Every shape has a class
    (`paper`, `rule`, `label`, `clock`, `lane-keys`, `wrong`, ...), so that a page in dark colours can give it another fill.
    """
    rows = _rows(_news(marks))
    deep = (rows[-1].y + _ROW if rows else _HEAD) + _GAP
    left = _lefts()
    wide = left[Lane.DEVICE] + _WIDE[Lane.DEVICE] + _GAP
    parts = [
        f'<g class="paper">{rect(0, 0, wide, deep, _PAPER)}</g>',
        *_heads(left, wide),
        *_jumps(rows, wide),
        *_lasting(rows, left, deep - _GAP),
        *_clocks(rows),
        *(line for row in rows for line in _drawn(row, left, prefix)),
    ]
    return document(wide, deep, title, parts)


def clock(at: int) -> str:
    """Virtual time since the bench began: `HH:MM:SS.mmm`."""
    seconds, micros = divmod(at, 1_000_000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{micros // 1000:03d}"


def _news(marks: Iterable[TimelineMark]) -> Iterator[TimelineMark]:
    """The marks without a state or a screen that is already there."""
    there: dict[Lane, str] = {}
    for mark in marks:
        if mark.lane.lasts and there.get(mark.lane) == mark.label:
            continue
        there[mark.lane] = mark.label
        yield mark


def _rows(marks: Iterable[TimelineMark]) -> list[_Row]:
    rows: list[_Row] = []
    order = list(Lane)
    for mark in marks:
        last = rows[-1] if rows else None
        if last is not None and last.at == mark.at:
            if order.index(last.marks[-1].lane) < order.index(mark.lane):
                last.marks.append(mark)
                continue
            y = last.y + _ROW
        else:
            y = _HEAD if last is None else last.y + _ROW + _JUMP
        rows.append(_Row(mark.at, y, [mark]))
    return rows


def _lefts() -> dict[Lane, float]:
    left, x = {}, _CLOCK
    for lane in Lane:
        left[lane] = x
        x += _WIDE[lane] + _GAP
    return left


def _heads(left: dict[Lane, float], wide: float) -> Iterator[str]:
    for lane, x in left.items():
        run = Run(lane.value, x + _PAD, _HEAD * 0.6, _SIZE, "start", bold=True)
        yield f'<g class="head">{text(run, _COLOURS[lane])}</g>'
    yield f'<path class="rule" d="M0 {number(_HEAD - _GAP)}H{number(wide)}" stroke="{_RULE}"/>'


def _jumps(rows: Sequence[_Row], wide: float) -> Iterator[str]:
    """A rule where time passes, with how long it was."""
    for before, row in pairwise(rows):
        if row.at == before.at:
            continue
        y = row.y - _JUMP / 2
        said = f"+ {Duration(row.at - before.at)}"
        yield f'<path class="rule" d="M0 {number(y)}H{number(wide)}" stroke="{_RULE}" stroke-dasharray="4 4"/>'
        yield f'<g class="clock">{text(Run(said, _PAD, y - 3, _SIZE * 0.85, "start"), _SOFT)}</g>'


def _lasting(rows: Sequence[_Row], left: dict[Lane, float], end: float) -> Iterator[str]:
    """How long each state and screen was there."""
    begun: dict[Lane, float] = {}
    for row in rows:
        for mark in row.marks:
            if mark.lane.lasts:
                if mark.lane in begun:
                    yield _bar(mark.lane, left, begun[mark.lane], row.y - 2)
                begun[mark.lane] = row.y
    for lane, y in begun.items():
        yield _bar(lane, left, y, end)


def _bar(lane: Lane, left: dict[Lane, float], top: float, bottom: float) -> str:
    bar = rect(left[lane], top, _BAR, bottom - top, _COLOURS[lane], round_by=_BAR / 2)
    return f'<g class="lane-{lane.value}">{bar}</g>'


def _clocks(rows: Sequence[_Row]) -> Iterator[str]:
    """The time, once for all rows of a moment."""
    said = -1
    for row in rows:
        if row.at != said:
            run = Run(clock(row.at), _PAD, row.y + _BASELINE, _SIZE * 0.85, "start")
            yield f'<g class="clock">{text(run, _SOFT)}</g>'
        said = row.at


def _drawn(row: _Row, left: dict[Lane, float], prefix: str) -> Iterator[str]:
    baseline = row.y + _BASELINE
    for mark in row.marks:
        x, wide = left[mark.lane], _WIDE[mark.lane]
        colour = _WRONG if mark.is_wrong else _COLOURS[mark.lane]
        whole = f"{mark.label}\n{mark.detail}" if mark.detail else mark.label
        name = f" id={attribute(f'{prefix}{mark.number}')}" if mark.number else ""
        yield f'<g class="mark"{name}><title>{xml(whole)}</title>'
        kind = "wrong" if mark.is_wrong else f"lane-{mark.lane.value}"
        if not mark.lane.lasts:
            tick = rect(x, row.y + _ROW * 0.25, _BAR, _ROW * 0.5, colour, round_by=_BAR / 2)
            yield f'<g class="{kind}">{tick}</g>'
        run = Run(_cut(mark.label, wide - 2 * _PAD - _BAR), x + _PAD + _BAR, baseline, _SIZE, "start")
        yield f'<g class="label">{text(run, colour if mark.is_wrong else _INK)}</g></g>'


def _cut(label: str, room: float) -> str:
    """The label as far as it fits, with an ellipsis where it is cut."""
    line = " ".join(label.split())
    if width(line) * _SIZE <= room:
        return line
    while line and width(f"{line}…") * _SIZE > room:
        line = line[:-1]
    return f"{line.rstrip()}…"
