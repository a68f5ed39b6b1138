"""What a session shows, as texts that two sessions have in common where they show the same: a subscriber of the trace of an exploring bench.

Digits stand for each other, since amounts, times and numbers differ from session to session; an amount that is confirmed counts as it is, and how much stands
in a field, since bounds are where firmwares differ. So does how often a message has left, up to a few times, and what was on record when something was made right.
"""

from __future__ import annotations

import re
from collections import Counter

from terminal_sim.bench import TraceEntry, View, contents

_DIGITS = re.compile(r"[0-9]+")
_REPEATS = 8
_CURES = ("network up", "service up", "power on", "paper in")


class Novelty:
    """`items` are those since they were taken last, in the order in which they came first."""

    wants_frames = wants_bytes = False

    def __init__(self) -> None:
        self._items: dict[str, None] = {}
        self._view: View | None = None
        self._row = ""
        self._stands = ""
        self._sent: Counter[str] = Counter()

    def taken(self) -> list[str]:
        """The items; none are there afterwards."""
        items = [*self._items]
        self._items.clear()
        self._sent.clear()
        self._row = self._stands = ""
        return items

    def take(self, entry: TraceEntry) -> None:
        """See `Subscriber`."""
        match entry.content:
            case contents.ScreenShown(text=View() as view):
                self._view = view
                self._add("screen", view.screen.id, view.text)
                if view.input is not None:
                    typed = view.input.value
                    length = len(typed) if isinstance(typed, str) else len(str(typed.minor))
                    self._items[f"filled {view.screen.id} {length}"] = None
            case contents.RowStored(row=row):
                self._add("rows", self._row, row)
                self._row, self._stands = row, f"{row} {entry.content.values.get('state', '')}"
                self._add("row", *map(str, entry.fields.values()))
            case contents.MessageSent(out=out):
                self._add("message", *map(str, entry.fields.values()))
                self._sent[out] += 1
                if self._sent[out] <= _REPEATS:
                    self._items[f"sent {out} {self._sent[out]}"] = None
            case contents.MessageReceived() | contents.MessageFailed():
                self._add("message", *map(str, entry.fields.values()))
            case contents.KeyPress(key=key):
                self._add("key", self._screen, key)
                if self._view is not None and (field := self._view.input) is not None and key == "OK":
                    self._items[f"confirmed {self._screen} {field.value}"] = None
            case contents.Touch(target=target):
                self._add("touch", self._screen, target)
            case contents.Act(line=line):
                self._add("act", self._screen, line)
                if line in _CURES:
                    self._add("cure", self._stands, line)
            case contents.TimePassed(due=due):
                self._add("due", self._screen, due)
            case _:
                return

    @property
    def _screen(self) -> str:
        return self._view.screen.id if self._view is not None else ""

    def _add(self, *words: str) -> None:
        self._items[_DIGITS.sub("#", " ".join(words))] = None
