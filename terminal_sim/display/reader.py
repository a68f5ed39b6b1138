"""A card reader without a screen, seen from above: its lights in a row, the mark of contactless cards and the slot for a chip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from terminal_sim.core.config import Profile
from terminal_sim.display.layout import Run
from terminal_sim.display.markup import number, rect, text

READER_WIDE = 190.0
_SHELL, _EDGE_LINE, _LABEL, _DARK = "#f7f8fa", "#c3cad4", "#4a5462", "#d9dee5"
_LIT = "#2563a8"
_LIGHTS = {
    "": _DARK,
    "off": _DARK,
    "on": "#ffffff",
    "green": "#22b14c",
    "red": "#d92d20",
    "orange": "#f58a07",
    "blue": _LIT,
}


def reader(profile: Profile, lights: Mapping[str, str], x: float, y: float) -> Iterator[str]:
    """The reader with its left top corner at `x`, `y`. `lights` are the colours of its own and `on` for a way to present a card that it takes now."""
    wide = READER_WIDE
    middle = x + wide / 2
    yield rect(x, y, wide, wide, _EDGE_LINE, round_by=28)
    yield rect(x + 1.5, y + 1.5, wide - 3, wide - 3, _SHELL, round_by=27)
    for at, name in enumerate(profile.lights):
        lamp = middle + (at - (len(profile.lights) - 1) / 2) * 26
        state = lights.get(name, "")
        yield (
            f'<g role="img" aria-label="{name} {state or "off"}"><circle cx="{number(lamp)}" cy="{number(y + 28)}" r="7" '
            f'fill="{_LIGHTS.get(state, _LIT)}" stroke="#8b96a5" stroke-width="1"/></g>'
        )
    if profile.entries.contactless:
        yield from _waves(middle - 14, y + 92, _LIT if lights.get("contactless") else _DARK)
    yield text(Run(profile.name, middle, y + 146, 13), _LABEL)
    if profile.entries.chip:
        slot = _LIT if lights.get("chip") else _DARK
        yield rect(middle - 55, y + wide - 16, 110, 7, slot, round_by=3)


def _waves(x: float, y: float, colour: str) -> Iterator[str]:
    """Four arcs, the mark of contactless cards."""
    for at in range(4):
        tall = 10 + at * 7
        yield (
            f'<path d="M{number(x + at * 9)} {number(y - tall)}q{number(tall * 0.55)} {number(tall)} 0 {number(2 * tall)}" '
            f'fill="none" stroke="{colour}" stroke-width="5" stroke-linecap="round"/>'
        )
