"""What actions and expectations share: one terminal of a bench, waiting in virtual time, and the two ways to fail.

1. Nothing polls: a wait jumps from one deadline of the bench to the next and looks again.
2. A forbidden screen is looked for after every act and at every jump.
3. The screen of a failure is shown twice, since waiting moves the clock: when the step began, and at its end.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from terminal_sim.bench import Bench, Duration, Item, Role, SavedState, Selector, TerminalUnderTest, View
from terminal_sim.datafiles.suggest import close_word, suggest
from terminal_sim.display import texts
from terminal_sim.display.appearance import Appearance
from terminal_sim.display.patterns import PatternError, compiled
from terminal_sim.display.timeline import clock
from terminal_sim.verbs.mask import Mask
from terminal_sim.verbs.pictures import Pictures
from terminal_sim.verbs.rows import RowLog
from terminal_sim.verbs.variables import built_in

if TYPE_CHECKING:
    from terminal_sim.oracles.oracle import Oracle

DEFAULT_WITHIN = Duration.parse("30s")
TRACE_LINES = 10
MOST_DIGITS = 12  # of an amount (ISO 8583, DE 4) and of a count

T = TypeVar("T")
Said = Callable[[], str]  # what stands there, put into words only where a failure shows it


class BadScript(ValueError):
    """What was written cannot be meant: a wrong duration, an unknown key, a missing value."""


@dataclass(frozen=True, slots=True)
class ScreenSnapshot:
    """All that a terminal showed at a moment, and which `display` was looked at; it is drawn only when its text is read.

    `event` is the number of the last entry of the trace before.
    """

    mono: int
    event: int
    appearance: Appearance
    display: str

    @property
    def view(self) -> View:
        return self.appearance.views[self.display]

    @property
    def text(self) -> str:
        """Every display, and the lights, without the digits of an expiry that is being typed."""
        return self.appearance.recorded().text


@dataclass(eq=False)
class ExpectationFailed(Exception):
    """An expectation that did not hold, or an act that the terminal did not take."""

    expected: str
    nearest: str
    before: ScreenSnapshot
    now: ScreenSnapshot
    trace: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        nearest = f"\nthere was: {self.nearest}" if self.nearest else ""
        return f"expected {self.expected}{nearest}\nthe screen now, after event {self.now.event}:\n{self.now.text}"


def duration(value: Duration | str) -> Duration:
    """A duration of Python, or as a script writes it. Raises `BadScript`."""
    if isinstance(value, Duration):
        return value
    try:
        return Duration.parse(value)
    except ValueError as wrong:
        raise BadScript(str(wrong)) from None


def selector(value: Selector | str) -> Selector:
    """A selector as the display room reads it. Raises `BadScript`."""
    if isinstance(value, Selector):
        return value
    try:
        return Selector.parse(value)
    except ValueError as wrong:
        raise BadScript(str(wrong)) from None


def number(value: int | str) -> int:
    """Decimal digits and nothing else. Raises `BadScript`."""
    if isinstance(value, int):
        return value
    if not (value.isascii() and value.isdigit()):
        raise BadScript(f"{value!r} is no number: write digits only")
    if len(value) > MOST_DIGITS:
        raise BadScript(f"a number has at most {MOST_DIGITS} digits, and this one has {len(value)}")
    return int(value)


def pattern(value: str) -> re.Pattern[str]:
    """A regular expression, in which ^ and $ are the ends of a line. Raises `BadScript` with the reason."""
    try:
        return compiled(value, re.MULTILINE)
    except PatternError as wrong:
        raise BadScript(str(wrong)) from None


def plain(text: str) -> str:
    """Text for comparing: accents composed, every run of blanks or line ends one space."""
    return " ".join(texts.plain(text).split())


@dataclass(frozen=True, slots=True)
class TesterMemory:
    """What a tester knew at a moment: its variables and states, what it forbade, and which beeps it had heard."""

    variables: Mapping[str, str]
    states: Mapping[str, SavedState]
    forbidden: tuple[Selector, ...]
    beeps_heard: int


class Waiting:
    """One terminal of a bench, as a tester sees and handles it.

    `variables` are what scripts name as `${name}`; `pictures` are the stored ones, where it has any;
    `folder` is where files of saved states are looked for. `rows_before` and `receipts_before` are how many rows and receipts are older than the test. `patience` is how long an act waits for a screen that takes it. `mask` shows
    what is reported without the secrets of cards and of hidden fields.
    """

    def __init__(
        self,
        bench: Bench,
        terminal: TerminalUnderTest,
        *,
        variables: Mapping[str, str] | None = None,
        pictures: Pictures | None = None,
        rows_before: int = 0,
        receipts_before: int = 0,
        folder: Path = Path(),
        mask: Mask | None = None,
        patience: Duration = DEFAULT_WITHIN,
        own_oracles: Sequence[Oracle] = (),
    ) -> None:
        self.bench = bench
        self.terminal = terminal
        self.variables: dict[str, str] = dict(variables or {})
        self.notes: list[str] = []
        self.states: dict[str, SavedState] = {}
        self.folder = folder
        self.mask = mask or Mask()
        self._pictures = pictures
        self._own_oracles = tuple(own_oracles)
        self.patience = patience
        self._rows_before = rows_before
        self._receipts_before = receipts_before
        self._forbidden: list[Selector] = []
        self._seen: list[ScreenSnapshot] = []  # since the step began to wait
        self._messages_before = len(bench.host_messages())
        self._begin_logs()
        self._sales_before = bench.sales_count
        self._beeps_heard = terminal.beeps

    def value(self, name: str) -> str:
        """The value of a variable, which a script writes as `${name}`: `card.pin`, `passcode.admin`. Raises `BadScript` where it has none."""
        known = ChainMap(self.variables, built_in(self.terminal))
        if name not in known:
            raise BadScript(f"${{{name}}} has no value{suggest(name, known)}")
        return known[name]

    def memory(self) -> TesterMemory:
        """What it knows now."""
        return TesterMemory(
            dict(self.variables), dict(self.states), tuple(self._forbidden), self._beeps_heard
        )

    def go_back(self, bench: Bench, terminal: TerminalUnderTest, memory: TesterMemory) -> None:
        """Act at `bench` from now on, which stands as the one before did when this gave `memory`."""
        self.bench, self.terminal = bench, terminal
        self.variables, self.states = dict(memory.variables), dict(memory.states)
        self._forbidden, self._beeps_heard = list(memory.forbidden), memory.beeps_heard
        self._begin_logs()

    def _begin_logs(self) -> None:
        """Nothing was read yet of what is new in the journal, to the acquirer and in the report, whose rows are read up to `_reported`."""
        self._journal_log, self._message_log, self._report_log = RowLog(), RowLog(), RowLog()
        self._reported = self._rows_before

    @contextmanager
    def _by_hand(self, *words: str) -> Iterator[None]:
        """The trace says what is done as a script says it, and why where it was refused; keys and touches are entries by themselves."""
        before = self._snapshot() if self._forbidden else None
        with self.bench.acting(self.terminal, " ".join(words)):
            yield
        if before is not None:
            self._watch(before)

    def _snapshot(self, on: str = "main") -> ScreenSnapshot:
        appearance = self.terminal.appearance()
        first = next(iter(appearance.views))
        return ScreenSnapshot(
            self.bench.now.mono, self.bench.trace.number, appearance, first if on == "main" else on
        )

    def _beginning(self) -> ScreenSnapshot:
        """What was shown when the last wait began; what is shown now where it had not to wait."""
        return self._seen[0] if self._seen else self._snapshot()

    def _failure(self, expected: str, there: str, before: ScreenSnapshot) -> ExpectationFailed:
        return ExpectationFailed(
            self.mask(expected),
            self.mask(there),
            before,
            self._snapshot(),
            self.bench.trace.tail(TRACE_LINES),
        )

    def _watch(self, before: ScreenSnapshot) -> None:
        """Raises `ExpectationFailed` where a forbidden screen shows."""
        for forbidden in self._forbidden:
            found = self.terminal.view().matches(forbidden)
            if found:
                raise self._failure(f"never to see {forbidden}", listed(found), before)

    def _pass(self, limit: int, before: ScreenSnapshot) -> None:
        """Lets time pass until the next deadline or news of the bench, or `limit` (virtual microseconds), whichever is first."""
        self.bench.pass_to_next(limit)
        self._watch(before)

    def _until(
        self,
        holds: Callable[[], T | None],
        expected: str,
        there: Said,
        within: Duration | None = None,
    ) -> T:
        """Waits until `holds` gives something and returns it; raises `ExpectationFailed` when it has not within `within`.

        An act, which has no time of its own, waits as long as the patience of this tester.
        """
        self._seen = []
        if (found := holds()) is not None:
            return found
        within = self.patience if within is None else within
        before = self._snapshot()
        self._seen.append(before)
        limit = before.mono + within
        while found is None:
            if self.bench.now.mono >= limit:
                raise self._failure(f"{expected} within {within}", there(), before)
            self._pass(limit, before)
            snapshot = self._snapshot()
            if snapshot.view.screen != self._seen[-1].view.screen:
                self._seen.append(snapshot)
            found = holds()
        return found

    def _never(self, holds: Callable[[], Said | None], expected: str, throughout: Duration) -> None:
        """Raises `ExpectationFailed` where `holds` names something now, or while `throughout` passes."""
        before = self._snapshot()
        limit = before.mono + throughout
        while (found := holds()) is None:
            if self.bench.now.mono >= limit:
                return
            self._pass(limit, before)
        raise self._failure(expected, found(), before)

    def _closest(self, wanted: Selector, on: str = "main") -> str:
        """What was most like the selector on any screen since the step began, for a failure."""
        shown = {}
        for snapshot in [*self._seen, self._snapshot(on)]:
            for item in snapshot.view.recorded().items:
                shown.update({item.wording: (item, snapshot), item.id: (item, snapshot)})
        close = close_word(wanted.value, filter(None, shown))
        if not close:
            screens = dict.fromkeys(
                f"id:{snapshot.view.screen.id}" for snapshot in [*self._seen, self._snapshot(on)]
            )
            return f"nothing like it on {', '.join(screens)}"
        item, snapshot = shown[close]
        gone = snapshot.view.screen != self.terminal.view(on).screen
        return f"{item}, at {clock(snapshot.mono)} and no longer" if gone else str(item)


def listed(items: Iterable[Item]) -> str:
    """Things on a screen, for a failure; a screen itself by its id."""
    return ", ".join(f"id:{item.id}" if item.role is Role.SCREEN else str(item) for item in items)
