"""A copy of the project for each test that changes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recipes.tree import Tree


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree.copy(tmp_path / "tree")
