"""`--terminal-sim-report`: what tests did goes with their reports to the process that writes the page, with xdist or without it.

A scenario is reported with its own call. A Python test is one step from its fixture to its end, and is reported when it is torn down, since only then is
known how it ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from terminal_sim.pytest_plugin.options import PREFIX, chosen_options

if TYPE_CHECKING:
    from terminal_sim.run_report.run_report import RunReport
    from terminal_sim.run_report.scenario import ScenarioReport
    from terminal_sim.script.step_log import StepLog
    from terminal_sim.verbs import Tester

_PLUGIN = "terminal-sim-report"
_CARRIED = "terminal_sim_scenario"  # an attribute of pytest's report, which xdist carries to the controller
_TOLD: pytest.StashKey[ScenarioReport] = pytest.StashKey()
_LOG: pytest.StashKey[StepLog] = pytest.StashKey()
_ENDED: pytest.StashKey[pytest.TestReport] = pytest.StashKey()  # of a call that did not pass


def begin_report(config: pytest.Config) -> None:
    """Makes the report in the process that gets all results. Raises `pytest.UsageError` where its folder cannot take it."""
    folder = chosen_options(config).report
    if folder is None or hasattr(config, "workerinput"):
        return
    from terminal_sim.run_report.history import NoHistory
    from terminal_sim.run_report.run_report import NotOurs, RunReport

    try:
        report = RunReport(folder, chosen_options(config).locale)
    except (NotOurs, NoHistory) as wrong:
        raise pytest.UsageError(f"{PREFIX}report: {wrong}") from None
    except OSError as wrong:
        raise pytest.UsageError(f"{PREFIX}report: {folder}: {wrong.strerror or wrong}") from None
    config.pluginmanager.register(_Collecting(report), _PLUGIN)


def tell(item: pytest.Item, scenario: ScenarioReport) -> None:
    """The report of this item's call carries `scenario`."""
    item.stash[_TOLD] = scenario


def log_of(item: pytest.Item) -> StepLog | None:
    """Writes down what a Python test does, for its report; None where there is no report."""
    if chosen_options(item.config).report is None:
        return None
    from terminal_sim.script.step_log import StepLog
    from terminal_sim.verbs.mask import Mask

    log = item.stash[_LOG] = StepLog(Mask())
    return log


@contextmanager
def logged(item: pytest.Item, tester: Tester) -> Iterator[None]:
    """What a Python test does within is its one step."""
    log = item.stash.get(_LOG, None)
    if log is None:
        yield
        return
    import msgspec

    from terminal_sim.run_report.scenario import ScenarioReport
    from terminal_sim.script.results import ScenarioOutcome
    from terminal_sim.script.tree import ScriptStep, SourcePlace
    from terminal_sim.script.try_record import StepPart, StepVerdict

    path, line, name = item.reportinfo()
    place = SourcePlace(Path(path), (line or 0) + 1)
    log.part = StepPart.SCENARIO
    log.begin(tester)
    with log.step(tester, ScriptStep(place, name, ()), ()):
        yield
    record = log.record()
    ended = item.stash.get(_ENDED, None)
    outcome, text = ScenarioOutcome.HELD, ""
    if ended is not None and ended.failed:
        outcome, text = ScenarioOutcome.UNMET, ended.longreprtext
        [step] = record.steps
        failed = msgspec.structs.replace(step, verdict=StepVerdict.FAILED)
        record = msgspec.structs.replace(record, steps=(failed,))
    elif ended is not None:
        outcome, text = ScenarioOutcome.SKIPPED, ended.longreprtext
    scenario = ScenarioReport(
        file=item.nodeid.partition("::")[0],
        line=place.line,
        title=item.nodeid.partition("::")[2],
        profile=tester.terminal.profile.id,
        outcome=outcome,
        text=text,
        locale=tester.terminal.locale,
        took=record.steps[0].took,
        seconds=record.steps[0].seconds,
        notes=tuple(tester.notes),
        records=(record,),
    )
    tell(item, scenario)


def carry(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
    """Puts what is known of a test into its report, once all of it is known."""
    told = item.stash.get(_TOLD, None)
    is_python = _LOG in item.stash
    if is_python and call.when == "call" and not report.passed:
        item.stash[_ENDED] = report
    last = "teardown" if is_python else "setup" if report.skipped else "call"
    if told is None or call.when != last:
        return
    import msgspec

    setattr(report, _CARRIED, msgspec.json.encode(item.stash[_TOLD]).decode())
    del item.stash[_TOLD]


class _Collecting:
    """The plugin of the process that writes the report: the only one, or the controller of xdist."""

    def __init__(self, report: RunReport) -> None:
        self._report = report
        self._told: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told: str | None = getattr(report, _CARRIED, None)
        if told is not None:
            self._told[report.nodeid] = told

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Workers end their tests in any order; the report has them in that of their places."""
        import msgspec

        from terminal_sim.run_report.scenario import ScenarioReport

        decode = msgspec.json.Decoder(ScenarioReport).decode
        for scenario in sorted(map(decode, self._told.values()), key=lambda one: (one.file, one.line)):
            self._report.add(scenario)
        try:
            terminalreporter.write_line(f"report: {self._report.write(datetime.now(UTC))}")
        except OSError as wrong:
            terminalreporter.write_line(f"report: not written: {wrong.filename}: {wrong.strerror}", red=True)
