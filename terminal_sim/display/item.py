"""What stands on a screen, in one language: the elements as a person sees them and as a script finds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum

from msgspec import Struct

from terminal_sim.core.config import Keypad
from terminal_sim.core.screen import (
    Banner,
    Button,
    Choice,
    Element,
    Input,
    Pad,
    Page,
    QrCode,
    Screen,
    Tab,
    TextLine,
    Title,
    Tone,
)
from terminal_sim.display.selector import Selector, SelectorKind
from terminal_sim.display.texts import Texts

Bounds = tuple[float, float, float, float]


KEY_ID = "key-"
QUIET = "grey"  # the colour of a button that decides nothing
OF_THE_FRAME = (Banner, Tab)
"""What frames the screen of any flow, and is the seller's to read."""
_ON_TOP = (Title, Banner)


class Role(Enum):
    """What an item is; `SCREEN` is the whole screen, found by its id, and `STATUS` the strip of the device above it."""

    TITLE = "title"
    LINE = "line"
    CHOICE = "choice"
    BUTTON = "button"
    INPUT = "input"
    BANNER = "banner"
    KEY = "key"
    PAGE = "page"
    TAB = "tab"
    QR = "qr"
    SCREEN = "screen"
    STATUS = "status bar"


class Item(Struct, frozen=True, kw_only=True):
    """`key` is the key of the keypad that it stands for; `bounds` are x, y, width and height in pixels of the display."""

    id: str
    role: Role
    text: str
    detail: str = ""
    touchable: bool = False
    key: str = ""
    colour: str = ""
    tone: Tone = Tone.NORMAL
    tile: bool = False
    bounds: Bounds = (0.0, 0.0, 0.0, 0.0)

    @property
    def wording(self) -> str:
        """Text and detail as one line."""
        return f"{self.text} {self.detail}" if self.detail else self.text

    def is_named(self, selector: Selector) -> bool:
        """Whether the selector names this item, looked at by itself."""
        if selector.kind is SelectorKind.ID:
            return self.id == selector.value
        return selector.within((self.text, self.wording))

    def __str__(self) -> str:
        name = f' "{self.wording}"' if self.wording else ""
        return f"{self.role.value}{name}{f' id:{self.id}' if self.id else ''}"


def items_of(
    screen: Screen, keypad: Keypad, texts: Texts, locale: str, touch: bool, *, frame: str = ""
) -> tuple[Item, ...]:
    """The items in reading order (titles and banners first, tabs last), without bounds.

    The keys of a `Pad` are items where the keypad is on the screen. `frame` is the locale of banners and tabs, where it is another.
    """
    elements = sorted(screen.elements, key=_place)
    return tuple(
        item
        for element in elements
        for item in _items(
            element, keypad, texts, frame if frame and isinstance(element, OF_THE_FRAME) else locale, touch
        )
    )


def outline_of(screen: Screen, keypad: Keypad) -> tuple[tuple[str, Role], ...]:
    """Id and role of each of the same items in the same order, in no language: a tenth of the work."""
    found: list[tuple[str, Role]] = []
    for element in sorted(screen.elements, key=_place):
        if isinstance(element, Pad):
            if keypad.where == "screen":
                found += [(key.id, key.role) for key in keys_of(keypad)]
        else:
            found.append((getattr(element, "id", ""), _ROLES[type(element)]))
    return tuple(found)


_ROLES: Mapping[type[Element], Role] = {
    Title: Role.TITLE,
    TextLine: Role.LINE,
    Banner: Role.BANNER,
    Choice: Role.CHOICE,
    Button: Role.BUTTON,
    Input: Role.INPUT,
    Page: Role.PAGE,
    Tab: Role.TAB,
    QrCode: Role.QR,
}


def _place(element: Element) -> int:
    return 0 if isinstance(element, _ON_TOP) else 2 if isinstance(element, Tab) else 1


def _items(element: Element, keypad: Keypad, texts: Texts, locale: str, touch: bool) -> Iterator[Item]:
    match element:
        case Title(id=name, text=text):
            yield Item(id=name, role=Role.TITLE, text=texts.phrase(text, locale))
        case TextLine(id=name, text=text, tone=tone):
            yield Item(id=name, role=Role.LINE, text=texts.phrase(text, locale), tone=tone)
        case Banner(id=name, text=text):
            yield Item(id=name, role=Role.BANNER, text=texts.phrase(text, locale))
        case Choice(id=name, text=text, detail=detail, tile=tile):
            yield Item(
                id=name,
                role=Role.CHOICE,
                text=texts.phrase(text, locale),
                detail=texts.phrase(detail, locale),
                touchable=touch,
                tile=tile,
            )
        case Button(id=name, text=text, key=key, quiet=quiet):
            face = keypad.keys.get(key)
            yield Item(
                id=name,
                role=Role.BUTTON,
                text=texts.phrase(text, locale),
                touchable=touch,
                key=key,
                colour=QUIET if quiet else face.colour if face else "",
            )
        case Input(id=name, value=value):
            yield Item(id=name, role=Role.INPUT, text=texts.phrase(value, locale))
        case Page(first=first, last=last, total=total):
            yield Item(id="", role=Role.PAGE, text=f"{first}-{last} / {total}")
        case Tab(id=name, text=text, current=current):
            yield Item(id=name, role=Role.TAB, text=texts.phrase(text, locale), touchable=touch, tile=current)
        case QrCode(id=name, data=data):
            yield Item(id=name, role=Role.QR, text=data)
        case Pad():
            if keypad.where == "screen":
                yield from keys_of(keypad, touch)


def keys_of(keypad: Keypad, touch: bool = True) -> Iterator[Item]:
    """The keys of a keypad, row by row; the id of a key is `key-` and its name."""
    for key in (key for row in keypad.layout for key in row):
        face = keypad.keys.get(key)
        label, colour = (face.label, face.colour) if face else (key, "grey")
        yield Item(id=f"{KEY_ID}{key}", role=Role.KEY, text=label, touchable=touch, key=key, colour=colour)
