"""What a session shows, as texts that two sessions have in common where they show the same: a subscriber of the trace of an exploring bench.

Numbers stand for each other, since amounts, times and references differ from session to session. As they are count an amount that is confirmed, how much stands
in a field, which row of a list was touched, an answer's code and what was done around the terminal, since bounds and choices are where firmwares differ. So does
how often a message has left or the same was done again, up to a few times, what led from one screen or state to another, and what was on record when something was made
right.
"""

from __future__ import annotations

import re
from collections import Counter

from terminal_sim.bench import TraceEntry, View, contents

_NUMBER = re.compile(r"[0-9]+")
_LONG_NUMBER = re.compile(r"[0-9]{2,}")
_REPEATS = 8
_AGAIN = 4
_CURES = ("network up", "service up", "power on", "paper in")
_COUNTED = ("wait", "pos")  # first words of acts whose numbers differ from session to session
_HIDDEN_DIGIT = "DIGIT"


class Novelty:
    """`items` are those since they were taken last, in the order in which they came first."""

    wants_frames = wants_bytes = False

    def __init__(self) -> None:
        self._items: dict[str, None] = {}
        self._view: View | None = None
        self._row = ""
        self._stands = ""
        self._done = ""
        self._times = 0
        self._sent: Counter[str] = Counter()

    def taken(self) -> list[str]:
        """The items; none are there afterwards."""
        items = [*self._items]
        self._items.clear()
        self._sent.clear()
        self._row = self._stands = self._done = ""
        return items

    def take(self, entry: TraceEntry) -> None:
        """See `Subscriber`."""
        match entry.content:
            case contents.ScreenShown(text=View() as view):
                self._add("way", self._screen, self._done, view.screen.id)
                self._view = view
                self._keep(_LONG_NUMBER.sub("#", f"screen {view.screen.id} {view.text}"))
                if view.input is not None:
                    typed = view.input.value
                    length = len(typed) if isinstance(typed, str) else len(str(typed.minor))
                    self._keep(f"filled {view.screen.id} {length}")
            case contents.StateChanged(flow=flow, source=source, dest=dest):
                self._keep(f"change {flow} {source} {dest} {self._done}")
            case contents.RowStored(row=row):
                self._add("rows", self._row, row)
                self._row, self._stands = row, f"{row} {entry.content.values.get('state', '')}"
                self._add("row", *map(str, entry.fields.values()))
            case contents.MessageSent(out=out):
                self._add("message", *map(str, entry.fields.values()))
                self._sent[out] += 1
                if self._sent[out] <= _REPEATS:
                    self._keep(f"sent {out} {self._sent[out]}")
            case contents.MessageReceived(into=into, code=code):
                self._add("message", *map(str, entry.fields.values()))
                self._keep(f"answer {self._screen} {into} {code}")
            case contents.MessageFailed():
                self._add("message", *map(str, entry.fields.values()))
            case contents.EventTaken(event=event, verdict=verdict, why=why) if verdict:
                self._keep(f"ended {event} {verdict} {why}")
            case contents.ReceiptPrinted(copy=copy) | contents.ReceiptStopped(stopped=copy):
                self._keep(f"paper {type(entry.content).__name__} {copy} {self._stands}")
            case contents.Beeped(tone=tone):
                self._add("beep", self._screen, tone)
            case contents.InputIgnored(what=what) | contents.NotAwaited(what=what):
                self._add("in vain", self._screen, what)
            case contents.KeyPress(key=key):
                self._does(f"key {self._screen} {key}", again=not (key.isdigit() or key == _HIDDEN_DIGIT))
                if self._view is not None and (field := self._view.input) is not None and key == "OK":
                    self._keep(f"confirmed {self._screen} {field.value}")
            case contents.Touch(target=target):
                self._does(f"touch {self._screen} {target}")
            case contents.Act(line=line):
                self._around(line)
            case contents.TimePassed(due=due):
                self._does(f"due {self._screen} {due}", again=False)
            case _:
                return

    @property
    def _screen(self) -> str:
        return self._view.screen.id if self._view is not None else ""

    def _around(self, line: str) -> None:
        """What was done around the terminal, with its numbers where they are the profile's or the fault's own."""
        self._add("act", self._screen, line)
        if line.partition(" ")[0] not in _COUNTED:
            self._keep(f"exactly {self._screen} {line}")
        if line in _CURES:
            self._add("cure", self._stands, line)

    def _does(self, what: str, *, again: bool = True) -> None:
        """Something that leads on, and how often it has come without anything else between."""
        self._keep(what)
        self._times = self._times + 1 if what == self._done else 1
        self._done = what
        if again and 1 < self._times <= _AGAIN:
            self._keep(f"again {what} {self._times}")

    def _add(self, *words: str) -> None:
        self._keep(_NUMBER.sub("#", " ".join(words)))

    def _keep(self, item: str) -> None:
        self._items[item] = None
