"""Keepers of runs: each scenario that fails, or one however it ends, becomes a bundle.

A bundle is replayed before anything is said of it, so that a remark says at once where its replay is not the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from terminal_sim.explore.bundle import Bundle, BundledEnd, BundleError
from terminal_sim.explore.bundle_file import SUFFIX, write
from terminal_sim.explore.bundle_log import BundleLog, RunAbout
from terminal_sim.explore.replay import replayed
from terminal_sim.script.keeping import KeptBundle, RunLog
from terminal_sim.script.plan import Case
from terminal_sim.script.recordings import Wiring, run_name
from terminal_sim.script.results import ScenarioOutcome

_IN_CLEAR = "it holds card data in clear, and is for its owner alone"


@dataclass(frozen=True, slots=True)
class FailureBundles:
    """A keeper of the scenarios that fail: `folder` gets a file for each."""

    folder: Path

    def follow(self, case: Case, wiring: Wiring, seed: int, pack: str | None) -> RunLog:
        """See `RunKeeper`."""
        file = self.folder / f"{run_name(case, self.folder, wiring.why)}{SUFFIX}"
        return KeptRun(RunAbout.of(case, wiring, seed, pack), file)


@dataclass(frozen=True, slots=True)
class OneBundle:
    """A keeper of one scenario, which is kept in `file` however it ends; what else is run for its sake is not kept."""

    file: Path

    def follow(self, case: Case, wiring: Wiring, seed: int, pack: str | None) -> RunLog:
        """See `RunKeeper`."""
        return KeptRun(RunAbout.of(case, wiring, seed, pack), self.file, held=True)


class KeptRun(BundleLog):
    """Writes the bundle of one run into `file`, where the run failed, or `held` is of interest too."""

    def __init__(self, about: RunAbout, file: Path, *, held: bool = False) -> None:
        super().__init__(about)
        self._file = file
        self._held = held

    def keep(self, outcome: ScenarioOutcome, sentence: str, event: int = 0, unmet: str = "") -> KeptBundle:
        """See `RunLog`."""
        if outcome is ScenarioOutcome.HELD and not self._held:
            return KeptBundle()
        try:
            said = "; ".join(sentence.splitlines()[:2])
            end = BundledEnd(outcome.value, said, event or self.last_event, self.ended_at)
            bundle = self.bundle(end, unmet)
            write(bundle, self._file)
        except BundleError as refused:
            return KeptBundle(remark=str(refused))
        remarks = [_IN_CLEAR] if bundle.is_private else []
        return KeptBundle(self._file, "; ".join([*remarks, *_otherwise(bundle, self.about.secrets)]))


def _otherwise(bundle: Bundle, secrets: Mapping[str, str]) -> list[str]:
    """What a replay of the bundle does otherwise, as a sentence; nothing where it does the same."""
    try:
        difference = replayed(bundle, secrets)
    except BundleError as refused:
        return [str(refused)]
    return [] if difference is None else [f"its replay is another from event {difference.event} on"]
