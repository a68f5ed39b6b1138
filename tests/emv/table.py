from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def rows(table: Iterable[tuple[Any, ...]]) -> list[Any]:
    """The rows of a table as parameters: the first column, the meaning, names the test."""
    return [pytest.param(*row[1:], id=row[0]) for row in table]
