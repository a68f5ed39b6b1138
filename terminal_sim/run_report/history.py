"""What the last runs into the same folder came to, so that a report says what is new.

The file `history.json` holds the outcome and the time of each scenario when it was last run, and the counts of the last runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import Enum
from pathlib import Path

import msgspec
from msgspec import Struct

from terminal_sim.run_report.scenario import ScenarioReport
from terminal_sim.script.results import ScenarioOutcome

FILE = "history.json"
KEPT_RUNS = 30
_SLOWER_BY, _SLOWER_FROM = 1.5, 0.5  # times as slow as before, and seconds that anybody waits for


class VerdictChange(Enum):
    """How a scenario differs from the run before."""

    NONE = ""
    NEW_FAILURE = "new-failure"
    MENDED = "mended"
    SLOWER = "slower"
    NEW = "new-scenario"


class LastTime(Struct, frozen=True, array_like=True):
    """How a scenario ended when it was run last, and the seconds of the wall that it took."""

    outcome: ScenarioOutcome
    seconds: float


class PastRun(Struct, frozen=True):
    """A run: when it ended (ISO 8601, UTC), how many scenarios ended how, and the seconds that they took."""

    when: str
    counts: Mapping[str, int]
    seconds: float


class RunHistory(Struct, frozen=True):
    """The runs into one folder, oldest first, and each scenario as it was run last."""

    runs: tuple[PastRun, ...] = ()
    scenarios: Mapping[str, LastTime] = {}

    def change(self, scenario: ScenarioReport) -> VerdictChange:
        """What is new about a scenario; nothing is, where this is the first run."""
        if not self.runs or scenario.outcome is ScenarioOutcome.SKIPPED:
            return VerdictChange.NONE
        last = self.scenarios.get(scenario.key)
        if scenario.outcome.is_failure:
            return (
                VerdictChange.NONE
                if last is not None and last.outcome.is_failure
                else VerdictChange.NEW_FAILURE
            )
        if last is None:
            return VerdictChange.NEW
        if last.outcome.is_failure:
            return VerdictChange.MENDED
        is_slower = scenario.seconds > max(last.seconds * _SLOWER_BY, _SLOWER_FROM)
        return VerdictChange.SLOWER if is_slower else VerdictChange.NONE

    def with_run(self, when: str, ran: Mapping[str, LastTime]) -> RunHistory:
        """The history after one more run. A scenario that was not run now stays as it was."""
        counts = Counter(one.outcome.value for one in ran.values())
        run = PastRun(when, counts, round(sum(one.seconds for one in ran.values()), 3))
        return RunHistory((*self.runs, run)[-KEPT_RUNS:], {**self.scenarios, **ran})


class NoHistory(Exception):
    """A file that stands in the place of the history and is none; the text names it and says what to do."""


def read_history(folder: Path) -> RunHistory:
    """The history of a folder, an empty one where there is none. Raises `NoHistory` and `OSError`."""
    file = folder / FILE
    try:
        return msgspec.json.decode(file.read_bytes(), type=RunHistory)
    except FileNotFoundError:
        return RunHistory()
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise NoHistory(
            f"{file}: this is no history of reports: name another folder, or take the file away"
        ) from None


def write_history(folder: Path, history: RunHistory) -> None:
    unfinished = folder / f".{FILE}"
    unfinished.write_bytes(msgspec.json.format(msgspec.json.encode(history), indent=1))
    unfinished.replace(folder / FILE)
