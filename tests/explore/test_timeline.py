"""The bench as it was after any event of a run is the bench that a replay from the beginning comes to, and goes on alike."""

from __future__ import annotations

from dataclasses import replace

import pytest

from terminal_sim.bench import Bench, BenchMisuse, SavedState, TerminalUnderTest, TraceEntry, contents
from terminal_sim.explore.bundle import Bundle, BundleError
from terminal_sim.explore.replay import Replay
from terminal_sim.explore.timeline import Timeline
from terminal_sim.runtime.card_vault import VaultState
from tests.explore.conftest import bundle_of

DAY = """keys 1
terminal {profile}
with offline.allowed=true
scenario "A day"
  press! 1 2 5 0
  tap id:charge
  insert visa-online-pin
  press ${{card.pin}} OK
  wait 5s
  remove card
  wait 1min
  network down
  press! 9 0 0
  tap id:charge
  tap-card phone
  wait 2h
  network up
  wait 1d
  power cut
  power on
"""


@pytest.fixture(scope="module", params=["square-terminal", "square-register"])
def day(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return bundle_of(tmp_path_factory.mktemp("day"), DAY.format(profile=request.param))


def known(state: SavedState) -> bytes:
    """The bytes of a saved bench without the keys of its devices, which each bench draws for itself."""
    terminals = (
        replace(one, board=replace(one.board, vault=VaultState(None, {}))) for one in state.terminals
    )
    return replace(state, terminals=tuple(terminals)).to_bytes()


def test_the_bench_at_an_event_is_that_of_a_replay_up_to_it_and_goes_on_alike(day: Bundle) -> None:
    with Timeline(day, {}) as timeline:
        for event in (1, *range(day.last_event, 1, -43)):
            with timeline.at(event) as there, Replay(day, {}) as replay:
                list(replay.acts(event))
                for stands in (there, timeline.look(event)):
                    assert stands.event == replay.event >= event
                    assert stands.terminal.appearance().text == replay.terminal.appearance().text
                    assert stands.bench.now == replay.bench.now
                    assert known(stands.bench.save()) == known(replay.bench.save())
                list(there.acts())
                assert there.difference is None
                assert there.event == day.last_event


def test_an_event_that_the_run_has_not_is_refused(day: Bundle) -> None:
    with Timeline(day, {}) as timeline:
        for look in (timeline.at, timeline.look):
            with pytest.raises(BundleError, match="this run has the events 1 to"):
                look(day.last_event + 1)


class Lines:
    """Keeps the lines of a trace."""

    wants_frames = wants_bytes = False

    def __init__(self) -> None:
        self.lines: list[str] = []

    def take(self, entry: TraceEntry) -> None:
        if not isinstance(entry.content, contents.TimePassed):
            self.lines.append(entry.json())


def pay(bench: Bench, terminal: TerminalUnderTest) -> None:
    """Ends the payment for which the terminal waits, and makes another."""
    terminal.insert("visa-credit")
    bench.advance(5_000_000)
    terminal.remove_card()
    bench.advance(60_000_000)
    for key in ("OK", "9", "0", "0", "OK"):
        terminal.press(key)
    terminal.tap("phone")
    bench.advance(60_000_000)


def test_a_branch_goes_on_as_the_bench_would_and_each_by_itself() -> None:
    here, there = Lines(), Lines()
    with Bench() as bench:
        terminal = bench.add_terminal("v400m")
        for key in ("OK", "1", "2", "5", "0", "OK"):
            terminal.press(key)
        with bench.branch(None, there) as branch:
            assert branch.trace.number == bench.trace.number
            pay(branch, branch.terminals[0])
            assert len(branch.journal.terminals()) == 1
            rows = terminal.rows_written
            bench.trace.subscribe(here)
            pay(bench, terminal)
            assert terminal.rows_written > rows
            assert branch.terminals[0].rows_written == terminal.rows_written
    assert here.lines == there.lines != []


def test_a_bench_with_a_reader_that_opens_once_has_no_branch() -> None:
    with Bench() as bench:
        bench.add_terminal("v400m", reader="pty")
        bench.branch().close()
        bench.assembly.addresses[0] = ("ccid+serial:///dev/ttyUSB0",)
        with pytest.raises(BenchMisuse, match="has no branch"):
            bench.branch()
