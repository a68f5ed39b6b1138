"""A recording that begins in the middle goes on from a saved state, as a script and as a Python test; one of another day says the day."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from terminal_sim.bench import Bench, BenchMisuse, SavedState
from terminal_sim.script.recorder import Expected, RecordedScript, ScriptHead, ScriptRecorder
from terminal_sim.script.recorder.replay import replay
from terminal_sim.script.results import ScenarioOutcome
from terminal_sim.verbs import Tester

STATE = "paid.state"


def recorded(
    begin: Callable[[Tester], None], go_on: Callable[[Tester], None], clock: str = "2026-01-15T09:00:00"
) -> RecordedScript:
    with Bench(clock=clock, seed=7) as bench:
        terminal = bench.add_terminal("v400m")
        tester = Tester(bench, terminal)
        begin(tester)
        head = ScriptHead(profile="v400m", locale="en-CA", seed=7)
        recorder = ScriptRecorder(bench, terminal, head, expected=frozenset(Expected))
        go_on(tester)
        return recorder.recording()


def half_a_payment(tester: Tester) -> None:
    tester.press("OK", "12", "OK")
    tester.insert("visa-online-pin")
    tester.press("43")


def the_other_half(tester: Tester) -> None:
    tester.press("21", "OK")
    tester.expect_screen("Approved")
    tester.remove_card()
    tester.wait("10s")


def nothing(_: Tester) -> None:
    pass


def test_it_goes_on_in_the_middle_of_a_payment_with_half_a_pin_typed(tmp_path: Path) -> None:
    script = recorded(half_a_payment, the_other_half)
    assert script.state is not None
    script.state.write(tmp_path / STATE)
    assert f'  from state "{STATE}"\n' in script.keys(STATE)
    assert "${PIN} OK" in script.keys(STATE)
    result = replay(script, tmp_path / "paid.keys", STATE)
    assert result.outcome is ScenarioOutcome.HELD, result.text


def test_a_python_test_goes_on_from_the_state_too() -> None:
    script = recorded(half_a_payment, the_other_half)
    test = script.pytest(STATE)
    assert f'@pytest.mark.terminal("v400m", locale="en-CA", seed=7, state="{STATE}")\n' in test
    assert 'terminal.press(os.environ["PIN"], "OK")' in test


def test_a_fresh_terminal_of_another_day_says_the_day(tmp_path: Path) -> None:
    script = recorded(nothing, half_a_payment, clock="2027-02-03T04:05:06")
    assert script.state is None
    text = script.keys()
    assert "clock    2027-02-03T04:05:06\n" in text
    assert 'clock="2027-02-03T04:05:06"' in script.pytest()
    assert replay(script, tmp_path / "day.keys").outcome is ScenarioOutcome.HELD


def test_a_bench_that_cannot_be_saved_starts_from_a_fresh_terminal_and_says_so() -> None:
    def with_a_fault(tester: Tester) -> None:
        tester.press("OK")
        tester.fault("wire", "chop")

    script = recorded(with_a_fault, nothing)
    assert script.state is None
    text = script.keys()
    assert "\n# This starts from a fresh terminal, and was recorded later than that: " in text


def test_a_bench_without_a_trace_is_refused() -> None:
    with Bench(trace=False) as bench, pytest.raises(BenchMisuse, match="writes no trace"):
        ScriptRecorder(bench, bench.add_terminal("v400m"))


def test_a_recording_can_be_read_while_it_goes_on_and_ends_where_it_is_stopped() -> None:
    with Bench() as bench:
        terminal = bench.add_terminal("v400m")
        tester, recorder = Tester(bench, terminal), ScriptRecorder(bench, terminal)
        tester.press("OK")
        first = recorder.recording().steps
        tester.press("7")
        recorder.stop()
        second = recorder.recording().steps
        tester.press("8")
        tester.wait("1min")
        assert recorder.recording().steps == second
    assert first == ("expect screen id:home", "press OK", "expect screen id:amount")
    assert second == (*first, "press 7")


def test_the_state_is_of_the_moment_at_which_the_recording_began() -> None:
    script = recorded(half_a_payment, the_other_half)
    assert isinstance(script.state, SavedState)
    with Bench() as bench:
        terminal = bench.add_terminal("v400m", state_from=script.state)
        assert terminal.view().screen.id == "enter-pin"
