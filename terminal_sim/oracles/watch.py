"""Watches a bench from its beginning and applies the rules: after each act and each jump of time, and when it is asked for a verdict.

It is a subscriber of the trace. What an act brought about is judged when the next one begins, or when a verdict is asked for, so that it is the same
whoever acts: a script, a person in the shell, the explorer, the replay of a bundle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from terminal_sim.bench import Bench, Duration, TerminalUnderTest, TraceEntry, View, contents
from terminal_sim.oracles.chart import chart_alarms
from terminal_sim.oracles.choice import ALL_CLASSES, OracleClass
from terminal_sim.oracles.facts import SessionFacts, beginning
from terminal_sim.oracles.fold import fold, fold_found
from terminal_sim.oracles.occurrence import Occurrence, SeenRow, TypedEntry, field_of, screen_id
from terminal_sim.oracles.oracle import Oracle, OracleAlarm, asked_of

HEALED = Duration.parse("26h")
"""After so long with everything cured nothing may be in doubt any more."""

_NOT_OF_A_PAYMENT = ("report", "document")  # copies that rules of receipts do not speak of
_OF_THE_APP = "fault app"  # a device that is off has no app to close
_MOST = 40  # alarms of one session: a broken rule may break at each act


@dataclass(frozen=True, slots=True)
class WatchMoment:
    """What a watch knew at a moment: the facts, the screens, how much was printed and typed, since when all is sound, and the alarms."""

    facts: SessionFacts
    view: View | None
    before: View | None
    printed: int
    typed: str
    sound_since: int
    alarms: tuple[OracleAlarm, ...]


class OracleWatch:
    """`alarms` are those so far, in their order. `oracles` are the rules that are asked after each act, `classes` those of which a verdict has rules."""

    wants_frames = wants_bytes = False

    def __init__(
        self,
        bench: Bench,
        terminal: TerminalUnderTest,
        oracles: Sequence[Oracle],
        classes: frozenset[OracleClass] = ALL_CLASSES,
    ) -> None:
        self.alarms: list[OracleAlarm] = []
        self._bench = bench
        self._terminal = terminal
        self._asked = asked_of(tuple(oracles))
        self._classes = classes
        self.facts = beginning(terminal)
        self._entries: list[TraceEntry] = []
        self._view: View | None = terminal.view() if terminal.is_on else None
        self._before = self._view
        self._printed = len(terminal.receipts)
        self._rows_before = terminal.rows_written
        self._key = ""
        self._typed = ""
        self._sound_since = bench.now.mono
        bench.trace.subscribe(self)

    def take(self, entry: TraceEntry) -> None:
        """See `Subscriber`."""
        content = entry.content
        if content.begins:
            if entry.cause == entry.number:
                self.settle(entry.at.mono)
                self._key = ""
            if isinstance(content, contents.KeyPress):
                self._key = self._terminal.key_in_hand.reveal() if content.key == "DIGIT" else content.key
        elif isinstance(content, contents.ScreenShown) and isinstance(content.text, View):
            self._view = content.text
        self._entries.append(entry)

    def settle(self, mono: int | None = None) -> None:
        """Judge what has happened since the last time; `mono` is now."""
        if not self._entries:
            return
        seen = self._occurrence(self._bench.now.mono if mono is None else mono)
        self._entries = []
        for one in self._asked.where(seen.kinds, screen_id(seen.before), screen_id(seen.after)):
            for detail in one.judge(self.facts, seen):
                if len(self.alarms) < _MOST:
                    self.alarms.append(OracleAlarm(one.code, one.sentence, detail, seen.event))
        fold(self.facts, seen)
        self._before = seen.after

    @cached_property
    def _of_chart(self) -> list[OracleAlarm]:
        return chart_alarms(self._terminal) if OracleClass.CHART in self._classes else []

    def verdict(self) -> list[OracleAlarm]:
        """The alarms so far, those of the charts, and the invariants of money as they stand now."""
        self.settle()
        found = [*self.alarms, *self._of_chart]
        if OracleClass.INVARIANTS not in self._classes:
            return found
        healed = self._terminal.is_on and self._bench.now.mono - self._sound_since >= HEALED
        healed = healed and not self._terminal.conditions()
        for line in self._bench.violations(resolved=healed):
            code, _, rest = line.partition(" ")
            sentence, _, detail = rest.partition(": ")
            found.append(OracleAlarm(f"I-{code}", sentence, detail, self._bench.trace.number))
        return found

    def moment(self) -> WatchMoment:
        """What it knows now, for `go_back`."""
        return WatchMoment(
            self.facts.branch(),
            self._view,
            self._before,
            self._printed,
            self._typed,
            self._sound_since,
            tuple(self.alarms),
        )

    def go_back(self, moment: WatchMoment) -> None:
        """Watch on from a moment to which the bench was brought back."""
        self.facts = moment.facts.branch()
        self._view, self._before = moment.view, moment.before
        self._printed, self._typed, self._sound_since = moment.printed, moment.typed, moment.sound_since
        self.alarms, self._entries = [*moment.alarms], []

    def close(self) -> None:
        """Watch no longer."""
        self._bench.trace.unsubscribe(self)

    def _occurrence(self, until: int) -> Occurrence:
        entries, facts, before = self._entries, self.facts, self._before
        first = entries[0].content
        kinds = frozenset([type(entry.content) for entry in entries])
        line = first.line if isinstance(first, contents.Act) and contents.ActRefused not in kinds else ""
        if line:
            self._sound_since = entries[-1].at.mono
        is_on = self._terminal.is_on
        if not is_on:
            self._view, self._sound_since = None, until
        elif self._view is None:
            self._view = self._terminal.view()
        seen = Occurrence(
            entries=entries,
            mono=entries[0].at.mono,
            until=until,
            before=before,
            after=self._view,
            around_before=facts.around,
            around=facts.around.after(line)
            if line and (is_on or not line.startswith(_OF_THE_APP))
            else facts.around,
            key=self._pressed(first, before),
            target=first.target if isinstance(first, contents.Touch) else "",
            line=line,
            dues=_fallen_due(entries) if isinstance(first, contents.TimePassed) else frozenset(),
            kinds=kinds,
            is_on=is_on,
        )
        if contents.RowStored in kinds:
            seen.rows = [
                SeenRow(content.row, content.values, entry.at.mono)
                for entry in entries
                if isinstance(content := entry.content, contents.RowStored)
            ]
            if any(row.kind == "boot" for row in seen.rows):
                self._find_what_was_not_seen(len(seen.rows))
        if contents.ScreenShown in kinds:
            seen.screens = [
                content.text
                for entry in entries
                if isinstance(content := entry.content, contents.ScreenShown)
                and isinstance(content.text, View)
            ]
        if contents.ReceiptPrinted in kinds:
            printed = self._terminal.receipts
            seen.printed = [
                paper for paper in printed[self._printed :] if paper.copy not in _NOT_OF_A_PAYMENT
            ]
            self._printed = len(printed)
        self._type(seen)
        return seen

    def _find_what_was_not_seen(self, count: int) -> None:
        """After a commit whose answer was lost a boot finds rows that nobody saw: they stand in the journal before the `count` that it writes, and are facts from before."""
        known = self._rows_before + len(self.facts.rows)
        unseen = self._terminal.rows_written - known - count
        if unseen > 0:
            rows = self._terminal.journal(known)[:unseen]
            fold_found(self.facts, [SeenRow(row.kind, row.fields, row.mono) for row in rows])

    def _pressed(self, first: contents.Content, before: View | None) -> str:
        if isinstance(first, contents.KeyPress):
            return self._key
        if isinstance(first, contents.Touch) and before is not None:
            return next((item.key for item in before.unplaced if item.id == first.target), "")
        return ""

    def _type(self, seen: Occurrence) -> None:
        """Follow what is typed into the field that stands, and what is confirmed."""
        kind, _, was = field_of(seen.before)
        _, _, now = field_of(seen.after)
        if not kind:
            self._typed = ""
            return
        if seen.key == "OK":
            seen.confirmed = TypedEntry(screen_id(seen.before), self._typed)
        stays = not seen.came_to
        if stays and len(seen.key) == 1 and seen.key.isdigit():
            if not seen.ignored and (now != was or kind == "money"):
                self._typed += seen.key
        elif stays and seen.key == "CLEAR":
            self._typed = self._typed[:-1]
        elif not stays or (now != was and not now):
            self._typed = ""


def _fallen_due(entries: Sequence[TraceEntry]) -> frozenset[str]:
    """The names of the deadlines that came when time passed: the one that the jump names, and the alarms of the same instant."""
    names: set[str] = set()
    for entry in entries:
        match entry.content:
            case contents.TimePassed(due=name) | contents.EventTaken(event="Alarm", name=name):
                names.add(name)
    return frozenset(names)
