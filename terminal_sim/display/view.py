"""A screen as one person sees it on one display in one language, and how a script finds things on it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from msgspec import structs

from terminal_sim.core.config import Profile
from terminal_sim.core.screen import Input, Screen, Shown, TextLine, Tone
from terminal_sim.core.text import Text
from terminal_sim.display.item import OF_THE_FRAME, Item, Role, items_of, outline_of
from terminal_sim.display.layout import Placed, arrange
from terminal_sim.display.lines import boxed
from terminal_sim.display.selector import Selector, SelectorError, SelectorKind
from terminal_sim.display.texts import Texts

__all__ = ["Item", "Role", "Selector", "SelectorError", "View", "view"]


_DIGIT = re.compile(r"[0-9]")
_KEPT_VIEWS = 64  # of a bench: what its terminals come back to again and again


def _wordings_in(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, Text):
            yield value.id
            yield from _wordings_in(of for _, of in value.args)


@dataclass(frozen=True)
class View:
    """Everything is worked out when it is first asked for; a view never changes.

    `frame` is the locale of banners and tabs, which are the seller's; "" where it is `locale`.
    """

    screen: Screen
    profile: Profile = field(repr=False)
    texts: Texts = field(repr=False)
    locale: str
    display: str
    frame: str = ""

    @cached_property
    def placed(self) -> tuple[Placed, ...]:
        """The items with their lines of text, in pixels of the display."""
        display = self.profile.displays[self.display]
        return arrange(self._items, (display.width, display.height), self.profile.keypad.rows)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """What stands on the screen, in reading order."""
        return tuple(placed.item for placed in self.placed)

    @property
    def unplaced(self) -> tuple[Item, ...]:
        """The same without where they stand, which takes as long again to work out."""
        return self._items

    @cached_property
    def outline(self) -> tuple[tuple[str, Role], ...]:
        """Id and role of each item, in reading order: what can be said of them without their wording."""
        return outline_of(self.screen, self.profile.keypad)

    @cached_property
    def complaints(self) -> tuple[str, ...]:
        """The ids of the lines that say what is wrong, in reading order."""
        lines = (one for one in self.screen.elements if isinstance(one, TextLine))
        return tuple([one.id for one in lines if one.tone is Tone.BAD])

    @cached_property
    def ids(self) -> frozenset[str]:
        """The ids of its items."""
        return frozenset([name for name, _ in self.outline])

    @cached_property
    def by_id(self) -> Mapping[str, Item]:
        """The first item of each id, in reading order."""
        return {item.id: item for item in reversed(self._items)}

    @cached_property
    def input(self) -> Input | None:
        """The field that is typed, None where there is none."""
        return self.screen.input

    @cached_property
    def typed(self) -> tuple[str, str, int]:
        """How the field shows what is typed (`money`, `masked`, ... or "" for none), and that as text and as a number: an amount, or how many letters stand there."""
        field = self.input
        if field is None:
            return "", "", 0
        if isinstance(field.value, str):
            return field.shown.value, field.value, len(field.value)
        return field.shown.value, str(field.value.minor), field.value.minor

    @cached_property
    def text(self) -> str:
        """The screen drawn in characters, in a frame at the display's width."""
        return boxed(self._items, self.profile.displays[self.display].columns, self.profile.keypad.rows)

    @cached_property
    def wordings(self) -> frozenset[tuple[str, str]]:
        """The language and the id of each wording of the catalogue that stands on it."""
        return frozenset(
            (self.frame or self.locale if isinstance(element, OF_THE_FRAME) else self.locale, wording)
            for element in self.screen.elements
            for wording in _wordings_in(structs.astuple(element))
        )

    def recorded(self) -> View:
        """The view as a trace keeps it: no digit of an expiry that is being typed."""
        field = self.screen.input
        if field is None or field.shown is not Shown.DATE or not isinstance(field.value, str):
            return self
        hidden = structs.replace(field, value=_DIGIT.sub("*", field.value))
        elements = tuple(hidden if element is field else element for element in self.screen.elements)
        return replace(self, screen=structs.replace(self.screen, elements=elements))

    def matches(self, selector: Selector, *, touch: bool = False) -> list[Item]:
        """What the selector names, in reading order; with `touch`, only what can be touched.

        An exact text goes before a text that holds it, and this screen's language before the others; the keys of an
        on-screen keypad are named by a touch or by their id only.
        """
        if selector.kind is SelectorKind.ID:
            found = [at for at, item in enumerate(self._items) if item.id == selector.value]
            here = (
                [Item(id=self.screen.id, role=Role.SCREEN, text=self.text)]
                if self.screen.id == selector.value
                else []
            )
            return [*([] if touch else here), *(i for i in self._placed(found) if i.touchable or not touch)]
        open_to = [
            at
            for at, item in enumerate(self._items)
            if (item.touchable if touch else item.role is not Role.KEY)
        ]
        for test in (selector.exactly, selector.within):
            for view in (self, *self._others):
                found = [at for at in open_to if test((view._items[at].text, view._items[at].wording))]
                if found:
                    return self._placed(self._within_the_place(found) if touch else found)
        return []

    def _within_the_place(self, found: list[int]) -> list[int]:
        """A touched word means an element of the open place first, and a tab only where the place has no such element."""
        return [at for at in found if self._items[at].role is not Role.TAB] or found

    def _placed(self, found: list[int]) -> list[Item]:
        return [self.items[at] for at in found]

    @cached_property
    def _items(self) -> tuple[Item, ...]:
        display = self.profile.displays[self.display]
        return items_of(
            self.screen, self.profile.keypad, self.texts, self.locale, display.touch, frame=self.frame
        )

    @cached_property
    def _others(self) -> tuple[View, ...]:
        """The same screen in the other languages that an assertion may be written in."""
        locales = [tag for tag in self.profile.languages if tag != self.locale]
        spoken = {tag.partition("-")[0] for tag in (self.locale, *locales)}
        return tuple(
            replace(self, locale=tag, frame="")
            for tag in (*locales, *(tag for tag in self.texts.languages if tag not in spoken))
        )


def view(
    screen: Screen, profile: Profile, texts: Texts, locale: str, display: str = "main", *, seller: str = ""
) -> View:
    """`screen` on a display of `profile` in `locale`; what the seller reads there is in the locale `seller`, where it is given.

    Raises `LookupError` where the profile has no such display.
    """
    if display not in profile.displays:
        have = ", ".join(profile.displays)
        raise LookupError(f"{profile.name} has no display {display!r}; it has {have}")
    read_by = profile.displays[display].read_by
    spoken = seller if seller and read_by == "seller" else locale
    frame = seller if read_by == "both" and seller != spoken else ""
    return View(screen, profile, texts, spoken, display, frame)


class DrawnViews:
    """The last views of a bench: a screen that stood before is the same view again, with all that was worked out of it."""

    __slots__ = ("_asked", "_newest", "_screen", "_views")

    def __init__(self) -> None:
        self._views: dict[tuple[Screen, int, str, str, str], View] = {}
        self._newest: View | None = None
        self._screen: Screen | None = None
        self._asked = ("", "", "")

    def of(
        self, screen: Screen, profile: Profile, texts: Texts, locale: str, display: str, seller: str
    ) -> View:
        """As `view` has it; all views of a bench have its `texts`."""
        newest, asked = self._newest, (locale, display, seller)
        is_same = self._screen is screen and self._asked == asked
        if is_same and newest is not None and newest.profile is profile:
            return newest  # nothing has happened since the last look
        key = screen, id(profile), locale, display, seller  # a view that is kept keeps its profile
        found = self._views.get(key)
        if found is None:
            if len(self._views) == _KEPT_VIEWS:
                del self._views[next(iter(self._views))]
            found = self._views[key] = view(screen, profile, texts, locale, display, seller=seller)
        self._newest, self._screen, self._asked = found, screen, asked
        return found
