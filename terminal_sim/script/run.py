"""Runs cases one after the other.

1. A scenario that begins with `from state NAME` starts where another scenario of the file saved; that one is run first
   where it has not been, so any scenario can be run alone.
2. A terminal that cannot be set up before anything has run is no failure of a scenario: nothing can begin.
3. A scenario that fails is run again as often as the options say. One that then holds is flaky; a bench that broke is not tried again.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from terminal_sim.bench import SavedState
from terminal_sim.script.case_run import CannotBegin, CaseRun
from terminal_sim.script.options import Options
from terminal_sim.script.plan import Case
from terminal_sim.script.results import RunResult, ScenarioOutcome
from terminal_sim.verbs.states import is_file, read_state


class Runner:
    """Runs cases one after the other and keeps the states that they save."""

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self._states: dict[tuple[Path, str, str], SavedState] = {}
        self._has_begun = False

    def run(self, case: Case, *, more: bool = False) -> RunResult:
        """Raises `CannotBegin`, and nothing else for what a script or a bench does. `more` cases follow this one."""
        if case.skip:
            return RunResult(case=case, outcome=ScenarioOutcome.SKIPPED, text=case.skip)
        first = result = self._tried(case, 1, more=more)
        while result.outcome is ScenarioOutcome.UNMET and result.tries <= self.options.retry:
            again = self._tried(case, result.tries + 1, more=more)
            result = replace(
                again, seconds=result.seconds + again.seconds, records=result.records + again.records
            )
        if result.outcome is ScenarioOutcome.HELD and result.tries > 1:
            return replace(result, outcome=ScenarioOutcome.FLAKY, text=first.text, bundle=first.bundle)
        return result

    def _tried(self, case: Case, number: int, *, more: bool) -> RunResult:
        why = "" if number == 1 else f"try {number}"
        one = CaseRun(
            self.options,
            case,
            start=lambda: self._state_for(case),
            why=why,
            more=more or number <= self.options.retry,
        )
        try:
            result = one.result()
        except CannotBegin as cannot:
            if not self._has_begun:
                raise
            result = RunResult(case=case, outcome=ScenarioOutcome.UNMET, text=cannot.report)
        self._keep(one)
        return replace(result, tries=number)

    def _state_for(self, case: Case) -> SavedState | None:
        """Where a case starts, having run the scenario that saves it. Raises what running that one raises."""
        if not case.play.start:
            return None
        if is_file(case.play.start):
            return read_state(case.play.start, case.program.script.path.parent)
        key = (case.program.script.path, case.profile, case.play.start)
        if key not in self._states:
            saver = Case(
                program=case.program, play=case.program.saver_of(case.play.start), profile=case.profile
            )
            saving = CaseRun(
                self.options, saver, start=lambda: self._state_for(saver), why="for another", more=True
            )
            saving.perform()
            self._keep(saving)
        return self._states[key]

    def _keep(self, one: CaseRun) -> None:
        """What a case saved is there for those that start from it."""
        self._has_begun = self._has_begun or one.has_begun
        for name, state in one.states.items():
            self._states[one.case.program.script.path, one.case.profile, name] = state
