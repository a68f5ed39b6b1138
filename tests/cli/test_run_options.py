"""How `run` repeats, stops, lists and reports."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from terminal_sim.cli import printed
from terminal_sim.cli.main import main

LOCKS = """keys 1
terminal v400m
scenario "It locks at once" @lock
  press 9 OK
  expect screen "Enter passcode"
  press 1111 OK
  expect screen id:passcode-locked within 1s
"""
MIXED = """keys 1
terminal v400m s1f2
requires keypad
scenario "Holds <&> é" @first @é
  note "a \x1b note"
  expect screen "Start"
scenario "Fails"
  expect screen "nothing" within 1s
scenario "Holds too"
  expect screen "Start"
"""

Ran = Callable[[str], tuple[int, list[str], str]]


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ran:
    """`ran("run a.keys -x")`: exit code, lines of the output, error output."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "locks.keys").write_text(LOCKS, encoding="utf-8")
    (tmp_path / "mixed.keys").write_text(MIXED, encoding="utf-8")

    def run(line: str) -> tuple[int, list[str], str]:
        code = main(line.split())
        out, err = capsys.readouterr()
        return code, out.splitlines(), err

    return run


def test_what_holds_only_at_a_later_try_is_flaky_and_not_held(ran: Ran) -> None:
    code, out, _ = ran("run locks.keys --state kept --retry 9 -q --junit result.xml")
    assert code == 1
    assert out[0] == "flaky    locks.keys: It locks at once on v400m in 0s, at try 5; at first:"
    assert out[1] == "locks.keys:7: expect screen id:passcode-locked within 1s"
    assert out[-1] == "1 flaky"
    failure = ElementTree.parse("result.xml").find("testsuite/testcase/failure")
    assert failure is not None
    assert failure.get("type") == "flaky"


def test_what_fails_at_every_try_has_failed(ran: Ran) -> None:
    code, out, _ = ran("run mixed.keys -k fails -q --retry 2")
    assert (code, out[0]) == (1, "failed   mixed.keys: Fails on v400m in 1s, 3 times")
    assert out[-1] == "1 failed, 1 skipped"


@pytest.mark.parametrize("number", ["-1", "1.5", "1000", "x"])
def test_a_number_of_times_is_a_number(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["run", "x.keys", f"--retry={number}"])
    assert "is no number of times: write 0 to 999" in capsys.readouterr().err


def test_a_run_may_stop_at_the_first_failure(ran: Ran) -> None:
    code, out, _ = ran("run mixed.keys -x")
    assert (code, out[-1]) == (1, "1 held, 1 failed, 1 skipped, 3 not run")


def test_what_would_run_is_listed(ran: Ran) -> None:
    code, out, err = ran("run mixed.keys --list")
    assert (code, err) == (0, "")
    assert out[:3] == [
        "mixed.keys:4: Holds <&> é on v400m @first @é",
        "mixed.keys:4: Holds <&> é on s1f2 @first @é skipped: s1f2 has no keypad",
        "mixed.keys:7: Fails on v400m",
    ]
    assert ran("run mixed.keys --list -k nothing") == (5, ["nothing to run"], "")


def test_quiet_prints_failures_and_the_summary_alone(ran: Ran) -> None:
    _, out, _ = ran("run mixed.keys -q")
    assert out[0] == "failed   mixed.keys: Fails on v400m in 1s"
    assert not any("note" in line or "skipped:" in line for line in out)
    _, out, _ = ran("run mixed.keys -q -k Holds")
    assert out == ["2 held, 2 skipped"]


def test_results_are_written_as_junit_xml(ran: Ran) -> None:
    Path("result.xml").write_text("<?xml version='1.0'?><old/>" + " " * 10_000)
    ran("run mixed.keys locks.keys --seed 7 --junit result.xml")
    top = ElementTree.parse("result.xml").getroot()
    counted = {name: top.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counted == {"tests": "7", "failures": "2", "errors": "0", "skipped": "3"}
    assert [suite.get("name") for suite in top] == ["mixed.keys", "locks.keys"]
    case = top[0][0]
    assert case.get("name") == "Holds <&> é [v400m]"
    assert (case.get("file"), case.get("line"), case.get("classname")) == ("mixed.keys", "4", "mixed")
    assert float(case.get("time", "")) > 0
    properties = [(one.get("name"), one.get("value")) for one in case.iter("property")]
    assert properties[:6] == [
        ("tag", "first"), ("tag", "é"), ("profile", "v400m"), ("locale", ""), ("seed", "7"), ("reader", "virtual"),
    ]  # fmt: skip
    assert (case.findtext("system-out") or "").startswith("a ")
    failure = top[0][2].find("failure")
    assert failure is not None
    assert failure.get("message") == 'mixed.keys:8: expect screen "nothing" within 1s'
    assert "last of the trace" in (failure.text or "")
    assert top[0][1].find("skipped") is not None


def test_a_file_that_is_no_junit_file_is_not_written_over(ran: Ran) -> None:
    code, out, err = ran("run mixed.keys --junit locks.keys")
    assert (code, out) == (2, [])
    assert err == "terminal-sim: locks.keys: this is no XML file, and is not written over: name another\n"
    assert Path("locks.keys").read_text(encoding="utf-8") == LOCKS
    assert ran("run mixed.keys --junit no/result.xml")[0] == 2


class Screen(io.StringIO):
    """An error output that is a person's terminal."""

    def isatty(self) -> bool:
        return True


def test_a_long_run_says_on_a_terminal_how_far_it_is(ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(printed, "LONG", 0.0)
    monkeypatch.setattr(printed, "OFTEN", 0.0)
    _, out, _ = ran("run mixed.keys -q")
    assert out[-1] == "2 held, 1 failed, 3 skipped"
    said = screen.getvalue().split("\r\x1b[K")
    assert said[1:4] == ["1 of 6: 1 held", "2 of 6: 1 held, 1 skipped", "3 of 6: 1 held, 1 failed, 1 skipped"]
    assert said[-1] == "", "the line is gone at the end"


def test_a_run_into_a_file_says_nothing_on_the_way(ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printed, "LONG", 0.0)
    assert ran("run mixed.keys -q")[2] == ""


BROKEN = 'keys 1\nterminal v400m\nsecret NO_SUCH_SECRET\nscenario "Broken" @broken\n  prss OK\nexamples\n  | a |\n  | 1 |\n  | 1 | 2 |\n'


def test_a_faulty_script_stops_only_a_run_that_selects_of_it(ran: Ran) -> None:
    Path("broken.keys").write_text(BROKEN, encoding="utf-8")
    Path("unreadable.keys").write_bytes(b"\xff\xfe" + "keys 1\n".encode("utf-16-le"))
    code, out, err = ran("run mixed.keys broken.keys unreadable.keys -k @first -q")
    assert (code, out) == (0, ["1 held, 1 skipped"])
    assert err.splitlines() == [
        f"{file}.keys: left out, since it has faults and -k selects nothing of it; terminal-sim check names them"
        for file in ("broken", "unreadable")
    ]
    for expression in ("@broken", "broken", "[1]", "nowhere", "@first or broken"):
        assert main(["run", "mixed.keys", "broken.keys", "-k", expression]) == 2
    assert ran("run mixed.keys broken.keys")[0] == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("option", ["--junit", "--trace"])
@pytest.mark.parametrize("processes", ["1", "2"])
def test_an_output_that_takes_nothing_is_one_line_that_names_it(
    option: str, processes: str, ran: Ran
) -> None:
    code, _, err = ran(f"run mixed.keys -k Holds -q {option} /dev/full -j {processes}")
    assert (code, err) == (2, "terminal-sim: /dev/full: No space left on device\n")


def test_a_run_that_cannot_begin_leaves_no_empty_report(ran: Ran) -> None:
    assert ran("run mixed.keys --junit new.xml --pack none")[0] == 2
    assert not Path("new.xml").exists()
