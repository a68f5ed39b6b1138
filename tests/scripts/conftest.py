"""The acceptance scripts run on every way to attach a reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal_sim.pytest_plugin import SUFFIX, KeysFile


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix != SUFFIX:
        return None
    return KeysFile.from_parent(parent, path=file_path, readers=("virtual", "pty"))
