"""A bundle is done again from itself alone, and gives the same trace byte for byte."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

import terminal_drivers
import terminal_sim
from terminal_sim.explore.bundle import Bundle, BundleError
from terminal_sim.explore.bundle_file import packed, read, unpacked, write
from terminal_sim.explore.bundles import OneBundle
from terminal_sim.explore.recorded_act import RecordedAct
from terminal_sim.explore.replay import Replay, replayed
from terminal_sim.script.check import check
from terminal_sim.script.options import Options
from terminal_sim.script.parse import parse
from terminal_sim.script.plan import Case, plan
from terminal_sim.script.results import ScenarioOutcome
from terminal_sim.script.run import Runner
from terminal_sim.script.vocabulary import vocabulary
from tests.explore.conftest import KeptRun
from tests.patience import PATIENCE

ROOT = Path(terminal_sim.__file__).parent.parent
DRIVERS = Path(terminal_drivers.__file__).parent.parent
SCRIPTS = ROOT / "tests" / "scripts"
SAMPLE = ("host_pack.en.keys", "s1f2_void.fr.keys")
"""Scripts that stand for all of them in `make test`."""

SALE = """keys 1
terminal v400m
scenario "A sale"
  press OK 1250 OK
  insert visa-online-pin
  press ${card.pin} OK
  expect screen "Approved"
  expect receipt "never printed"
"""


def again(bundle: Bundle, **environ: str) -> object:
    """The first difference of a replay of the bundle as it is read from its bytes."""
    return replayed(unpacked(packed(bundle)), environ)


def test_a_run_that_fails_is_the_same_again(kept: KeptRun) -> None:
    bundle = kept(SALE)
    assert bundle.head.end.outcome == "failed"
    assert [act.act for act in bundle.acts] == [
        ("press", "OK", "1250", "OK"),
        ("insert", "visa-online-pin"),
        ("press", "${visa-online-pin.pin}", "OK"),
    ]
    assert again(bundle) is None


def test_the_same_run_makes_the_same_bytes(kept: KeptRun) -> None:
    assert packed(kept(SALE)) == packed(kept(SALE))


def test_a_script_of_the_bundle_fails_as_the_run_did(kept: KeptRun, tmp_path: Path) -> None:
    file = tmp_path / "again.keys"
    file.write_text(kept(SALE).script)
    (case,) = plan(check(parse(file), vocabulary(), environ={}))
    result = Runner().run(case)
    assert result.outcome is ScenarioOutcome.UNMET
    assert 'expect receipt "never printed"' in result.text


def test_the_line_that_did_not_hold_has_the_values_of_its_macro(kept: KeptRun) -> None:
    script = """keys 1
terminal v400m
macro look-for ${what}
  expect screen "${what}" within 1s
scenario "A"
  let word = Nowhere
  look-for ${word}
"""
    bundle = kept(script)
    assert bundle.script.splitlines()[-1] == '  expect screen "Nowhere" within 1s'
    assert bundle.head.end.sentence.startswith('expected "Nowhere" on the screen within 1s; there was: ')


@pytest.mark.parametrize(
    ("meaning", "script", "selected"),
    [
        (
            "a scenario that goes on from a state in the middle of a payment",
            """keys 1
terminal square-terminal
with offline.allowed=true
scenario "Until the card"
  press 1250
  tap id:charge
  insert visa-credit
  expect screen id:approved
  network down
  save state sold
scenario "From there"
  from state sold
  wait 2h
  network up
  expect no screen id:charge
""",
            "From",
        ),
        (
            "macros, rows of examples and a variable that is captured",
            """keys 1
terminal s1f2
locale fr-CA
macro pay ${amount} ${card}
  tap id:payment
  press ${amount} OK
  insert ${card}
scenario "A row"
  pay ${amount} ${card}
  capture reference from receipt /(S1F2\\d+)/
  expect screen "${reference}"
examples amount card
  1250 visa-credit
""",
            "",
        ),
        (
            "a till, a fault, a tear, an answer that comes late and a power cut",
            """keys 1
terminal v400m
scenario "A bad day"
  pos sale T1 1250 server="Ann Marie"
  tear card after genac1
  insert visa-credit
  wait 1min
  fault printer-jam
  host answers late:45s declined:51
  press OK 2000 OK
  tap-card phone
  wait 2min
  power cut
  wait 5s
  power on
  hold CANCEL for 2s
  paper in
  press! 7 7
  expect screen "nowhere"
""",
            "",
        ),
        (
            "an act that is refused",
            'keys 1\nterminal v400m\nscenario "Twice"\n  power off\n  wait 1min\n  power on\n  power on\n',
            "",
        ),
        (
            "orders, options and a clock",
            """keys 1
terminal square-register
clock 2027-02-28T23:59:30
with offline.allowed=true
scenario "An order in an outage"
  network down
  order "Two \\"large\\" teas, one cup" 1250
  save state kept
  wait 26h
  network up
  expect screen "nowhere" within 1min
""",
            "",
        ),
    ],
)
def test_runs_of_every_kind_are_the_same_again(
    kept: KeptRun, meaning: str, script: str, selected: str
) -> None:
    assert again(kept(script, selected)) is None, meaning


def test_an_own_profile_and_own_cards_travel_with_the_run(kept: KeptRun, tmp_path: Path) -> None:
    (tmp_path / "deck").mkdir()
    (tmp_path / "deck" / "mine.toml").write_text('card = 1\nextends = "visa-credit"\nid = "mine"\n')
    (tmp_path / "tall.toml").write_text('extends = "v400m"\nid = "tall"\n')
    bundle = kept(
        'keys 1\nterminal ./tall.toml\ncards deck\nscenario "A"\n  press OK 1250 OK\n  insert mine\n  expect screen id:declined\n'
    )
    (tmp_path / "deck" / "mine.toml").unlink()
    (tmp_path / "tall.toml").unlink()
    assert list(bundle.cards) == ["mine"]
    assert bundle.is_private
    assert again(bundle) is None


def test_a_secret_of_the_script_is_asked_of_the_environment_again(kept: KeptRun) -> None:
    script = """keys 1
terminal v400m
secret CODE
scenario "A wrong passcode"
  press 8 OK ${CODE} OK
  expect screen id:moto
"""
    bundle = kept(script, environ={"CODE": "4711"})
    assert bundle.acts[0].act == ("press", "8", "OK", "${CODE}", "OK")
    assert again(bundle, CODE="4711") is None
    with pytest.raises(BundleError, match="CODE"):
        again(bundle)


def test_a_recorded_reader_is_replayed_from_the_recording(kept: KeptRun, tmp_path: Path) -> None:
    record = tmp_path / "recordings"
    record.mkdir()
    kept(SALE, options=Options(reader="pty", record=record))
    bundle = kept(SALE, options=Options(reader=f"recording:{record}"))
    assert bundle.is_private
    assert bundle.recording
    assert again(bundle) is None


def test_a_reader_beyond_our_hands_without_its_recording_is_said_in_a_sentence(kept: KeptRun) -> None:
    bundle = kept(SALE)
    for address in ("ccid+serial:///dev/ttyUSB0", "recording:/etc/passwd", "no-such"):
        head = msgspec.structs.replace(bundle.head, readers=(address,))
        with pytest.raises(BundleError, match="no bench can be made"):
            replayed(Bundle(head=head, acts=bundle.acts, trace=bundle.trace, script=""), {})


def test_a_difference_names_the_event_both_lines_and_both_screens(kept: KeptRun) -> None:
    bundle = kept(SALE)
    at = next(place for place, line in enumerate(bundle.trace) if '"amount": 1250' in line)
    changed = bundle.trace[at].replace("1250", "1251")
    trace = (*bundle.trace[:at], changed, *bundle.trace[at + 1 :])
    difference = replayed(Bundle(head=bundle.head, acts=bundle.acts, trace=trace, script=""), {})
    assert difference is not None
    assert (difference.wanted, difference.got) == (changed, bundle.trace[at])
    assert difference.event == msgspec.json.decode(changed)["n"]
    assert difference.wanted_screen == difference.got_screen
    assert "Processing" in difference.got_screen


@pytest.mark.parametrize("change", ["an act less", "a line less", "a line more"])
def test_what_is_missing_and_what_is_too_much_is_a_difference(kept: KeptRun, change: str) -> None:
    bundle = kept(SALE)
    acts, trace = bundle.acts, bundle.trace
    if change == "an act less":
        acts = acts[:-1]
    trace = {"a line less": trace[:-1], "a line more": (*trace, trace[-1])}.get(change, trace)
    assert replayed(Bundle(head=bundle.head, acts=acts, trace=trace, script=""), {}) is not None


def test_a_replay_stops_when_an_event_has_happened(kept: KeptRun) -> None:
    bundle = kept(SALE)
    for event in (1, 20, 30, bundle.last_event):
        with Replay(bundle, {}) as replay:
            list(replay.acts(event))
            assert replay.event >= event
            assert replay.difference is None
            assert replay.bench.now.mono <= bundle.head.end.mono


@pytest.mark.parametrize(
    "words", [("insert",), ("fault", "no-such"), ("network", "sideways"), ("press", "${nobody.pin}")]
)
def test_an_act_that_cannot_be_meant_is_one_sentence_or_a_difference(
    kept: KeptRun, words: tuple[str, ...]
) -> None:
    bundle = kept(SALE)
    acts = (*bundle.acts[:1], RecordedAct(19, words, bundle.acts[0].mono))
    sentence = ""
    try:
        difference = replayed(Bundle(head=bundle.head, acts=acts, trace=bundle.trace, script=""), {})
    except BundleError as wrong:
        difference, sentence = None, str(wrong)
    assert (difference is None) == (sentence != "")
    assert "\n" not in sentence


def test_another_folder_user_locale_and_hash_seed_give_the_same_bytes(kept: KeptRun, tmp_path: Path) -> None:
    write(kept(SALE), tmp_path / "moved" / "elsewhere.tsim")
    environ = {
        "HOME": str(tmp_path / "nobody"),
        "LC_ALL": "C",
        "LANG": "fr_CA.UTF-8",
        "TZ": "Asia/Tokyo",
        "PYTHONHASHSEED": "4242",
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(DRIVERS))),
    }
    command = [sys.executable, "-m", "terminal_sim", "replay", "elsewhere.tsim"]
    ran = subprocess.run(
        command,
        cwd=tmp_path / "moved",
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "the same, byte for byte" in ran.stdout
    assert [file.name for file in (tmp_path / "moved").iterdir()] == ["elsewhere.tsim"]
    assert not (tmp_path / "nobody").exists()


@pytest.mark.parametrize("profile", vocabulary().profiles)
def test_a_payment_and_an_outage_are_the_same_again_on_every_terminal(kept: KeptRun, profile: str) -> None:
    script = f"""keys 1
terminal {profile}
scenario "A payment"
  tap /Start|Payment|Keypad|Charge/
  network down
  press! 1 0 0 0 OK
  wait 10s
  network up
  wait 1h
"""
    bundle = kept(script)
    assert bundle.head.terminals[0].profile == profile
    assert again(bundle) is None


def cases(script: Path) -> list[Case]:
    return [case for case in plan(check(parse(script), vocabulary(), environ=os.environ)) if not case.skip]


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(file, id=file.name, marks=() if file.name in SAMPLE else pytest.mark.soak)
        for file in sorted(SCRIPTS.rglob("*.keys"))
    ],
)
def test_every_acceptance_script_is_the_same_again_on_its_terminals(script: Path, tmp_path: Path) -> None:
    file = tmp_path / "run.tsim"
    runner = Runner(Options(keeper=OneBundle(file)))
    for case in cases(script):
        result = runner.run(case)
        assert result.bundle == file, result.text
        assert replayed(read(file), os.environ) is None, f"{case.title} on {case.profile}"
