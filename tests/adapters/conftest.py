"""One pack of scenarios, run as a script and by Robot Framework in a process of its own; every test looks at that one run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from terminal_sim.script.check import check
from terminal_sim.script.file_names import file_name
from terminal_sim.script.options import Options
from terminal_sim.script.parse import parse
from terminal_sim.script.plan import Case, plan
from terminal_sim.script.results import RunResult
from terminal_sim.script.run import Runner
from terminal_sim.script.vocabulary import vocabulary
from tests.adapters.outcome import RobotRun
from tests.adapters.to_robot import suite, title

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join(
        map(str, (ROOT, ROOT / "drivers", ROOT / "terminal_sim/adapters/robot/import_name"))
    ),
}
UNSTORED = "new"


@dataclass(frozen=True, slots=True)
class Both:
    """The same cases, and what came of them here and there, by the title of the test."""

    scripts: Mapping[str, RunResult]
    robot: RobotRun


def robot(*arguments: str | Path, folder: Path, timeout: float = 120.0) -> subprocess.CompletedProcess[str]:
    """Runs the real program."""
    command = [sys.executable, "-m", "robot", *map(str, arguments)]
    return subprocess.run(
        command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=timeout
    )


def cases_of(script: Path) -> list[Case]:
    return plan(check(parse(script), vocabulary(), environ=os.environ))


@pytest.fixture(scope="session")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    """The pictures that the script stores are those to which Robot Framework is held, but for one that neither has and one that is changed."""
    folder = tmp_path_factory.mktemp("robot")
    cases = cases_of(HERE / "pack.keys")
    pictures = folder / "stored"
    storing = Runner(Options(update_pictures=True, pictures=pictures))
    for result in [storing.run(case) for case in cases]:
        for name, file in result.pictures.items():
            if name == UNSTORED:
                file.unlink()
                continue
            if name == "changed":
                with Image.open(file) as picture:
                    other = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
                other.save(file)
            case = result.case
            locale = case.program.settings.locale
            there = folder / "pictures" / f"{file_name('pack', title(case), name, case.profile, locale)}.png"
            there.parent.mkdir(exist_ok=True)
            there.write_bytes(file.read_bytes())
    runner = Runner(Options(pictures=pictures, out=folder / "out"))
    scripts = {title(case): runner.run(case) for case in cases}
    (folder / "pack.robot").write_text(suite(cases), "utf-8")
    for more in HERE.glob("*.robot"):
        (folder / more.name).write_text(more.read_text("utf-8"), "utf-8")
    ran = robot("--outputdir", folder / "log", folder, folder=folder)
    return Both(scripts, RobotRun.of(folder / "log", ran.stdout + ran.stderr))


def verdicts(results: Sequence[RunResult]) -> dict[str, str]:
    return {title(result.case): result.outcome.value for result in results}
