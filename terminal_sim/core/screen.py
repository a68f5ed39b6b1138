"""A screen as a small tree of elements, without fonts, pixels or language.

The display room renders it to lines of text (what assertions read), to SVG and from the SVG to PNG. An element that can
be touched has an id of `names.md`; the id never changes with the language or the model.
"""

from __future__ import annotations

from msgspec import Struct

from terminal_sim.core.money import Money
from terminal_sim.core.text import Phrase
from terminal_sim.identity_enum import IdentityEnum


class Tone(IdentityEnum):
    """How a line is meant, not how it is drawn."""

    NORMAL = "normal"
    BIG = "big"
    SMALL = "small"
    GOOD = "good"
    BAD = "bad"


class Shown(IdentityEnum):
    """What an input shows of what was typed."""

    MONEY = "money"
    DIGITS = "digits"
    DATE = "date"
    PAN = "pan"
    MASKED = "masked"
    TEXT = "text"

    @property
    def secret(self) -> bool:
        """Whether typed keys may be recorded only as `DIGIT`."""
        return self in (Shown.PAN, Shown.MASKED, Shown.DATE)


class Title(Struct, frozen=True):
    id: str
    text: Phrase


class TextLine(Struct, frozen=True):
    """A line of text; `id` is set where scripts may look for it."""

    text: Phrase
    id: str = ""
    tone: Tone = Tone.NORMAL


class Choice(Struct, frozen=True):
    """A menu entry, tile or list row: touching it selects it. `detail` stands to its right or below.

    One that is the seller's alone is left out of a display of the customer's own.
    """

    id: str
    text: Phrase
    detail: Phrase = ""
    tile: bool = False
    sellers: bool = False


class Tab(Struct, frozen=True):
    """One of the places that are always in reach; the place that is open is `current`."""

    id: str
    text: Phrase
    current: bool = False


class QrCode(Struct, frozen=True):
    """A square of dark and light modules that a telephone reads; `data` is what it reads."""

    id: str
    data: str


class Button(Struct, frozen=True):
    """A touch area that does what `key` of the keypad does. One that is `quiet` decides nothing, and has not the colour of the key."""

    id: str
    text: Phrase
    key: str
    quiet: bool = False


class Input(Struct, frozen=True):
    """A field being typed. `value` is what may be shown: never a PIN, CVC or full PAN."""

    id: str
    shown: Shown
    value: str | Money


class Banner(Struct, frozen=True):
    id: str
    text: Phrase


class Pad(Struct, frozen=True):
    """An on-screen keypad: the keys of the profile's layout, row by row, are drawn and can be touched."""


class Page(Struct, frozen=True):
    """Where a long list stands: `first` to `last` of `total`, counted from 1."""

    first: int
    last: int
    total: int


Element = Title | TextLine | Choice | Button | Input | Banner | Pad | Page | Tab | QrCode


class Screen(Struct, frozen=True):
    """`id` names the screen itself; `expect screen id:...` finds screens and elements alike."""

    id: str
    elements: tuple[Element, ...] = ()

    @property
    def input(self) -> Input | None:
        for element in self.elements:
            if isinstance(element, Input):
                return element
        return None
