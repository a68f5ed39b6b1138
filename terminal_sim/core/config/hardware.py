"""What a terminal is made of: displays, keypad, printer and battery."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from terminal_sim.core.config.bounds import require_above_zero, require_between


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """A screen: size in pixels, the width of a line of text in characters, and who reads it.

    The seller's side keeps the terminal's language. A cardholder's prompts take the card's (5F2D, EMV Book 4, 11.1): on a display
    that is the `cardholder`'s all of it, and on one that `both` read all but banners and tabs.
    """

    width: int
    height: int
    columns: int = 32
    touch: bool = True
    read_by: Literal["both", "seller", "cardholder"] = "both"

    def __post_init__(self) -> None:
        require_between(self, "columns", 16, 120, "a readable line has 16 to 120 characters")
        require_above_zero(self, "width", "height")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFace:
    """How a key looks and its second name: scripts may say `GREEN` for `OK`."""

    label: str
    colour: Literal["grey", "green", "red", "yellow", "white"] = "grey"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keypad:
    """`where` the keys are: real `keys` below the screen, or drawn on the `screen` when it asks for digits.

    Holding the key `power_off` for three seconds switches off.
    A key that `keys` names and a drawn layout leaves out is a button that screens show where they need it.
    """

    where: Literal["keys", "screen"]
    layout: tuple[tuple[str, ...], ...]
    keys: dict[str, KeyFace] = field(default_factory=dict)
    power_off: str = ""

    def __post_init__(self) -> None:
        placed = {key for row in self.layout for key in row}
        for key in self.keys:
            if key not in placed and self.where == "keys":
                raise ValueError(f"keys.{key}: the layout has no key {key!r}")

    @property
    def rows(self) -> tuple[int, ...]:
        """How many keys each row of the layout has."""
        return tuple(map(len, self.layout))

    def named(self, word: str) -> str | None:
        """The key that a script means by its name or its colour; None where there is none."""
        if word in self.keys or any(word in row for row in self.layout):
            return word
        for key, face in self.keys.items():
            if face.colour.upper() == word:
                return key
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterConfig:
    """A thermal printer: `columns` characters a line, `dots` across the head."""

    columns: int
    dots: int = 384

    def __post_init__(self) -> None:
        require_between(self, "columns", 24, 80, "receipts need 24 to 80 characters a line")


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """Percent below which the terminal warns, and below which it starts no payment."""

    low: int = 20
    critical: int = 5

    def __post_init__(self) -> None:
        require_between(self, "low", 0, 100, "0 to 100 percent")
        require_between(self, "critical", 0, self.low, f"0 to the {self.low} percent of low")
