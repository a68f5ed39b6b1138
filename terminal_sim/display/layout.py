"""Where everything on a screen stands, in pixels of the display.

Rules:
1. Titles and banners are strips on top, the keys and buttons that end a screen stand at the bottom, the rest between;
   a screen that only shows a message is centred.
2. Texts are wrapped, never cut. Where a screen is too full everything shrinks together until it fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby

from msgspec import structs

from terminal_sim.core.screen import Tone
from terminal_sim.display.item import Item, Role
from terminal_sim.display.metrics import width, wrapped

_SIZES = {Tone.BIG: 1.6, Tone.GOOD: 1.6, Tone.BAD: 1.4, Tone.SMALL: 0.8, Tone.NORMAL: 1.0}
_LEADING = 1.3
_MARGIN = 0.7
_STRIPS = (Role.TITLE, Role.BANNER)
_FOOT = (Role.KEY, Role.BUTTON, Role.PAGE, Role.TAB)
_TOUCHED = (Role.CHOICE, Role.INPUT)


@dataclass(frozen=True, slots=True)
class Run:
    """One line of text; `y` is its baseline and `anchor` what of it stands at `x`, as in SVG."""

    text: str
    x: float
    y: float
    size: float
    anchor: str = "middle"
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """An item with its bounds, and its lines of text."""

    item: Item
    runs: tuple[Run, ...]

    def down(self, by: float) -> Placed:
        x, y, w, h = self.item.bounds
        item = structs.replace(self.item, bounds=(x, y + by, w, h))
        return Placed(item, tuple(replace(run, y=run.y + by) for run in self.runs))


@dataclass(frozen=True, slots=True)
class _Block:
    height: float
    placed: tuple[Placed, ...]


@lru_cache(256)
def arrange(
    items: tuple[Item, ...], room: tuple[float, float], key_rows: tuple[int, ...] = ()
) -> tuple[Placed, ...]:
    """The items with bounds inside `room` (width, height), in their own order, which begins with titles and banners.

    `key_rows` is how many keys each row of the pad has. What was arranged lately is not arranged again: a script looks at one screen often.
    """
    across, high = room
    base = min(across, high) / 20
    while True:
        placed, used = _stacked(items, across, high, base, key_rows)
        if used <= high:
            return placed
        base *= 0.93


def _stacked(
    items: Sequence[Item], across: float, high: float, base: float, key_rows: Sequence[int]
) -> tuple[tuple[Placed, ...], float]:
    head = next((at for at, item in enumerate(items) if item.role not in _STRIPS), len(items))
    foot = len(items)
    while foot > head and items[foot - 1].role in _FOOT:
        foot -= 1
    parts = [
        list(_blocks(part, across, base, key_rows)) for part in (items[:head], items[head:foot], items[foot:])
    ]
    heights = [sum(block.height for block in part) for part in parts]
    spare = max(high - sum(heights), 0)
    telling = not any(item.role in _TOUCHED for item in items[head:foot])
    starts = (0.0, heights[0] + (spare / 2 if telling else 0), high - heights[2])
    placed: list[Placed] = []
    for start, part in zip(starts, parts, strict=True):
        y = start
        for block in part:
            placed += [one.down(y) for one in block.placed]
            y += block.height
    return tuple(placed), sum(heights)


def _blocks(items: Sequence[Item], across: float, base: float, key_rows: Sequence[int]) -> Iterator[_Block]:
    for (role, tile), group in groupby(items, key=_kind):
        run = list(group)
        if role is Role.KEY:
            yield _grid(run, key_rows, across, base, 2.6)
        elif role is Role.TAB:
            yield _tabs(run, across, base)
        elif role is Role.QR:
            yield from (_square(item, across, base) for item in run)
        elif role is Role.BUTTON:
            widest = max(width(item.text, bold=True) for item in run) * base
            fits = widest <= (across - base * _MARGIN) / len(run) - 2 * base
            yield _grid(run, [len(run)] if fits else [1] * len(run), across, base, 2.8)
        elif tile:
            pairs, odd = divmod(len(run), 2)
            yield _grid(run, [2] * pairs + [1] * odd, across, base, 5.5)
        else:
            yield from (_single(item, across, base) for item in run)


def _tabs(tabs: Sequence[Item], across: float, base: float) -> _Block:
    """One row that fills the width. A tab is as wide as its name wants, and the letters are so small that each name is one line."""
    names = [width(tab.text, bold=True) + 0.8 for tab in tabs]  # with the padding of its cell
    gap, outer = base * 0.2, base * _MARGIN / 2
    room = across - 2 * outer - gap * (len(tabs) - 1)
    size = min(base * 0.8, room / sum(names))
    spare = (room - size * sum(names)) / len(tabs)
    tall = size * 2.8
    placed, x = [], outer
    for tab, name in zip(tabs, names, strict=True):
        wide = size * name + spare
        run = Run(tab.text, x + wide / 2, gap + tall / 2 + size * 0.36, size, bold=True)
        placed.append(Placed(structs.replace(tab, bounds=(x, gap, wide, tall)), (run,)))
        x += wide + gap
    return _Block(tall + 2 * gap, tuple(placed))


def _kind(item: Item) -> tuple[Role, bool]:
    """What stands in one block; that a tab is the current one takes it out of no row."""
    return item.role, item.tile and item.role is not Role.TAB


def _square(item: Item, across: float, base: float) -> _Block:
    """A code to be read by a telephone: half as wide as the shorter side of a screen that has room for it."""
    side, pad = base * 10, base * 0.5
    bounds = ((across - side) / 2, pad, side, side)
    return _Block(side + 2 * pad, (Placed(structs.replace(item, bounds=bounds), ()),))


def _grid(items: Sequence[Item], rows: Sequence[int], across: float, base: float, lines: float) -> _Block:
    """Cells of one height, as many a row as `rows` says, that fill the width."""
    gap = base * 0.35
    outer = base * _MARGIN
    ahead, placed, y = iter(items), [], gap
    for count in rows:
        wide = (across - 2 * outer - gap * (count - 1)) / count
        row = [next(ahead) for _ in range(count)]
        texts = [wrapped(item.text, (wide - base) / base, bold=True) for item in row]
        details = [wrapped(item.detail, (wide - base) / (base * 0.8)) if item.detail else [] for item in row]
        tall = max(
            base * lines,
            max((len(t) + 0.8 * len(d)) * _LEADING for t, d in zip(texts, details, strict=True)) * base
            + base,
        )
        for at, item in enumerate(row):
            x = outer + at * (wide + gap)
            runs = _centred(texts[at], details[at], x + wide / 2, y + tall / 2, base)
            placed.append(Placed(structs.replace(item, bounds=(x, y, wide, tall)), runs))
        y += tall + gap
    return _Block(y, tuple(placed))


def _centred(text: list[str], detail: list[str], x: float, y: float, base: float) -> tuple[Run, ...]:
    small = base * 0.8
    top = y - (len(text) * base + len(detail) * small) * _LEADING / 2
    runs = [Run(line, x, top + (at * _LEADING + 1) * base, base, bold=True) for at, line in enumerate(text)]
    below = top + len(text) * base * _LEADING
    return (
        *runs,
        *(Run(line, x, below + (at * _LEADING + 1) * small, small) for at, line in enumerate(detail)),
    )


def _single(item: Item, across: float, base: float) -> _Block:
    if item.role is Role.INPUT:
        return _input(item, across, base)
    if item.role is Role.CHOICE:
        return _row(item, across, base)
    strip = item.role in _STRIPS
    size = base * (1.1 if strip else _SIZES[item.tone] if item.role is Role.LINE else 0.8)
    bold = item.role is Role.TITLE or item.tone in (Tone.BIG, Tone.GOOD, Tone.BAD)
    outer = base * _MARGIN
    lines = wrapped(item.text, (across - 2 * outer) / size, bold=bold)
    pad = base * (0.5 if strip else 0.3)
    tall = len(lines) * size * _LEADING + 2 * pad
    x = outer if item.role is Role.TITLE else across / 2
    anchor = "start" if item.role is Role.TITLE else "middle"
    runs = (Run(t, x, pad + (i * _LEADING + 1) * size, size, anchor, bold) for i, t in enumerate(lines))
    return _Block(tall, (Placed(structs.replace(item, bounds=(0.0, 0.0, across, tall)), tuple(runs)),))


def _input(item: Item, across: float, base: float) -> _Block:
    """What is typed stands large and in one line: it shrinks rather than wraps, for it is read digit by digit."""
    outer, wide = base * _MARGIN, across - 2 * base * _MARGIN
    size = min(base * 1.7, (wide - base) / max(width(item.text, bold=True), 1))
    tall = base * 3
    run = Run(item.text, across / 2, outer + tall / 2 + size * 0.36, size, "middle", True)
    return _Block(
        tall + 2 * outer, (Placed(structs.replace(item, bounds=(outer, outer, wide, tall)), (run,)),)
    )


def _row(item: Item, across: float, base: float) -> _Block:
    """A choice in a list: its detail on the right where both fit, else below."""
    outer, small, pad = base * _MARGIN, base * 0.85, base * 0.8
    room = across - 2 * outer - base
    beside = width(item.text) * base + width(item.detail) * small + base <= room
    lines = [item.text] if beside else wrapped(item.text, room / base)
    below = [] if beside or not item.detail else wrapped(item.detail, room / small)
    runs = [Run(t, outer, pad + (i * _LEADING + 1) * base, base, "start") for i, t in enumerate(lines)]
    y = pad + len(lines) * base * _LEADING
    if beside and item.detail:
        runs.append(Run(item.detail, across - outer - base, pad + base, small, "end"))
    runs += [Run(t, outer, y + (i * _LEADING + 1) * small, small, "start") for i, t in enumerate(below)]
    tall = y + len(below) * small * _LEADING + pad * 0.7
    return _Block(tall, (Placed(structs.replace(item, bounds=(0.0, 0.0, across, tall)), tuple(runs)),))
