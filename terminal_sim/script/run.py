"""Runs cases, each on a fresh bench.

1. A scenario that begins with `from state NAME` starts where another scenario of the file saved; that one is run first
   where it has not been, so any scenario can be run alone. `setup` belongs to a fresh terminal and is left out then.
2. `teardown` runs whether the scenario held or not; what fails first is what is reported.
3. The slot is empty when a scenario begins: the operator who put a card in takes it out before the next scenario.
4. Results are values; nothing is printed here.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from terminal_sim.bench import (
    DEFAULT_CLOCK,
    Bench,
    BenchMisuse,
    Duration,
    JournalError,
    ProfileError,
    SavedState,
    Subscriber,
    Trace,
)
from terminal_sim.script.bind import Call
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.script.failure import Mask, command, report
from terminal_sim.script.file_names import file_name
from terminal_sim.script.perform import Performer, Stopped
from terminal_sim.script.plan import Case
from terminal_sim.script.recordings import Wiring, recording_name
from terminal_sim.script.selection import exactly
from terminal_sim.verbs import Tester
from terminal_sim.verbs.pictures import StoredPictures, kept_picture

NO_TIME = Duration(0)


class ScenarioOutcome(Enum):
    HELD = "held"
    UNMET = "failed"
    SKIPPED = "skipped"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`reader` is an address or several; `pack` names another amount pack than the acquirer's file does; `state` is a folder that keeps the journal;
    `update_pictures` stores the pictures of `screenshot` instead of comparing them (a user asks for it by `update_option`), and `out` is a folder for the pictures of failures, if any.
    `subscribers` take the trace of every bench. `record` is a folder, which is there, for a recording of each case; `reader` is `recording:FOLDER` to replay them.
    """

    seed: int = 0
    pack: str | None = None
    reader: str | tuple[str, ...] = "virtual"
    record: Path | None = None
    state: Path | None = None
    subscribers: tuple[Subscriber, ...] = ()
    update_pictures: bool = False
    update_option: str = "--update-pictures"
    out: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """`text` is the reason of a skip, or what a failure says; `took` is virtual time; `pictures` are the files of
    its screenshots by their names.
    """

    case: Case
    outcome: ScenarioOutcome
    text: str = ""
    took: Duration = NO_TIME
    notes: tuple[str, ...] = ()
    pictures: Mapping[str, Path] = field(default_factory=dict)


def exit_code(results: Sequence[RunResult]) -> ExitCode:
    """The worst that happened; `NOTHING` where nothing ran."""
    outcomes = {result.outcome for result in results}
    if ScenarioOutcome.BROKEN in outcomes:
        return ExitCode.BROKEN
    if ScenarioOutcome.UNMET in outcomes:
        return ExitCode.UNMET
    return ExitCode.HELD if ScenarioOutcome.HELD in outcomes else ExitCode.NOTHING


class Runner:
    """Runs cases one after the other and keeps the states that they save."""

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self._states: dict[tuple[Path, str, str], SavedState] = {}
        self.has_begun = False

    def run(self, case: Case, *, more: bool = False) -> RunResult:
        """Raises `CannotBegin`, and nothing else for what a script or a bench does. `more` cases follow this one."""
        if case.skip:
            return RunResult(case=case, outcome=ScenarioOutcome.SKIPPED, text=case.skip)
        return _CaseRun(self, case, more=more).result()

    def state_for(self, case: Case) -> SavedState:
        """Where a case starts, having run the scenario that saves it. Raises what running that one raises."""
        key = (case.program.script.path, case.profile, case.play.start)
        if key not in self._states:
            saver = case.program.saver_of(case.play.start)
            saving = Case(program=case.program, play=saver, profile=case.profile)
            _CaseRun(self, saving, "for another", more=True).perform()
        return self._states[key]

    def keep(self, case: Case, states: Mapping[str, SavedState]) -> None:
        """Keeps what a case saved for those that start from it."""
        for name, state in states.items():
            self._states[case.program.script.path, case.profile, name] = state


class CannotBegin(Exception):
    """No terminal can be set up as the options say, and nothing has run yet; `refused` is why."""

    def __init__(self, refused: Exception) -> None:
        super().__init__(str(refused))
        self.refused = refused


class InvariantBroken(Exception):
    """Every step held, and yet the bench's books do not add up: the simulator's fault."""


class _CaseRun:
    """One case while it runs."""

    def __init__(self, runner: Runner, case: Case, why: str = "", *, more: bool) -> None:
        self.runner = runner
        self.more = more
        self.case = case
        self.wired = Wiring(runner.options.reader, runner.options.record, recording_name(case, why))
        self.mask = Mask(case.program.settings.secrets.values())
        self.notes: list[str] = []
        self.pictures = self._pictures()
        self.screens = ""
        self.took = NO_TIME

    def result(self) -> RunResult:
        outcome, text = ScenarioOutcome.HELD, ""
        try:
            self.perform()
        except Stopped as stopped:
            outcome, text = ScenarioOutcome.UNMET, self._report(stopped)
        except (BenchMisuse, JournalError, ProfileError) as refused:
            if not self.runner.has_begun:
                raise CannotBegin(refused) from None
            outcome, text = ScenarioOutcome.UNMET, self._refused(refused)
        except Exception as broken:  # noqa: BLE001 - whatever it is, it is no fault of the script
            outcome, text = ScenarioOutcome.BROKEN, self._broken(broken)
        return RunResult(
            case=self.case,
            outcome=outcome,
            text=text,
            took=self.took,
            notes=tuple(map(self.mask, self.notes)),
            pictures=self.pictures.taken,
        )

    def perform(self) -> None:
        """Raises `Stopped` where a step fails, and whatever a bench raises that breaks."""
        program, play = self.case.program, self.case.play
        start = self.runner.state_for(self.case) if play.start else None
        with self._bench() as bench:
            tester = self._tester(bench, start)
            self.runner.has_begun = True
            self.notes = tester.notes
            began = bench.now.mono
            try:
                stopped = self._attempt(tester, play.calls if play.start else program.setup + play.calls)
                after = self._attempt(tester, program.teardown)
                broken = bench.violations()
            finally:
                self.took = Duration(bench.now.mono - began)
            if self.more:
                tester.terminal.give_back()
        problem = stopped or after
        if problem is not None:
            raise problem
        if broken:
            raise InvariantBroken("; ".join(broken))
        self.runner.keep(self.case, tester.states)

    def _bench(self) -> Bench:
        chosen, options = self.case.program.settings, self.runner.options
        clock = chosen.clock or DEFAULT_CLOCK
        return Bench(
            seed=options.seed,
            pack=options.pack,
            clock=clock,
            state=options.state,
            decks=chosen.decks,
            trace=Trace(*options.subscribers),
        )

    def _tester(self, bench: Bench, start: SavedState | None) -> Tester:
        chosen, name = self.case.program.settings, self.case.profile
        terminal = bench.add_terminal(
            chosen.profiles[name],
            locale=chosen.locale or None,
            reader=self.wired.reader,
            record=self.wired.record,
            power=False,
            state_from=start,
        )
        # A folder that keeps the journal may hold rows of earlier runs; a saved state is where this one begins.
        rows, papers = (0, len(terminal.receipts)) if start is not None else (len(terminal.journal()), 0)
        if not terminal.is_on:
            terminal.power_on()
        variables = {"profile": name, "locale": terminal.locale, **chosen.secrets, **self.case.row}
        return Tester(
            bench,
            terminal,
            variables=variables,
            pictures=self.pictures,
            rows_before=rows,
            receipts_before=papers,
        )

    # Pictures.

    def _pictures(self) -> StoredPictures:
        options, script = self.runner.options, self.case.program.script.path
        return StoredPictures(
            script.parent / "pictures",
            lambda picture: self._file(script.stem, picture),
            out=self._out,
            update=options.update_pictures,
            option=options.update_option,
        )

    def _file(self, script: str, picture: str) -> str:
        chosen, profile = self.case.program.settings, self.case.profile
        locale = chosen.locale or chosen.profiles[profile].languages[0]
        return file_name(script, self.case.title, picture, profile, locale)

    @property
    def _out(self) -> Path | None:
        """The folder for what is made of this script alone: another of its name may stand in another folder."""
        script, out = self.case.program.script.path, self.runner.options.out
        return out and out / file_name(script.stem, str(script.parent))

    def _keep_screens(self, tester: Tester) -> None:
        """What the device shows where a step failed, as a picture for who reads the failure."""
        if self._out is not None and not self.screens:
            file = self._out / f"{self._file('', 'failure')}.png"
            self.screens = kept_picture(file, tester.terminal.picture().png)

    # Steps.

    def _attempt(self, tester: Tester, calls: Sequence[Call]) -> Stopped | None:
        program = self.case.program
        try:
            Performer(tester, program.macros, program.scope).perform(calls)
        except Stopped as stopped:
            self._keep_screens(tester)
            return stopped
        finally:
            self.mask.hide(*tester.secrets)
        return None

    # The text of a result.

    def _report(self, stopped: Stopped) -> str:
        self.mask.hide(*stopped.secrets)
        screens = [f"picture    {self.screens}"] if self.screens else []
        return report(stopped, [*self._scenario(), *screens], self._again(), self.mask)

    def _refused(self, refused: Exception) -> str:
        """There is no terminal to act on: a reader that does not open, for one."""
        lines = [
            f"{self.case.play.scenario.place}: the terminal cannot be set up",
            *(f"  {line}" for line in (*self._scenario(), str(refused))),
            f"  again: {self._again()}",
        ]
        return self.mask("\n".join(lines))

    def _broken(self, broken: Exception) -> str:
        """The bench itself: its own words, and where in it."""
        place = traceback.extract_tb(broken.__traceback__)[-1]
        lines = [
            f"{self.case.play.scenario.place}: the bench broke: {type(broken).__name__}: {broken}",
            f"  at {place.filename}:{place.lineno} in {place.name}",
            *(f"  {line}" for line in self._scenario()),
            f"  again: {self._again()}",
        ]
        return self.mask("\n".join(lines))

    def _scenario(self) -> list[str]:
        chosen = self.case.program.settings
        locale = f", {chosen.locale}" if chosen.locale else ""
        reader = " and ".join(self._addresses())
        return [f'scenario   "{self.case.title}" on {self.case.profile}{locale}, reader {reader}']

    def _addresses(self) -> tuple[str, ...]:
        reader = self.runner.options.reader
        return (reader,) if isinstance(reader, str) else reader

    def _again(self) -> str:
        options, program = self.runner.options, self.case.program
        chosen = ["--profile", self.case.profile]
        chosen += ["--locale", program.settings.locale] if program.settings.locale else []
        chosen += ["--seed", str(options.seed)] if options.seed else []
        chosen += ["--pack", options.pack] if options.pack is not None else []
        for address in self._addresses():
            chosen += ["--reader", address] if address != "virtual" else []
        return command(str(program.script.path), exactly(self.case.title), chosen)
