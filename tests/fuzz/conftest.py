"""Short campaigns run beside the other tests, on the cores that these leave idle; the tests that judge them come last.

Without a core to spare they begin when the first of these tests asks. However the session ends, the campaigns end with it.
"""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from tests.fuzz.running import CORES, Running

FIXTURE = "short_campaigns"
RUNNING = pytest.StashKey[Running]()


def _judges(item: pytest.Item) -> bool:
    return FIXTURE in getattr(item, "fixturenames", ())


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_judges)


def pytest_collection_finish(session: pytest.Session) -> None:
    families = [item.callspec.params["family"] for item in session.items if _judges(item)]  # type: ignore[attr-defined]
    if not families or session.config.option.collectonly or find_spec("atheris") is None:
        return
    running = session.config.stash[RUNNING] = Running("short", families, max(1, CORES - 1))
    if CORES > 1:
        running.start()


def pytest_sessionfinish(session: pytest.Session) -> None:
    running = session.config.stash.get(RUNNING, None)
    if running is not None:
        running.close()


@pytest.fixture(scope="session")
def short_campaigns(request: pytest.FixtureRequest) -> Running:
    """The campaigns of `make test`, of the families that were selected."""
    return request.config.stash[RUNNING]
