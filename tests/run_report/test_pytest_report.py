"""`pytest --terminal-sim-report`: the pack says the same under pytest, in one process and in several, as under `run`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.forked import WITHOUT_OTHERS, run_python
from tests.run_report.pack import data_of, rewind, told

PYTHON = """
def test_a_sale(terminal):
    terminal.tap("Start")
    terminal.press("100", "OK")
    terminal.insert("visa-credit")
    terminal.expect_screen("Approved")

def test_a_wrong_word(terminal):
    terminal.expect_screen("Thank you", within="1s")

def test_without_a_terminal():
    assert True
"""


def ran(folder: Path, *given: str) -> subprocess.CompletedProcess[str]:
    words = ("-m", "pytest", "-q", "-p", "no:cacheprovider", *WITHOUT_OTHERS, *given)
    if "-n" not in given:
        return run_python(words, folder=folder, environment=os.environ)
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "spread",
    [
        pytest.param((), id="alone", marks=pytest.mark.soak),
        pytest.param(("-n", "2", "--dist", "load"), id="xdist"),
    ],
)
def test_pytest_reports_the_pack_as_run_does(
    pack: Path, report: Path, tmp_path: Path, spread: tuple[str, ...]
) -> None:
    rewind(pack)
    done = ran(pack, ".", "--terminal-sim-retry=1", f"--terminal-sim-report={tmp_path}", *spread)
    assert f"report: {tmp_path / 'index.html'}" in done.stdout, done.stdout
    assert told(tmp_path / "index.html") == told(report / "index.html")


def test_a_python_test_is_reported_with_its_screen_and_what_happened(tmp_path: Path) -> None:
    (tmp_path / "test_sale.py").write_text(PYTHON, encoding="utf-8")
    done = ran(tmp_path, "--terminal-sim-report=out")
    assert "1 failed, 2 passed" in done.stdout, done.stdout
    data = data_of(tmp_path / "out" / "index.html")
    sale, wrong = data["scenarios"]
    assert [(one["title"], one["outcome"]) for one in (sale, wrong)] == [
        ("test_a_sale[v400m]", "held"),
        ("test_a_wrong_word[v400m]", "failed"),
    ]
    [step] = sale["records"][0]["steps"]
    assert "Approved" in data["pictures"][step["picture"]]["text"]
    assert len(step["receipts"]) == 2
    assert wrong["records"][0]["steps"][0]["verdict"] == "failed"
    assert "Thank you" in wrong["text"]


def test_a_folder_of_other_things_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "index.html").write_text("mine", encoding="utf-8")
    done = ran(tmp_path, "--terminal-sim-report=out")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "is there and is no report: name another folder" in done.stdout
