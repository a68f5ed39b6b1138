"""A part of a picture by its place: `region:14,51,320x20` is 320 pixels wide and 20 high, its left top corner 14 from the left and 51 from the top."""

from __future__ import annotations

import re
from dataclasses import dataclass

from terminal_sim.display.item import Bounds
from terminal_sim.display.selector import SelectorError

PREFIX = "region:"
_FORM = re.compile(r"region:(\d{1,5}),(\d{1,5}),(\d{1,5})x(\d{1,5})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Region:
    """All in pixels of the picture, as a viewer of its PNG counts them."""

    x: int
    y: int
    wide: int
    tall: int

    @classmethod
    def parse(cls, text: str) -> Region:
        """Raises `SelectorError` that shows the form."""
        found = _FORM.fullmatch(text)
        if found is None:
            raise SelectorError(
                f"{text!r} is no region: write region:X,Y,WIDTHxHEIGHT in pixels of the picture"
            )
        region = cls(*map(int, found.groups()))
        if not region.wide or not region.tall:
            raise SelectorError(f"{text!r} is empty: width and height are one pixel at least")
        return region

    @property
    def bounds(self) -> Bounds:
        return float(self.x), float(self.y), float(self.wide), float(self.tall)

    def __str__(self) -> str:
        return f"{PREFIX}{self.x},{self.y},{self.wide}x{self.tall}"
