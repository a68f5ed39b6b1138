"""Every command ends with the exit codes of the script language, and what cannot begin runs nothing."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from terminal_sim.bench import Bench
from terminal_sim.cli.main import main
from terminal_sim.script.exit_code import ExitCode

SCRIPT = 'keys 1\nterminal v400m\nscenario "A"\n  press OK\nscenario "B"\n  press OK\n'
ELSEWHERE = "ccid+tcp://192.0.2.1:4001"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    (tmp_path / "a.keys").write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "a-file").write_text("hello", encoding="utf-8")
    (tmp_path / "empty").mkdir()


def ended(line: str) -> int:
    try:
        return main(line.split())
    except SystemExit as leaving:
        return int(leaving.code or 0)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("run a.keys --state a-file", ExitCode.WRONG),
        ("run a.keys --state /proc/nowhere", ExitCode.WRONG),
        ("run a.keys --reader ccid+serial:///dev/nowhere", ExitCode.WRONG),
        ("run a.keys --pack none", ExitCode.WRONG),
        ("shell v400m --reader ccid+serial:///dev/nowhere", ExitCode.WRONG),
        ("shell v400m --state a-file", ExitCode.WRONG),
        ("shell v400m --pack none", ExitCode.WRONG),
        ("readers probe ccid+serial:///dev/nowhere", ExitCode.WRONG),
        ("profiles check a-file", ExitCode.WRONG),
        (f"run a.keys --reader {ELSEWHERE}", ExitCode.REFUSED),
        (f"shell v400m --reader {ELSEWHERE}", ExitCode.REFUSED),
        ("run a.keys --reader ccid+serial:socket://192.0.2.1:4001", ExitCode.REFUSED),
        ("readers probe msr+serial:rfc2217://192.0.2.1:4001?baud=9600", ExitCode.REFUSED),
        ("readers probe ccid+serial:socket://localhost:1", ExitCode.WRONG),
        (f"readers probe {ELSEWHERE}", ExitCode.REFUSED),
        (f"readers conform {ELSEWHERE}", ExitCode.REFUSED),
        (f"readers capture {ELSEWHERE} --to new.pcapng", ExitCode.REFUSED),
        ("run empty", ExitCode.NOTHING),
        ("run a.keys -k nothing", ExitCode.NOTHING),
        ("check empty", ExitCode.NOTHING),
        ("demo --locale de", ExitCode.NOTHING),
    ],
)
def test_what_does_not_run_ends_with_its_code(
    line: str, code: ExitCode, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(line) == code
    out, err = capsys.readouterr()
    assert "held" not in out
    assert "failed" not in out
    if code is not ExitCode.NOTHING:
        assert err.count("\n") == 1, err


def test_a_state_folder_that_is_busy_or_refused_runs_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "state"
    with Bench(state=state) as bench:
        bench.add_terminal("v400m")
        assert ended("run a.keys --state state") == ExitCode.WRONG
    (state / "acquirer.jsonl").write_text("no entry\n", encoding="utf-8")
    assert ended("run a.keys --state state") == ExitCode.WRONG
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 2)


def test_what_fails_to_be_set_up_later_is_a_failure_of_its_scenario(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # The first scenario ran, so the run is no mistake of the command line.
    (tmp_path / "a.keys").write_text(
        SCRIPT.replace("v400m", "v400m s1f2").replace("press OK", "wait 1s"), encoding="utf-8"
    )
    assert ended("run a.keys --record kept -k A") == ExitCode.HELD
    next((tmp_path / "kept").glob("*s1f2*")).unlink()
    assert ended("run a.keys --reader recording:kept -k A") == ExitCode.UNMET
    assert "the terminal cannot be set up" in capsys.readouterr().out
