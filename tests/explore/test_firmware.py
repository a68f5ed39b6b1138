"""A bundle is done again on another firmware, in another process: the same, or where it differs."""

from __future__ import annotations

import os
import shutil
import zipfile
from pathlib import Path

import pytest

from terminal_sim.cli.main import main
from terminal_sim.explore.bundle import BundleError
from terminal_sim.explore.firmware import firmware_at
from tests.explore.conftest import bundle_of

ROOT = Path(__file__).parents[2]
SCRIPT = """keys 1
terminal v400m
scenario "An amount is typed"
  press OK 1 2 5 0 OK
  wait 5s
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a bundle, and another firmware whose screens wait for another time."""
    made = tmp_path_factory.mktemp("firmware")
    bundle_of(made, SCRIPT)
    for room in ("terminal_sim", "drivers", "profiles"):
        shutil.copytree(
            ROOT / room,
            made / "other" / room,
            copy_function=os.link,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    stack = made / "other" / "terminal_sim" / "core" / "stack.py"
    text = stack.read_text(encoding="utf-8")
    changed = text.replace(
        'fx.Moved(context.flow.name, "", context.flow.initial)', 'fx.Moved(context.flow.name, "", "begun")'
    )
    assert changed != text
    stack.unlink()  # it is the same file as ours until now
    stack.write_text(changed, encoding="utf-8")
    return made


def test_the_same_firmware_in_another_process_does_the_same(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(folder / "run.tsim"), "--firmware", "self"]) == 0
    assert "by self (0.1.0): the same, byte for byte" in capsys.readouterr().out


def test_another_firmware_is_told_by_the_first_event_that_differs(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(folder / "run.tsim"), "--firmware", str(folder / "other")]) == 1
    said = capsys.readouterr().out
    assert "another from event " in said
    assert "begun" in said


def test_what_is_no_firmware_is_refused(folder: Path, tmp_path: Path) -> None:
    bundle = folder / "run.tsim"
    (tmp_path / "empty").mkdir()
    (tmp_path / "no.whl").write_text("no wheel", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "out.whl", "w") as packed:
        packed.writestr("../out.py", "")
    old = tmp_path / "old" / "terminal_sim"
    old.mkdir(parents=True)
    (old / "__init__.py").write_text("", encoding="utf-8")
    for place, why in {
        "empty": "no firmware is in it",
        "nowhere": "there is no such wheel or folder",
        "no.whl": "this is no wheel",
        "out.whl": "leads out of it",
        "old": "is no firmware that replays bundles in lines of JSON",
    }.items():
        with (
            pytest.raises(BundleError, match=why),
            firmware_at(str(tmp_path / place)) as firmware,
        ):
            firmware.replay(bundle, os.environ)
