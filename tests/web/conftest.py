"""One served bench for the tests that leave it as it is, and one for each that needs its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("starlette", reason="the extra web is not installed")

from tests.web.kit import Client, served


@pytest.fixture(scope="module")
def shared() -> Iterator[Client]:
    """A bench with a V400m that only tests of refusals use."""
    with served("v400m") as client:
        yield client


@pytest.fixture
def bench() -> Iterator[Client]:
    """A fresh bench with a V400m."""
    with served("v400m") as client:
        yield client
