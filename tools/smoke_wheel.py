"""Builds sdist and wheel, installs the wheel into a new virtual environment and makes a sale with it: `python tools/smoke_wheel.py`.

1. The build runs in a copy of the tree, so it leaves nothing behind, and the wheel is built from the sdist.
2. The checks run in a folder that has nothing to do with the project, in isolated mode: only what was installed is there.
3. One line tells how it went; the exit code is 1 where it did not, and what the failed step said stands above the line.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = (".*", "__pycache__", "out", "dist", "build", "*.egg-info")
KEPT = (".gitignore",)

CHECKS = r"""
import sys
from importlib.metadata import distribution
from importlib.resources import files

installed = distribution("terminal-sim")
here = {file.parts[0] for file in installed.files or () if ".." not in file.parts}
packages = {name for name in here if not name.endswith(".dist-info")}
wanted = {"terminal_sim", "terminal_drivers", "TerminalSim"}
if packages != wanted:
    sys.exit(f"the wheel installs {sorted(packages)}: {sorted(wanted)} wanted, and nothing else")
for package in ("terminal_sim", "terminal_drivers"):
    if not (files(package) / "py.typed").is_file():
        sys.exit(f"{package} has no py.typed")

from terminal_drivers.readers.built_in.reader import virtual_reader
from terminal_sim import profile
from terminal_sim.bench import Bench

profiles = profile.names()
for name in profiles:
    profile.load(name)
if not profiles:
    sys.exit("the wheel carries no profile")
with virtual_reader() as reader:
    if reader.contact.present() or reader.poll():
        sys.exit("a new virtual reader has a card in it")
with Bench() as bench:
    till = bench.add_terminal("v400m")
    for key in ("OK", "2", "0", "0", "0", "OK"):
        if not till.press(key):
            sys.exit(f"the terminal ignored {key}; its screen was\n{till.view().text}")
    till.swipe("visa-stripe")
    while till.view().screen.id != "home":
        due = bench.next_deadline()
        if due is None:
            sys.exit(f"the terminal stands still at\n{till.view().text}")
        bench.advance(due.at - bench.now.mono)
    state = till.journal()[-1].fields["state"]
    if state != "COMPLETED" or not till.receipts:
        sys.exit(f"the sale is {state} and {len(till.receipts)} receipts were printed")
print(f"terminal-sim {installed.version}: {len(profiles)} profiles load, a reader opens, a swipe sale is approved")
"""


class StepFailed(Exception):
    """A step ended with an exit code other than 0."""


def main() -> int:
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="smoke-wheel-") as folder:
            told = _smoke(Path(folder))
    except StepFailed as failed:
        print(f"smoke_wheel: {failed}")
        return 1
    print(f"smoke_wheel: {told} ({time.monotonic() - began:.0f} s)")
    return 0


def _smoke(folder: Path) -> str:
    copy, dist, venv, neutral = (folder / name for name in ("copy", "dist", "venv", "neutral"))
    neutral.mkdir()
    shutil.copytree(ROOT, copy, ignore=_not_ours)
    # A build backend that is here already need not be fetched into an environment of its own.
    quick = ["--no-isolation"] if importlib.util.find_spec("hatchling") is not None else []
    _step("build", [sys.executable, "-m", "build", *quick, "--outdir", str(dist), str(copy)], folder)
    wheel = _only(dist.glob("*.whl"), "wheel")
    _only(dist.glob("*.tar.gz"), "sdist")
    _step("venv", [sys.executable, "-m", "venv", "--without-pip", str(venv)], folder)
    python = venv / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    _step("install", [*pip, "install", "--quiet", str(wheel)], neutral)
    told = _step("check", [str(python), "-I", "-c", CHECKS], neutral)
    version = _step("terminal-sim --version", [str(venv / "bin" / "terminal-sim"), "--version"], neutral)
    if version.split()[-1] != wheel.name.split("-")[1]:
        raise StepFailed(f"terminal-sim --version says {version!r}, the wheel is {wheel.name}")
    return told


def _not_ours(_folder: str, names: list[str]) -> set[str]:
    return shutil.ignore_patterns(*LEFT_OUT)(_folder, names) - set(KEPT)


def _only(found: Iterable[Path], what: str) -> Path:
    files = list(found)
    if len(files) != 1:
        raise StepFailed(f"the build made {len(files)} files that are a {what}, not one")
    return files[0]


def _step(name: str, command: list[str], folder: Path) -> str:
    """What the command said last. Raises `StepFailed` after showing all it said."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    run = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if run.returncode:
        print(run.stdout, end="")
        raise StepFailed(f"{name} failed with exit code {run.returncode}")
    return run.stdout.strip().rpartition("\n")[2]


if __name__ == "__main__":
    sys.exit(main())
