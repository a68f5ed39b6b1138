"""What the suites of power cuts share: a place for their folders."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder in memory, where there is one: what a disk is told to keep is recorded, and nothing need be kept in earnest."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="cuts-", dir=memory if memory.is_dir() else None))
    yield folder
    shutil.rmtree(folder)
