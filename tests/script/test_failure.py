"""A failure says what was expected, what was there, both screens, the trace and how to run it again, within forty lines."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from terminal_sim.script.failure import LINES
from terminal_sim.script.options import Options
from terminal_sim.script.results import ScenarioOutcome
from terminal_sim.verbs.mask import Mask
from tests.script.conftest import Runs

SCRIPT = """keys 1
terminal v400m
locale   fr-CA
macro pay ${amount} ${card}
  press OK
  press ${amount} OK
  insert ${card}
scenario "Paiement" @vente
  pay 1000 ${card}
  expect screen "Aprouvé"
examples card
  visa-credit-fr
  visa-declined
"""


def test_a_failure_says_everything_within_forty_lines(ran: Runs) -> None:
    result = ran(SCRIPT)[0]
    lines = result.text.splitlines()
    assert len(lines) <= LINES
    assert lines[0].endswith('test.keys:10: expect screen "Aprouvé"')
    assert lines[1] == '  scenario   "Paiement [card=visa-credit-fr]" on v400m, fr-CA, reader virtual'
    assert lines[2] == '  expected   "Aprouvé" on the screen within 30s'
    assert '"Approuvé"' in lines[3]
    assert re.match(r" +because .*\(oda\.not-performed, B3 10\.3\)", lines[4])
    [screens] = [line for line in lines if "screen when the step began" in line]
    assert "screen when the step began, 00:00:00.000" in screens
    assert "screen now, 00:00:30.000" in screens
    assert "Traitement en cours" in result.text
    assert "Retirez la carte" in result.text
    trace = lines[lines.index("  last of the trace:") + 1 : -1]
    assert len(trace) == 10
    assert all(re.match(r"  +\d+ 00:00:", line) for line in trace)


def test_a_failure_names_the_event_after_which_it_looked(ran: Runs) -> None:
    text = ran(SCRIPT)[0].text
    last = re.findall(r"^  +(\d+) 00:00:", text, re.MULTILINE)[-1]
    assert f"screen now, 00:00:30.000, event {last}" in text


def test_an_act_that_is_refused_names_the_event_too(ran: Runs) -> None:
    (result,) = ran('keys 1\nterminal v400m\nscenario "A"\n  press OK\n  power on\n')
    last = re.findall(r"^  +(\d+) 00:00:", result.text, re.MULTILINE)[-1]
    assert f"  event      {last}" in result.text.splitlines()


def test_deep_calls_and_tall_screens_are_cut_so_that_a_failure_stays_within_forty_lines(
    ran: Runs, tmp_path: Path
) -> None:
    keys = ", ".join(f'["{key}"]' for key in ["OK", "CLEAR", "CANCEL", *"0123456789", "F1", "F2", "F3", "F4"])
    (tmp_path / "tall.toml").write_text(f'extends = "s1f2"\nid = "tall"\n[keypad]\nlayout = [{keys}]\n')
    macros = "".join(f"macro m{n}\n  m{n + 1}\n" for n in range(25))
    (result,) = ran(
        f"""keys 1
terminal ./tall.toml
{macros}macro m25
  tap "Payment"
  wait 1s
  expect screen "Nowhere" within 1s
scenario "A"
  m0
"""
    )
    lines = result.text.splitlines()
    assert len(lines) <= LINES
    assert "  and so on, 21 calls more" in lines
    assert any(line.endswith("lines more") for line in lines)
    assert lines[-1].startswith("  again: ")


def test_the_command_of_a_failure_runs_that_scenario_alone(ran: Runs) -> None:
    failed = ran(SCRIPT)[1]
    command = shlex.split(failed.text.splitlines()[-1].removeprefix("  again: "))
    assert command[:2] == ["terminal-sim", "run"]
    assert command[2].endswith("test.keys")
    assert command[3:7] == ["--profile", "v400m", "--locale", "fr-CA"]
    assert command[7] == "-k"
    (again,) = ran(SCRIPT, expression=command[8])
    assert again.case.title == failed.case.title == "Paiement [card=visa-declined]"


def test_the_command_keeps_the_options_of_the_run(ran: Runs) -> None:
    failed = ran(SCRIPT, options=Options(seed=7, reader="pty"))[0]
    assert "--seed 7 --reader pty -k" in failed.text.splitlines()[-1]


def test_a_step_of_a_macro_names_who_called_it(ran: Runs) -> None:
    (result,) = ran(
        """keys 1
terminal v400m
macro inner ${time}
  wait ${time}
  remove card
macro outer
  inner 1s
scenario "A"
  outer
"""
    )
    lines = result.text.splitlines()
    assert lines[0].endswith("test.keys:5: remove card")
    assert [line.split("test.keys:")[1] for line in lines[1:3]] == ["7: inner 1s", "9: outer"]
    assert lines[4] == "  no card is in the slot"


def test_a_key_that_the_screen_ignores_is_named_at_once(ran: Runs) -> None:
    (result,) = ran('keys 1\nterminal v400m\nscenario "A"\n  press 5 F1\n')
    assert result.outcome is ScenarioOutcome.UNMET
    assert 'expected   the screen to take the key "F1"' in result.text
    assert "there was  a screen that takes 1 2 3" in result.text
    assert result.took == 0


def test_two_matches_for_a_touch_are_both_listed(ran: Runs) -> None:
    (result,) = ran('keys 1\nterminal s1f2\nscenario "A"\n  tap /n/\n')
    there = next(line for line in result.text.splitlines() if line.startswith("  there was"))
    assert "id:payment" in there
    assert "id:transactions" in there
    assert result.took == 0


def test_the_nearest_row_of_the_journal_is_told(ran: Runs) -> None:
    (result,) = ran(
        SCRIPT.split("  expect")[0]
        .replace("${card}\ns", "${card}\ns")
        .replace(
            "pay 1000 ${card}",
            'pay 1000 visa-credit\n  expect screen "Approuvé"\n  expect journal sale amount=1001 within 1s',
        )
    )
    assert "expected   sale amount=1001 in the journal within 1s" in result.text
    assert "there was  sale amount=1000" in result.text


def test_card_numbers_and_pins_are_masked_in_a_failure(ran: Runs) -> None:
    (result,) = ran(
        """keys 1
terminal v400m
scenario "A"
  press OK
  press 1000 OK
  insert visa-online-pin
  press 4321 OK
  expect screen "4321 ${card.pan} 4111111111111111" within 1s
"""
    )
    assert result.outcome is ScenarioOutcome.UNMET
    for secret in ("4321", "4242424242424242", "4111111111111111"):
        assert secret not in result.text
    assert "411111******1111" in result.text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("pan 4111111111111111.", "pan 411111******1111."),
        ("pan 4111 1111 1111 1111.", "pan 411111******1111."),
        ("amount 41111111111111112 wrong digit", "amount 41111111111111112 wrong digit"),
        ("stan 000001 at 20260115", "stan 000001 at 20260115"),
        ("pin 1234 of 12345", "pin *** of 12345"),
        ("pin1234, PIN1234 and 1234x", "pin***, PIN*** and ***x"),
        ("00:00:01.234 12.34 1,234 09:12:34", "00:00:01.234 12.34 1,234 09:12:34"),
        ("1.1234 reference A71234B 1234Z9", "1.1234 reference A71234B 1234Z9"),
        ("token abc-xyz", "token ***-xyz"),
        ("reference GRUC4111111111111111", "reference GRUC4111111111111111"),
        ("4111111111111111X", "4111111111111111X"),
        ("no brand: 9999999999999995", "no brand: 9999999999999995"),
        ("pan=4111-1111-1111-1111", "pan=411111******1111"),
        ("a \x1b[31mRED\x07\u202e", "a \\x1b[31mRED\\x07\\u202e"),
    ],
)
def test_a_mask_hides_card_numbers_and_what_it_was_told(text: str, masked: str) -> None:
    assert Mask(["1234", "abc", ""])(text) == masked


def test_a_failure_says_what_was_not_as_it_should_be(ran: Runs) -> None:
    (result,) = ran(
        """keys 1
terminal square-terminal
scenario "A"
  network down
  network slow 2s
  service down
  battery 7%
  paper low
  tear card after apdu 3
  fault power-cut-after 90
  fault commit-unknown
  host answers declined:51 late:2min timeout partial:500 approved
  expect screen "nothing" within 1s
"""
    )
    (line,) = [line for line in result.text.splitlines() if "meanwhile" in line]
    assert line == (
        "  meanwhile  network down, network slow 2s, service down, paper low, battery 7%, fault power-cut-after 90, fault commit-unknown,"
        " tear card after apdu 3, host answers declined:51 late:2min timeout partial:500 approved"
    )


def test_a_link_and_an_app_that_are_away_are_said_too(ran: Runs) -> None:
    (result,) = ran(
        """keys 1
terminal square-reader
scenario "A"
  fault reader-link down
  fault app closed
  tear card after genac1
  expect screen "nothing" within 1s
"""
    )
    assert "\n  meanwhile  fault reader-link down, fault app closed, tear card after genac1\n" in result.text


def test_what_went_by_is_not_said(ran: Runs) -> None:
    (result,) = ran(
        """keys 1
terminal v400m
scenario "A"
  network down
  network up
  host answers declined
  press OK 500 OK
  insert visa-credit
  expect screen "nothing" within 1s
"""
    )
    assert "meanwhile" not in result.text


def test_everything_secret_of_a_card_is_masked_in_notes_and_failures(ran: Runs) -> None:
    (result,) = ran(
        """\
keys 1
terminal v400m
scenario "A"
  press OK 1000 OK
  insert mastercard-pin
  note "pan ${card.pan} cvc${card.cvc} exp ${card.expiry} pin ${card.pin} last ${card.last4}"
  expect screen "code ${card.cvc} until ${card.expiry}" within 1s
"""
    )
    (note,) = result.notes
    assert note == "pan *** cvc*** exp *** pin *** last 1111"
    assert 'expected   "code *** until ***"' in result.text


def test_what_is_typed_into_a_hidden_field_is_masked(ran: Runs) -> None:
    (result,) = ran(
        """\
keys 1
terminal v400m
scenario "A"
  press 8 OK 0856 OK
  tap "Moto payment"
  press 1000 OK 4111111111111111 OK 0330 OK
  expect screen "CVC"
  press 737
  note "0856 0330 737 1000"
  expect screen "0330 737" within 1s
"""
    )
    assert result.notes == ("*** *** *** 1000",)
    for typed in ("0330", "737 ", "03/30"):
        assert typed not in result.text


EXPIRY = """keys 1
terminal v400m
scenario "MOTO"
  press 8 OK
  press 0856 OK
  tap   id:moto
  press 1000 OK
  press 4111111111111111 OK
  expect screen id:expiry
  press {expiry}
  expect screen "00/0" within 1s
"""


def test_an_expiry_that_is_being_typed_is_masked_in_text_and_picture(ran: Runs, tmp_path: Path) -> None:
    pictures = set()
    for at, expiry in enumerate(("0330", "1229")):
        (result,) = ran(EXPIRY.format(expiry=expiry), options=Options(out=tmp_path / str(at)))
        assert result.outcome is ScenarioOutcome.UNMET
        assert "**/**" in result.text
        assert f"{expiry[:2]}/{expiry[2:]}" not in result.text
        pictures |= {file.read_bytes() for file in (tmp_path / str(at)).rglob("*.png")}
    assert len(pictures) == 1


def test_control_characters_of_a_script_are_escaped_wherever_they_are_shown(ran: Runs) -> None:
    (result,) = ran(
        'keys 1\nterminal square-terminal\nscenario "a \x1b[31mRED"\n  note "\x1b[2J"\n  order "\x9b2J" 700\n  expect screen "\x1b]0;x\x07" within 1s\n'
    )
    assert result.notes == ("\\x1b[2J",)
    assert "\\x1b]0;x\\x07" in result.text
    assert not any(character in result.text for character in "\x1b\x07\x9b")


def test_a_failure_shows_every_display_and_the_lights(ran: Runs) -> None:
    (result,) = ran(
        """keys 1
terminal square-register
scenario "A"
  press 1250
  tap id:charge
  expect screen "nothing" on customer within 1s
"""
    )
    assert len(result.text.splitlines()) <= LINES
    shown = result.text.partition("screen when the step began")[2].partition("last of the trace")[0]
    seller, _, customer = shown.partition("\n  customer\n")
    assert "\n  seller\n" in seller
    assert "Tap, swipe or insert card" in customer
    assert "\n  lights: chip on, contactless on" in customer
