"""What came of running scenarios, as values; nothing is printed here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from terminal_sim.bench import Duration
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.script.plan import Case
from terminal_sim.script.try_record import TryRecord
from terminal_sim.verbs.pictures import DifferingPicture

NO_TIME = Duration(0)


class ScenarioOutcome(Enum):
    """How a scenario ended. One that held only when it was run again is flaky, and has not held."""

    HELD = "held"
    FLAKY = "flaky"
    UNMET = "failed"
    SKIPPED = "skipped"
    BROKEN = "broken"

    @property
    def is_failure(self) -> bool:
        return self in (ScenarioOutcome.FLAKY, ScenarioOutcome.UNMET, ScenarioOutcome.BROKEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """`text` is the reason of a skip, or what a failure says: the first one of a flaky scenario, else the last of its `tries`.

    `took` is virtual time, `seconds` that of the wall; `pictures` are the files of its screenshots by their names, `differing` those that are not as
    they are stored. `records` has what each try did, in their order, where the options ask for it.
    `bundle` is the file in which the last try is kept, where it is; `failed_screen` is a picture of what the device showed where it failed, and `observed` what the observer of the options saw.
    """

    case: Case
    outcome: ScenarioOutcome
    text: str = ""
    took: Duration = NO_TIME
    seconds: float = 0.0
    tries: int = 1
    notes: tuple[str, ...] = ()
    pictures: Mapping[str, Path] = field(default_factory=dict)
    differing: tuple[DifferingPicture, ...] = ()
    records: tuple[TryRecord, ...] = ()
    bundle: Path | None = None
    failed_screen: Path | None = None
    observed: tuple[str, ...] = ()


def exit_code(results: Iterable[RunResult]) -> ExitCode:
    """The worst that happened; `NOTHING` where nothing ran."""
    outcomes = {result.outcome for result in results}
    if ScenarioOutcome.BROKEN in outcomes:
        return ExitCode.BROKEN
    if any(outcome.is_failure for outcome in outcomes):
        return ExitCode.UNMET
    return ExitCode.HELD if ScenarioOutcome.HELD in outcomes else ExitCode.NOTHING
