"""One terminal that takes lines of the script language one at a time, shows what each of them changed, and takes them back."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from terminal_sim.bench import Bench, BenchMisuse, SavedState, TerminalUnderTest, Trace, TraceEntry, contents
from terminal_sim.cli import UserError
from terminal_sim.cli.console import as_user_errors
from terminal_sim.cli.shell.history import without_digits
from terminal_sim.cli.shell.undo import DoneAct, DoneActs, KeptState, PassedTime
from terminal_sim.datafiles.printable import printable
from terminal_sim.display.appearance import Appearance
from terminal_sim.explore.past import BenchPast
from terminal_sim.script.bind import Call, VerbCall
from terminal_sim.script.recorder import ScriptRecorder
from terminal_sim.script.tree import Form
from terminal_sim.script.typed_lines import TypedLines
from terminal_sim.verbs import BadScript, ExpectationFailed, ValueKind
from terminal_sim.verbs.keys import SHORTEST_SECRET
from terminal_sim.verbs.mask import Mask
from terminal_sim.verbs.states import is_file

if TYPE_CHECKING:
    from terminal_sim.explore.inevitable import Step

Again = Callable[[SavedState], tuple[Bench, TerminalUnderTest]]
"""Makes another bench that goes on from a state; it takes the trace of the first one along."""

_HIDDEN = "DIGIT"  # a key that was typed into a field that hides it
_PRESSED = (ValueKind.KEY, ValueKind.KEYS)
_ONLY_TELLING = ("note", "screenshot")  # verbs that leave the bench as it is


class EntryLog:
    """Keeps the entries of a trace in their order, those that it still has among them."""

    wants_frames = wants_bytes = False

    def __init__(self, trace: Trace) -> None:
        self.entries: list[TraceEntry] = list(trace.entries)
        trace.subscribe(self)

    def take(self, entry: TraceEntry) -> None:
        self.entries.append(entry)


class ShellSession:
    """`macros` are the calls of the macros that calls may name, `decks` folders of further cards. What came of them is read with `news`.

    `again` makes another bench that goes on from a saved state; without it nothing is taken back, for the reason `forever`.
    """

    def __init__(
        self,
        bench: Bench,
        terminal: TerminalUnderTest,
        macros: Mapping[str, Sequence[Call]] | None = None,
        *,
        decks: Sequence[Path] = (),
        again: Again | None = None,
        forever: str = "this terminal does not go back",
    ) -> None:
        self.bench = bench
        self.terminal = terminal
        self._macros, self._decks = macros, decks
        self.lines = TypedLines(bench, terminal, macros, decks)
        self.log = EntryLog(bench.trace)
        self._again = again
        self._forever = forever
        self._done = DoneActs(self._keep)
        self.recorder: ScriptRecorder | None = None
        self._call: Call | None = None  # of the line that was said last
        self._act: DoneAct | None = None
        self._held = False
        self._shown: Appearance | None = None
        self._receipts = 0
        self._past: BenchPast[None] = BenchPast(bench)
        self._past.keep(None)

    # What is done.

    def say(self, line: str) -> None:
        """Do what a typed line says. Raises `UserError` for one that cannot be meant, `ExpectationFailed` where it does not hold."""
        self.forget()
        with as_user_errors(BadScript, BenchMisuse):
            self._call = self.lines.read(line)
            with self._doing(line, self._call):
                self.lines.perform(self._call)
        self._held = True
        if self.recorder is not None and isinstance(self._call, VerbCall):
            self.recorder.said(self._call)

    def perform(self, call: Call) -> None:
        """The same for a call of a checked script."""
        with as_user_errors(BadScript, BenchMisuse), self._doing(call.step.source, call):
            self.lines.perform(call)

    def pass_time(self, duration: int, line: str = "") -> None:
        """Let virtual time pass, in microseconds; it is taken back as one with the line before it, or as the line that it is."""
        with as_user_errors(BenchMisuse), self._doing(line, PassedTime(duration)):
            self.bench.advance(duration)

    @contextmanager
    def _doing(self, line: str, what: Call | PassedTime) -> Iterator[None]:
        recorded = self.recorder.length if self.recorder is not None else None
        act = DoneAct(line, what, len(self.log.entries), recorded)
        self._done.begin(act)
        self._act = act
        began, at = perf_counter(), self.bench.now
        try:
            yield
        finally:
            act.seconds = perf_counter() - began
            act.changed = len(self.log.entries) > act.entries or self.bench.now != at
            self._past.keep(None)

    @property
    def steps(self) -> list[Step]:
        """What was done here and changed something, each line to be done again at another bench."""

        def again(what: Call | PassedTime) -> Callable[[Bench, TerminalUnderTest], None]:
            def do(bench: Bench, terminal: TerminalUnderTest) -> None:
                if isinstance(what, PassedTime):
                    bench.advance(what.duration)
                else:
                    TypedLines(bench, terminal, self._macros, self._decks, keeps_files=False).perform(what)

            return do

        return [(act.line or "time passes", again(act.what)) for act in self._done.acts]

    # What is taken back.

    @property
    def not_undoable(self) -> str:
        """Why nothing is taken back here; "" where it is."""
        return self._done.refused

    def back(self, count: int = 1) -> list[str]:
        """Take back the last `count` lines that changed something, and all that was done since; returns them, newest first.

        Cards, point of sale, acquirer, journal and clock stand as they did before. Raises `UserError` where that cannot be.
        """
        if self.not_undoable:
            raise UserError(f"nothing is taken back here: {self.not_undoable}")
        there = self._done.undoable
        if len(there) < count:
            raise UserError(f"lines that changed something: {len(there)}, so {count} are not taken back")
        if self.recorder is not None and there[count - 1].recorded is None:
            raise UserError("the recording began later than that: `record stop` first")
        self._stand_before(there[count - 1])
        return [act.line for act in there[:count]]

    def cancel(self) -> bool:
        """Take back what the line that was interrupted has done so far; False where that cannot be, and it stays."""
        if self._act is None:
            return True
        if self.not_undoable:
            return False
        self._stand_before(self._act)
        return True

    def _keep(self, before: int) -> KeptState:
        if self._again is None:
            raise BenchMisuse(self._forever)
        return KeptState(before, self.bench.save(), self.lines.tester.memory())

    def _stand_before(self, act: DoneAct) -> None:
        if self._again is None:
            raise ValueError("nothing makes another bench")
        kept, since = self._done.before(act)
        with _uninterrupted(), self.bench.trace.unheard():
            left = self.bench
            self.bench, self.terminal = self._again(kept.bench)
            self._past.go_on_with(self.bench)
            left.close()
            self.lines.tester.go_back(self.bench, self.terminal, kept.tester)
            for done in since:
                self._do_again(done.what)
        if self.recorder is not None and act.recorded is not None:
            self.recorder.go_back(self.bench, self.terminal, act.recorded)
        del self.log.entries[act.entries :]
        self.lines.tester.notes.clear()
        self._shown, self._receipts = None, len(self.terminal.receipts)
        self.bench.trace.emit(
            self.bench.now, self.terminal.name, contents.Note(f"back to before {self.mask(act.line)}")
        )

    def _do_again(self, what: Call | PassedTime) -> None:
        if isinstance(what, PassedTime):
            self.bench.advance(what.duration)
        elif not _leaves_the_bench(what):
            with suppress(ExpectationFailed, BadScript, BenchMisuse):  # as it did the first time
                self.lines.perform(what)

    def stood_at(self, event: int) -> tuple[int, Bench]:
        """The bench as it stood when `event` had happened and all that the same line caused, and the last event of that moment.

        It is to be looked at until the next call. Raises `UserError` for an event that there is not, or where no moment is kept.
        """
        if not 1 <= event <= self.bench.trace.number:
            raise UserError(f"there is no event {event}; there are 1 to {self.bench.trace.number}")
        with as_user_errors(BenchMisuse):
            moment = self._past.moment(event)
            return moment.event, self._past.bench_at(moment)

    def close(self) -> None:
        """Let the benches go that this one looked back with; its own is its caller's."""
        self._past.close()

    # What is seen.

    @property
    def mask(self) -> Mask:
        """What of a text may be shown after all that was done here."""
        return self.lines.mask

    def news(self) -> list[str]:
        """What the device shows and sounds where that changed since the last call, the receipts that came out, notes, and where pictures are."""
        return self.changes() + self.papers() + self.remarks()

    def changes(self) -> list[str]:
        """What the device shows and sounds, where that changed since the last call."""
        shown = self.terminal.appearance()
        changed = shown.since(self._shown)
        self._shown = shown
        return list(map(printable, changed))

    def papers(self) -> list[str]:
        """The receipts that came out since the last call."""
        printed = self.terminal.receipts
        new = [printable(paper(receipt.text)) for receipt in printed[self._receipts :]]
        self._receipts = len(printed)
        return new

    def remarks(self) -> list[str]:
        """The notes since the last call, and where pictures are."""
        notes, pictures = self.lines.tester.notes, self.lines.pictures.taken
        said = [f"# {self.mask(note)}" for note in notes] + [
            f"# picture {file}" for file in pictures.values()
        ]
        notes.clear()
        pictures.clear()
        return list(map(printable, said))

    # What is kept of a line.

    def forget(self) -> None:
        """The last line is done with: an interrupt that comes now is none of it."""
        self._call, self._act, self._held = None, None, False

    def kept(self, line: str) -> str:
        """The line as a history may keep it: without digits that went into a hidden field, or may have been meant for one."""
        call = self._call
        if not isinstance(call, VerbCall):
            return without_digits(line, SHORTEST_SECRET)
        if self._typed_hidden() or (not self._held and _presses(call)):
            return without_digits(line, 1)
        return without_digits(line, SHORTEST_SECRET if call.of_kind(ValueKind.ASSIGNED) else 0)

    def _typed_hidden(self) -> bool:
        since = self.log.entries[self._act.entries :] if self._act is not None else ()
        return any(isinstance(one.content, contents.KeyPress) and one.content.key == _HIDDEN for one in since)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """An interrupt within is no news: what it would give up is being taken back."""
    if threading.current_thread() is not threading.main_thread():  # signals are the main thread's
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def paper(text: str) -> str:
    """A receipt as it hangs out of the printer."""
    lines = text.splitlines()
    edge = "~" * (max(map(len, lines), default=0) + 4)
    return "\n".join([edge, *(f"  {line}".rstrip() for line in lines), edge])


def _leaves_the_bench(call: Call) -> bool:
    """Whether the call only writes files and notes."""
    if not isinstance(call, VerbCall):
        return False
    states = call.of_kind(ValueKind.STATE)
    return call.verb.method in _ONLY_TELLING or any(
        state.form is Form.STRING or is_file(state.text) for state in states
    )


def _presses(call: VerbCall) -> bool:
    return any(argument.parameter.kind in _PRESSED for argument in call.arguments)
