"""`terminal-sim fmt` lays scripts out, says which are not, and leaves those that cannot be read."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from terminal_sim.cli.main import main

UNTIDY = 'keys 1\nterminal v400m\nlocale en-CA\nscenario "A"\n    tap "Start"\n'
TIDY = 'keys 1\nterminal v400m\nlocale   en-CA\n\nscenario "A"\n  tap "Start"\n'
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def carry_out(*words: str | Path) -> tuple[int, str, str]:
        code = main(["fmt", *map(str, words)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return carry_out


@pytest.fixture
def untidy(tmp_path: Path) -> Path:
    file = tmp_path / "a.keys"
    file.write_text(UNTIDY, encoding="utf-8")
    return file


def test_a_script_is_laid_out_in_its_place_once(run: Run, untidy: Path) -> None:
    untidy.chmod(0o640)
    assert run(untidy) == (0, f"{untidy}: formatted\n", "")
    assert untidy.read_text("utf-8") == TIDY
    assert untidy.stat().st_mode & 0o777 == (0o640 if sys.platform != "win32" else 0o666)
    assert run(untidy) == (0, f"{untidy}: unchanged\n", "")
    assert [*untidy.parent.iterdir()] == [untidy]


def test_check_writes_nothing_and_fails(run: Run, untidy: Path) -> None:
    assert run("--check", untidy) == (1, f"{untidy}: not formatted; terminal-sim fmt does it\n", "")
    assert untidy.read_text("utf-8") == UNTIDY
    untidy.write_text(TIDY, encoding="utf-8")
    assert run("--check", untidy.parent) == (0, f"{untidy}: formatted\n", "")


def test_diff_shows_what_would_change(run: Run, untidy: Path) -> None:
    code, out, err = run("--diff", untidy)
    assert (code, err) == (1, "")
    assert "-locale en-CA\n" in out
    assert "+locale   en-CA\n" in out
    assert untidy.read_text("utf-8") == UNTIDY


def test_a_script_that_cannot_be_read_is_left_and_said(run: Run, untidy: Path) -> None:
    bad = untidy.with_name("b.keys")
    bad.write_text('keys 1\nscenario "A\n', encoding="utf-8")
    code, out, err = run(bad, untidy)
    assert (code, out) == (2, f"{untidy}: formatted\n")
    assert f"{bad}:2:10:" in err
    assert f"{bad}: left as it is" in err
    assert bad.read_text("utf-8") == 'keys 1\nscenario "A\n'
    bad.write_bytes(b"keys 1\n\xff")
    assert run(bad) == (2, "", f"{bad}:2: cannot be read: not UTF-8; save the file as UTF-8\n")


def test_the_standard_input_goes_to_the_standard_output(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(UNTIDY.encode()), encoding="utf-8"))
    assert main(["fmt", "-"]) == 0
    assert capfdbinary.readouterr() == (TIDY.encode(), b"")


def test_a_folder_without_scripts_is_nothing_to_format(run: Run, tmp_path: Path) -> None:
    assert run(tmp_path) == (5, "nothing to format\n", "")


def test_a_script_behind_a_link_is_laid_out_and_the_link_stays(
    run: Run, untidy: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link.keys"
    link.symlink_to(untidy)
    assert run(link)[0] == 0
    assert link.is_symlink()
    assert untidy.read_text("utf-8") == TIDY


def test_the_standard_input_stands_alone(run: Run, untidy: Path) -> None:
    assert run("-", untidy)[0] == 2
