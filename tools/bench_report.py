"""How long the page of a run takes to write, and how large it is: 1,000 scenarios with pictures, receipts and timelines of their own."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench_rig import Figure

from terminal_sim.run_report.run_report import RunReport
from terminal_sim.run_report.scenario import ScenarioReport, reported
from terminal_sim.script.check import check
from terminal_sim.script.options import Options
from terminal_sim.script.parse import parse
from terminal_sim.script.plan import plan
from terminal_sim.script.run import Runner
from terminal_sim.script.vocabulary import vocabulary

_SCENARIOS, _QUICK = 1_000, 100
_SECONDS, _MEGABYTES = 10.0, 40.0
_SCRIPT = """keys 1
terminal v400m
scenario "A sale"
  press OK
  press ${amount} OK
  insert visa-credit
  expect screen "Approved"
  expect receipt "*** SIMULATOR ***"
  remove card
examples
  | amount |
"""


def report(quick: bool) -> list[Figure]:
    """The seconds of the processor that collecting and writing take; the run itself is apart."""
    count = _QUICK if quick else _SCENARIOS
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        scenarios = _ran(Path(folder), count)
        ran = time.process_time() - began
        began = time.process_time()
        made = RunReport(Path(folder) / "report")
        for scenario in scenarios:
            made.add(scenario)
        page = made.write(datetime.now(UTC))
        took, size = time.process_time() - began, page.stat().st_size / 1e6
    goal = f"{_SECONDS * count / _SCENARIOS:g} s, {_MEGABYTES * count / _SCENARIOS:g} MB"
    kept = took <= _SECONDS * count / _SCENARIOS and size <= _MEGABYTES * count / _SCENARIOS
    notes = (f"running them with every step kept: {ran:.1f} s",)
    return [Figure(f"report of {count:,} scenarios", f"{took:.2f} s, {size:.1f} MB", goal, kept, notes)]


def _ran(folder: Path, count: int) -> list[ScenarioReport]:
    """Sales of different amounts, so that no screen and no receipt of one is that of another."""
    script = folder / "sales.keys"
    rows = "".join(f"  | {100 + number} |\n" for number in range(count))
    script.write_text(_SCRIPT + rows, encoding="utf-8")
    runner = Runner(Options(keep_steps=True))
    cases = plan(check(parse(script), vocabulary(), environ={}))
    return [reported(runner.run(case), folder) for case in cases]
