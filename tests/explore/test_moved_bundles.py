"""A bundle of a firmware with a bug in it is the same, byte for byte, in another folder, with another home, on another day, in another language and time zone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from terminal_sim.explore.bundles import OneBundle
from terminal_sim.explore.search.act import Act, line_of
from terminal_sim.explore.search.finding import script, settings
from terminal_sim.explore.search.ground import Ground
from terminal_sim.script.check import check
from terminal_sim.script.options import Options
from terminal_sim.script.parse import parse
from terminal_sim.script.plan import plan
from terminal_sim.script.run import Runner
from terminal_sim.script.vocabulary import vocabulary
from tests.explore.planted import BUGS, PlantedBug, planted
from tests.explore.planted.__main__ import find

ROOT = Path(__file__).parents[2]
(SLOW,) = (bug for bug in BUGS if bug.what == "a passcode may be typed for a minute")
_IN_CLEAR = "a card number would stand in its trace in clear"
ELSEWHERE = """
import sys, time
clock, ticks = time.time, time.time_ns
time.time, time.time_ns = lambda: clock() + 4e7, lambda: ticks() + 40_000_000 * 10**9  # more than a year later
from terminal_sim.cli.main import main
from tests.explore.planted import BUGS, planted
(bug,) = (one for one in BUGS if one.what == sys.argv[1])
with planted(bug):
    sys.exit(main(["replay", sys.argv[2]]))
"""


def written(bug: PlantedBug, acts: Sequence[Act]) -> str:
    """A script of these acts."""
    lines = settings(Ground.of(bug.profile, bug.options, ()))
    return "\n".join(["keys 1", *lines, 'scenario "The bug"', *(f"  {line_of(act)}" for act in acts)]) + "\n"


def bundled(bug: PlantedBug, text: str, folder: Path) -> Path | None:
    """The bundle of a script on the firmware with the bug; None where it shows a card number, which no bundle keeps in clear."""
    file, to = folder / "run.keys", folder / "run.tsim"
    file.write_text(text, encoding="utf-8")
    (case,) = plan(check(parse(file), vocabulary(), environ={}))
    with planted(bug):
        result = Runner(Options(keeper=OneBundle(to))).run(case)
    assert result.bundle == to or _IN_CLEAR in result.text, result.text
    return result.bundle


def elsewhere(bug: PlantedBug, bundle: Path, folder: Path) -> str:
    """What a replay says in another process, where everything around it is another."""
    home = folder / "another home"
    home.mkdir()
    home.chmod(0o777)
    moved = home / "moved.tsim"
    moved.write_bytes(bundle.read_bytes())
    moved.chmod(0o644)
    ran = subprocess.run(
        [sys.executable, "-B", "-c", ELSEWHERE, bug.what, str(moved)],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'drivers'}",
            "PYTHONHASHSEED": "7",
            "HOME": str(home),
            "TMPDIR": str(home),
            "USER": "somebody",
            "LANG": "fr_FR.UTF-8",
            "LC_ALL": "C.UTF-8",
            "TZ": "Asia/Tokyo",
        },
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    return ran.stdout


def test_a_bundle_is_the_same_elsewhere(tmp_path: Path) -> None:
    bundle = bundled(SLOW, written(SLOW, [("press", "8", "OK"), ("wait", "2min")]), tmp_path)
    assert bundle is not None
    assert "the same, byte for byte" in elsewhere(SLOW, bundle, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("bug", BUGS, ids=[bug.what for bug in BUGS])
def test_a_bundle_of_each_planted_bug_is_the_same_elsewhere(bug: PlantedBug, tmp_path: Path) -> None:
    """The script that an exploration of half a minute finds; where it finds none, a payment."""
    finding, _ = find(bug, 30, 1)
    text = script(finding, 1) if finding is not None else written(bug, [("pos", "sale", "T-1", "1000")])
    bundle = bundled(bug, text, tmp_path)
    assert bundle is None or "the same, byte for byte" in elsewhere(bug, bundle, tmp_path)
