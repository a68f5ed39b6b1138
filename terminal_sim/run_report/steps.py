"""The steps of a result as lines, and the place where it failed."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.script.results import RunResult, ScenarioOutcome
from terminal_sim.script.try_record import StepRecord, StepVerdict

_FAILED = (StepVerdict.FAILED, StepVerdict.BROKEN)


def failed_step(result: RunResult) -> StepRecord | None:
    """The first step that failed, in the try that the result's text is of; None where no step did, or none was kept."""
    tries = result.records[:1] if result.outcome is ScenarioOutcome.FLAKY else result.records[-1:]
    return next((step for record in tries for step in record.steps if step.verdict in _FAILED), None)


def step_lines(result: RunResult) -> Iterator[str]:
    """Each step of the last try with its verdict, line and seconds of the wall."""
    for record in result.records[-1:]:
        for step in record.steps:
            yield f"{step.verdict.value:7}  {step.line.line:>4}  {step.line.source}  ({step.seconds:.3f} s)"
