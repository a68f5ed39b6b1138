"""The same seed and the same number of acts give the same sessions and the same findings, whatever Python's hashes are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PROGRAM = """
import json
from terminal_sim.explore.search.exploration import exploration
from terminal_sim.oracles.catalogue import ORACLES
from tests.explore.planted import BUGS, planted

bug = next(one for one in BUGS if one.what == "the first tab is marked whichever is open")
with planted(bug):
    found = exploration(bug.profile, {}, ORACLES, 7)
    findings = [[str(one.alarm), one.acts, one.session] for one in found.run(lambda one: one.acts < 200)]
print(json.dumps([findings, found.acts, [one.memory.archive.learned() for one in found.explorers], found.coverage.lines], default=repr))
"""


def explored(hashes: str) -> list[object]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hashes, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    read: list[object] = json.loads(done.stdout)
    return read


def test_two_processes_with_other_hashes_find_the_same_in_the_same_order() -> None:
    one, other = explored("1"), explored("2")
    assert one[0]
    assert one == other
