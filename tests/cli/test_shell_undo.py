"""What `back` takes back in a shell, and what it says where it cannot."""

from __future__ import annotations

import gc
import io
import itertools
import random
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from terminal_sim.bench import Bench, SavedState, TerminalUnderTest, Trace
from terminal_sim.cli import UserError
from terminal_sim.cli.main import main
from terminal_sim.cli.shell import undo
from terminal_sim.cli.shell.session import ShellSession
from terminal_sim.verbs import ExpectationFailed

SALE = ("press OK 1250 OK", "insert mastercard-pin", "press ${card.pin} OK", 'expect screen "Approved"')
DEVICES = ("s1f2", "v400m", "square-reader", "square-stand", "square-register", "square-terminal")

Piped = Callable[..., tuple[int, str, str]]


def shell(profile: str = "v400m") -> ShellSession:
    trace = Trace()

    def again(state: SavedState) -> tuple[Bench, TerminalUnderTest]:
        bench = Bench(trace=trace)
        return bench, bench.add_terminal(profile, power=False, state_from=state)

    bench = Bench(trace=trace)
    return ShellSession(bench, bench.add_terminal(profile), again=again)


def stand(session: ShellSession) -> bytes:
    """All that a bench is at a moment."""
    return session.bench.save().to_bytes()


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Piped:
    """Runs the shell with these lines piped in: exit code, output and error output."""

    def run(*lines: str, options: tuple[str, ...] = ()) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines)))
        code = main(["shell", "v400m", *options])
        return code, *capsys.readouterr()

    return run


@pytest.mark.parametrize("patience", [0.0, 60.0], ids=["by states", "by doing again"])
def test_each_line_that_is_taken_back_leaves_the_bench_as_it_was_before_it(
    monkeypatch: pytest.MonkeyPatch, patience: float
) -> None:
    monkeypatch.setattr(undo, "PATIENCE", patience)
    session = shell()
    before = []
    for line in SALE:
        before.append(stand(session))
        session.say(line)
    for line, stood in zip(reversed(SALE), reversed(before), strict=True):
        assert session.back() == [line]
        assert stand(session) == stood
    session.bench.close()


@pytest.mark.parametrize("device", DEVICES)
def test_a_sale_that_is_taken_back_and_done_again_comes_to_the_same(device: str) -> None:
    session = shell(device)
    lines = ["press OK 1250 OK", "insert visa-credit"]
    if device.startswith("square"):
        lines = ["press 1250", "tap id:charge", "insert visa-credit"]
    elif device == "s1f2":
        lines = ["tap id:payment", "press 1250 OK", "insert visa-credit"]
    lines.append("expect screen id:approved")
    for line in lines:
        session.say(line)
    once = stand(session)
    session.back(len(lines))
    for line in lines:
        session.say(line)
    session.say("expect host sale amount=1250 count=1")
    assert stand(session) == once
    session.bench.close()


def test_time_that_passed_by_the_wall_goes_with_the_line_before_it() -> None:
    session = shell()
    session.say("press OK")
    there = stand(session)
    session.say("press 1")
    session.pass_time(1_000_000)
    session.pass_time(1_000_000)
    assert session.back() == ["press 1"]
    assert stand(session) == there
    session.bench.close()


def test_what_was_said_and_forbidden_since_is_forgotten_with_the_line() -> None:
    session = shell()
    session.say("press OK")
    session.say('let amount = "1250"')
    session.say('forbid screen "Approved"')
    session.back()
    with pytest.raises(UserError, match="has no value"):
        session.say("press ${amount}")
    for line in SALE:
        session.say(line)
    session.bench.close()


def test_what_is_masked_stays_masked() -> None:
    session = shell()
    for line in ("press 8 OK", "press 0856"):
        session.say(line)
    session.back()
    assert session.mask("press 0856") == "press ***"
    session.bench.close()


def test_an_interrupted_line_is_taken_back() -> None:
    session = shell()
    session.say("press OK")
    there = stand(session)
    session.say("press 12")
    assert session.cancel()
    assert stand(session) == there
    session.bench.close()


def interrupted_at_any_moment(seed: int, count: int) -> None:
    """Sales of which each line is interrupted `count` times in all, at moments drawn from `seed`, and then done."""

    def ring(*_: object) -> None:
        raise KeyboardInterrupt

    moments = random.Random(seed)
    session = shell()
    lines = itertools.cycle([*SALE, "remove card", "wait 30s"])
    before = signal.signal(signal.SIGALRM, ring)
    gc.disable()  # an exception in a callback of the collector is dropped, and the line would not be interrupted
    try:
        while count:
            there, line = stand(session), next(lines)
            session.forget()
            try:
                signal.setitimer(signal.ITIMER_REAL, moments.uniform(0.0002, 0.01))
                session.say(line)
                signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                count -= 1
                assert session.cancel()
                assert stand(session) == there
                session.say(line)
    finally:
        gc.enable()
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert session.bench.violations() == []
    session.bench.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no interval timers")
def test_a_line_that_is_interrupted_at_any_moment_is_taken_back() -> None:
    interrupted_at_any_moment(seed=1, count=6)


@pytest.mark.soak
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no interval timers")
@pytest.mark.parametrize("seed", range(20))
def test_a_line_that_is_interrupted_at_any_of_many_moments_is_taken_back(seed: int) -> None:
    interrupted_at_any_moment(seed, count=50)


def test_a_line_that_nothing_could_be_made_of_leaves_what_was_done_before() -> None:
    session = shell()
    session.say("press OK 1250")
    there = stand(session)
    with pytest.raises(UserError):
        session.say("prss OK")
    assert session.cancel()
    assert stand(session) == there
    session.bench.close()


def test_an_expectation_that_fails_is_taken_back_for_the_time_that_it_waited() -> None:
    session = shell()
    there = stand(session)
    with pytest.raises(ExpectationFailed):
        session.say('expect screen "Approved" within 5s')
    assert session.back() == ['expect screen "Approved" within 5s']
    assert stand(session) == there
    session.bench.close()


def test_the_trace_has_what_was_taken_back_and_says_so(piped: Piped, tmp_path: Path) -> None:
    traced = tmp_path / "trace.jsonl"
    code, out, err = piped("press OK 1", "back", "press OK 2", options=("--trace", str(traced)))
    assert (code, err) == (0, "")
    assert "taken back: press OK 1\n" in out
    said = traced.read_text("utf-8")
    assert said.count('"kind": "key"') == 4
    assert said.count("back to before press OK 1") == 1


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("back", "back: lines that changed something: 0, so 1 are not taken back"),
        ("back 0", "back 0: '0' is no number of lines: write 1 or more"),
        ("back two", "back two: 'two' is no number of lines: write 1 or more"),
        ("back 1 2", "back 1 2: it is written: back [N]"),
    ],
)
def test_back_says_what_it_cannot_take_back(piped: Piped, line: str, says: str) -> None:
    code, _, err = piped(line)
    assert (code, err.strip()) == (2, says)


@pytest.mark.parametrize(
    ("option", "name", "why"),
    [
        ("--state", "kept", "is durable, and a row of it stays; leave out --state"),
        ("--record", "reader.pcapng", "the readers are recorded, and a recording does not go back"),
    ],
)
def test_back_says_why_a_bench_does_not_go_back(
    piped: Piped, tmp_path: Path, option: str, name: str, why: str
) -> None:
    code, _, err = piped("press OK", "back", options=(option, str(tmp_path / name)))
    assert code == 2
    assert err.startswith("back: nothing is taken back here: ")
    assert why in err


def test_the_device_is_shown_as_it_stood_at_an_event_and_nothing_changes_by_it(piped: Piped) -> None:
    code, out, _ = piped(
        "press OK 12", "press 50 OK", "insert visa-credit", "at 6", "back", "at 1", "trace 1"
    )
    assert code == 0
    shown = out.partition("# after event ")[2]
    assert "$0.12" in shown.partition("taken back")[0]
    assert "taken back: insert visa-credit" in shown
    assert "Start" in shown.partition("# after event ")[2]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("at 0", "there is no event 0; there are 1 to"),
        ("at 99999", "there is no event 99999; there are 1 to"),
        ("at home", "'home' is no number of an event: `trace` shows them"),
    ],
)
def test_an_event_that_there_is_not_is_refused(piped: Piped, line: str, why: str) -> None:
    code, out, err = piped("press OK", line)
    assert code == 2
    assert why in out + err
