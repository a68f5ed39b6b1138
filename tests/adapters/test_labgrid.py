"""Terminals on a bench of labgrid: its page, and what holds beyond that, in one run of pytest with the other distribution of the module `serial`."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from terminal_sim.cli.main import main
from tests.cli.pool import Pool
from tests.docs.page import Command, Written, shown
from tests.docs.test_pages import DOCS, LABGRID
from tests.recipes.tree import ROOT

OTHER = ROOT / ".venv" / "others" / "labgrid"
MORE = Path(__file__).with_name("lab_bench.py")
pytestmark = [
    pytest.mark.skipif(not OTHER.is_dir(), reason="labgrid is missing: sh tools/others.sh .venv"),
    pytest.mark.skipif(not hasattr(os, "openpty"), reason="a pool serves pseudo-terminals"),
]


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    there = Pool(tmp_path_factory.mktemp("p"), "main=ccid+pty:", "second=ccid+pty:")
    yield there
    assert there.end() == 0


def test_a_page_and_more_hold_on_a_bench_of_labgrid(
    pool: Pool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = list(shown(DOCS / "labgrid.md"))
    files = [file for file in page if isinstance(file, Written)]
    for file in files:
        (tmp_path / file.path).write_text(file.text, "utf-8")
    assert main(["readers", "lease", "--at", str(pool.socket), "--format", "labgrid"]) == 0
    (tmp_path / "pool.yaml").write_text(capsys.readouterr().out, "utf-8")
    shutil.copy(MORE, tmp_path)
    (command,) = [one for one in page if isinstance(one, Command) and LABGRID in one.words]
    program, *words = command.words
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    path = os.pathsep.join(map(str, (OTHER, ROOT, ROOT / "drivers")))
    ran = subprocess.run(
        [sys.executable, "-m", program, *words, MORE.name, "--rootdir=.", "--junitxml=held.xml"],
        cwd=tmp_path,
        env=kept | {"PYTHONPATH": path, "TERMINAL_SIM_POOL": str(pool.socket)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    results = ElementTree.parse(tmp_path / "held.xml")
    assert [case.get("message") for case in results.iter("skipped")] == []
    cases = {case.get("name") for case in results.iter("testcase")}
    asked = [MORE.read_text("utf-8"), *(file.text for file in files if file.path.startswith("test_"))]
    assert cases == {
        each.name
        for text in asked
        for each in ast.parse(text).body
        if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")
    }
    pool.await_free()
