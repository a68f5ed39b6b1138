"""`run --coverage` writes what was covered, and `coverage` says how much that is of what there is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from terminal_sim.cli.main import main
from tests.forked import WITHOUT_OTHERS

SCRIPT = """keys 1
terminal v400m
scenario "An amount is typed"
  press OK 1
  network down
  press CANCEL
scenario "Nothing is bought"
  press OK CANCEL
"""


@pytest.fixture
def covered(tmp_path: Path) -> Path:
    (tmp_path / "a.keys").write_text(SCRIPT, encoding="utf-8")
    assert main(["run", str(tmp_path / "a.keys"), "--coverage", str(tmp_path / "a.cov"), "--quiet"]) == 0
    return tmp_path / "a.cov"


def test_a_run_says_how_much_it_covered_and_fails_below_what_is_wanted(
    covered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = covered.read_text(encoding="utf-8")
    assert "v400m fault network-down sale amount\n" in text
    assert main(["coverage", str(covered), "--fail-under", "0.1"]) == 0
    assert main(["coverage", str(covered), "--fail-under", "99", "--missing"]) == 1
    said = capsys.readouterr().out
    assert "forbidden by checkout: " in said
    assert "missing state sale present: sale came to amount" in said
    assert "and 99 % are wanted" in said


def test_what_is_covered_no_longer_is_named(covered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = covered.read_text(encoding="utf-8").splitlines(keepends=True)
    newer = covered.with_name("b.cov")
    newer.write_text("".join(line for line in lines if "fault" not in line), encoding="utf-8")
    assert main(["coverage", str(newer), "--since", str(covered)]) == 0
    said = capsys.readouterr().out
    assert f"since {covered}: 0 more, 1 no longer" in said
    assert "no longer: v400m fault network-down sale amount" in said


def test_the_page_has_the_chart_of_each_flow_in_three_colours(covered: Path, tmp_path: Path) -> None:
    page = tmp_path / "c.html"
    assert main(["coverage", str(covered), "--html", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    assert all(f">{mark} " in text for mark in ("✓", "✗", "–"))


def test_a_variant_is_counted_in(covered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    covered.write_text(
        covered.read_text(encoding="utf-8").replace("v400m", "square-terminal"), encoding="utf-8"
    )
    assert main(["coverage", str(covered)]) == 0
    assert "forbidden by moto.ask_address" in capsys.readouterr().out
    assert main(["coverage", str(covered), "--variant", "moto.ask_address=true"]) == 0
    assert "forbidden by moto.ask_address" not in capsys.readouterr().out


def test_a_file_that_is_no_coverage_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.cov").write_text("shopping", encoding="utf-8")
    assert main(["coverage", str(tmp_path / "x.cov")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


PYTHON = """
def test_a_sale(terminal):
    terminal.press("OK", "1", "OK")
    terminal.insert("visa-credit")
"""


@pytest.mark.parametrize("spread", [(), pytest.param(("-n", "2"), marks=pytest.mark.soak)])
def test_pytest_writes_what_scripts_and_python_tests_cover(tmp_path: Path, spread: tuple[str, ...]) -> None:
    (tmp_path / "test_sale.py").write_text(PYTHON, encoding="utf-8")
    (tmp_path / "a.keys").write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *WITHOUT_OTHERS, *spread]
    done = subprocess.run(
        [*command, "--terminal-sim-coverage=a.cov"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert f"coverage: {tmp_path / 'a.cov'}" in done.stdout, done.stdout + done.stderr
    lines = (tmp_path / "a.cov").read_text(encoding="utf-8")
    assert "v400m fault network-down sale amount\n" in lines
    assert "v400m state sale reading\n" in lines
