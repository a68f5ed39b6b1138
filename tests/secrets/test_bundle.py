"""A bundle is searched for planted secrets: card numbers of the product's cards and typed ones, PINs and security codes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from functools import cache

import pytest

from terminal_sim.explore.bundle_file import read
from terminal_sim.explore.bundles import OneBundle
from terminal_sim.explore.replay import replayed
from terminal_sim.explore.secret_words import stand_in
from terminal_sim.script.check import check
from terminal_sim.script.options import Options
from terminal_sim.script.parse import parse
from terminal_sim.script.plan import plan
from terminal_sim.script.run import Runner
from terminal_sim.script.vocabulary import vocabulary
from tests.secrets.encodings import spellings, telling_runs

PAN = "4111111111111111"  # of visa-credit
PIN_PAN = "4242424242424242"  # of visa-online-pin
KEYED_PAN = "5555440244854655"  # of no card
SECOND_KEYED_PAN = "5555445826984655"  # the same to a mask
PIN, CVC, KEYED_CVC = "4321", "737", "394"

MOTO = """keys 1
terminal v400m
scenario "Keyed"
  press OK 1000 OK
  insert visa-online-pin
  press 43
  wait 1s
  press 21 OK
  expect screen id:approved
  remove card
  wait 1min
  press 8 OK 0856 OK
  tap id:moto
  press 3000 OK {keyed} OK 0731 OK {cvc} OK 12345 OK 1 OK
  expect screen id:approved within 10s
  wait 1min
  press 8 OK 0856 OK
  tap id:moto
  press 3000 OK 41111111 CLEAR 111111111 OK 0330 OK 737 OK 21 OK 1234 OK
  expect screen id:approved within 10s
  {more}
"""
STATE = """keys 1
terminal square-terminal
with offline.allowed=true
scenario "Until there"
  network down
  press 1250
  tap id:charge
  insert visa-credit
  remove card
  expect screen id:home within 1min
  press 1250
  tap id:charge
  swipe visa-stripe
  save state there
scenario "From there"
  from state there
  network up
  wait 1d
  expect screen "nowhere"
"""

Members = Callable[..., dict[str, bytes]]


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> Members:
    """Runs the last scenario of a script, and gives the members of its bundle, which is the same again."""

    @cache
    def run(text: str) -> dict[str, bytes]:
        folder = tmp_path_factory.mktemp("run")
        script, file = folder / "planted.keys", folder / "planted.tsim"
        script.write_text(text)
        *_, case = plan(check(parse(script), vocabulary(), environ={}))
        result = Runner(Options(keeper=OneBundle(file))).run(case)
        assert result.bundle == file, result.text
        assert replayed(read(file), {}) is None
        with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as found:
            return {name: found.read(name) for name in found.namelist()}

    return run


def said(keyed: str = KEYED_PAN, cvc: str = KEYED_CVC) -> str:
    return MOTO.format(keyed=keyed, cvc=cvc, more='expect screen "nowhere"')


@pytest.mark.parametrize("pan", [PAN, PIN_PAN, KEYED_PAN])
@pytest.mark.parametrize("text", [said(), STATE], ids=["keyed", "from a state"])
def test_no_member_holds_a_card_number_in_any_spelling(members: Members, text: str, pan: str) -> None:
    for name, content in members(text).items():
        for way, spelled in spellings(pan).items():
            assert spelled.lower() not in content.lower(), f"{name}: {way}"


def test_no_member_holds_more_of_a_typed_number_than_a_mask_shows(members: Members) -> None:
    for name, content in members(said()).items():
        if not name.startswith("screens/"):
            told = content.decode().replace(stand_in(KEYED_PAN), "")
            assert list(telling_runs(told, KEYED_PAN)) == [], name


def test_typed_secrets_are_said_by_their_names(members: Members) -> None:
    acts = members(said())["acts.jsonl"].decode()
    assert f'"{PIN}"' not in acts
    assert f'"{CVC}"' not in acts
    assert '"${visa-online-pin.pin:0:2}"' in acts
    assert '"${visa-online-pin.pin:2:4}"' in acts
    assert '"${passcode.admin}"' in acts
    assert '"${visa-credit.cvc}"' in acts


def test_a_bundle_does_not_tell_which_number_or_code_of_no_card_was_typed(members: Members) -> None:
    first, other = members(said()), members(said(SECOND_KEYED_PAN, "815"))
    for name, content in first.items():
        assert other[name] == content, name


def test_pins_and_codes_of_a_saved_state_are_said_by_their_names(members: Members) -> None:
    state = members(STATE)["state.json"].decode()
    assert re.findall(r'"is":"secret","of":"\d', state) == []
    assert "${visa-credit.pan}" in state
    assert re.search(r"\$\{[a-z-]+\.pin\}", state)
