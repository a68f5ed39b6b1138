"""One pack of scenarios, run as a script and by Robot Framework in a process of its own; every test looks at that one run."""

from __future__ import annotations

import os
import shutil
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
from tests.run_report.pack import build, rewind

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join(
        map(str, (ROOT, ROOT / "drivers", ROOT / "terminal_sim/adapters/robot/import_name"))
    ),
}
UNSTORED, CHANGED = "new", "changed"


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
    """The pack of the reports, and one of what is written otherwise in Robot Framework, as scripts and as suites.

    The pictures that the scripts are held to are those to which Robot Framework is held.
    """
    folder = tmp_path_factory.mktemp("scripts")
    pack = build(folder)
    shutil.copy(HERE / "pack.keys", pack)
    _store(cases_of(pack / "pack.keys"))
    suites = tmp_path_factory.mktemp("robot")
    scripts: dict[str, RunResult] = {}
    runner = Runner(Options(out=folder / "out"))
    for script in sorted(pack.glob("*.keys")):
        cases = cases_of(script)
        (suites / f"{script.stem}.robot").write_text(suite(cases), "utf-8")
        for case in cases:
            result = scripts[title(case)] = runner.run(case)
            _stored_there(result, suites / "pictures")
    rewind(pack)
    shutil.copy(pack / "moving.state", suites)
    for more in HERE.glob("*.robot"):
        shutil.copy(more, suites)
    ran = robot("--outputdir", suites / "log", suites, folder=suites)
    return Both(scripts, RobotRun.of(suites / "log", ran.stdout + ran.stderr))


def _store(cases: Sequence[Case]) -> None:
    """Stores the pictures of these cases, but for one that is not there and one that is another."""
    storing = Runner(Options(update_pictures=True))
    for result in [storing.run(case) for case in cases]:
        for name, file in result.pictures.items():
            if name == UNSTORED:
                file.unlink()
            elif name == CHANGED:
                with Image.open(file) as picture:
                    other = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
                other.save(file)


def _stored_there(result: RunResult, folder: Path) -> None:
    """Stores what a script was held to under the names that Robot Framework looks for."""
    case = result.case
    expected = {one.name: one.expected for one in result.differing if one.expected is not None}
    for name, file in {**result.pictures, **expected}.items():
        locale = case.program.settings.locale or case.play.profiles[case.profile].languages[0]
        stem = file_name(case.program.script.path.stem, title(case), name, case.profile, locale)
        folder.mkdir(exist_ok=True)
        shutil.copy(file, folder / f"{stem}.png")


def verdicts(results: Sequence[RunResult]) -> dict[str, str]:
    return {title(result.case): result.outcome.value for result in results}
