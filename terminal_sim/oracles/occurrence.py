"""What one act, or one jump of time, brought about: the entries of the trace from it up to the next, and the screens before and after."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct

from terminal_sim.bench import PrintedReceipt, Role, TraceEntry, View, contents

Value = str | int
OFF = "off"
"""What stands for the id of a screen where the terminal is off."""
_NO_DIGITS = re.compile("[^0-9]+")


class SeenRow(NamedTuple):
    """A row of the journal: its kind, its values by name, and when it was written (microseconds of virtual time)."""

    kind: str
    values: Mapping[str, Value]
    mono: int

    def text(self, name: str) -> str:
        """A value as text, "" where the row has none."""
        return str(self.values.get(name, ""))

    def number(self, name: str) -> int:
        """A value as a number, 0 where the row has none."""
        value = self.values.get(name, 0)
        return value if isinstance(value, int) else int(value or 0)


class TypedEntry(NamedTuple):
    """What stood in the field of `screen` when it was confirmed."""

    screen: str
    digits: str


class Around(NamedTuple):
    """What surrounds the terminal, as it was made by acts."""

    network: bool = True
    link: str = ""
    service: bool = True
    paper: str = "in"
    jammed: bool = False
    battery: int = 100
    app_open: bool = True
    reader: bool = True
    standalone: bool = True

    @property
    def outage(self) -> str:
        """Why the acquirer is out of reach: `network`, which hides `service`, or "" where it is in reach."""
        return "network" if not self.network else "" if self.service else "service"

    def after(self, line: str) -> Around:
        """The surroundings after an act that a script says as `line`."""
        match line.split():
            case ["network", "up" | "down" as state]:
                return self._replace(network=state == "up")
            case ["network", "wifi" | "4g" | "ethernet" | "bluetooth" | "usb" as link]:
                return self._replace(link=link)
            case ["service", state]:
                return self._replace(service=state == "up")
            case ["account", "standalone", state]:
                return self._replace(standalone=state == "on")
            case ["paper", state]:
                return self._replace(paper=state, jammed=self.jammed and state != "in")
            case ["battery", charge]:
                return self._replace(battery=int(charge.removesuffix("%")))
            case ["fault", "printer-jam"]:
                return self._replace(jammed=True)
            case ["power", "on"]:
                return self._replace(app_open=True)  # a device that starts opens its app
            case ["fault", "app", state]:
                return self._replace(app_open=state == "open")
            case ["fault", "reader-link", state]:
                return self._replace(reader=state == "up")
            case _:
                return self


class Occurrence(Struct):
    """`key` is the key that the act pressed, by the keypad or by a button; `target` what it touched, `line` what it says in a script.

    `before` and `after` are the screens of the main display, None while the terminal is off. `confirmed` is what was in the field when its key
    was pressed. `mono` is when it began, `until` when the next one did. `dues` are the names of all deadlines that a jump of time came to, more than
    one where they fall into one instant; none where it was no jump.
    """

    entries: list[TraceEntry]
    mono: int
    until: int
    before: View | None
    after: View | None
    around_before: Around
    around: Around
    key: str = ""
    target: str = ""
    line: str = ""
    dues: frozenset[str] = frozenset()
    confirmed: TypedEntry | None = None
    rows: list[SeenRow] = []
    screens: list[View] = []
    printed: list[PrintedReceipt] = []
    kinds: frozenset[type[contents.Content]] = frozenset()
    is_on: bool = True
    came_to: str = ""
    """The id of the screen that is new since the occurrence before, "" where it is the same."""

    def __post_init__(self) -> None:
        now = screen_id(self.after)
        self.came_to = now if now != screen_id(self.before) else ""

    @property
    def ignored(self) -> bool:
        """Whether the screen did not take the key or the touch."""
        return contents.InputIgnored in self.kinds

    @property
    def event(self) -> int:
        """The number of its last entry."""
        return self.entries[-1].number

    @property
    def shown_at(self) -> int:
        """When the screen that stands now was drawn, `mono` where none was: a slow card takes time in the middle of an act."""
        drawn = (
            one.at.mono for one in reversed(self.entries) if isinstance(one.content, contents.ScreenShown)
        )
        return next(drawn, self.mono)


def begins_to_read(seen: Occurrence) -> bool:
    """Whether a card that was asked for begins to be read."""
    return any(
        isinstance(one.content, contents.StateChanged)
        and (one.content.source, one.content.dest) == ("present", "reading")
        for one in seen.entries
    )


def screen_id(view: View | None) -> str:
    """The id of what is shown, `OFF` where nothing is."""
    return OFF if view is None else view.screen.id


def text_of(view: View | None, item: str) -> str:
    """The text of the item with this id, with what stands to its right; "" where it is not shown."""
    if view is None or item not in view.ids:
        return ""
    return view.by_id[item].wording


def has(view: View | None, item: str) -> bool:
    """Whether an item with this id is shown."""
    return view is not None and item in view.ids


def ids(view: View | None, *roles: Role) -> list[str]:
    """The ids of the items of these roles, in reading order."""
    return [] if view is None else [name for name, role in view.outline if role in roles]


def digits(text: str) -> str:
    """The digits of a text in their order: `$12.50` is `1250`."""
    return _NO_DIGITS.sub("", text)


def field_of(view: View | None) -> tuple[str, str, int]:
    """The field that is typed: how it shows what is typed (`money`, `masked`, ... or "" for none), and that as text and as a number."""
    return view.typed if view is not None else ("", "", 0)
