"""What somebody did by hand becomes a script whose replay gives the same trace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from terminal_sim.bench import Bench, Trace
from terminal_sim.runtime.trace import Tail
from terminal_sim.script.bind import VerbCall
from terminal_sim.script.check import check
from terminal_sim.script.options import Options
from terminal_sim.script.parse import parse_text
from terminal_sim.script.plan import plan
from terminal_sim.script.recorder import IdleTime, ScriptHead, ScriptRecorder
from terminal_sim.script.recorder.replay import replay
from terminal_sim.script.results import ScenarioOutcome
from terminal_sim.script.run import Runner
from terminal_sim.script.typed_lines import TypedLines
from terminal_sim.script.vocabulary import vocabulary
from terminal_sim.verbs import Tester

ENOUGH = 1_000_000


def by_chip_and_pin(tester: Tester) -> None:
    tester.press("OK", "1234", "OK")
    tester.insert("visa-online-pin")
    tester.press("4321", "OK")
    tester.expect_screen("Approved")
    tester.remove_card()


def with_trouble(tester: Tester) -> None:
    tester.network("down")
    tester.wait("5s")
    tester.hold("OK", for_="2s")
    tester.press_blindly("F1")
    tester.press("CANCEL")
    tester.network("up")
    tester.host_answers("declined:51")
    tester.press("OK", "500", "OK")
    tester.tap_card("visa-credit")
    tester.wait("1min")
    tester.power("cut")
    tester.power("on")


def behind_the_passcode(tester: Tester) -> None:
    tester.press("8", "OK", "0856", "OK")
    tester.tap("id:moto")
    tester.press("1000", "OK", "4111111111111111", "OK", "0330", "OK", "737", "OK")
    tester.expect_screen("Approved")


SECRETS = {"PASSCODE": "0856", "CARD_NUMBER": "4111111111111111", "EXPIRY": "0330", "CVC": "737"}
DONE: list[Callable[[Tester], None]] = [by_chip_and_pin, with_trouble, behind_the_passcode]


def recorded(act: Callable[[Tester], None]) -> tuple[str, list[str]]:
    """The script, and the trace that it came from."""
    trace = Trace(keep=ENOUGH)
    with Bench(trace=trace) as bench:
        terminal = bench.add_terminal("v400m")
        recorder = ScriptRecorder(bench, terminal, ScriptHead(profile="v400m", locale="en-CA"))
        act(Tester(bench, terminal))
        text = recorder.recording('by "hand"').keys()
    return text, [entry.json() for entry in trace.entries]


@pytest.mark.parametrize("act", DONE)
def test_a_replay_gives_the_same_trace(act: Callable[[Tester], None]) -> None:
    text, before = recorded(act)
    tail = Tail(ENOUGH)
    program = check(parse_text(text, Path("recorded.keys")), vocabulary(), environ=SECRETS)
    (result,) = [Runner(Options(subscribers=(tail,))).run(case) for case in plan(program)]
    assert result.outcome is ScenarioOutcome.HELD, result.text
    assert [entry.json() for entry in tail.entries] == before


@pytest.mark.parametrize("act", DONE)
def test_a_recording_holds_no_secret(act: Callable[[Tester], None]) -> None:
    text, _ = recorded(act)
    assert [secret for secret in (*SECRETS.values(), "4321") if secret in text] == []


def test_a_pin_is_that_of_the_card() -> None:
    assert "press ${card.pin} OK" in recorded(by_chip_and_pin)[0]


def test_time_that_passed_is_waited_for() -> None:
    text, _ = recorded(with_trouble)
    assert "  network down\n  wait 5s\n  hold OK for 2s\n" in text
    assert "  press! F1\n" in text


def thoughtfully(lines: TypedLines, recorder: ScriptRecorder) -> None:
    """A sale by a person who takes a moment before each line, as a clock has it that runs by the wall."""
    for line in (
        "press OK",
        "press 12",
        "press 34 OK",
        "insert visa-credit",
        "network down",
        "wait 5s",
        "network up",
        "remove card",
    ):
        lines.tester.bench.advance(713_317)
        call = lines.read(line)
        lines.perform(call)
        if isinstance(call, VerbCall):
            recorder.said(call)
    lines.tester.bench.advance(90_000_003)


def test_time_in_which_a_person_thinks_is_left_out_where_that_is_wished() -> None:
    with Bench() as bench:
        terminal = bench.add_terminal("v400m")
        lines = TypedLines(bench, terminal)
        recorder = ScriptRecorder(bench, terminal, idle=IdleTime.LEFT_OUT)
        thoughtfully(lines, recorder)
        script = recorder.recording()
    assert script.steps == (
        "expect screen id:home",
        "press OK",
        "expect screen id:amount",
        "press 1234 OK",
        "expect screen id:present-card",
        "insert visa-credit",
        "expect screen id:processing",
        "expect screen id:approved",
        "network down",
        "wait 5s",
        "network up",
        "remove card",
        "expect screen id:home",
    )
    result = replay(script, Path("thought.keys"))
    assert result.outcome is ScenarioOutcome.HELD, result.text
