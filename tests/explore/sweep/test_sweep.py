"""`terminal-sim sweep`: each fault at each place of a script, its cure, and what the rules say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from terminal_sim.cli.main import main
from terminal_sim.explore.bundle_file import read
from terminal_sim.explore.replay import replayed
from tests.explore.planted import BUGS, planted

SALE = """keys 1
terminal v400m
scenario "A sale"
  press OK 1250 OK
  insert visa-online-pin
  press ${card.pin} OK
  expect screen "Approved"
"""
(FORGOTTEN,) = (bug for bug in BUGS if bug.what == "a payment that was cut off by the power is forgotten")


@pytest.fixture
def sale(tmp_path: Path) -> Path:
    file = tmp_path / "sale.keys"
    file.write_text(SALE, encoding="utf-8")
    return file


def swept(sale: Path, *words: str) -> list[str]:
    return ["sweep", str(sale), "--out", str(sale.parent / "findings"), *words]


def marks(said: str) -> dict[str, list[str]]:
    """The marks of each row of a grid."""
    rows = (re.fullmatch(r"(.*?\S) +((?:[.x-] *)+)", line) for line in said.splitlines())
    return {row[1]: row[2].split() for row in rows if row is not None}


def test_a_sound_firmware_stands_every_frame_and_every_effect(
    sale: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(swept(sale, "--at", "frame", "--faults", "fault wire drop, fault wire unplug")) == 0
    rows = marks(capsys.readouterr().out)
    assert len(rows) > 10  # frames to the reader
    assert set(map(tuple, rows.values())) == {(".", ".")}
    assert main(swept(sale, "--at", "effect")) == 0
    rows = marks(capsys.readouterr().out)
    assert {row.partition(":")[0] for row in rows} == {"press OK 1250 OK", "insert visa-online-pin", "press ${visa-online-pin.pin} OK", "wait 300ms"}  # fmt: skip
    assert set(map(tuple, rows.values())) == {(".",)}


def test_the_effects_are_found_after_which_a_power_cut_does_harm(
    sale: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, findings = sale.parent / "page.html", sale.parent / "findings"
    with planted(FORGOTTEN):
        assert main(swept(sale, "--at", "effect", "--html", str(page))) == 1
        said = capsys.readouterr().out
        first = findings / "r-boot-1-effect-1.keys"
        assert main(["run", "-q", str(first)]) == 1
        bundle = read(first.with_suffix(".tsim"))
        assert replayed(bundle, {}) is None
    # From the row that says that a request has left to the one that says that its answer came.
    together = "".join(mark for row in marks(said).values() for mark in row)
    assert re.fullmatch(r"\.+x+\.+", together)
    assert "R-boot-1 what a power cut left in doubt is asked for" in said
    assert f"{together.count('x')} of them broke a rule" in said
    assert len(list(findings.glob("*.tsim"))) == together.count("x")
    assert page.read_text(encoding="utf-8").count("✗</a>") == together.count("x")
    capsys.readouterr()
    assert main(["run", "-q", str(first)]) == 0
    assert replayed(bundle, {}) is not None


def test_each_fault_is_made_before_each_step_where_it_can_be(
    sale: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(swept(sale, "--at", "step", "--faults", "network down,power")) == 0
    rows = marks(capsys.readouterr().out)
    assert next(iter(rows)) == "before press OK 1250 OK"
    assert list(rows)[-1] == "at the end"
    assert set(map(tuple, rows.values())) == {(".", ".", ".")}


@pytest.mark.parametrize(
    ("text", "words", "says"),
    [
        (SALE, ["--faults", "nothing like it"], "no such fault is made there"),
        (SALE.replace("Approved", "Declined"), [], "does not hold by itself: terminal-sim run says why"),
        (SALE.replace("v400m", "v400m\nclock 2026-02-01T08:00:00"), [], "at a time of its own"),
        (SALE + 'scenario "B"\n  press OK\n', [], "one scenario is swept, and 2 are selected"),
    ],
)
def test_what_is_not_swept_is_said_in_one_sentence(
    sale: Path, capsys: pytest.CaptureFixture[str], text: str, words: list[str], says: str
) -> None:
    sale.write_text(text, encoding="utf-8")
    assert main(swept(sale, *words)) == 2
    said = capsys.readouterr().err.strip()
    assert says in said
    assert len(said.splitlines()) == 1
