"""What all tests share: no property is timed, slow tests have a marker, and what the proof has counted stands at the end.

On a machine whose cores are all busy any example of a property, and any draw of one, may take long. `make soak` tries many more examples
of each property (`--hypothesis-profile=long`).
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import slow
from tests.proof import proof, summarize

__all__ = ["proof"]

UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("always", UNTIMED, max_examples=40)
settings.register_profile("long", UNTIMED, max_examples=1_000)
settings.load_profile("always")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests of `tests/slow.txt` before pytest selects by marker."""
    names = slow.names()
    for item in items:
        if slow.name_of(item.nodeid) in names:
            item.add_marker("slow")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Writes what the suites of the proof have counted."""
    summarize(terminalreporter)
