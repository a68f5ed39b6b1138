"""The pack, and the reports of its runs; each is made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal_sim.cli.main import main
from terminal_sim.script.exit_code import ExitCode
from tests.run_report.pack import build, rewind


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("pack"))


@pytest.fixture(scope="session")
def report(pack: Path) -> Path:
    """The folder of the report of a run in one process, with its JUnit file beside it."""
    rewind(pack)
    folder = pack.parent / "report"
    given = ["--retry", "1", "--report", str(folder), "--junit", str(pack.parent / "junit.xml"), "-q"]
    assert main(["run", str(pack), *given, "--out", str(pack.parent / "out")]) == ExitCode.UNMET
    return folder
