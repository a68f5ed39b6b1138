"""No bytes make a parser raise what it does not declare, nor run for ever: the corpus always, atheris where it is installed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.fuzz.corpus import CORPUS, OPEN
from tests.fuzz.table import FAMILIES, TARGETS
from tests.fuzz.target import Target

ROOT = Path(__file__).parents[2]
SHORT, SOAK = ("1", "5000"), ("15", "-1")
"""Seconds and runs of a campaign, whichever ends it."""
PATIENCE = 300.0
DONE = re.compile(r"^Done \d+ runs", re.MULTILINE)
SHOWN = 2_000

needs_atheris = pytest.mark.skipif(
    find_spec("atheris") is None, reason="atheris is not installed: pip install atheris (Python before 3.13)"
)


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_are_read_and_the_empty_input_is_no_finding(name: str) -> None:
    target = TARGETS[name]
    for data in ("", *target.seeds):
        target.attempt(bytes.fromhex(data))


@pytest.mark.parametrize(("name", "data"), [pytest.param(*row[1:], id=row[0]) for row in CORPUS])
def test_what_once_was_a_finding_is_none_now(name: str, data: str) -> None:
    TARGETS[name].attempt(bytes.fromhex(data))


@pytest.mark.parametrize(("name", "data"), [pytest.param(*row[1:], id=row[0]) for row in OPEN])
def test_a_finding_that_is_open_is_still_one(name: str, data: str) -> None:
    with pytest.raises(TARGETS[name].open):
        TARGETS[name].attempt(bytes.fromhex(data))


def test_only_targets_with_an_open_finding_pass_over_one() -> None:
    assert {name for name, target in TARGETS.items() if target.open} == {row[1] for row in OPEN}


def test_a_target_lets_out_what_its_parser_does_not_declare() -> None:
    def fail(data: bytes) -> None:
        raise LookupError(data)

    Target("declared", fail, (LookupError,)).attempt(b"")
    with pytest.raises(LookupError):
        Target("not declared", fail, (ValueError,)).attempt(b"")


def findings(family: str, folder: Path, seconds: str, runs: str) -> list[str]:
    """What the campaigns of a family found: target, input in hex, and the end of what was said."""
    path = os.pathsep.join((str(ROOT), str(ROOT / "drivers")))
    ended = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.campaign", family, str(folder), seconds, runs],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": path, "TMPDIR": str(folder)},
        capture_output=True, text=True, errors="replace", timeout=PATIENCE, check=False,
    )  # fmt: skip
    found = []
    for number, target in enumerate(FAMILIES[family]):
        own = folder / str(number)
        said = (own / "said").read_text("utf-8", "replace") if own.exists() else ended.stderr
        inputs = [each.read_bytes().hex() for each in own.glob("finding-*")]
        if inputs or not DONE.search(said):
            found.append(f"{target.name}: input {' '.join(inputs) or 'unknown'}\n{said[-SHOWN:]}")
    if ended.returncode and not found:
        found.append(f"{family}: status {ended.returncode}\n{ended.stderr[-SHOWN:]}")
    return found


@needs_atheris
@pytest.mark.parametrize("family", FAMILIES)
def test_a_short_campaign_finds_nothing(family: str, tmp_path: Path) -> None:
    assert not (found := findings(family, tmp_path, *SHORT)), "\n\n".join(found)


@needs_atheris
@pytest.mark.soak
@pytest.mark.parametrize("family", FAMILIES)
def test_a_long_campaign_finds_nothing(family: str, tmp_path: Path) -> None:
    assert not (found := findings(family, tmp_path, *SOAK)), "\n\n".join(found)
