"""Listens to a running bench and keeps what is done at one of its terminals, so that a script can do it again.

1. Keys and touches come from the entries of the firmware, everything else from the `act` entries that verbs write.
2. A recording that begins with anything but a terminal at its first screen begins with the saved state of its bench; where the bench
   cannot be saved, the script starts from a fresh terminal and a remark says so. Without `keeps_state` it always does: the script needs no other file.
3. What an act that was refused changed is nothing: it is left out.
"""

from __future__ import annotations

from collections.abc import Set
from copy import copy
from dataclasses import replace
from itertools import islice

from terminal_sim.bench import (
    DEFAULT_CLOCK,
    Bench,
    BenchMisuse,
    Duration,
    SavedState,
    TerminalUnderTest,
    TraceEntry,
    View,
    contents,
)
from terminal_sim.script.bind import VerbCall
from terminal_sim.script.recorder.happenings import (
    Counts,
    Done,
    DoneLine,
    Happening,
    KnownTime,
    PressedKey,
    ShownScreen,
    TouchedElement,
)
from terminal_sim.script.recorder.news import News
from terminal_sim.script.recorder.recorded_script import RecordedScript
from terminal_sim.script.recorder.script_head import ScriptHead
from terminal_sim.script.recorder.secret_names import SecretNames
from terminal_sim.script.recorder.steps import Steps
from terminal_sim.script.recorder.wishes import Expected, IdleTime, Naming
from terminal_sim.secret import Secret
from terminal_sim.verbs import ValueKind
from terminal_sim.verbs.mask import Mask

_HIDDEN = "DIGIT"
_HOLD = "hold"
_WAIT = ("wait",)
_LEAVING_NO_ENTRY = ("expect", "forbid", "note", "screenshot")
"""The first words of the verbs that write no entry: they only look, or are for the report."""
_MADE_VARIABLES = ("card.", "passcode.")


class ScriptRecorder:
    """Records `terminal` from now on; it is a subscriber of the bench's trace. `head` is what the script says before its steps.

    Without `head` it names the terminal's profile and language alone. `idle` says whether the script has the time in which nothing came due and
    for which no `wait` asked. Raises `BenchMisuse` where the bench has no trace.
    """

    wants_frames = wants_bytes = False

    def __init__(
        self,
        bench: Bench,
        terminal: TerminalUnderTest,
        head: ScriptHead | None = None,
        *,
        expected: Set[Expected] = frozenset(),
        naming: Naming = Naming.ID,
        idle: IdleTime = IdleTime.KEPT,
        keeps_state: bool = True,
    ) -> None:
        if not bench.is_traced:
            raise BenchMisuse("nothing is recorded here: this bench writes no trace")
        self._bench = bench
        self._terminal = terminal
        self._head = head or ScriptHead(profile=terminal.profile.id, locale=terminal.locale)
        self._expected = expected
        self._naming = naming
        self._idle = idle
        self._remarks: list[str] = []
        self._state = self._beginning(keeps_state=keeps_state)
        self._card = terminal.card.id if terminal.card is not None else ""
        self._before = self._counts()
        self._holding = 0  # the number of the act that holds a key
        self._released = self._before  # what there was when the last held key was let go
        self._happenings: list[Happening] = [ShownScreen(bench.now.mono, terminal.view().recorded())]
        self._ended: tuple[Happening, ...] | None = None
        bench.trace.subscribe(self)

    def stop(self) -> None:
        """Record nothing more; what was recorded stays."""
        if self._ended is None:
            self._ended = self._end()
            self._bench.trace.unsubscribe(self)

    @property
    def length(self) -> int:
        """How much was recorded until now; `go_back` takes it."""
        return len(self._happenings)

    def go_back(self, bench: Bench, terminal: TerminalUnderTest, length: int) -> None:
        """Forget what was recorded since it was of this length: `bench` stands as the one before did then, and writes the same trace."""
        self._bench, self._terminal = bench, terminal
        del self._happenings[length:]

    def branched(self, bench: Bench, terminal: TerminalUnderTest, length: int) -> ScriptRecorder:
        """Another recorder, which goes on from what this one had recorded when it was of this length; `bench` stands as its own did then."""
        other = copy(self)
        other._bench, other._terminal, other._ended = bench, terminal, None
        other._happenings = self._happenings[:length]
        other._remarks = list(self._remarks)
        bench.trace.subscribe(other)
        return other

    # What the trace says.

    def take(self, entry: TraceEntry) -> None:
        """Keep what an entry says of the terminal."""
        if entry.terminal != self._terminal.name:
            return
        at, content = entry.at.mono, entry.content
        if isinstance(content, contents.ScreenShown):
            if isinstance(content.text, View) and self._terminal.is_on:
                self._happenings.append(ShownScreen(at, content.text))
        elif isinstance(content, contents.KeyPress):
            key = self._terminal.key_in_hand if content.key == _HIDDEN else content.key
            if entry.cause != self._holding:
                self._keep(PressedKey(at, key, self._counts()))
            else:
                self._let_go(key)
        elif isinstance(content, contents.Touch):
            self._keep(TouchedElement(at, content.target, self._counts()))
        elif isinstance(content, contents.Act):
            self._act(entry.number, at, content.line)
        elif isinstance(content, contents.InputIgnored):
            self._ignored()
        elif isinstance(content, contents.ActRefused):
            del self._happenings[self._last_done()]
        elif isinstance(content, contents.TimePassed):
            self._happenings.append(KnownTime(at))
        elif isinstance(content, contents.Unsaid):
            self._remarks.append(f"{Duration(at)} after the beginning {content.text}.")
        elif isinstance(content, contents.EventTaken):
            self._event(at, content.event)

    def said(self, call: VerbCall) -> None:
        """Keep a line that leaves no entry, once it held: an expectation, a note, a picture; and know how long one has waited.

        One that shows a secret, or names a variable of its own session, is left out.
        """
        if call.verb.words == _WAIT:
            (time,) = call.of_kind(ValueKind.TIME)
            asked = 0 if time.variables else Duration.parse(time.text)
            self._happenings.append(KnownTime(self._bench.now.mono, asked))
        if call.step.values[0].text not in _LEAVING_NO_ENTRY:
            return
        line, card = call.step.source, self._terminal.card
        named = [name for value in call.step.values for name in value.variables]
        mask = Mask(card.secret_texts if card is not None else ())
        own = [name for name in named if not name.startswith(_MADE_VARIABLES)]
        if not own and mask(line) == line:
            now = self._bench.now.mono
            self._keep(DoneLine(now, line, self._counts()))

    def recording(self, title: str = "By hand") -> RecordedScript:
        """What was recorded until now, as one scenario of this title."""
        names = SecretNames(self._bench, self._terminal.profile)
        news = News(self._bench, self._terminal, self._expected, self._before)
        steps = Steps(names, self._naming, news, self._card, self._idle)
        lines = steps.of((*self._happenings, *(self._ended or self._end())))
        return RecordedScript(
            head=self._head,
            title=title,
            steps=tuple(lines),
            remarks=tuple(self._remarks),
            secrets=dict(names.values),
            state=self._state,
        )

    def _act(self, number: int, at: int, line: str) -> None:
        words = line.split()
        if words[0] != _HOLD:
            self._keep(DoneLine(at, line, self._counts()))
            return
        # The entry of the key comes when it is let go.
        self._holding = number
        self._keep(PressedKey(at, words[1], self._counts(), held=Duration.parse(words[-1])))

    def _event(self, at: int, event: str) -> None:
        if event == "PoweredOn":
            # No entry says that a screen is shown again which stood there when the power went.
            live = (
                one for one in reversed(self._happenings) if isinstance(one, ShownScreen) and not one.is_dark
            )
            self._happenings += [ShownScreen(at, one.view) for one in islice(live, 1)]
        elif event == "ClockSet":
            self._remarks.append(
                f"The clock was set {Duration(at)} after the beginning, which no line of a script does."
            )

    def _let_go(self, key: str | Secret[str]) -> None:
        """The key that is held is let go, into the field that stands now."""
        at = self._last_done()
        held = self._happenings[at]
        if isinstance(held, PressedKey):
            self._happenings[at] = replace(held, key=key)
            self._released = self._counts()

    def _ignored(self) -> None:
        """The screen did not take what was done last: a key was pressed blindly, after the time for which it was held."""
        at = self._last_done()
        last = self._happenings[at]
        if not isinstance(last, DoneLine):
            del self._happenings[at]
        if isinstance(last, PressedKey):
            counts = self._released if last.held else last.counts
            self._keep(PressedKey(last.until, last.key, counts, ignored=True))

    def _last_done(self) -> int:
        """The place of what was done last."""
        places = reversed(range(len(self._happenings)))
        return next(at for at in places if isinstance(self._happenings[at], Done))

    # What there is.

    def _beginning(self, *, keeps_state: bool) -> SavedState | None:
        """The state that the script begins with; None for a fresh terminal, and where no file of a state is kept beside the script."""
        if not keeps_state and self._bench.now.mono:
            self._remarks.append(
                "This starts from a fresh terminal; the bench had been used when this one came."
            )
        if self._is_fresh() or not keeps_state:
            clock = self._bench.now.civil.isoformat()
            if clock != DEFAULT_CLOCK and not self._head.clock:
                self._head = replace(self._head, clock=clock)
            return None
        try:
            return self._bench.save()
        except BenchMisuse as refused:
            self._remarks.append(
                f"This starts from a fresh terminal, and was recorded later than that: {refused}."
            )
            return None

    def _is_fresh(self) -> bool:
        """Whether nothing was done since the terminal was switched on for the first time."""
        entries = self._bench.trace.entries
        return (
            self._bench.now.mono == 0
            and len(self._bench.terminals) == 1
            and all(not entry.content.begins for entry in entries)
            and (not entries or entries[0].number == 1)
        )

    def _counts(self) -> Counts:
        if not self._expected:
            return Counts()
        terminal = self._terminal
        return Counts(
            messages=len(self._bench.host_messages()),
            receipts=len(terminal.receipts),
            rows=terminal.rows_written,
            beeps=terminal.beeps,
            lights=terminal.lights,
        )

    def _keep(self, done: Done) -> None:
        self._happenings += self._with_screen(done)

    def _with_screen(self, done: Done) -> tuple[Happening, ...]:
        """What was done, and before it the screen of a device that has no power."""
        if self._terminal.is_on:
            return (done,)
        return ShownScreen(done.at, self._terminal.view().recorded(), is_dark=True), done

    def _end(self) -> tuple[Happening, ...]:
        """Nothing is done, at the time that it is now."""
        now = self._bench.now.mono
        return self._with_screen(DoneLine(now, "", self._counts()))
