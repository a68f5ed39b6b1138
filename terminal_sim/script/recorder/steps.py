"""The lines of a scenario, from what a recorder kept.

1. A screen is expected where it settled: where time passed while it stood, or something was done at it. An expectation waits by itself, so
   time that a new screen ends is not written; only what passes at a standing screen is `wait`.
2. An expectation that a screen before would hold already is preceded by its `wait`, so that a replay has each screen at the same time.
3. A key that the screen ignored is `press!`; a touch that it ignored changed nothing, and is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from terminal_sim.bench import Duration, Item, Role, Selector
from terminal_sim.script.recorder.happenings import (
    Done,
    Happening,
    KnownTime,
    PressedKey,
    ShownScreen,
    TouchedElement,
)
from terminal_sim.script.recorder.news import News
from terminal_sim.script.recorder.secret_names import SecretNames
from terminal_sim.script.recorder.wishes import IdleTime, Naming
from terminal_sim.secret import Secret
from terminal_sim.verbs.mask import Mask
from terminal_sim.verbs.spelling import quoted
from terminal_sim.verbs.waiting import DEFAULT_WITHIN

_LIMITS = {IdleTime.KEPT: Duration.parse("1s"), IdleTime.LEFT_OUT: Duration.parse("1min")}
"""Limits are written in whole units: how long people think is known less well."""
_CARD_VERBS = ("insert", "tap-card", "swipe")
_READ_ROLES = (Role.TITLE, Role.LINE, Role.BANNER)


@dataclass(slots=True)
class _Press:
    """Keys that are pressed at one screen without time between them; a hidden digit is a `Secret`."""

    verb: str
    screen: str
    keys: list[str | Secret[str]] = field(default_factory=list)


class Steps:
    """Writes the lines of one recording. `card` is the one that was last named before it, "" for none."""

    def __init__(
        self,
        names: SecretNames,
        naming: Naming,
        news: News,
        card: str = "",
        idle: IdleTime = IdleTime.KEPT,
    ) -> None:
        self._names = names
        self._naming = naming
        self._news = news
        self._card = card
        self._idle = idle
        self._known: list[KnownTime] = []  # since the last thing that was done
        self._mask = Mask()
        self._lines: list[str] = []
        self._press: _Press | None = None
        self._clock = 0  # where a replay stands after the lines so far
        self._left_out = 0  # time that no line has, since a screen was expected
        self._standing: ShownScreen | None = None
        self._expected = ""  # the id of the screen that was expected last

    def of(self, happenings: Iterable[Happening]) -> list[str]:
        """The lines for the happenings, the last of which is something done; an empty line says when nothing more was."""
        shown: list[ShownScreen] = []
        for happening in happenings:
            if isinstance(happening, ShownScreen):
                shown.append(happening)
                continue
            if isinstance(happening, KnownTime):
                self._known.append(happening)
                continue
            self._arrive(shown, happening)
            shown, self._known = [], []
            self._do(happening)
            self._clock = happening.until
        self._release()
        return self._lines

    # What is waited for.

    def _arrive(self, shown: Sequence[ShownScreen], done: Done) -> None:
        """The lines after which a replay stands where something was done."""
        if self._standing is None:
            self._clock = shown[0].at
        for at, screen in enumerate(shown):
            is_last = at + 1 == len(shown)
            if not is_last and (shown[at + 1].at <= max(screen.at, self._clock) or shown[at + 1].is_dark):
                continue  # it was gone in the same moment, within the act before, or nobody knows when
            before, self._standing = self._standing, screen
            if screen.id == self._expected:
                continue
            what = self._name_of(screen)
            if screen.is_dark or (before is not None and before.view.matches(Selector.parse(what))):
                self._wait(screen.at)
            self._say(f"expect screen {what}{self._within(screen.at)}")
            self._left_out = 0
            self._clock = max(self._clock, screen.at)
            self._expected = screen.id
        self._wait(done.at)
        for line in self._news.until(done.counts):
            self._say(line)

    def _wait(self, until: int) -> None:
        if until > self._clock:
            time = until - self._clock if self._idle is IdleTime.KEPT else self._known_time(until)
            self._left_out += until - self._clock - time
            if time:
                self._say(f"wait {Duration(time)}")
            self._clock = until

    def _within(self, at: int) -> str:
        """How long a screen is waited for that came `at` this time, where that is longer than by default: a replay comes later to it by what was left out."""
        passed = max(at - self._clock, 0) + self._left_out
        if passed <= DEFAULT_WITHIN:
            return ""
        unit = _LIMITS[self._idle]
        return f" within {Duration(-(-passed // unit) * unit)}"

    def _known_time(self, until: int) -> int:
        """What of the time up to `until` is not idle: up to the last deadline in it, and what was asked for after that."""
        within = [time for time in self._known if self._clock < time.at <= until]
        due = max((time.at for time in within if not time.asked), default=self._clock)
        asked = (min(time.asked, time.at - due) for time in within if time.at > due)
        return due - self._clock + sum(asked)

    def _name_of(self, screen: ShownScreen) -> str:
        """The selector of a screen: its id, or what it says of itself where that is wished and holds no secret."""
        for item in _headings(screen) if self._naming is Naming.TEXT else ():
            if item.wording and self._may_be_said(item.wording):
                return quoted(item.wording)
        return f"id:{screen.id}"

    # What is done.

    def _do(self, done: Done) -> None:
        if isinstance(done, PressedKey):
            self._type(done)
        elif isinstance(done, TouchedElement):
            self._say(f"tap {self._target(done.id)}")
        elif done.line:
            words = done.line.split()
            if words[0] in _CARD_VERBS:
                self._card = words[1]
            line = self._names.without_numbers(done.line)
            is_said = self._press is None and self._lines[-1:] == [line] and words[0] == "expect"
            if not is_said:
                self._say(line)

    def _type(self, done: PressedKey) -> None:
        if done.held:
            self._say(f"hold {self._word(done.key, self._screen)} for {Duration(done.held)}")
            return
        verb, screen = "press!" if done.ignored else "press", self._screen
        if self._press is None or (self._press.verb, self._press.screen) != (verb, screen):
            self._release()
            self._press = _Press(verb, screen)
        self._press.keys.append(done.key)

    def _target(self, name: str) -> str:
        """The selector of what was touched."""
        by_id = f"id:{name}"
        if self._naming is Naming.ID or self._standing is None:
            return by_id
        view = self._standing.view
        for item in view.matches(Selector.parse(by_id), touch=True):
            for text in filter(None, (item.text, item.wording)):
                found = view.matches(Selector.parse(quoted(text)), touch=True)
                if [each.id for each in found] == [name] and self._may_be_said(text):
                    return quoted(text)
        return by_id

    def _may_be_said(self, text: str) -> bool:
        return self._mask(text) == text and "${" not in text

    def _say(self, line: str) -> None:
        self._release()
        self._lines.append(line)

    def _release(self) -> None:
        """Write the keys that were pressed: digits are spelled as one number, hidden ones as one value."""
        if self._press is None:
            return
        press, self._press = self._press, None
        words = (self._word(run, press.screen) for run in _runs(press.keys))
        self._lines.append(" ".join([press.verb, *words]))

    def _word(self, keys: str | Secret[str], screen: str) -> str:
        """How keys are written that were pressed at a screen."""
        if isinstance(keys, Secret):
            return self._names.typed(keys, screen, self._card)
        return self._names.without_numbers(keys)

    @property
    def _screen(self) -> str:
        return self._standing.id if self._standing is not None else ""


def _runs(keys: Iterable[str | Secret[str]]) -> list[str | Secret[str]]:
    """The keys with digits that follow each other put together, hidden ones apart from those that are not."""
    runs: list[str | Secret[str]] = []
    for key in keys:
        last = runs[-1] if runs else ""
        if isinstance(key, Secret) and isinstance(last, Secret):
            runs[-1] = Secret(last.reveal() + key.reveal())
        elif isinstance(key, str) and isinstance(last, str) and key.isdigit() and last.isdigit():
            runs[-1] = last + key
        else:
            runs.append(key)
    return runs


def _headings(screen: ShownScreen) -> list[Item]:
    """What on a screen may name it, the likeliest first: what has its id, and its title."""
    read = [item for item in screen.view.items if item.role in _READ_ROLES]
    return [
        *(item for item in read if item.id == screen.id),
        *(item for item in read if item.role is Role.TITLE),
    ]
