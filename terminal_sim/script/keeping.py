"""The seam to what keeps whole runs, each in a file that a replay does again: a keeper follows a case from its beginning to its end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from terminal_sim.bench import Bench, SavedState, Subscriber, TerminalUnderTest
from terminal_sim.script.plan import Case
from terminal_sim.script.recordings import Wiring
from terminal_sim.script.results import ScenarioOutcome


@dataclass(frozen=True, slots=True)
class KeptBundle:
    """What became of a run that was to be kept: its `file`, if there is one, and a remark about it."""

    file: Path | None = None
    remark: str = ""

    def __str__(self) -> str:
        if self.file is None:
            return f"none: {self.remark}" if self.remark else ""
        return f"{self.file} ({self.remark})" if self.remark else str(self.file)


class RunLog(Subscriber, Protocol):
    """Follows one run as a subscriber of the trace of its bench, from before there is a terminal on it."""

    def begin(self, bench: Bench, terminal: TerminalUnderTest, start: SavedState | None) -> None:
        """The terminal is there and on; `start` is the state that it goes on from."""

    def end(self) -> None:
        """All that was to be done is done; the bench is still there."""

    def keep(self, outcome: ScenarioOutcome, sentence: str, event: int = 0, unmet: str = "") -> KeptBundle:
        """Keep the run, whose bench is closed, where it is of interest.

        `sentence` says why, masked, `event` after which event, 0 for the last one; `unmet` is the line of the script that did not hold, "" for none.
        """


class BenchObserver(Protocol):
    """Observes a bench from before there is a terminal on it."""

    def follow(self, bench: Bench) -> None:
        """See all that happens on the bench from now on."""
        ...

    @property
    def lines(self) -> list[str]:
        """What was seen, a line each."""
        ...


class RunKeeper(Protocol):
    """Keeps runs."""

    def follow(self, case: Case, wiring: Wiring, seed: int, pack: str | None) -> RunLog:
        """What follows one run of a case on these readers."""
