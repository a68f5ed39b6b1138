"""Runs of scripts that clients send: each on fresh benches of its own, one after the other, in a thread of their own."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from terminal_sim.bench import BenchMisuse, ProfileError, TraceEntry, contents
from terminal_sim.script.case_run import CannotBegin
from terminal_sim.script.check import check
from terminal_sim.script.options import Options
from terminal_sim.script.plan import Case, plan
from terminal_sim.script.results import RunResult, exit_code
from terminal_sim.script.run import Runner
from terminal_sim.script.tree import ScriptError
from terminal_sim.script.vocabulary import vocabulary
from terminal_sim.verbs import BadScript
from terminal_sim.web.bodies import ScriptRun
from terminal_sim.web.own_scripts import FILE, own_script
from terminal_sim.web.problem import ApiProblem, ProblemKind

MOST_RUNS = 20
T = TypeVar("T")
_NO_SECRETS: Mapping[str, str] = {}
_LINE = re.compile(rf"{re.escape(FILE.name)}:(\d+)")


class RunState(Enum):
    """How far a run is, and how it ended."""

    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    REFUSED = "refused"
    STOPPED = "stopped"


class _Stopped(BaseException):
    """The run is to end now. It is no `Exception`: no scenario takes it for a fault of its own."""


@dataclass(eq=False, slots=True)
class StartedRun:
    """One run. `acts` counts what was done at its terminals, `why` says what kept it from beginning. A subscriber of the trace of its benches."""

    id: str
    cases: Sequence[Case]
    options: Options
    state: RunState = RunState.RUNNING
    results: list[RunResult] = field(default_factory=list)
    acts: int = 0
    why: str = ""
    stops: bool = False
    wants_frames: bool = False
    wants_bytes: bool = False

    def take(self, entry: TraceEntry) -> None:
        """See `Subscriber`."""
        if self.stops:
            raise _Stopped
        if isinstance(entry.content, contents.Act | contents.KeyPress | contents.Touch):
            self.acts += 1

    def run(self) -> None:
        """Runs every case. Pictures go to a folder that is gone afterwards."""
        try:
            with TemporaryDirectory(prefix="terminal-sim-") as folder:
                options = replace(
                    self.options, subscribers=(self,), pictures=Path(folder), update_pictures=True
                )
                runner = Runner(options)
                for number, case in enumerate(self.cases, 1):
                    self.results.append(runner.run(case, more=number < len(self.cases)))
            failed = any(result.outcome.is_failure for result in self.results)
            self.state = RunState.FAILED if failed else RunState.PASSED
        except _Stopped:
            self.state = RunState.STOPPED
        except CannotBegin as cannot:
            self.state, self.why = RunState.REFUSED, str(cannot.refused)

    def about(self) -> dict[str, object]:
        """The run as the API gives it; `failure` is the first one, with the line of the script."""
        results = list(self.results)
        scenarios = [_scenario(result) for result in results]
        failure = next((each for each in scenarios if each["text"] and each["outcome"] != "skipped"), None)
        return {
            "run": self.id,
            "state": self.state.value,
            "exit": None if self.state is RunState.RUNNING else int(exit_code(results)),
            "why": self.why,
            "cases": len(self.cases),
            "steps": self.acts,
            "failure": failure and {"line": failure["line"], "text": failure["text"]},
            "scenarios": scenarios,
        }


def _scenario(result: RunResult) -> dict[str, object]:
    found = _LINE.search(result.text)
    place = result.case.play.scenario.place
    return {
        "title": result.case.title,
        "profile": result.case.profile,
        "outcome": result.outcome.value,
        "line": int(found[1]) if found else place.line,
        "text": result.text,
        "took": int(result.took),
        "seconds": round(result.seconds, 3),
        "notes": list(result.notes),
    }


class ScriptRuns:
    """The last `MOST_RUNS` runs, by their ids."""

    def __init__(self) -> None:
        self._runs: OrderedDict[str, StartedRun] = OrderedDict()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="script run")
        self._begun = 0

    def begin(self, wanted: ScriptRun) -> StartedRun:
        """Checks the script and begins to run it. Raises `ApiProblem` for one that cannot be meant: nothing has run then."""
        cases = _cases(wanted)
        waiting = sum(run.state is RunState.RUNNING for run in self._runs.values())
        if waiting >= MOST_RUNS:
            raise ApiProblem(ProblemKind.TOO_MANY, f"{waiting} scripts wait to be run: let them end first")
        self._begun += 1
        run = StartedRun(
            f"r{self._begun}", cases, Options(seed=wanted.seed, pack=wanted.pack, keep_lines=True)
        )
        self._runs[run.id] = run
        ended = (each.id for each in self._runs.values() if each.state is not RunState.RUNNING)
        for old in list(ended)[: max(len(self._runs) - MOST_RUNS, 0)]:
            del self._runs[old]
        self._thread.submit(run.run)
        return run

    def beside(self, what: Callable[[], T]) -> Future[T]:
        """Does `what` when the runs that were begun before have ended."""
        return self._thread.submit(what)

    def run(self, name: str) -> StartedRun:
        """Raises `ApiProblem`."""
        try:
            return self._runs[name]
        except KeyError:
            raise ApiProblem.missing("run", name, self._runs) from None

    def close(self) -> None:
        """Stops all that runs, at its next event."""
        for run in self._runs.values():
            run.stops = True
        self._thread.shutdown(cancel_futures=True)


def _cases(wanted: ScriptRun) -> list[Case]:
    names = vocabulary()
    unknown = [name for name in wanted.profiles if name not in names.profiles]
    if unknown:
        raise ApiProblem(ProblemKind.BAD_VALUE, f"there is no profile {unknown[0]!r}", field="profiles")
    try:
        program = check(
            own_script(wanted.text),
            names,
            profiles={name: names.load(name) for name in wanted.profiles} or None,
            locale=wanted.locale,
            environ=_NO_SECRETS,
        )
        cases = plan(program, wanted.only)
    except ScriptError as wrong:
        first = wrong.problems[0]
        problems = [
            {"line": each.line, "column": each.column, "width": each.width, "sentence": each.sentence}
            for each in wrong.problems
        ]
        raise ApiProblem(
            ProblemKind.BAD_VALUE,
            f"line {first.line}: {first.sentence}",
            field="text",
            more={"problems": problems},
        ) from None
    except BadScript as wrong:
        raise ApiProblem(ProblemKind.BAD_VALUE, str(wrong), field="only") from None
    except (BenchMisuse, ProfileError) as wrong:
        raise ApiProblem(ProblemKind.BAD_VALUE, str(wrong), field="locale") from None
    if not cases:
        raise ApiProblem(ProblemKind.BAD_VALUE, "nothing of this script is to be run", field="text")
    return cases
