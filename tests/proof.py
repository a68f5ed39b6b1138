"""What the suites of the proof count: images, kills, seeds, planted bugs found, states of the model. `make test` ends with their sums.

A test counts by the fixture `proof`; a figure travels in the report of its test, so that it arrives from a process of xdist as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import pytest

PREFIX = "proof "
FIGURES: Mapping[str, str] = {
    "images": "images of a disk after a power cut, reopened and recovered",
    "kills": "kills of the command line, of terminals and hosts",
    "failures": "single failures of a write, sync, open, lock, send or receive",
    "seeds": "simulated shops",
    "planted": "planted bugs found",
    "states": "states of the model of a payment's life",
    "searched": "files searched for planted secrets",
    "violations": "violations",
}
"""Each figure by its name, with what it counts."""


class ProofCount(Protocol):
    """Adds to figures of `FIGURES` by their names."""

    def __call__(self, **figures: int) -> None: ...


class TestReport(Protocol):
    """The report of one test, as pytest has it."""

    duration: float
    user_properties: list[tuple[str, Any]]


def counter(record: Any) -> ProofCount:
    """Counts by the `record_property` of a test."""

    def count(**figures: int) -> None:
        for name, value in figures.items():
            if name not in FIGURES:
                raise KeyError(f"the proof has no figure {name!r}: there are {', '.join(FIGURES)}")
            record(f"{PREFIX}{name}", value)

    return count


def summary(reports: Iterable[TestReport]) -> list[str]:
    """The lines that say what was counted; none where nothing was."""
    sums: Counter[str] = Counter()
    seconds = 0.0
    for report in reports:
        counted = [(name, value) for name, value in report.user_properties if name.startswith(PREFIX)]
        for name, value in counted:
            sums[name.removeprefix(PREFIX)] += value
        seconds += report.duration if counted else 0
    if not sums:
        return []
    lines = [f"{sums[name]:>9,}  {meaning}" for name, meaning in FIGURES.items() if name in sums]
    if "violations" not in sums:
        lines.append(f"{0:>9,}  {FIGURES['violations']}")
    return [*lines, f"{seconds:>9,.0f}  seconds of all processes together"]


def summarize(reporter: Any) -> None:
    """Writes the summary behind the results of a run, where the proof ran."""
    reports = [
        one for kind in ("passed", "failed") for one in reporter.stats.get(kind, ()) if one.when == "call"
    ]
    if lines := summary(reports):
        reporter.write_sep("=", "proof")
        for line in lines:
            reporter.write_line(line)


@pytest.fixture
def proof(record_property: Any) -> ProofCount:
    """Counts what a test of the proof has done."""
    return counter(record_property)
