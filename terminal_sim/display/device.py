"""A whole terminal as a drawing: housing, displays, keys, slots, lights, from where its profile places them.

What can be pressed or touched is a `<g role="button">` as on a screen, and each slot, field and stripe is a `<g>` with `data-part`, so that a page knows where a card may
go. A model without `[drawing]` gets one that is made from what it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from terminal_sim.core.config import Profile
from terminal_sim.core.config.drawing import Area, Body, Drawing, DrawnSlot, FieldArea, Groove, KeypadArea
from terminal_sim.display.appearance import Appearance
from terminal_sim.display.item import keys_of
from terminal_sim.display.layout import Run, arrange
from terminal_sim.display.lines import SIMULATOR
from terminal_sim.display.markup import attribute, document, rect, text
from terminal_sim.display.svg import AMBER, INK, LABEL, glass, key_at

_FILLS = {"graphite": ("#2b2f36", "#3b414b", LABEL), "white": ("#f7f8fa", "#c3cad4", "#4a5462")}
_DARK = "#14181e"
_LIGHTS = {
    "": "#d9dee5",
    "off": "#d9dee5",
    "on": "#ffffff",
    "green": "#22b14c",
    "red": "#d92d20",
    "orange": "#f58a07",
}
_EDGE, _BAND, _KEYS = 22, 24, 236


class DeviceDrawing:
    """The drawing of one model: what never changes about it is drawn once."""

    def __init__(self, profile: Profile) -> None:
        drawing = profile.drawing or default_drawing(profile)
        self._profile = profile
        self._drawing = drawing
        self._housing = (
            *(line for body in drawing.bodies for line in _body(body)),
            *_openings(profile, drawing),
            *_band(drawing.band),
            *(line for mark in drawing.marks for line in _mark(mark.text, mark.at, drawing)),
        )
        self._keys = tuple(_keys(profile, drawing.keypad)) if drawing.keypad is not None else ()

    def svg(self, shown: Appearance) -> str:
        """The terminal as it looks now, as an SVG document in units of its drawing."""
        profile, drawing = self._profile, self._drawing
        parts = [
            *self._housing,
            *(
                line
                for name, area in drawing.displays.items()
                for line in _display(profile, shown, name, area)
            ),
            *self._keys,
            *_lights(drawing.lights, shown.lights),
        ]
        first = next(iter(shown.views.values()))
        title = f"{SIMULATOR}: {profile.maker} {profile.name}"
        wide, deep = drawing.box
        return document(wide, deep, title, parts, locale=first.locale)


def device_svg(profile: Profile, shown: Appearance) -> str:
    """The terminal as it looks now, as an SVG document in units of its drawing."""
    return DeviceDrawing(profile).svg(shown)


def default_drawing(profile: Profile) -> Drawing:
    """One for a model that has none: its displays side by side, its keys below, slot at the bottom, paper at the top."""
    displays, x, deep = {}, _EDGE, 0
    top = 16 + _BAND + 10
    for name, display in profile.displays.items():
        displays[name] = Area(at=(x, top), size=(display.width, display.height))
        x += display.width + _EDGE
        deep = max(deep, display.height)
    below = top + deep + 18
    has_keys = profile.keypad.where == "keys"
    keypad = (
        KeypadArea(at=(_EDGE + 8, below), size=(x - 2 * _EDGE - 16, _KEYS), gap=(10, 8)) if has_keys else None
    )
    foot = below + (_KEYS if has_keys else 20) + _EDGE
    middle = x // 2
    opening = max(x // 2, 60)
    return Drawing(
        box=(x, foot),
        bodies=(Body(at=(0, 0), size=(x, foot), round=(26, 26, 34, 34)),),
        band=Area(at=(_EDGE, 16), size=(x - 2 * _EDGE, _BAND)),
        displays=displays,
        keypad=keypad,
        printer=DrawnSlot(edge="top", at=middle, width=opening) if profile.printer is not None else None,
        slot=DrawnSlot(edge="bottom", at=middle, width=opening) if profile.entries.chip else None,
        stripe=Groove(edge="right", begin=64, end=foot - 64) if profile.entries.stripe else None,
        contactless=FieldArea(at=(middle, top + deep // 2), radius=min(x, deep) // 3)
        if profile.entries.contactless
        else None,
        lights={name: (_EDGE + 10 + at * 22, foot - 14) for at, name in enumerate(profile.lights)},
    )


def _body(body: Body) -> Iterator[str]:
    fill, line, _ = _FILLS[body.fill]
    (x, y), (wide, deep) = body.at, body.size
    a, b, c, d = body.round
    outline = (
        f"M{x + a} {y}H{x + wide - b}Q{x + wide} {y} {x + wide} {y + b}V{y + deep - c}Q{x + wide} {y + deep} {x + wide - c} {y + deep}"
        f"H{x + d}Q{x} {y + deep} {x} {y + deep - d}V{y + a}Q{x} {y} {x + a} {y}Z"
    )
    yield f'<path d="{outline}" fill="{fill}" stroke="{line}" stroke-width="2"/>'


def _band(band: Area) -> Iterator[str]:
    (x, y), (wide, deep) = band.at, band.size
    yield rect(x, y, wide, deep, AMBER, round_by=4)
    yield text(Run(SIMULATOR, x + wide / 2, y + deep * 0.72, deep * 0.68, bold=True), INK)


def _mark(words: str, at: tuple[int, ...], drawing: Drawing) -> Iterator[str]:
    on = next((body for body in reversed(drawing.bodies) if _within(at, body)), drawing.bodies[0])
    yield text(Run(words, at[0], at[1] + 5, 14), _FILLS[on.fill][2])


def _within(at: tuple[int, ...], area: Area) -> bool:
    return all(low <= value <= high for value, low, high in zip(at, area.at, area.corner, strict=True))


def _display(profile: Profile, shown: Appearance, name: str, area: Area) -> Iterator[str]:
    display = profile.displays[name]
    (x, y), (wide, deep) = area.at, area.size
    yield rect(x - 3, y - 3, wide + 6, deep + 6, _DARK, round_by=3)
    scale = f"{wide / display.width:.6g} {deep / display.height:.6g}"
    yield f'<g transform="translate({x} {y}) scale({scale})" data-display={attribute(name)}>'
    yield from glass(shown.views[name], display.width, display.height)
    yield "</g>"


def _keys(profile: Profile, area: KeypadArea) -> Iterator[str]:
    layout = profile.keypad.layout
    placed = {
        each.item.key: each
        for each in arrange(tuple(keys_of(profile.keypad)), area.size, profile.keypad.rows)
    }
    across, down = area.gap
    tall = (area.size[1] - (len(layout) - 1) * down) / len(layout)
    for row, keys in enumerate(layout):
        wide = (area.size[0] - (len(keys) - 1) * across) / len(keys)
        for column, key in enumerate(keys):
            x = area.at[0] + column * (wide + across)
            y = area.at[1] + row * (tall + down)
            yield from key_at(placed[key], (x, y, wide, tall))


@dataclass(frozen=True, slots=True)
class _Slit:
    """A slot as a rectangle, and what goes into it."""

    part: str
    bounds: tuple[float, float, float, float]


def _openings(profile: Profile, drawing: Drawing) -> Iterator[str]:
    """Those that this model has: a variant may switch one off and keep the drawing."""
    has = {
        "printer": profile.printer is not None,
        "slot": profile.entries.chip,
        "stripe": profile.entries.stripe,
    }
    for slit in _slits(drawing):
        if has[slit.part]:
            yield f'<g data-part="{slit.part}">{rect(*slit.bounds, _DARK, round_by=3)}</g>'
    field = drawing.contactless
    if field is not None and profile.entries.contactless:
        x, y = field.at
        yield f'<g data-part="contactless"><circle cx="{x}" cy="{y}" r="{field.radius}" fill="none"/></g>'


def _slits(drawing: Drawing) -> Iterator[_Slit]:
    for part, opening in (("printer", drawing.printer), ("slot", drawing.slot)):
        if opening is not None:
            half = opening.width / 2
            yield _Slit(
                part, _along(drawing.bodies[opening.body], opening.edge, opening.at - half, opening.at + half)
            )
    groove = drawing.stripe
    if groove is not None:
        yield _Slit("stripe", _along(drawing.bodies[groove.body], groove.edge, groove.begin, groove.end))


def _along(body: Body, edge: str, begin: float, end: float) -> tuple[float, float, float, float]:
    """A slit of 5 units along an edge of the body, just inside it."""
    (left, top), (right, bottom) = body.at, body.corner
    if edge in ("top", "bottom"):
        return begin, top + 4 if edge == "top" else bottom - 9, end - begin, 5
    return left + 4 if edge == "left" else right - 9, begin, 5, end - begin


def _lights(places: Mapping[str, tuple[int, ...]], states: Mapping[str, str]) -> Iterator[str]:
    for name, (x, y) in places.items():
        state = states.get(name, "")
        label = attribute(f"{name} {state or 'off'}")
        yield (
            f'<g role="img" aria-label={label}><circle cx="{x}" cy="{y}" r="7" '
            f'fill="{_LIGHTS.get(state, "#2563a8")}" stroke="#8b96a5" stroke-width="1"/></g>'
        )
