"""Does the acts of a bundle again on a fresh bench that is made from the bundle alone, and holds every line of the trace to the bundle's.

1. Profile, cards of the user and recording come from the bundle; bundled cards, acquirer and firmware are those of the product that replays.
2. An act that was refused is refused again: the trace says so both times.
3. Nothing is written but a folder of its own among the temporary files, which is gone when the replay is closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from terminal_sim.bench import (
    Bench,
    BenchMisuse,
    Duration,
    JournalError,
    ProfileError,
    SavedState,
    Snapshot,
    TerminalUnderTest,
    Trace,
)
from terminal_sim.datafiles.printable import printable
from terminal_sim.explore.bundle import Bundle, BundleError, has_frames
from terminal_sim.explore.comparison import TraceComparison, TraceDifference
from terminal_sim.explore.recorded_act import PRESS, SAVE_STATE, TAP, RecordedAct
from terminal_sim.explore.saved_start import revealed
from terminal_sim.explore.secret_words import SecretWords, details_of
from terminal_sim.readers.opening import RECORDING, DriverError, is_for_many
from terminal_sim.script.bind import bind
from terminal_sim.script.parse import parse_step
from terminal_sim.script.perform import Performer, Stopped
from terminal_sim.script.results import ScenarioOutcome
from terminal_sim.script.scope import Scope
from terminal_sim.script.tree import ScriptError
from terminal_sim.script.vocabulary import vocabulary
from terminal_sim.verbs import Tester

_FORESEEN = (BenchMisuse, DriverError, JournalError, ProfileError)
_LONGEST = 300  # characters of an error
_ACTS = Path("acts.jsonl")


@dataclass(frozen=True, slots=True)
class ReplayMoment:
    """A replay between two acts: after which event, how many acts are done, how many lines have come, and the bench."""

    event: int
    acts: int
    lines: int
    snapshot: Snapshot = field(repr=False)


class Replay:
    """One replay: a bench with the bundle's terminal, at which `acts` does one act after the other. It is closed when it is left.

    Raises `BundleError` for a bundle of which no bench can be made.
    """

    def __init__(
        self,
        bundle: Bundle,
        environ: Mapping[str, str],
    ) -> None:
        self.bundle = bundle
        self._done = 0
        self._pressed = 0  # keys of the act that is being done
        self.broken: Exception | None = None
        self._compared = TraceComparison(
            bundle.trace,
            frames=has_frames(bundle.head.readers),
        )
        self._open = ExitStack()
        try:
            folder = Path(self._open.enter_context(TemporaryDirectory(prefix="terminal-sim-")))
            self._deck = folder / "cards"
            self._deck.mkdir()
            for name, data in bundle.cards.items():
                (self._deck / f"{name}.toml").write_bytes(data)
            self.bench, self.terminal = self._wired(folder)
            self._words = self._said(environ)
            self._performer = self._performed()
        except Exception as wrong:
            self._open.close()
            raise BundleError(f"of this bundle no bench can be made: {_one_line(wrong)}") from wrong
        except BaseException:
            self._open.close()
            raise

    def close(self) -> None:
        """Close the bench, and leave no file behind."""
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def event(self) -> int:
        """The number of the last event."""
        return self.bench.trace.number

    @property
    def difference(self) -> TraceDifference | None:
        """The first difference so far."""
        return self._compared.difference

    def acts(self, until: int = 0) -> Iterator[RecordedAct]:
        """Does each act at its moment, and gives it when all that follows from it has happened; then the time up to the end passes.

        With `until` it stops as soon as that event has happened, and goes on from there when it is called again. It stops where a difference is found, and where the bench breaks as it did in
        the run (`broken`). Raises `BundleError` for an act that cannot be meant.
        """
        try:
            for act in self.bundle.acts[self._done :]:
                if self._pass(act.mono, until) or not self._do(act, until):
                    return
                self._done += 1
                yield act
            if not self._pass(self.bundle.head.end.mono, until):
                self._compared.end()
        except BundleError:
            raise
        except _FORESEEN as wrong:
            raise BundleError(
                f"this bundle cannot be replayed after event {self.event}: {_one_line(wrong)}"
            ) from None
        except Exception as broken:
            if self.bundle.head.end.outcome != ScenarioOutcome.BROKEN.value:
                raise BundleError(
                    f"the bench broke after event {self.event}, as it did not in the run: {_one_line(broken)}"
                ) from broken
            self.broken = broken
            self._compared.end()

    def moment(self) -> ReplayMoment:
        """This moment, between two acts. Raises `BenchMisuse` where the bench cannot be saved: on a recording, for one."""
        return ReplayMoment(self.event, self._done, self._compared.seen, self.bench.snapshot())

    def go_back(self, moment: ReplayMoment) -> None:
        """Stand at a moment of this replay, or of another one of the same bundle, and go on from there."""
        self.bench.restore(moment.snapshot)
        self._done, self._pressed, self.broken = moment.acts, 0, None
        self._compared.go_back(moment.lines)

    # Time and acts.

    def _pass(self, mono: int, until: int) -> bool:
        """Lets time pass up to `mono`, from one deadline to the next; whether the replay stops before."""
        while not self._stops(until) and (left := mono - self.bench.now.mono) > 0:
            deadline = self.bench.next_deadline() if until else None
            step = left if deadline is None else min(left, deadline.at - self.bench.now.mono)
            self.bench.advance(Duration(max(step, 0)))
        return self._stops(until)

    def _stops(self, until: int) -> bool:
        return self.difference is not None or 0 < until <= self.event

    def _do(self, act: RecordedAct, until: int) -> bool:
        """Does the act, or what is left of it; False where the replay stops between two keys of it."""
        if act.act[0] == PRESS:
            keys = list(self._keys(act))
            while self._pressed < len(keys):
                if self._pressed and self._stops(until):
                    return False
                self.terminal.press(keys[self._pressed])
                self._pressed += 1
            self._pressed = 0
        elif act.act[0] == TAP:
            self.terminal.touch(act.act[1])
        elif act.act[:2] == SAVE_STATE:
            self._save_state(act)
        else:
            self._say(act)
        return True

    def _keys(self, act: RecordedAct) -> Iterator[str]:
        for word in act.act[1:]:
            try:
                digits = self._words.value(word)
            except BenchMisuse as wrong:
                raise BundleError(f"event {act.n} of this bundle cannot be replayed: {wrong}") from None
            yield from digits if digits.isascii() and digits.isdigit() else [digits]

    def _save_state(self, act: RecordedAct) -> None:
        """The saved state goes nowhere; whether the bench could be saved is in the trace."""
        try:
            with self.bench.acting(self.terminal, act.line):
                self.bench.save()
        except BenchMisuse:
            return

    def _say(self, act: RecordedAct) -> None:
        wrong: list[str] = []
        try:
            call = bind(parse_step(act.line, _ACTS), {}, lambda _, sentence: wrong.append(sentence))
        except ScriptError as error:
            wrong.append(error.problems[0].sentence)
        if wrong or call is None:
            raise BundleError(f"event {act.n} of this bundle, {act.line!r}, cannot be replayed: {wrong[0]}")
        try:
            self._performer.perform([call])
        except Stopped:
            return  # what was refused is in the trace, or is the difference

    # The bench.

    def _wired(self, folder: Path) -> tuple[Bench, TerminalUnderTest]:
        """A bench with the terminal as it was before the first act; files of the bundle lie in `folder` under names of ours."""
        bundle, head = self.bundle, self.bundle.head
        profile, recording = folder / "profile.toml", folder / "recording.pcapng"
        profile.write_text(head.terminals[0].toml, encoding="utf-8")
        recording.write_bytes(bundle.recording)
        bench = self._open.enter_context(
            Bench(
                seed=head.seed,
                pack=head.pack,
                clock=head.clock,
                decks=(self._deck,),
                trace=Trace(self._compared),
            )
        )
        terminal = bench.add_terminal(
            profile,
            locale=head.locale,
            reader=f"{RECORDING}{recording}" if bundle.recording else _of_ours(head.readers),
            power=False,
            state_from=self._start(),
        )
        if not terminal.is_on:
            terminal.power_on()
        return bench, terminal

    def _start(self) -> SavedState | None:
        """What the run began with."""
        return revealed(self.bundle.state, self._details) if self.bundle.state else None

    @cached_property
    def _details(self) -> dict[str, dict[str, str]]:
        """From a bench of its own: a card that a bench has looked at is known to its issuer."""
        with Bench(decks=(self._deck,), trace=False) as bench:
            return details_of(bench)

    def _said(self, environ: Mapping[str, str]) -> SecretWords:
        """What the words of the acts stand for. Raises `BenchMisuse` where the environment lacks a secret that they name."""
        words = [word for act in self.bundle.acts if act.act[0] == PRESS for word in act.act if "$" in word]
        secrets = {name: environ[name] for name in self.bundle.head.secrets if environ.get(name)}
        named = SecretWords(self._details if words else {}, self.terminal.profile, secrets)
        for word in words:
            named.value(word)
        return named

    def _performed(self) -> Performer:
        names = vocabulary()
        scope = Scope(names, (self.terminal.profile,), names.cards((self._deck,)), (self._deck,))
        return Performer(Tester(self.bench, self.terminal), {}, scope)


def _of_ours(readers: tuple[str, ...]) -> tuple[str, ...]:
    """Readers whose both ends are ours. Raises `BenchMisuse` for others: a bundle opens no device and no other file."""
    for reader in readers:
        if reader.startswith(RECORDING) or not is_for_many(reader):
            raise BenchMisuse(f"it ran on the reader {printable(reader)}, and has no recording of it")
    return readers


def _one_line(error: Exception) -> str:
    """An error in one line; one that nobody foresaw with its kind, since a bundle of other hands may hold any profile and any state."""
    kind = "" if isinstance(error, _FORESEEN) else f"{type(error).__name__}: "
    return printable(" ".join(f"{kind}{error}".split()))[:_LONGEST]


def replayed(bundle: Bundle, environ: Mapping[str, str]) -> TraceDifference | None:
    """Does the whole run again; the first difference, None where every line of the trace is the same. Raises `BundleError`."""
    with Replay(bundle, environ) as replay:
        for _ in replay.acts():
            pass
        return replay.difference
