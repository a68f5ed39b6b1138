"""Scenarios run on real terminals, each on a fresh bench."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal_sim.bench import JsonLines
from terminal_sim.script.case_run import CannotBegin
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.script.options import Options
from terminal_sim.script.results import ScenarioOutcome, exit_code
from tests.script.conftest import Finds, Runs

HEAD = "keys 1\nterminal v400m\nlocale en-CA\n"
SALE = """macro sale ${amount} ${card}
  press OK
  press ${amount} OK
  insert ${card}
"""


def test_a_sale_holds(ran: Runs) -> None:
    (result,) = ran(
        f"""{HEAD}{SALE}scenario "Sale"
  sale 1000 visa-credit
  expect screen "Approved"
  expect receipt "10.00" copy=merchant
  expect receipt "10.00" copy=customer
  expect host sale amount=1000 count=1
  expect host 0100 count=1
  expect no host void
  expect journal sale state=completed entry=chip count=1
  expect no journal void
  expect report amount=1000 count=1
  expect beep
  remove card
  expect screen "Start"
"""
    )
    assert (result.outcome, result.text) == (ScenarioOutcome.HELD, "")
    assert result.took > 0


def test_each_profile_and_each_row_is_a_run_of_its_own(ran: Runs) -> None:
    results = ran(
        """keys 1
terminal s1f2 v400m
scenario "Home"
  note "${profile} ${locale} ${word}"
  expect screen ${text}
examples
  | word | text    |
  | a    | "x"     |
  | b    | id:home |
""".replace("expect screen ${text}", "expect screen id:home")
    )
    assert [result.notes for result in results] == [
        ("s1f2 en-CA a",),
        ("s1f2 en-CA b",),
        ("v400m en-CA a",),
        ("v400m en-CA b",),
    ]
    assert results[0].case.title == "Home [word=a, text=x]"


def test_what_a_profile_lacks_is_the_reason_of_its_skip(ran: Runs) -> None:
    results = ran('keys 1\nterminal all\nrequires moto\nscenario "A"\n  expect screen "Start"\n')
    told = [(r.case.profile, r.outcome, r.text) for r in results]
    assert told[0] == ("v400m", ScenarioOutcome.HELD, "")
    assert ("s1f2", ScenarioOutcome.SKIPPED, "s1f2 has no moto") in told[1:]
    assert {outcome for _, outcome, _ in told[1:]} == {ScenarioOutcome.SKIPPED}


def test_nothing_of_one_scenario_is_left_in_the_next(ran: Runs) -> None:
    results = ran(
        f"""{HEAD}{SALE}scenario "First"
  sale 1000 visa-credit
  expect host sale
scenario "Second"
  expect no host
  expect no journal sale
  expect no receipt
  expect screen id:home
"""
    )
    assert [result.outcome for result in results] == [ScenarioOutcome.HELD, ScenarioOutcome.HELD]


STATES = f"""{HEAD}{SALE}setup
  note "setup"
scenario "Goes on"
  from state paid
  expect no host
  expect journal sale count=1
  expect screen "Start"
scenario "Pays"
  sale 1000 visa-credit
  expect screen "Approved"
  remove card
  save state paid
"""


@pytest.mark.parametrize("expression", ["", '"Goes on"'])
def test_a_scenario_goes_on_where_another_saved(ran: Runs, expression: str) -> None:
    results = ran(STATES, expression=expression)
    assert [(result.outcome, result.text) for result in results] == [(ScenarioOutcome.HELD, "")] * len(
        results
    )
    assert results[0].notes == ()


def test_a_state_whose_scenario_fails_is_told_by_that_step(ran: Runs) -> None:
    (result,) = ran(STATES.replace("1000 visa-credit", "1000 visa-declined"), expression='"Goes on"')
    assert result.outcome is ScenarioOutcome.UNMET
    assert 'expect screen "Approved"' in result.text
    assert "4000000000000002" not in result.text


def test_setup_and_teardown_surround_each_scenario_even_one_that_fails(ran: Runs) -> None:
    results = ran(
        f"""{HEAD}setup
  note "before"
scenario "Fails"
  expect screen "Nowhere" within 1s
scenario "Holds"
  note "between"
teardown
  note "after"
"""
    )
    assert [result.notes for result in results] == [("before", "after"), ("before", "between", "after")]
    assert [result.outcome for result in results] == [ScenarioOutcome.UNMET, ScenarioOutcome.HELD]


def test_a_failing_teardown_fails_a_scenario_that_held(ran: Runs) -> None:
    (result,) = ran(f'{HEAD}scenario "A"\n  wait 1s\nteardown\n  expect no screen id:home\n')
    assert result.outcome is ScenarioOutcome.UNMET
    assert "expect no screen id:home" in result.text


def test_variables_are_set_and_captured(ran: Runs) -> None:
    (result,) = ran(
        f"""{HEAD}{SALE}scenario "A"
  let amount = 1234
  sale ${{amount}} visa-online-pin
  press ${{card.pin}} OK
  expect screen "Approved"
  capture reference from journal /reference=(\\w+)/
  capture total from receipt /([0-9.]+)$/
  expect journal sale reference=${{reference}} pan="${{masked}}"
  note "${{card.last4}} ${{card.expiry}}"
examples masked
  "424242******4242"
"""
    )
    assert (result.outcome, result.text) == (ScenarioOutcome.HELD, "")
    assert result.notes[0].startswith("4242 ")


def test_what_a_captured_value_cannot_be_is_told_with_the_right_word(ran: Runs) -> None:
    (result,) = ran(f'{HEAD}scenario "A"\n  capture word from screen /(S\\w+)/\n  press ${{word}}\n')
    assert result.outcome is ScenarioOutcome.UNMET
    assert "v400m has no key 'Start'" in result.text


def test_secrets_come_from_the_environment_and_are_masked_everywhere(ran: Runs) -> None:
    (result,) = ran(
        f'{HEAD}secret CODE\nscenario "A"\n  note "code ${{CODE}}"\n  expect screen "code ${{CODE}}" within 1s\n',
        {"CODE": "xyzzy"},
    )
    assert result.notes == ("code ***",)
    assert "xyzzy" not in result.text
    assert "***" in result.text


def test_the_clock_starts_where_the_script_says(ran: Runs) -> None:
    (result,) = ran(
        f"""{HEAD}clock 2026-03-01T23:59:00
{SALE}scenario "A"
  sale 100 visa-credit
  expect journal sale at="2026-03-01 23:59:00"
"""
    )
    assert result.outcome is ScenarioOutcome.HELD, result.text


def test_a_kept_journal_counts_only_what_a_scenario_did(ran: Runs, tmp_path: Path) -> None:
    text = f"""{HEAD}{SALE}scenario "A"
  expect no journal sale
  expect no report
  sale 100 visa-credit
  expect journal sale state=COMPLETED count=1
  expect report count=1
"""
    for _ in range(2):
        (result,) = ran(text, options=Options(state=tmp_path / "kept"))
        assert result.outcome is ScenarioOutcome.HELD, result.text


def test_a_folder_of_cards_adds_to_the_deck(ran: Runs, tmp_path: Path) -> None:
    (tmp_path / "deck").mkdir()
    (tmp_path / "deck" / "mine.toml").write_text('card = 1\nextends = "visa-credit"\n')
    (result,) = ran(f'{HEAD}cards deck\n{SALE}scenario "A"\n  sale 100 mine\n  expect screen "Approved"\n')
    assert result.outcome is ScenarioOutcome.HELD, result.text


def test_the_same_script_holds_over_a_real_line(ran: Runs) -> None:
    (result,) = ran(
        f'{HEAD}{SALE}scenario "A"\n  sale 100 visa-credit\n  expect screen "Approved"\n',
        options=Options(reader="pty"),
    )
    assert result.outcome is ScenarioOutcome.HELD, result.text


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ("wait 1s", ExitCode.HELD),
        ('expect screen "Nowhere" within 1s', ExitCode.UNMET),
        ("remove card", ExitCode.UNMET),
    ],
)
def test_the_exit_code_is_the_worst_that_happened(ran: Runs, steps: str, code: ExitCode) -> None:
    results = ran(f'{HEAD}scenario "Holds"\n  wait 1s\nscenario "A"\n  {steps}\n')
    assert exit_code(results) is code


def test_the_exit_code_says_that_nothing_ran(ran: Runs) -> None:
    results = ran('keys 1\nterminal s1f2\nrequires moto\nscenario "A"\n  wait 1s\n')
    assert [result.outcome for result in results] == [ScenarioOutcome.SKIPPED]
    assert exit_code(results) is ExitCode.NOTHING
    assert exit_code([]) is ExitCode.NOTHING


def test_a_bench_that_breaks_is_no_failed_expectation(ran: Runs, tmp_path: Path) -> None:
    sink = (tmp_path / "trace.jsonl").open("w")
    sink.close()
    results = ran(f'{HEAD}scenario "A"\n  wait 1s\n', options=Options(subscribers=(JsonLines(sink),)))
    assert [result.outcome for result in results] == [ScenarioOutcome.BROKEN]
    assert "the bench broke" in results[0].text
    assert exit_code(results) is ExitCode.BROKEN


def test_what_must_not_be_is_told_without_an_article(ran: Runs) -> None:
    sale = '  press OK 100 OK\n  insert visa-credit\n  expect screen "Approved"\n'
    (result,) = ran(f'{HEAD}scenario "A"\n{sale}  expect no beep\n')
    assert "expected   no beep\n" in result.text
    (result,) = ran(f'{HEAD}scenario "A"\n{sale}  expect no receipt "VISA" copy=customer\n')
    assert 'expected   no customer receipt "VISA"\n' in result.text


@pytest.mark.parametrize("wait", ["1d", "36525d"])
def test_no_wait_leads_out_of_the_years_that_messages_can_say(ran: Runs, wait: str) -> None:
    """The sale after it made a message that no acquirer could read, and the bench broke."""
    sale = "  press OK 100 OK\n  insert visa-credit\n"
    (result,) = ran(f'{HEAD}clock 2099-12-31T23:59:00\nscenario "A"\n  wait {wait}\n{sale}')
    assert result.outcome is ScenarioOutcome.UNMET
    assert f"{wait} from 2099-12-31 23:59:00 the clock is past 2099" in result.text


def test_a_state_folder_that_cannot_be_used_is_no_fault_of_the_bench(ran: Runs, tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("no folder")
    with pytest.raises(CannotBegin, match=f"{occupied}: cannot be made"):
        ran(f'{HEAD}scenario "A"\n  wait 1s\n', options=Options(state=occupied))


def test_what_is_left_over_at_the_end_is_said_in_the_notes(ran: Runs) -> None:
    left, over = ran(
        """\
keys 1
terminal v400m

scenario "left"
  network down
  host answers declined:51 approved

scenario "put right"
  network down
  network up
"""
    )
    assert left.notes == ("left over: network down, host answers declined:51 approved",)
    assert over.notes == ()


def test_a_variable_may_hold_a_selector_of_any_form(ran: Runs) -> None:
    results = ran(
        """\
keys 1
terminal v400m

scenario "A"
  expect screen ${what}
  tap ${what}
  examples
    | what |
    | Start |
    | "Start" |
    | id:start |
    | /St.rt/ |
"""
    )
    assert [result.text for result in results] == [""] * 4


def test_a_cell_has_quotation_marks_around_all_of_it_or_within(problems: Finds, ran: Runs) -> None:
    table = 'keys 1\nterminal v400m\nscenario "A"\n  note "${text}"\n  examples\n    | text |\n'
    rows = '    | "a | b" |\n    | "a \\"b\\"" |\n    | say "hi |\n    | "" |\n'
    assert [result.notes for result in ran(table + rows)] == [("a | b",), ('a "b"',), ('say "hi',), ("",)]
    for cell in ('"a" and "b"', '"hi'):
        (found,) = problems(f"{table}    | {cell} |\n")
        assert "is one text in quotation marks" in found.sentence
