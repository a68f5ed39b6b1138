"""Follows one run of a scenario, and makes its bundle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from pathlib import Path

from terminal_sim.bench import DEFAULT_CLOCK, Bench, SavedState, TerminalUnderTest, TraceEntry, View, contents
from terminal_sim.display.svg import screen_svg
from terminal_sim.explore import product
from terminal_sim.explore.act_log import ActLog
from terminal_sim.explore.bundle import (
    FORMAT,
    Bundle,
    BundledEnd,
    BundledScenario,
    BundledTerminal,
    BundleError,
    BundleHead,
    has_frames,
)
from terminal_sim.explore.data_files import ACQUIRER, acquirer_file, card_files, digest, is_bundled, named
from terminal_sim.explore.saved_start import concealed
from terminal_sim.explore.secret_words import SecretWords, details_of
from terminal_sim.profile import explain
from terminal_sim.readers.opening import RECORDING, is_for_many
from terminal_sim.script.plan import Case
from terminal_sim.script.recorder import RecordedScript, ScriptHead, ScriptRecorder
from terminal_sim.script.recordings import Wiring
from terminal_sim.verbs.mask import card_numbers

MOST_SCREENS = 60  # the last ones: what a person looks at


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAbout:
    """What is known of a run before it begins. `secrets` are the variables of its script that the environment gave, by their names.

    `readers` are addresses, and `record` is the file of their recording, where one is made. `clock` is "" for the bench's own.
    """

    scenario: BundledScenario
    readers: tuple[str, ...]
    record: Path | None = None
    seed: int = 0
    pack: str | None = None
    clock: str = ""
    decks: tuple[Path, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, case: Case, wiring: Wiring, seed: int, pack: str | None) -> RunAbout:
        """Of one case of a script."""
        chosen, scenario = case.program.settings, case.play.scenario
        own = {value.name: value.text for value in scenario.options}
        return cls(
            scenario=BundledScenario(scenario.place.path.name, scenario.place.line, case.title),
            readers=wiring.reader,
            record=wiring.record,
            seed=seed,
            pack=pack,
            clock=chosen.clock,
            decks=chosen.decks,
            secrets=chosen.secrets,
            options={**chosen.options, **own, **chosen.overruling},
        )


class BundleLog(ActLog):
    """A subscriber of the trace of one bench, from before there is a terminal on it."""

    def __init__(self, about: RunAbout) -> None:
        super().__init__()
        self.about = about
        self.ended_at = -1  # microseconds of virtual time
        self._bench: Bench | None = None
        self._start: SavedState | None = None
        self._recorder: ScriptRecorder | None = None
        self._recorded: RecordedScript | None = None

    def take(self, entry: TraceEntry) -> None:
        if self.ended_at < 0:
            super().take(entry)

    def begin(self, bench: Bench, terminal: TerminalUnderTest, start: SavedState | None) -> None:
        """See `RunLog`."""
        about = self.about
        head = ScriptHead(
            profile=terminal.profile.id,
            locale=terminal.locale,
            clock=about.clock,
            options=about.options,
            pack=about.pack or "",
            seed=about.seed,
        )
        self._bench, self.terminal, self._start = bench, terminal, start
        self._recorder = ScriptRecorder(bench, terminal, head)

    def end(self) -> None:
        """See `RunLog`."""
        if self._bench is not None and self._recorder is not None:
            self.ended_at = self._bench.now.mono
            self._recorder.stop()
            self._recorded = self._recorder.recording(self.about.scenario.title)

    def bundle(self, end: BundledEnd, unmet: str) -> Bundle:
        """The bundle of the run, which has ended; `unmet` is the line that did not hold, "" for none.

        Raises `BundleError` where none can be made: of a run that never began, or on a real reader without a recording.
        """
        terminal, about, start = self.terminal, self.about, self._start
        if terminal is None or self.ended_at < 0:
            raise BundleError("the run ended before its terminal was there")
        recording = self._recording()
        with Bench(decks=about.decks, trace=False) as bench:
            details = details_of(bench)
        words = SecretWords(details, terminal.profile, about.secrets)
        card = start.terminals[0].card if start is not None else ""
        acts = self.acts(words, card)
        spoken = {words.card_of(word) for act in acts for word in act.act} & details.keys()
        presented = spoken | self.cards | (start.cards.keys() if start is not None else set())
        files = {name: file for one in sorted(presented) for name, file in card_files(one, about.decks)}
        toml = explain(terminal.profile)
        made = Bundle(
            head=BundleHead(
                format=FORMAT,
                version=product.VERSION,
                commit=product.commit(),
                python=product.PYTHON,
                scenario=about.scenario,
                terminals=(BundledTerminal(terminal.profile.id, digest(toml.encode()), toml),),
                acquirer=named(ACQUIRER, acquirer_file()),
                cards=tuple(named(name, file) for name, file in files.items()),
                pack=about.pack,
                locale=terminal.locale,
                clock=about.clock or DEFAULT_CLOCK,
                seed=about.seed,
                readers=about.readers,
                secrets=tuple(sorted(about.secrets)),
                card=card,
                end=end,
                members={},
            ),
            acts=acts,
            trace=self._trace(),
            script=self._script(unmet),
            cards={name: file.read_bytes() for name, file in files.items() if not is_bundled(file)},
            state=concealed(start, details) if start is not None else "",
            recording=recording,
            screens=dict(self._screens(terminal)),
        )
        _check(made, words.stand_ins)
        return made

    def _trace(self) -> tuple[str, ...]:
        left_out: tuple[type[contents.Content], ...] = (contents.TimePassed,)
        left_out += () if has_frames(self.about.readers) else (contents.ReaderFrame,)
        return tuple(one.json() for one in self.entries if not isinstance(one.content, left_out))

    def _script(self, unmet: str) -> str:
        """The run as a script that fails at `unmet` as the run did."""
        if self._recorded is None:
            return ""
        steps = (*self._recorded.steps, *([unmet] if unmet else []))
        return replace(self._recorded, steps=steps).keys("state.json")

    def _screens(self, terminal: TerminalUnderTest) -> Iterator[tuple[int, str]]:
        """The last screens by the numbers of the events that showed them."""
        shown = [one for one in self.entries if isinstance(one.content, contents.ScreenShown)]
        for entry in shown[-MOST_SCREENS:]:
            if isinstance(entry.content, contents.ScreenShown) and isinstance(entry.content.text, View):
                yield entry.number, screen_svg(entry.content.text, terminal.profile)

    def _recording(self) -> bytes:
        """What the readers of the run said, where they were not ours. Raises `BundleError` where that was not recorded."""
        readers, reader = self.about.readers, self.about.readers[0]
        file = Path(reader.removeprefix(RECORDING)) if reader.startswith(RECORDING) else None
        if file is None and not is_for_many(readers):
            file = self.about.record
            if file is None:
                raise BundleError(
                    "a real reader is replayed from a recording of it alone: run it with --record FOLDER"
                )
        try:
            return b"" if file is None else file.read_bytes()
        except OSError as error:
            raise BundleError(f"{file}: {error.strerror}") from None


def _check(bundle: Bundle, stand_ins: Set[str]) -> None:
    """Raises `BundleError` where a card number would stand in the bundle in clear that is no stand-in."""
    texts: Mapping[str, str] = {
        "its acts": "\n".join(act.line for act in bundle.acts),
        "its trace": "\n".join(bundle.trace),
        "its script": bundle.script,
    }
    for where, text in texts.items():
        if set(card_numbers(text)) - stand_ins:
            raise BundleError(
                f"a card number would stand in {where} in clear: say it by the name of its card"
            )
