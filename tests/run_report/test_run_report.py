"""`run --report`: a page that explains a run, and the history beside it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from terminal_sim.cli.main import main
from terminal_sim.run_report.history import LastTime, RunHistory, VerdictChange, read_history
from terminal_sim.run_report.page import page, words
from terminal_sim.run_report.scenario import ScenarioReport
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.script.results import ScenarioOutcome
from tests.run_report.pack import COUNTS, data_of, rewind, told

HELD = 'keys 1\nterminal v400m\nscenario "One"\n  note "</script><!-- <b>"\n'


def test_every_scenario_of_the_pack_is_in_the_report_with_its_outcome(report: Path) -> None:
    data = data_of(report / "index.html")
    assert Counter(one["outcome"] for one in data["scenarios"]) == COUNTS
    assert sum(COUNTS.values()) == 40


def test_steps_name_pictures_that_are_there(report: Path) -> None:
    data = data_of(report / "index.html")
    steps = [s for one in data["scenarios"] for record in one.get("records", []) for s in record["steps"]]
    named = {s["picture"] for s in steps} | {paper for s in steps for paper in s["receipts"]}
    assert named - {""} == set(data["pictures"])


def test_a_changed_screen_has_what_was_expected_what_came_and_what_differs(report: Path) -> None:
    [one] = [one for one in data_of(report / "index.html")["scenarios"] if one.get("differing")]
    [picture] = one["differing"]
    assert one["title"] == "A screen that looks otherwise now"
    assert all(picture[kind].startswith("iVBOR") for kind in ("expected", "got", "differs"))


def test_a_flaky_scenario_has_both_tries(report: Path) -> None:
    [one] = [one for one in data_of(report / "index.html")["scenarios"] if one["outcome"] == "flaky"]
    assert [record["steps"][0]["verdict"] for record in one["records"]] == ["failed", "held"]


def test_coverage_is_drawn_on_the_chart_of_each_flow_that_was_begun(report: Path) -> None:
    flows = {flow["name"]: flow for flow in data_of(report / "index.html")["flows"]}
    sale = flows["sale"]
    assert 0 < sale["changes"][0] < sale["changes"][1]
    assert "✓ → present" in sale["svg"]
    assert "✗ → application" in sale["svg"]
    assert "reading → application" in sale["missing"]


def test_processes_write_the_same_report(pack: Path, report: Path, tmp_path: Path) -> None:
    rewind(pack)
    given = ["--retry", "1", "--report", str(tmp_path), "-j", "2", "-q", "--out", str(pack.parent / "out")]
    assert main(["run", str(pack), *given]) == ExitCode.UNMET
    assert told(tmp_path / "index.html") == told(report / "index.html")


def test_the_page_has_a_policy_and_names_no_other_place(report: Path) -> None:
    text = (report / "index.html").read_text(encoding="utf-8")
    policy = re.search('http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; img-src data:;")
    outside = re.findall(r'(?:src|href|action)="(?!data:|#)([^"]*)"', text.partition('id="data">')[0])
    assert outside == []
    assert "@import" not in text
    assert "url(" not in text


def test_no_text_of_a_script_ends_the_data_of_the_page(tmp_path: Path) -> None:
    script = tmp_path / "a.keys"
    script.write_text(HELD, encoding="utf-8")
    assert main(["run", str(script), "--report", str(tmp_path / "out"), "-q"]) == ExitCode.HELD
    text = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert text.count("</script>") == 2
    assert text.count("<!--") == 0
    [one] = data_of(tmp_path / "out" / "index.html")["scenarios"]
    assert one["notes"] == ["</script><!-- <b>"]


def test_both_languages_have_every_word_that_the_script_asks_for() -> None:
    english, french = words()["en"], words()["fr"]
    assert english.keys() == french.keys()
    script = page(b"{}", []).decode().rpartition("<script>")[2]
    asked = set(re.findall(r'word\("([a-z-]+)"\)', script))
    assert asked - english.keys() == set()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("index.html", "<html>mine</html>", "is there and is no report: name another folder"),
        ("history.json", "{", "this is no history of reports: name another folder"),
        ("history.json", '{"runs": 3}', "this is no history of reports: name another folder"),
    ],
)
def test_a_folder_of_other_things_is_refused_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: str, said: str
) -> None:
    script = tmp_path / "a.keys"
    script.write_text(HELD, encoding="utf-8")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).write_text(content, encoding="utf-8")
    assert main(["run", str(script), "--report", str(tmp_path / "out")]) == ExitCode.WRONG
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.out == ""
    assert (tmp_path / "out" / name).read_text(encoding="utf-8") == content


def test_a_report_where_a_file_stands_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "a.keys"
    script.write_text(HELD, encoding="utf-8")
    assert main(["run", str(script), "--report", str(script)]) == ExitCode.WRONG
    assert capsys.readouterr().err.startswith(f"terminal-sim: {script}: ")


def scenario(outcome: ScenarioOutcome, seconds: float = 0.1) -> ScenarioReport:
    return ScenarioReport(
        file="a.keys", line=3, title="One", profile="v400m", outcome=outcome, seconds=seconds
    )


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        (None, scenario(ScenarioOutcome.HELD), VerdictChange.NEW),
        (None, scenario(ScenarioOutcome.UNMET), VerdictChange.NEW_FAILURE),
        (LastTime(ScenarioOutcome.HELD, 0.1), scenario(ScenarioOutcome.FLAKY), VerdictChange.NEW_FAILURE),
        (LastTime(ScenarioOutcome.UNMET, 0.1), scenario(ScenarioOutcome.BROKEN), VerdictChange.NONE),
        (LastTime(ScenarioOutcome.FLAKY, 0.1), scenario(ScenarioOutcome.HELD), VerdictChange.MENDED),
        (LastTime(ScenarioOutcome.HELD, 1.0), scenario(ScenarioOutcome.HELD, 1.4), VerdictChange.NONE),
        (LastTime(ScenarioOutcome.HELD, 1.0), scenario(ScenarioOutcome.HELD, 1.6), VerdictChange.SLOWER),
        (LastTime(ScenarioOutcome.HELD, 0.01), scenario(ScenarioOutcome.HELD, 0.4), VerdictChange.NONE),
        (LastTime(ScenarioOutcome.HELD, 0.1), scenario(ScenarioOutcome.SKIPPED), VerdictChange.NONE),
    ],
)
def test_what_is_new_is_said_of_a_scenario(
    before: LastTime | None, now: ScenarioReport, change: VerdictChange
) -> None:
    past = RunHistory().with_run("2026-11-27T00:00:00+00:00", {now.key: before} if before else {})
    assert past.change(now) is change


def test_the_first_run_has_nothing_new() -> None:
    assert RunHistory().change(scenario(ScenarioOutcome.UNMET)) is VerdictChange.NONE


def test_the_history_keeps_what_was_not_run_this_time(pack: Path, tmp_path: Path) -> None:
    for expression in ("@cancel", "@home"):
        main(["run", str(pack), "-k", expression, "--report", str(tmp_path), "-q"])
    history = read_history(tmp_path)
    assert [run.counts["held"] for run in history.runs] == [2, 1]
    assert len(history.scenarios) == 2 + 6


def test_a_scenario_is_the_same_after_json() -> None:
    value = scenario(ScenarioOutcome.HELD)
    assert msgspec.json.decode(msgspec.json.encode(value), type=ScenarioReport) == value
