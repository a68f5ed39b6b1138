"""`--terminal-sim-coverage`: what tests covered goes with their reports to the process that writes the file, with xdist or without it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from terminal_sim.pytest_plugin.options import chosen_options

if TYPE_CHECKING:
    from terminal_sim.bench import Bench
    from terminal_sim.script.keeping import BenchObserver

_PLUGIN = "terminal-sim-coverage"
_CARRIED = "terminal_sim_coverage"  # an attribute of pytest's report, which xdist carries to the controller
_OBSERVED: pytest.StashKey[BenchObserver] = pytest.StashKey()
_SEEN: pytest.StashKey[list[str]] = pytest.StashKey()


def begin_coverage(config: pytest.Config) -> None:
    """Collects in the process that gets all results."""
    file = chosen_options(config).coverage
    if file is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_CoverageCollector(file), _PLUGIN)


def observer_of(config: pytest.Config) -> Callable[[], BenchObserver] | None:
    """What makes the observer of a bench; None where nothing is counted."""
    if chosen_options(config).coverage is None:
        return None
    from terminal_sim.explore.coverage import Coverage

    return Coverage


def observe(test: pytest.Item, bench: Bench) -> None:
    """Counts what a Python test covers of its bench, from before there is a terminal on it."""
    make = observer_of(test.config)
    if make is not None:
        test.stash[_OBSERVED] = make()
        test.stash[_OBSERVED].follow(bench)


def covered(test: pytest.Item, lines: Iterable[str]) -> None:
    """The next report of the test carries these lines."""
    test.stash[_SEEN] = list(lines)


def carry_coverage(test: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
    """Puts what a test has covered into its report: that of a Python test when it is torn down."""
    observer = test.stash.get(_OBSERVED, None)
    if observer is not None and call.when == "teardown":
        covered(test, observer.lines)
    seen = test.stash.get(_SEEN, None)
    if seen is not None:
        setattr(report, _CARRIED, "\n".join(seen))
        del test.stash[_SEEN]


class _CoverageCollector:
    """The plugin of the process that writes the file: the only one, or the controller of xdist."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lines: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told: str | None = getattr(report, _CARRIED, None)
        if told:
            self._lines.update(told.split("\n"))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        from terminal_sim.explore.coverage import Coverage

        try:
            Coverage.of_lines(self._lines).write(self._file)
            terminalreporter.write_line(f"coverage: {self._file}")
        except OSError as wrong:
            terminalreporter.write_line(f"coverage: not written: {self._file}: {wrong.strerror}", red=True)
