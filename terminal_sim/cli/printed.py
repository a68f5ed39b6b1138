"""What `terminal-sim run` prints: a line for each scenario, what its failure says, how far the run is, and the summary."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from types import TracebackType

from terminal_sim.bench import Duration
from terminal_sim.cli.console import styled
from terminal_sim.datafiles.printable import printable
from terminal_sim.run_report.annotations import annotation
from terminal_sim.run_report.machine_lines import json_line, tap_head, tap_lines
from terminal_sim.script.results import RunResult, ScenarioOutcome

_COLOURS = {
    ScenarioOutcome.HELD: "32",
    ScenarioOutcome.FLAKY: "33;1",
    ScenarioOutcome.UNMET: "31;1",
    ScenarioOutcome.BROKEN: "31;1",
    ScenarioOutcome.SKIPPED: "33",
}
LONG = 1.0  # seconds after which a run says how far it is
OFTEN = 0.1
_CLEARED = "\r\x1b[K"


TEXT, TAP, JSON = "text", "tap", "json"


class ResultPrinter:
    """Prints the results of a run as they come: for people, as TAP, or as JSON lines. With `github` each failure is an annotation as well."""

    def __init__(self, form: str, planned: int, *, quiet: bool, github: bool) -> None:
        self._form = form
        self._planned = planned
        self._quiet = quiet
        self._github = github
        self._number = 0
        if form == TAP:
            print(tap_head(planned), flush=True)

    def print(self, result: RunResult) -> None:
        self._number += 1
        if self._form == JSON:
            print(json_line(result), flush=True)
        elif self._form == TAP:
            print(tap_lines(self._number, result), flush=True)
        else:
            printed(result, quiet=self._quiet)
        if self._github and (said := annotation(result, Path.cwd())):
            self.aside(said)

    def end(self, results: Sequence[RunResult]) -> None:
        """What stands after all results."""
        if self._form == TEXT:
            print(summary(results, self._planned))
        elif self._form == TAP and len(results) < self._planned:
            print("Bail out! the run was stopped at its first failure")

    def aside(self, line: str) -> None:
        """What is no result: on the error output, where the output is for a machine."""
        print(line, file=sys.stdout if self._form == TEXT else sys.stderr, flush=True)


def printed(result: RunResult, *, quiet: bool) -> None:
    """Print a result; `quiet` leaves out everything about one that is no failure."""
    if quiet and not result.outcome.is_failure:
        return
    outcome = styled(f"{result.outcome.value:7}", _COLOURS[result.outcome])
    print(f"{outcome}  {name(result)}{_more(result)}", flush=True)
    for note in result.notes:
        print(f"          {note}")
    if result.outcome.is_failure:
        print(result.text)


def name(result: RunResult) -> str:
    """The file, the scenario and the terminal."""
    case = result.case
    return printable(f"{case.program.script.path}: {case.title} on {case.profile}")


def summary(results: Sequence[RunResult], planned: int) -> str:
    """How many ended how, and how many of those that were `planned` were not run."""
    counts = Counter(result.outcome for result in results)
    counted = [f"{counts[outcome]} {outcome.value}" for outcome in ScenarioOutcome if counts[outcome]]
    counted += [f"{planned - len(results)} not run"] if planned > len(results) else []
    return ", ".join(counted) or "nothing to run"


def _more(result: RunResult) -> str:
    match result.outcome:
        case ScenarioOutcome.SKIPPED:
            return f": {result.text}"
        case ScenarioOutcome.FLAKY:
            return f" in {Duration(result.took)}, at try {result.tries}; at first:"
        case ScenarioOutcome.UNMET if result.tries > 1:
            return f" in {Duration(result.took)}, {result.tries} times"
        case _:
            return f" in {Duration(result.took)}"


class Progress:
    """One line on the error output that says how far a long run is, where that is a person's terminal; it is gone at the end."""

    def __init__(self, planned: int) -> None:
        self._planned = planned
        self._is_on = sys.stderr.isatty() and planned > 1
        self._next = monotonic() + LONG
        self._line = ""

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """Take the line away."""
        self._write("")

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What is printed within stands above the line."""
        line, to_terminal = self._line, sys.stdout.isatty()
        if to_terminal:
            self._write("")
        yield
        if to_terminal:
            self._write(line)

    def show(self, results: Sequence[RunResult]) -> None:
        now = monotonic()
        if self._is_on and now >= self._next:
            self._next = now + OFTEN
            self._write(f"{len(results)} of {self._planned}: {summary(results, len(results))}")

    def _write(self, line: str) -> None:
        if line != self._line:
            print(f"{_CLEARED}{line}", end="", file=sys.stderr, flush=True)
            self._line = line
