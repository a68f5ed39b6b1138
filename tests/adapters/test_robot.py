"""Robot Framework says the words of scripts, and comes to the same verdicts with the same pictures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from robot.libdocpkg import LibraryDocumentation

from terminal_sim.adapters.robot.keywords import OWN, RobotKeyword, keywords
from terminal_sim.script.run import Runner
from terminal_sim.verbs import VERBS
from tests.adapters.conftest import Both, cases_of, robot, verdicts
from tests.adapters.outcome import RobotRun
from tests.adapters.to_robot import suite

SCRIPTS = Path(__file__).parents[1] / "scripts"


def test_the_pack_has_the_same_verdicts(both: Both) -> None:
    said = {name: result.outcome.value for name, result in both.scripts.items()}
    assert set(said.values()) == {"held", "failed", "skipped"}
    assert {name: both.robot.tests[name].verdict for name in said} == said


def test_what_does_not_hold_is_told_in_the_same_words(both: Both) -> None:
    for name, result in both.scripts.items():
        if result.outcome.value == "failed":
            first = both.robot.tests[name].message.splitlines()[0].removeprefix("expected ")
            assert first.split(" in the picture")[0] in result.text, name


def test_a_picture_that_a_script_stored_is_the_same_pixels_there(both: Both) -> None:
    assert both.robot.tests["A screen that is as it is stored on v400m"].verdict == "held"
    pictures = {name for name, result in both.scripts.items() if result.pictures and not result.differing}
    assert len(pictures) > 2
    assert {both.robot.tests[name].verdict for name in pictures} == {"held"}


def test_a_failed_test_shows_the_screen_the_trace_and_what_differs(both: Both) -> None:
    failed = both.robot.tests["A screen that has changed on v400m"]
    assert "<svg " in failed.log
    assert "data:image/png;base64," in failed.log
    assert "last of the trace:" in failed.log
    held = both.robot.tests["A PIN comes from the card on v400m"]
    assert "last of the trace:" not in held.log
    kept = {file.suffixes[0] for file in (both.robot.folder / "terminal-sim").iterdir()}
    assert kept == {".expected", ".got", ".differs", ".difference"}


def test_tests_of_its_own_hold(both: Both) -> None:
    failing = {"A failure of another library shows the screen, too"}
    own = {name: test for name, test in both.robot.tests.items() if name not in both.scripts}
    assert {name for name, test in own.items() if test.verdict != "held"} == failing
    for name in failing:
        assert "$0.77" in own[name].log.replace("0,77 $", "$0.77").replace("0,77\xa0$", "$0.77")


def test_a_secret_of_a_card_stands_in_no_file_of_the_log(both: Both) -> None:
    test = both.robot.tests["A secret is in no log"]
    assert "the PIN is <secret>" in test.log
    for file in both.robot.folder.glob("*.*ml"):
        assert "the PIN is 1234" not in file.read_text("utf-8")


def test_tags_are_those_of_the_script(both: Both) -> None:
    sale = both.robot.tests["A sale held to its receipt, its rows and its messages on v400m"]
    assert sale.tags == ("sale", "smoke")


def test_every_verb_is_a_keyword_and_has_its_document() -> None:
    library = LibraryDocumentation("terminal_sim.adapters.robot.TerminalSim")
    found = {keyword.name: keyword for keyword in library.keywords}
    assert set(found) == {*keywords(), *OWN}
    assert {(keyword.verb.words, keyword.no) for keyword in keywords().values()} == {
        (words, no) for words, verb in VERBS.items() for no in {False, verb.negatable}
    }
    for keyword in found.values():
        assert keyword.doc
        assert keyword.tags
    assert "${card.pin}" in library.doc
    assert str(found["Network"].args) == "state: Literal['up', 'down', 'wifi', '4g']"
    assert str(found["Hold"].args) == "key: str, *, for: timedelta"
    assert "within" not in str(found["Expect No Screen"].args)


def test_the_documents_are_html_and_json(tmp_path: Path) -> None:
    library = LibraryDocumentation("terminal_sim.adapters.robot.TerminalSim")
    for suffix in ("html", "json"):
        library.save(str(tmp_path / f"library.{suffix}"), suffix.upper())
    assert "Expect Screen" in (tmp_path / "library.html").read_text("utf-8")
    names = [one["name"] for one in json.loads((tmp_path / "library.json").read_text("utf-8"))["keywords"]]
    assert "Tear Card After" in names


@pytest.mark.parametrize(
    ("name", "words"),
    [("Tap Card", ("tap-card",)), ("Press!", ("press!",)), ("Pos Payment Type", ("pos", "payment-type"))],
)
def test_a_keyword_is_named_by_the_words_of_its_verb(name: str, words: tuple[str, ...]) -> None:
    assert keywords()[name] == RobotKeyword(VERBS[words])


WRONG = {
    "Press": "expected at least 1 argument, got 0",
    "Hold    F1": "missing named-only argument 'for'",
    "Network    sideways": "cannot be converted to 'up', 'down', 'wifi' or '4g'",
    "Wait    soon": "Invalid time string 'soon'",
    "Expect Host    moto    count=x": "cannot be converted to integer",
    "Expect Scren    Approved": "No keyword with name 'Expect Scren' found. Did you mean:     TerminalSim.Expect Screen",
}


def test_a_dry_run_finds_wrong_arguments(tmp_path: Path) -> None:
    tests = "".join(f"{line.replace('    ', ' ')}\n    {line}\n" for line in WRONG)
    file = tmp_path / "wrong.robot"
    file.write_text(f"*** Settings ***\nLibrary    TerminalSim\n*** Test Cases ***\n{tests}")
    unknown = tmp_path / "unknown.robot"
    unknown.write_text(
        "*** Settings ***\nLibrary    TerminalSim    profile=v400\n*** Test Cases ***\nA\n    Press    1\n"
    )
    ran = robot("--dryrun", "--outputdir", tmp_path / "log", file, unknown, folder=tmp_path)
    result = RobotRun.of(tmp_path / "log", ran.stdout + ran.stderr)
    for line, sentence in WRONG.items():
        assert sentence in result.tests[line.replace("    ", " ")].message.replace("\n", " ")
    assert "did you mean 'v400m'?" in result.output


@pytest.mark.soak
def test_all_acceptance_scripts_have_the_same_verdicts(tmp_path: Path) -> None:
    for script in sorted(SCRIPTS.rglob("*.keys")):
        cases = cases_of(script)
        name = script.relative_to(SCRIPTS).with_suffix("").as_posix().replace("/", "-").replace(".", "-")
        (tmp_path / f"{name}.robot").write_text(suite(cases), "utf-8")
        ran = robot("--outputdir", tmp_path / name, tmp_path / f"{name}.robot", folder=tmp_path)
        runner = Runner()
        expected = verdicts([runner.run(case) for case in cases])
        found = RobotRun.of(tmp_path / name, ran.stdout)
        assert {test: one.verdict for test, one in found.tests.items()} == expected, script
