"""Runs one case on a fresh bench.

1. `setup` belongs to a fresh terminal and is left out where the scenario goes on from a saved state.
2. `teardown` runs whether the scenario held or not; what fails first is what is reported.
3. The slot is empty when a scenario begins: the operator who put a card in takes it out before the next scenario.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter

from terminal_sim.bench import (
    DEFAULT_CLOCK,
    Bench,
    BenchMisuse,
    Duration,
    JournalError,
    ProfileError,
    ReceiptFiles,
    SavedState,
    Trace,
)
from terminal_sim.script.bind import Call
from terminal_sim.script.case_text import CaseText
from terminal_sim.script.file_names import file_name
from terminal_sim.script.keeping import KeptBundle
from terminal_sim.script.options import Options
from terminal_sim.script.perform import Performer, Stopped
from terminal_sim.script.plan import Case
from terminal_sim.script.recordings import Wiring
from terminal_sim.script.results import NO_TIME, RunResult, ScenarioOutcome
from terminal_sim.script.step_log import StepLog
from terminal_sim.script.try_record import StepPart
from terminal_sim.verbs import Tester
from terminal_sim.verbs.mask import Mask
from terminal_sim.verbs.pictures import StoredPictures, kept_picture, pictures_folder


class CannotBegin(Exception):
    """No terminal can be set up as the options say; `refused` is why, `report` what a failure of the scenario says of it."""

    def __init__(self, refused: Exception, report: str) -> None:
        super().__init__(str(refused))
        self.refused = refused
        self.report = report


class InvariantBroken(Exception):
    """Every step held, and yet the bench's books do not add up: the simulator's fault."""


class CaseRun:
    """One case while it runs. `start` gives the state to begin with, if any, having run what saves it; `why` distinguishes runs of one case.

    `states` are what it saved by their names, where it held; `has_begun` says that its terminal was set up.
    """

    def __init__(
        self,
        options: Options,
        case: Case,
        *,
        start: Callable[[], SavedState | None],
        why: str = "",
        more: bool,
    ) -> None:
        self.case = case
        self.states: Mapping[str, SavedState] = {}
        self.has_begun = False
        self._options = options
        self._start = start
        self._more = more
        self._wired = Wiring(options.reader, options.record, case, why)
        self._mask = Mask(case.program.settings.secrets.values())
        self._text = CaseText(options, case, self._mask)
        self._log = self._step_log()
        self._notes: list[str] = []
        self._pictures = self._stored_pictures()
        self._receipts = self._receipt_files()
        self._screens = ""
        self._failed_screen: Path | None = None
        self._took = NO_TIME
        self._kept = KeptBundle()
        self._observer = options.observer() if options.observer is not None else None
        keeper = options.keeper
        self._keeping = (
            keeper.follow(case, self._wired, options.seed, options.pack) if keeper is not None else None
        )

    def result(self) -> RunResult:
        """Raises `CannotBegin` where there is no terminal to run it on."""
        outcome, text = ScenarioOutcome.HELD, ""
        began = perf_counter()
        try:
            self.perform()
            self._keep(outcome)
        except Stopped as stopped:
            self._keep(ScenarioOutcome.UNMET, str(stopped.why), stopped.event, stopped.line)
            outcome = ScenarioOutcome.UNMET
            text = self._text.stopped(stopped, self._screens, str(self._kept))
        except (BenchMisuse, JournalError, ProfileError) as refused:
            raise CannotBegin(refused, self._text.refused(refused)) from None
        except Exception as broken:  # noqa: BLE001 - whatever it is, it is no fault of the script
            self._keep(ScenarioOutcome.BROKEN, f"{type(broken).__name__}: {broken}")
            outcome, text = ScenarioOutcome.BROKEN, self._text.broken(broken, str(self._kept))
        return RunResult(
            case=self.case,
            outcome=outcome,
            text=text,
            took=self._took,
            seconds=perf_counter() - began,
            notes=tuple(map(self._mask, self._notes)),
            pictures=self._pictures.taken,
            differing=tuple(self._pictures.differing),
            records=() if self._log is None else (self._log.record(),),
            bundle=self._kept.file,
            failed_screen=self._failed_screen,
            observed=() if self._observer is None else tuple(self._observer.lines),
        )

    def perform(self) -> None:
        """Raises `Stopped` where a step fails, and whatever a bench raises that breaks."""
        start = self._start()
        with self._bench() as bench:
            if self._observer is not None:
                self._observer.follow(bench)
            tester = self._tester(bench, start)
            self.has_begun = True
            if self._keeping is not None:
                self._keeping.begin(bench, tester.terminal, start)
            self._notes = tester.notes
            if self._log is not None:
                self._log.begin(tester)
            began = bench.now.mono
            try:
                stopped = self._scenario_of(tester)
                after = self._attempt(tester, self.case.program.teardown, StepPart.TEARDOWN)
                broken = bench.violations()
            finally:
                self._took = Duration(bench.now.mono - began)
                if self._keeping is not None:
                    self._keeping.end()
            if left := tester.terminal.conditions():
                self._notes.append(f"left over: {', '.join(left)}")
            if self._receipts is not None and self._receipts.problem:
                self._notes.append(self._receipts.problem)
            if self._more:
                tester.terminal.give_back()
        problem = stopped or after
        if problem is not None:
            raise problem
        if broken:
            raise InvariantBroken("; ".join(broken))
        self.states = tester.states

    def _bench(self) -> Bench:
        chosen, options = self.case.program.settings, self._options
        logs = tuple(filter(None, (self._log, self._keeping)))
        clock = chosen.clock or DEFAULT_CLOCK
        return Bench(
            seed=options.seed,
            pack=options.pack,
            host_at=options.host,
            first_terminal=options.first_terminal,
            clock=clock,
            state=options.state,
            decks=chosen.decks,
            trace=Trace(*options.subscribers, *logs),
            texts=self.case.play.scope.vocabulary.texts,
            receipts=[taker for taker in (self._receipts, options.printer) if taker is not None],
        )

    def _tester(self, bench: Bench, start: SavedState | None) -> Tester:
        chosen, name = self.case.program.settings, self.case.profile
        terminal = bench.add_terminal(
            self.case.play.profiles[name],
            locale=chosen.locale or None,
            reader=self._wired.reader,
            record=self._wired.record,
            power=False,
            state_from=start,
        )
        # A folder that keeps the journal may hold rows of earlier runs; a saved state is where this one begins.
        rows, papers = (0, len(terminal.receipts)) if start is not None else (terminal.rows_written, 0)
        if not terminal.is_on:
            terminal.power_on()
        variables = {"profile": name, "locale": terminal.locale, **chosen.secrets, **self.case.row}
        return Tester(
            bench,
            terminal,
            variables=variables,
            pictures=self._pictures,
            rows_before=rows,
            receipts_before=papers,
            folder=self.case.program.script.path.parent,
            mask=self._mask,
            own_oracles=self.case.play.scope.vocabulary.own_oracles,
        )

    # Pictures.

    def _stored_pictures(self) -> StoredPictures:
        options, script = self._options, self.case.program.script.path
        return StoredPictures(
            pictures_folder(script, options.pictures, options.root),
            lambda picture: self._file(script.stem, picture),
            out=self._out,
            update=options.update_pictures,
            option=options.update_option,
        )

    def _file(self, script: str, picture: str) -> str:
        """A name that holds no secret of a row, and is another for each row."""
        case, chosen = self.case, self.case.program.settings
        locale = chosen.locale or case.play.profiles[case.profile].languages[0]
        apart = json.dumps([case.title, list(case.row.items()), case.repeats])
        title = Mask(chosen.secrets.values())(case.title)
        return file_name(script, title, picture, case.profile, locale, apart=apart)

    @property
    def _out(self) -> Path | None:
        return self._options.out and self._of_script(self._options.out)

    def _of_script(self, folder: Path) -> Path:
        """The folder for what is made of this script alone: another of its name may stand in another folder."""
        script = self.case.program.script.path
        return folder / file_name(script.stem, str(script.parent))

    def _receipt_files(self) -> ReceiptFiles | None:
        folder = self._options.receipts
        return None if folder is None else ReceiptFiles(self._of_script(folder), self._file("", "receipt"))

    def _keep_screens(self, tester: Tester) -> None:
        """What the device shows where a step failed, as a picture for who reads the failure."""
        if self._out is not None and not self._screens:
            file = self._out / f"{self._file('', 'failure')}.png"
            self._screens = kept_picture(file, tester.terminal.picture().recorded().png)
            self._failed_screen = file if self._screens == str(file) else None

    # Steps.

    def _step_log(self) -> StepLog | None:
        options = self._options
        if options.keep_steps or options.keep_lines:
            return StepLog(self._mask, draws=options.keep_steps)
        return None

    def _scenario_of(self, tester: Tester) -> Stopped | None:
        program, play = self.case.program, self.case.play
        setup = () if play.start else program.setup
        stopped = self._attempt(tester, setup, StepPart.SETUP)
        if stopped is None:
            return self._attempt(tester, play.calls, StepPart.SCENARIO)
        self._leave_out(play.calls, StepPart.SCENARIO)
        return stopped

    def _attempt(self, tester: Tester, calls: Sequence[Call], part: StepPart) -> Stopped | None:
        program, log = self.case.program, self._log
        if log is not None:
            log.part = part
        try:
            Performer(tester, program.macros, self.case.play.scope, log).perform(calls)
        except Stopped as stopped:
            self._keep_screens(tester)
            self._leave_out(_after(calls, stopped), part)
            return stopped
        return None

    def _leave_out(self, calls: Sequence[Call], part: StepPart) -> None:
        if self._log is not None:
            self._log.part = part
            self._log.leave_out(call.step for call in calls)

    def _keep(self, outcome: ScenarioOutcome, sentence: str = "", event: int = 0, unmet: str = "") -> None:
        """Keep the run, where runs are kept; the arguments are those of `RunLog.keep`."""
        if self._keeping is not None:
            self._kept = self._keeping.keep(outcome, self._mask(sentence), event, self._mask(unmet))


def _after(calls: Sequence[Call], stopped: Stopped) -> Sequence[Call]:
    """The calls that come after the one that stopped."""
    last = stopped.callers[0] if stopped.callers else stopped.step
    return calls[next(at for at, call in enumerate(calls, 1) if call.step is last) :]
