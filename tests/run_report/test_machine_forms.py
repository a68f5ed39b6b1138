"""JUnit XML, annotations of GitHub, TAP and JSON lines say what a run came to, each in the form that its readers know."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from terminal_sim.cli.main import main
from terminal_sim.script.exit_code import ExitCode
from tests.run_report.pack import COUNTS, rewind

FAILING = (
    'keys 1\nterminal v400m\nscenario "50% off, #1" @deal\n  note "begun"\n  expect screen "A: b" within 1s\n'
)
JSON_FIELDS = {
    "file", "line", "scenario", "profile", "locale", "tags", "outcome", "seconds", "virtual_us", "tries", "notes", "text", "step", "pictures",
    "differing", "bundle",
}  # fmt: skip


@pytest.fixture
def failing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A script with one failure, in the current folder."""
    (tmp_path / "deals.keys").write_text(FAILING, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    return tmp_path


def cases(pack: Path) -> dict[str, ElementTree.Element]:
    top = ElementTree.parse(pack.parent / "junit.xml").getroot()
    return {case.get("name", ""): case for case in top.iter("testcase")}


@pytest.mark.usefixtures("report")
def test_junit_has_the_pack_with_its_steps_tags_places_and_properties(pack: Path) -> None:
    found = cases(pack)
    assert len(found) == sum(COUNTS.values())
    sale = found["A sale is approved [amount=1250] [v400m]"]
    out = sale.findtext("system-out") or ""
    assert re.search(r"^held +12  expect screen \"Approved\"  \(\d\.\d{3} s\)$", out, re.MULTILINE)
    properties = [(p.get("name"), p.get("value")) for p in sale.iter("property")]
    assert ("tag", "chip") in properties
    assert sale.get("file", "").endswith("held.keys")
    assert sale.get("line") == "10"


@pytest.mark.usefixtures("report")
def test_junit_attaches_pictures_that_are_there(pack: Path) -> None:
    changed = cases(pack)["A screen that looks otherwise now [v400m]"].findtext("system-out") or ""
    files = re.findall(r"^\[\[ATTACHMENT\|(.+)\]\]$", changed, re.MULTILINE)
    assert len(files) == 5
    assert all(Path(file).read_bytes().startswith(b"\x89PNG") for file in files)


def test_a_failure_is_an_annotation_at_its_step(failing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "deals.keys", "--github"]) == ExitCode.UNMET
    [line] = [line for line in capsys.readouterr().out.splitlines() if line.startswith("::")]
    assert line.startswith(
        "::error file=deals.keys,line=5,title=failed%3A 50%25 off%2C #1 on v400m::deals.keys:5: expect"
    )
    assert "%0A" in line
    assert failing


@pytest.mark.usefixtures("failing")
def test_github_actions_gets_annotations_without_asking(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["run", "deals.keys"])
    assert "::error" not in capsys.readouterr().out
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    main(["run", "deals.keys"])
    assert "::error" in capsys.readouterr().out


def test_a_run_prints_one_json_object_a_scenario(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(
        ["run", str(pack), "-k", "@negative or @home", "--format", "json", "--out", str(pack.parent / "out")]
    )
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(line.keys() == JSON_FIELDS for line in lines)
    assert [line["outcome"] for line in lines] == ["failed"] * 6 + ["held"] + ["skipped"] * 5
    failed = lines[0]
    assert failed["step"]["source"] == 'expect screen "Thank you" within 2s'
    assert failed["step"]["why"].startswith("expected ")
    assert failed["virtual_us"] == 2_000_000


@pytest.mark.usefixtures("failing")
def test_a_run_prints_tap(capsys: pytest.CaptureFixture[str]) -> None:
    main(["run", "deals.keys", "--profile", "v400m", "--profile", "s1f2", "--format", "tap"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["TAP version 14", "1..2", r"not ok 1 - deals.keys: 50% off, \#1 on v400m"]
    assert lines[3:5] == ["  ---", "  outcome: failed"]
    assert "  ..." in lines


@pytest.mark.usefixtures("failing")
def test_tap_says_why_a_scenario_was_skipped_and_that_a_run_was_stopped(
    capsys: pytest.CaptureFixture[str],
) -> None:
    skipping = 'keys 1\nterminal all\nrequires keypad\nscenario "One"\n  note "x"\n'
    for name in ("a.keys", "z.keys"):
        Path(name).write_text(skipping, encoding="utf-8")
    main(["run", "a.keys", "deals.keys", "z.keys", "-x", "--format", "tap"])
    lines = capsys.readouterr().out.splitlines()
    assert any(line.endswith("# SKIP square-stand has no keypad") for line in lines)
    assert lines[1] == "1..13"
    assert lines[-1] == "Bail out! the run was stopped at its first failure"


def test_a_flaky_scenario_names_the_step_that_failed_at_first(
    pack: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rewind(pack)
    capsys.readouterr()
    main(
        [
            "run",
            str(pack / "flaky.keys"),
            "--retry",
            "1",
            "--format",
            "json",
            "--out",
            str(pack.parent / "out"),
        ]
    )
    line = json.loads(capsys.readouterr().out)
    assert (line["outcome"], line["tries"], line["step"]["line"]) == ("flaky", 2, 6)
