"""Virtual time: deadlines in order, two clocks, no waiting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.runtime.clock import VirtualClock


def set_up(*deadlines: int) -> tuple[VirtualClock, list[tuple[int, int]]]:
    """A clock at 0 whose deadlines note when they were called, and which one it was."""
    clock, called = VirtualClock(1_000_000), list[tuple[int, int]]()
    for number, mono in enumerate(deadlines):
        clock.at(mono, lambda number=number: called.append((clock.now.mono, number)))  # type: ignore[misc]
    return clock, called


def test_deadlines_of_one_instant_are_called_in_the_order_in_which_they_were_set() -> None:
    clock, called = set_up(5, 5, 5)
    assert clock.jump(10)
    assert called == [(5, 0), (5, 1), (5, 2)]


def test_a_jump_goes_to_the_next_deadline_and_no_further() -> None:
    clock, called = set_up(7, 3)
    assert clock.jump(100)
    assert (clock.now.mono, called) == (3, [(3, 1)])
    assert clock.jump(100)
    assert (clock.now.mono, called) == (7, [(3, 1), (7, 0)])
    assert not clock.jump(100)
    assert clock.now.mono == 100


def test_a_jump_stops_before_a_deadline_that_is_too_late() -> None:
    clock, called = set_up(11)
    assert not clock.jump(10)
    assert (clock.now.mono, called, clock.next_deadline()) == (10, [], 11)


def test_a_deadline_at_the_very_end_is_called() -> None:
    clock, called = set_up(10)
    assert clock.jump(10)
    assert called == [(10, 0)]


def test_a_deadline_that_sets_another_for_the_same_instant_has_it_called_too() -> None:
    clock = VirtualClock(0)
    called: list[str] = []

    def first() -> None:
        called.append("first")
        clock.at(5, lambda: called.append("second"))

    clock.at(5, first)
    assert clock.jump(5)
    assert called == ["first", "second"]
    assert clock.next_deadline() is None


def test_a_deadline_in_the_past_is_called_at_once_and_time_does_not_go_back() -> None:
    clock, _ = set_up()
    clock.jump(50)
    seen: list[int] = []
    clock.at(20, lambda: seen.append(clock.now.mono))
    assert clock.jump(50)
    assert seen == [50]


@given(st.lists(st.integers(0, 1_000), max_size=30), st.integers(0, 1_000))
def test_every_deadline_is_called_once_in_order_and_none_early(deadlines: list[int], until: int) -> None:
    clock, called = set_up(*deadlines)
    while clock.jump(until):
        pass
    due = sorted((mono, number) for number, mono in enumerate(deadlines) if mono <= until)
    assert called == due
    assert clock.now.mono == until


@given(st.lists(st.integers(-(10**15), 10**15), max_size=10))
def test_setting_the_wall_clock_moves_no_deadline_and_no_elapsed_time(walls: list[int]) -> None:
    clock, called = set_up(500)
    for wall in walls:
        before = clock.now
        assert clock.set_wall(wall) == wall - before.wall
        assert (clock.now.mono, clock.now.wall) == (before.mono, wall)
        assert clock.next_deadline() == 500
    clock.jump(500)
    assert called == [(500, 0)]


def test_the_wall_clock_runs_with_the_virtual_one() -> None:
    clock = VirtualClock(1_000_000)
    clock.jump(250)
    assert clock.now.wall == 1_000_250
    clock.set_wall(7)
    clock.jump(260)
    assert clock.now.wall == 17


def test_a_clock_with_deadlines_does_not_restart() -> None:
    clock, _ = set_up(5)
    with pytest.raises(ValueError, match="deadlines are set"):
        clock.restart(VirtualClock(0).now)
