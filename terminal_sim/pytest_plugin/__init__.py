"""The pytest plugin: `.keys` files are tests, and Python tests get a `terminal` fixture with the same verbs.

1. A scenario is one item for each profile and row of examples (`items`); a profile that lacks what a script requires is skipped.
2. Every option, and the configuration value, begins with `terminal-sim`; the older names are there where no other plugin has them (`options`).
3. A fixture or a parameter `terminal` of the project is the project's own: the plugin leaves it alone (`fixtures`).
4. The simulator is imported when something is collected or a fixture asked for: pytest's own start does not pay for it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from terminal_sim.pytest_plugin.bundles import keep_bundle
from terminal_sim.pytest_plugin.coverage import begin_coverage, carry_coverage
from terminal_sim.pytest_plugin.fixtures import (
    parametrize_terminal,
    terminal,
    terminal_api,
    terminal_sim_profile,
)
from terminal_sim.pytest_plugin.items import SUFFIX, KeysFile
from terminal_sim.pytest_plugin.options import add_older_names, add_options, check_options
from terminal_sim.pytest_plugin.pictures import keep_screens
from terminal_sim.pytest_plugin.run_report import begin_report, carry
from terminal_sim.pytest_plugin.traceback import end_at_their_line

__all__ = ["SUFFIX", "KeysFile", "terminal", "terminal_api", "terminal_sim_profile"]


def pytest_addoption(parser: pytest.Parser) -> None:
    add_options(parser)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser) -> Iterator[None]:
    """Adds the older names once every other plugin has added its options."""
    yield
    add_older_names(parser, early_config)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "terminal(*profiles, locale=None, seed=None, pack=None, cards=None): what the terminal fixture stands for: profiles, by name or"
        " file; its language; the seed of everything random; the acquirer's amount pack; a folder of further cards",
    )
    check_options(config)
    begin_report(config)
    begin_coverage(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    return KeysFile.from_parent(parent, path=file_path) if file_path.suffix == SUFFIX else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    parametrize_terminal(metafunc)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keeps a picture of the screens and the run where a test failed, and shows the line of the test and not those of the simulator below it.

    The report carries what the page of `--terminal-sim-report` says of the test.
    """
    if call.excinfo is not None:
        keep_screens(item, call.excinfo.value)
        keep_bundle(item, call.excinfo.value)
        if not item.config.getoption("fulltrace"):
            end_at_their_line(call.excinfo.value)
    report = yield
    carry(item, call, report)
    carry_coverage(item, call, report)
    return report
