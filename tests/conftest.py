"""What all tests share: properties have their profiles, slow tests a marker, and what the proof has counted stands at the end."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from tests import examples, slow
from tests.proof import proof, summarize

__all__ = ["proof"]

examples.register()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests of `tests/slow.txt` before pytest selects by marker."""
    names = slow.names()
    for item in items:
        if slow.name_of(item.nodeid) in names:
            item.add_marker("slow")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was collected stays to the end: the garbage collector need not go through it, here or in a copy of this process."""
    gc.freeze()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Writes what the suites of the proof have counted."""
    summarize(terminalreporter)
