"""A screen as a drawing of the device: its display, the keys below it, and a band that says SIMULATOR.

What can be touched is a `<g role="button">` with `data-id` (the element) or `data-key` (the key), so a page that shows
the drawing needs nothing else to make it work.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from msgspec import structs

from terminal_sim.core.config import Profile
from terminal_sim.core.screen import Tone
from terminal_sim.display.item import Bounds, Item, Role, keys_of
from terminal_sim.display.layout import Placed, Run, arrange
from terminal_sim.display.lines import SIMULATOR
from terminal_sim.display.markup import attribute, document, number, rect, text
from terminal_sim.display.qr import qr_square
from terminal_sim.display.view import View

INK = "#1b2430"
_PAPER = "#f7f8fa"
_STRIP = "#23374d"
BODY = "#2b2f36"
AMBER = "#ffb300"
_DARK = "#10141a"
COVER = "#b9c0ca"
STATUS = "#10141a"
LABEL = "#c9ced6"
_KEY_FILLS = {
    "": "#2563a8",
    "grey": "#5a6270",
    "green": "#1d7f3b",
    "red": "#b3261e",
    "yellow": "#f2b705",
    "white": "#ffffff",
}
_DARK_ON = ("yellow", "white")
_TONES = {Tone.GOOD: "#1d7f3b", Tone.BAD: "#b3261e", Tone.SMALL: "#4a5462"}


def screen_svg(view: View, profile: Profile) -> str:
    """The device with `view` on its display, as an SVG document. Its size is in pixels of the display."""
    display = profile.displays[view.display]
    unit = display.width / 20
    band, edge = 1.7 * unit, 1.2 * unit
    wide = display.width + 2 * edge
    below = edge + 2 * band + display.height
    keys = list(_keypad(profile, display.width, edge, below + 0.4 * unit)) if _has_keys(view, profile) else []
    deep = (
        max((placed.item.bounds[1] + placed.item.bounds[3] for placed in keys), default=below - edge * 0.4)
        + edge
    )
    middle, top = wide / 2, edge * 0.6
    parts = [
        rect(0, 0, wide, deep, BODY, round_by=1.4 * unit),
        rect(edge, top, display.width, band, AMBER, round_by=0.3 * unit),
        text(Run(SIMULATOR, middle, top + band * 0.7, 1.1 * unit, bold=True), INK),
        text(Run(f"{profile.maker} {profile.name}", middle, top + band * 1.68, 0.8 * unit), LABEL),
        f'<g transform="translate({number(edge)} {number(edge + 2 * band - 0.4 * unit)})">',
        *glass(view, display.width, display.height),
        "</g>",
        *(line for placed in keys for line in _key(placed)),
    ]
    title = f"{SIMULATOR}: {profile.maker} {profile.name}"
    return document(wide, deep, title, parts, locale=view.locale)


def glass(view: View, width: float, height: float, covered: frozenset[Item] = frozenset()) -> Iterator[str]:
    """What `view` shows, in pixels of its display; an item of `covered` is a plain field."""
    lit = bool(view.placed)
    yield rect(0, 0, width, height, _PAPER if lit else _DARK)
    for placed in view.placed:
        yield from (
            [_rect(placed.item, fill=COVER)] if placed.item in covered else _DRAWN[placed.item.role](placed)
        )


def _strip(placed: Placed) -> Iterator[str]:
    title = placed.item.role is Role.TITLE
    yield _rect(placed.item, fill=_STRIP if title else "#ffe0a3")
    yield from (text(run, "#ffffff" if title else INK) for run in placed.runs)


def _line(placed: Placed) -> Iterator[str]:
    yield from (text(run, _TONES.get(placed.item.tone, INK)) for run in placed.runs)


def _input(placed: Placed) -> Iterator[str]:
    yield _rect(placed.item, fill="#ffffff", rx=0.1, stroke=_STRIP)
    yield from (text(run, INK) for run in placed.runs)


def _choice(placed: Placed) -> Iterator[str]:
    item = placed.item
    yield _touched(item)
    if item.tile:
        yield _rect(item, fill="#ffffff", rx=0.08, stroke="#8b96a5")
    else:
        x, y, wide, tall = item.bounds
        yield _rect(item, fill="#ffffff")
        yield f'<path d="M{number(x)} {number(y + tall)}h{number(wide)}" stroke="#c3cad4" stroke-width="{number(wide / 300)}"/>'
    yield from (text(run, INK if run.size == placed.runs[0].size else "#4a5462") for run in placed.runs)
    yield "</g>"


def _key(placed: Placed) -> Iterator[str]:
    item = placed.item
    yield _touched(item)
    yield _rect(item, fill=_KEY_FILLS[item.colour], rx=0.16)
    ink = INK if item.colour in _DARK_ON else "#ffffff"
    yield from (text(run, ink) for run in placed.runs)
    yield "</g>"


def key_at(placed: Placed, bounds: Bounds) -> Iterator[str]:
    """A real key, moved and stretched to `bounds`."""
    x, y, wide, tall = bounds
    old_x, old_y, old_wide, old_tall = placed.item.bounds
    size = min(wide / old_wide, tall / old_tall)
    runs = tuple(
        replace(
            run,
            x=x + (run.x - old_x) * wide / old_wide,
            y=y + tall / 2 + (run.y - old_y - old_tall / 2) * size,
            size=run.size * size,
        )
        for run in placed.runs
    )
    yield from _key(Placed(structs.replace(placed.item, bounds=bounds), runs))


def _tab(placed: Placed) -> Iterator[str]:
    item = placed.item
    yield _touched(item)
    yield _rect(item, fill=_STRIP if item.tile else "#dfe4ea", rx=0.12)
    yield from (text(run, "#ffffff" if item.tile else INK) for run in placed.runs)
    yield "</g>"


def _qr(placed: Placed) -> Iterator[str]:
    x, y, side, _ = placed.item.bounds
    yield from qr_square(placed.item.text, x, y, side, INK)


_DRAWN = {
    Role.TAB: _tab,
    Role.QR: _qr,
    Role.TITLE: _strip,
    Role.BANNER: _strip,
    Role.LINE: _line,
    Role.PAGE: _line,
    Role.INPUT: _input,
    Role.CHOICE: _choice,
    Role.BUTTON: _key,
    Role.KEY: _key,
}


def _has_keys(view: View, profile: Profile) -> bool:
    """Real keys stand below the first display."""
    return profile.keypad.where == "keys" and view.display == next(iter(profile.displays))


def _keypad(profile: Profile, width: float, x: float, y: float) -> Iterator[Placed]:
    keys = arrange(tuple(keys_of(profile.keypad)), (width, width), profile.keypad.rows)
    # The layout stands keys at the bottom of its room; here they begin at `y`.
    top = min(placed.item.bounds[1] for placed in keys)
    for placed in keys:
        moved = placed.down(y - top)
        left, top_of_key, wide, tall = moved.item.bounds
        item = structs.replace(moved.item, bounds=(left + x, top_of_key, wide, tall))
        yield Placed(item, tuple(replace(run, x=run.x + x) for run in moved.runs))


def _touched(item: Item) -> str:
    if not item.touchable:
        return "<g>"
    name = attribute(item.key if item.role is Role.KEY else item.wording)
    key = f" data-key={attribute(item.key)}" if item.key else ""
    return f'<g role="button" tabindex="0" aria-label={name} data-id={attribute(item.id)}{key}>'


def _rect(item: Item, *, fill: str, rx: float = 0.0, stroke: str = "") -> str:
    _, _, wide, tall = item.bounds
    return rect(*item.bounds, fill, round_by=min(wide, tall) * rx, stroke=stroke)
