"""`with` sets options of the profile, for a file or a scenario, checked as the profile is."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from terminal_sim import profile
from terminal_sim.bench import Bench, BenchMisuse, ProfileError
from terminal_sim.core.config.meanings import MEANINGS
from terminal_sim.script.results import ScenarioOutcome
from tests.script.conftest import Checks, Finds, Runs

HEAD = "keys 1\nterminal square-terminal\n"
OFFLINE = """
  network down
  press 1250
  tap id:charge
  insert visa-credit
  expect journal offline.stored count=1
"""


def test_options_of_a_file_and_of_a_scenario_are_those_of_its_terminal(ran: Runs) -> None:
    text = (
        f'{HEAD}with offline.allowed=true\nscenario "as the file says"{OFFLINE}\n'
        f'scenario "with a limit"\n  with offline.limit=1000\n  network down\n  press 1250\n  tap id:charge\n'
        "  expect screen id:offline-limit-exceeded\n"
        'scenario "another"\n  with offline.allowed=false\n  network down\n  press 1250\n  tap id:charge\n'
        "  expect screen id:offline-not-allowed\n"
    )
    assert [result.text for result in ran(text)] == ["", "", ""]


def test_a_terminal_is_delivered_without_offline_payments(ran: Runs) -> None:
    (result,) = ran(
        f'{HEAD}scenario "A"\n  network down\n  press 1250\n  tap id:charge\n  expect screen id:offline-not-allowed\n'
    )
    assert result.outcome is ScenarioOutcome.HELD


def test_what_goes_on_from_a_state_has_its_options(ran: Runs, problems: Finds) -> None:
    text = (
        f'{HEAD}scenario "on" \n  from state pending\n  expect journal offline.stored\n'
        f'scenario "saves"\n  with offline.allowed=true{OFFLINE}  save state pending\n'
    )
    assert [result.text for result in ran(text)] == ["", ""]
    (found,) = problems(text.replace("  from state", "  with offline.limit=5\n  from state"))
    assert "has its options already" in found.sentence


WRONG = [
    ("offline.alowed=true", "there is no option 'offline.alowed'; did you mean 'offline.allowed'?"),
    ("offlin.allowed=true", "there is no option 'offlin.allowed'"),
    ("offline.allowed.x=true", "'offline.allowed.x': offline.allowed is a value and has no parts"),
    ("offline.allowed=maybe", "offline.allowed: true or false wanted, got the text 'maybe'"),
    ("offline.limit=0", "offline.limit: above zero and at most limit_max"),
    ("offline.limit_max=5", "offline.limit: above zero and at most limit_max (5)"),
    ("offline.session.network=soon", "'soon' is no duration"),
    ("receipts.merchant=maybe", "'maybe' is not one of 'auto', 'prompt', 'no'"),
    ('languages=["xx"]', "languages[0]: no texts, amounts and dates are written in 'xx'"),
    ("limits.history=" + "9" * 5000, "a whole number wanted"),
    ("id=mine", "'id' says which profile this is, and is no option"),
    ("offline", "an option is written KEY=VALUE"),
    ("offline.limit=${x}", "an option has no variables"),
    ("offline.limit=5 offline.limit=6", "offline.limit is said twice"),
]


@pytest.mark.parametrize("place", ["file", "scenario"])
@pytest.mark.parametrize(("option", "sentence"), WRONG, ids=[row[0][:30] for row in WRONG])
def test_a_wrong_option_is_named_with_its_place(
    problems: Finds, option: str, sentence: str, place: str
) -> None:
    if place == "file":
        found = problems(f'{HEAD}with {option}\nscenario "A"\n  press OK\n')
    else:
        found = problems(f'{HEAD}scenario "A"\n  with {option}\n  press OK\n')
    assert [problem.line for problem in found] == [3 if place == "file" else 4]
    assert sentence in found[0].sentence


def test_options_stand_before_the_steps_of_a_scenario(problems: Finds) -> None:
    (found,) = problems(f'{HEAD}scenario "A"\n  press OK\n  with offline.allowed=true\n')
    assert (found.line, "before the first step" in found.sentence) == (5, True)


def test_an_option_that_a_skipped_terminal_does_not_have_is_no_fault(checked: Checks) -> None:
    text = "keys 1\nterminal all\nrequires offline-settings\nwith offline.allowed=true\n"
    program = checked(f'{text}scenario "A"\n  press OK\n')
    assert all(one.offline.allowed for one in program.plays[0].profiles.values())


def test_a_bench_takes_options_as_values_and_as_text() -> None:
    with Bench() as bench:
        for options in (
            {"offline.allowed": True, "offline.limit": 700},
            {"offline.allowed": "true", "offline.limit": "700"},
        ):
            offline = bench.add_terminal("square-terminal", options=options).profile.offline
            assert (offline.allowed, offline.limit) == (True, 700)
        assert not bench.add_terminal("square-terminal").profile.offline.allowed
        with pytest.raises(ProfileError, match="there is no option"):
            bench.add_terminal("square-terminal", options={"x": 1})
        with pytest.raises(BenchMisuse, match="given by its name or file"):
            bench.add_terminal(profile.load("v400m"), options={"limits.history": 3})


@pytest.mark.parametrize("name", profile.names())
def test_every_option_has_a_meaning_and_sets_what_it_shows(name: str) -> None:
    one = profile.load(name)
    listed = profile.options(one)
    assert all(option.meaning for option in listed)
    for option in listed:
        if option.value:
            assert profile.load(name, {option.key: option.value}) == one, option.key


def test_the_meanings_are_those_of_the_classes() -> None:
    for cls, meanings in MEANINGS.items():
        assert set(meanings) == {field.name for field in fields(cls)}


def test_a_profile_of_a_file_takes_options(tmp_path: Path, ran: Runs) -> None:
    (tmp_path / "mine.toml").write_text('extends = "square-terminal"\nid = "mine"\n')
    (result,) = ran(f'keys 1\nterminal ./mine.toml\nscenario "A"\n  with offline.allowed=true{OFFLINE}')
    assert result.text == ""
