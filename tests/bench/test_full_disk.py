"""A disk without room refuses a state folder or stops its terminal, and what was acknowledged is there once there is room."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("files are limited by RLIMIT_FSIZE", allow_module_level=True)

LIMITS = (0, 45, 511, 513, 700, 1100, 4095, 4097, 8200, 20_000, 30_000, 40_000, 50_000, 60_000, 1_000_000)
PAY = """
import resource, sys
from pathlib import Path
from terminal_sim.bench import Bench, BenchMisuse, JournalError
from tests.bench.test_state_folder import sale

hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
for limit in map(int, sys.argv[2:]):
    state, said = Path(sys.argv[1], str(limit)), []
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        with Bench(state=state) as bench:
            terminal = bench.add_terminal("v400m")
            for _ in range(2):
                if terminal.is_on:
                    sale(bench, terminal)
            said.append(terminal.view().screen.id)
            paid = sum(row["status"] == "Completed" for row in terminal.report())
    except (BenchMisuse, JournalError) as refused:
        said.append("refused" if str(state) in str(refused) else str(refused))
        paid = 0
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    with Bench(state=state) as bench:
        terminal = bench.add_terminal("v400m")
        bench.advance(60_000_000)
        again = sum(row["status"] == "Completed" for row in terminal.report())
        print(limit, *said, again >= paid, *bench.violations())
"""


def test_a_disk_that_is_full_at_any_moment_refuses_or_stops_the_terminal_and_loses_nothing(
    tmp_path: Path,
) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PAY, str(tmp_path), *map(str, LIMITS)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    said = [line.split(" ", 1) for line in ran.stdout.splitlines()]
    assert [limit for limit, _ in said] == list(map(str, LIMITS))
    assert {what for _, what in said} == {"refused True", "out-of-service True", "home True"}
    assert said[0][1] == "refused True"
    assert said[-1][1] == "home True"
