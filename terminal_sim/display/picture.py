"""A picture of all that a device shows: each of its displays, the lights of a reader, and a band that says SIMULATOR.

It is what tests store and compare, so nothing on it changes but what the device shows: real keys are left out, and each
display has one size whatever the screen on it says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from terminal_sim.core.config import Profile
from terminal_sim.display.appearance import Appearance
from terminal_sim.display.item import Bounds, Item, Role
from terminal_sim.display.layout import Run
from terminal_sim.display.lines import SIMULATOR
from terminal_sim.display.markup import document, number, rect, text
from terminal_sim.display.png import png
from terminal_sim.display.reader import READER_WIDE, reader
from terminal_sim.display.region import Region
from terminal_sim.display.selector import Selector
from terminal_sim.display.svg import AMBER, BODY, COVER, INK, LABEL, STATUS, glass
from terminal_sim.display.view import View

LONGEST = 640.0  # of the sides of a display, in pixels of the picture
_EDGE = 14.0
_BAND = 24.0
_CAPTION = 20.0
_STATUS = 20.0


@dataclass(frozen=True)
class Picture:
    """How a terminal of `profile` looks: what it shows is `shown`. Items of `covered` and `regions` are hidden by a plain field.

    Everything is worked out when it is first asked for; a picture never changes.
    """

    shown: Appearance
    profile: Profile = field(repr=False)
    covered: frozenset[Item] = frozenset()
    regions: tuple[Region, ...] = ()

    def recorded(self) -> Picture:
        """The same as a failure shows it: no digit of an expiry that is being typed."""
        return replace(self, shown=self.shown.recorded())

    def named(self, selector: Selector) -> frozenset[Item]:
        """What the selector names on the displays and in the status bar; no screen as a whole."""
        found = {item for view in self._views for item in view.matches(selector)}
        found.update(item for item in (self.shown.status,) if item is not None and item.is_named(selector))
        return frozenset(item for item in found if item.role is not Role.SCREEN)

    def without(self, *hidden: Selector | Region) -> Picture:
        """The picture with these parts hidden, too."""
        selectors = [one for one in hidden if isinstance(one, Selector)]
        regions = tuple(one for one in hidden if isinstance(one, Region))
        covered = self.covered.union(*map(self.named, selectors))
        return replace(self, covered=covered, regions=self.regions + regions)

    @cached_property
    def svg(self) -> str:
        """The drawing, in pixels of the picture."""
        wide, deep = self._size
        parts = [
            rect(0, 0, wide, deep, BODY, round_by=_EDGE),
            rect(_EDGE, _EDGE / 2, wide - 2 * _EDGE, _BAND, AMBER, round_by=4),
            text(Run(SIMULATOR, wide / 2, _EDGE / 2 + _BAND * 0.72, _BAND * 0.68, bold=True), INK),
            *(line for view, x, scale in self._places for line in self._display(view, x, scale)),
            *self._status(),
            *self._reader(),
            *(rect(*region.bounds, COVER) for region in self.regions),
        ]
        title = f"{SIMULATOR}: {self.profile.maker} {self.profile.name}"
        return document(wide, deep, title, parts, locale=self._views[0].locale)

    @property
    def png(self) -> bytes:
        """The same drawing as pixels: 8 bits each of red, green, blue and alpha."""
        return png(self.svg)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        wide, deep = self._size
        return int(wide), int(deep)

    @property
    def hidden(self) -> list[Bounds]:
        """The parts that are hidden, in pixels of the picture."""
        items = [bounds for item, bounds in self.items if item in self.covered]
        return items + [region.bounds for region in self.regions]

    @property
    def items(self) -> list[tuple[Item, Bounds]]:
        """The status bar and what stands on the displays, in reading order, with the bounds of each in pixels of the picture."""
        status = [] if self.shown.status is None else [(self.shown.status, self._strip)]
        return status + [
            (item, _moved(item.bounds, x, self._top, scale))
            for view, x, scale in self._places
            for item in view.items
        ]

    def _display(self, view: View, x: float, scale: float) -> Iterator[str]:
        display = self.profile.displays[view.display]
        name = f"{self.profile.maker} {self.profile.name}" + (
            "" if len(self._views) == 1 else f", {view.display}"
        )
        yield text(Run(name, x, _TOP - _CAPTION * 0.35, _CAPTION * 0.6, "start"), LABEL)
        yield f'<g transform="translate({number(x)} {number(self._top)}) scale({scale:.6g})">'
        yield from glass(view, display.width, display.height, self.covered)
        yield "</g>"

    def _status(self) -> Iterator[str]:
        status = self.shown.status
        if status is None:
            return
        x, y, wide, tall = self._strip
        yield rect(x, y, wide, tall, STATUS)
        if status in self.covered:
            yield rect(x, y, wide, tall, COVER)
            return
        baseline, size = y + tall * 0.7, tall * 0.6
        yield text(Run(status.text, x + size, baseline, size, "start", bold=True), "#ffffff")
        yield text(Run(status.detail, x + wide - size, baseline, size, "end"), "#ffffff")

    @property
    def _strip(self) -> Bounds:
        """Where the status bar stands: above the first display."""
        view, x, scale = self._places[0]
        return x, _TOP, self.profile.displays[view.display].width * scale, _STATUS

    @property
    def _top(self) -> float:
        """The upper edge of the displays; a strip that is dark while the device is off keeps its room."""
        return _TOP + (_STATUS if self.profile.status_bar else 0.0)

    def _reader(self) -> Iterator[str]:
        if self.profile.lights:
            x = self._size[0] - _EDGE - READER_WIDE
            yield from reader(self.profile, self.shown.lights, x, self._top)

    @property
    def _views(self) -> tuple[View, ...]:
        return tuple(self.shown.views.values())

    @cached_property
    def _places(self) -> list[tuple[View, float, float]]:
        """The displays from left to right: each with its left edge and its scale."""
        places, x = [], _EDGE
        for view in self._views:
            display = self.profile.displays[view.display]
            scale = min(1.0, LONGEST / max(display.width, display.height))
            places.append((view, x, scale))
            x += display.width * scale + _EDGE
        return places

    @cached_property
    def _size(self) -> tuple[float, float]:
        """Width and height of the picture: whole pixels, so that every rasteriser rounds them alike."""
        displays = [(self.profile.displays[view.display], x, scale) for view, x, scale in self._places]
        right = max(x + display.width * scale for display, x, scale in displays)
        tall = max(display.height * scale for display, _, scale in displays)
        extra = READER_WIDE + _EDGE if self.profile.lights else 0.0
        return float(round(right + extra + _EDGE)), float(round(self._top + tall + _EDGE))


_TOP = _EDGE / 2 + _BAND + _CAPTION


def _moved(bounds: Bounds, x: float, y: float, scale: float) -> Bounds:
    left, top, wide, tall = (value * scale for value in bounds)
    return left + x, top + y, wide, tall
