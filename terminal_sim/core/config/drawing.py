"""Where the parts of a terminal are on a drawing of it: data, so that a new model draws itself.

Lengths are in units of the drawing, whose left top corner is 0, 0. Proportions serve legibility, not millimetres. What the firmware has is placed and nothing else
is: `Profile` checks both ways.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Edge = Literal["top", "bottom", "left", "right"]


def require_numbers(config: object, name: str, count: int) -> None:
    """Raises `ValueError` where the attribute has not `count` numbers, none of them below zero."""
    values = getattr(config, name)
    if len(values) != count or min(values) < 0:
        raise ValueError(f"{name}: {count} numbers, none below zero")


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A rectangle by its left top corner and its size."""

    at: tuple[int, ...]
    size: tuple[int, ...]

    def __post_init__(self) -> None:
        require_numbers(self, "at", 2)
        require_numbers(self, "size", 2)
        if 0 in self.size:
            raise ValueError("size: width and height are above zero")

    @property
    def corner(self) -> tuple[int, int]:
        """The corner that is opposite to `at`."""
        return self.at[0] + self.size[0], self.at[1] + self.size[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Body(Area):
    """A housing; `round` are the radii of its corners, clockwise from the left top."""

    round: tuple[int, ...] = (0, 0, 0, 0)
    fill: Literal["graphite", "white"] = "graphite"

    def __post_init__(self) -> None:
        Area.__post_init__(self)
        require_numbers(self, "round", 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeypadArea(Area):
    """Where the real keys are; their rows and columns are those of the keypad, `gap` is between them, across and down."""

    gap: tuple[int, ...] = (8, 8)

    def __post_init__(self) -> None:
        Area.__post_init__(self)
        require_numbers(self, "gap", 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnSlot:
    """A slot for paper or cards at an edge of a body; `at` is its middle along the drawing."""

    edge: Edge
    at: int
    width: int
    body: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Groove:
    """Where a stripe is drawn through, along an edge of a body from `begin` to `end`."""

    edge: Edge
    begin: int
    end: int
    body: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.begin < self.end:
            raise ValueError("end: behind begin")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldArea:
    """Where a contactless card is held: a circle."""

    at: tuple[int, ...]
    radius: int

    def __post_init__(self) -> None:
        require_numbers(self, "at", 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class HousingMark:
    """A word on the housing, its middle at `at`."""

    at: tuple[int, ...]
    text: str

    def __post_init__(self) -> None:
        require_numbers(self, "at", 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The whole of it. `box` is its size, `band` the place of the word SIMULATOR, `lights` the middle of each light by its name."""

    box: tuple[int, ...]
    bodies: tuple[Body, ...]
    band: Area
    displays: dict[str, Area]
    keypad: KeypadArea | None = None
    printer: DrawnSlot | None = None
    slot: DrawnSlot | None = None
    stripe: Groove | None = None
    contactless: FieldArea | None = None
    lights: dict[str, tuple[int, ...]] = field(default_factory=dict)
    marks: tuple[HousingMark, ...] = ()

    def __post_init__(self) -> None:
        require_numbers(self, "box", 2)
        if not self.bodies:
            raise ValueError("bodies: at least one")
        for name, (right, bottom) in self._corners():
            if right > self.box[0] or bottom > self.box[1]:
                raise ValueError(f"{name}: it leaves the box of {self.box[0]} by {self.box[1]}")
        for name in ("printer", "slot", "stripe"):
            part: DrawnSlot | Groove | None = getattr(self, name)
            if part is not None and not 0 <= part.body < len(self.bodies):
                raise ValueError(f"{name}.body: there are {len(self.bodies)} bodies, counted from 0")
        for name, at in self.lights.items():
            if len(at) != 2 or min(at) < 0:
                raise ValueError(f"lights.{name}: 2 numbers, none below zero")

    def _corners(self) -> Iterator[tuple[str, tuple[int, int]]]:
        yield "band", self.band.corner
        yield from (("bodies", body.corner) for body in self.bodies)
        yield from ((f"displays.{name}", area.corner) for name, area in self.displays.items())
        if self.keypad is not None:
            yield "keypad", self.keypad.corner
