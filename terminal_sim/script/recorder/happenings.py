"""What a recorder keeps of a bench, in its order: the screens that a terminal showed, and what was done there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from terminal_sim.bench import View
from terminal_sim.secret import Secret


@dataclass(frozen=True, slots=True)
class ShownScreen:
    """The screen that stood on the main display from `at` on, in microseconds of virtual time.

    No entry says when the power goes: where the device was found `is_dark`, it may have been so before.
    """

    at: int
    view: View
    is_dark: bool = False

    @property
    def id(self) -> str:
        return self.view.screen.id


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of everything there was at a moment; what is more later is new."""

    messages: int = 0
    receipts: int = 0
    rows: int = 0
    beeps: int = 0
    lights: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class PressedKey:
    """A key of the keypad that was held down for `held` microseconds; one that was typed into a field that hides it is a `Secret`."""

    at: int
    key: str | Secret[str]
    counts: Counts
    held: int = 0
    ignored: bool = False

    @property
    def until(self) -> int:
        return self.at + self.held


@dataclass(frozen=True, slots=True)
class DoneLine:
    """Something done as the line of a script says it."""

    at: int
    line: str
    counts: Counts

    @property
    def until(self) -> int:
        return self.at


@dataclass(frozen=True, slots=True)
class TouchedElement:
    """The element `id` of the screen was touched."""

    at: int
    id: str
    counts: Counts

    @property
    def until(self) -> int:
        return self.at


@dataclass(frozen=True, slots=True)
class KnownTime:
    """Time up to `at` that a script has to have: `asked` microseconds that a line asked for or, where that is 0, all up to a deadline."""

    at: int
    asked: int = 0


Done = PressedKey | DoneLine | TouchedElement
Happening = ShownScreen | KnownTime | Done
