"""Several processes tell what one tells, in the same order."""

from __future__ import annotations

import multiprocessing
import os
import signal
from io import StringIO
from pathlib import Path

import pytest

from terminal_sim.bench import JsonLines
from terminal_sim.cli.main import main
from terminal_sim.script.case_run import CannotBegin
from terminal_sim.script.options import Options
from terminal_sim.script.plan import Case, plan
from terminal_sim.script.processes import ParallelRun
from terminal_sim.script.results import RunResult, ScenarioOutcome
from terminal_sim.script.run import Runner
from tests.script.conftest import Checks

MIXED = """keys 1
terminal v400m s1f2
scenario "A sale is saved" @sale
  tap /Start|Payment/
  press 1000 OK
  save state paying
  note "saved"
scenario "It goes on from there"
  from state paying
  insert visa-credit
  expect screen "Approved"
scenario "It goes on otherwise"
  from state paying
  press CANCEL
  expect screen "nothing" within 1s
"""
ALONE = """keys 1
terminal v400m s1f2
requires keypad
scenario "Sale"
  press OK ${amount} OK
  insert visa-credit
  expect screen "Approved"
examples
  | amount |
  | 1      |
  | 200    |
  | 3000   |
  | 40000  |
"""


def cases(checked: Checks) -> list[Case]:
    return [*plan(checked(MIXED, name="mixed.keys")), *plan(checked(ALONE, name="alone.keys"))]


def told(results: list[RunResult]) -> list[tuple[object, ...]]:
    """All but the time of the wall."""
    return [(r.case, r.outcome, r.text, r.took, r.tries, r.notes) for r in results]


def test_results_and_trace_are_those_of_one_process(checked: Checks) -> None:
    all_of_them = cases(checked)
    one, several = StringIO(), StringIO()
    runner = Runner(Options(subscribers=(JsonLines(one),)))
    alone = [runner.run(case, more=case is not all_of_them[-1]) for case in all_of_them]
    together = list(ParallelRun(all_of_them, Options(), 3, several.write).results())
    assert told(together) == told(alone)
    assert several.getvalue() == one.getvalue()


def test_a_process_that_is_killed_breaks_the_scenario_that_it_ran_and_no_other(checked: Checks) -> None:
    text = ALONE.replace("  | 1      |\n", "".join(f"  | {amount} |\n" for amount in range(1, 40)))
    all_of_them = plan(checked(text, name="alone.keys"))
    results = ParallelRun(all_of_them, Options(), 2).results()
    came = [next(results)]
    victim = multiprocessing.active_children()[0].pid
    assert victim is not None
    os.kill(victim, signal.SIGKILL)
    came += results
    assert [result.case for result in came] == all_of_them
    broken = [result.text for result in came if result.outcome is ScenarioOutcome.BROKEN]
    assert len(broken) == 1
    assert broken[0].endswith("the bench broke: its process ended with -9")
    assert {result.outcome for result in came} == {
        ScenarioOutcome.HELD, ScenarioOutcome.SKIPPED, ScenarioOutcome.BROKEN,
    }  # fmt: skip
    assert not multiprocessing.active_children()


def test_processes_end_with_the_run(checked: Checks) -> None:
    results = ParallelRun(cases(checked), Options(), 2).results()
    next(results)
    results.close()
    assert not multiprocessing.active_children()


def test_what_cannot_begin_does_not_begin_in_processes_either(checked: Checks) -> None:
    with pytest.raises(CannotBegin, match="no pack 'none'"):
        list(ParallelRun(cases(checked), Options(pack="none"), 2).results())


def test_the_command_prints_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mixed.keys").write_text(MIXED, encoding="utf-8")
    Path("alone.keys").write_text(ALONE, encoding="utf-8")
    for options in (["--retry", "1"], ["-x"]):
        said = []
        for processes in ("1", "3"):
            assert main(["run", "mixed.keys", "alone.keys", "--jobs", processes, *options]) == 1
            said.append(capfd.readouterr())
        assert said[0] == said[1]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--state", "kept"], "--state keeps one journal, which one process writes: leave out -j"),
        (["--reader", "ccid+serial:///dev/ttyUSB9"], "ccid+serial:///dev/ttyUSB9 serves one terminal at a time: leave out -j"),
    ],
)  # fmt: skip
def test_what_one_process_can_have_only_is_refused(
    options: list[str], why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "alone.keys"
    script.write_text(ALONE, encoding="utf-8")
    assert main(["run", str(script), "-j", "2", *options]) == 2
    assert capsys.readouterr().err == f"terminal-sim: {why}\n"
