"""Virtual time: deadlines in order, two clocks, no waiting."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.runtime.clock import VirtualClock
from terminal_sim.runtime.deadlines import AlarmDue, Due


class Set:
    """A clock at 0 that notes what falls due on it: when, and its number."""

    def __init__(self, *deadlines: int) -> None:
        self.clock = VirtualClock(1_000_000)
        self.called: list[tuple[int, int]] = []
        for number, mono in enumerate(deadlines):
            self.at(mono, number)

    def at(self, mono: int, number: int) -> None:
        self.clock.at(mono, AlarmDue("TERM0001", 0, str(number), mono))

    def fall_due(self, due: Due) -> None:
        self.called.append((self.clock.now.mono, int(due.name)))

    def jump(self, until: int) -> bool:
        return self.clock.jump(until, self.fall_due)

    def next_at(self) -> int | None:
        held = self.clock.next_due()
        return held[0] if held is not None else None


def test_deadlines_of_one_instant_are_called_in_the_order_in_which_they_were_set() -> None:
    set_ = Set(5, 5, 5)
    assert set_.jump(10)
    assert set_.called == [(5, 0), (5, 1), (5, 2)]


def test_a_jump_goes_to_the_next_deadline_and_no_further() -> None:
    set_ = Set(7, 3)
    assert set_.jump(100)
    assert (set_.clock.now.mono, set_.called) == (3, [(3, 1)])
    assert set_.jump(100)
    assert (set_.clock.now.mono, set_.called) == (7, [(3, 1), (7, 0)])
    assert not set_.jump(100)
    assert set_.clock.now.mono == 100


def test_a_jump_stops_before_a_deadline_that_is_too_late() -> None:
    set_ = Set(11)
    assert not set_.jump(10)
    assert (set_.clock.now.mono, set_.called, set_.next_at()) == (10, [], 11)


def test_a_deadline_at_the_very_end_is_called() -> None:
    set_ = Set(10)
    assert set_.jump(10)
    assert set_.called == [(10, 0)]


def test_a_deadline_that_sets_another_for_the_same_instant_has_it_called_too() -> None:
    set_ = Set(5)

    def fall_due(due: Due) -> None:
        set_.fall_due(due)
        if due.name == "0":
            set_.at(5, 1)

    assert set_.clock.jump(5, fall_due)
    assert set_.called == [(5, 0), (5, 1)]
    assert set_.next_at() is None


def test_a_deadline_in_the_past_is_called_at_once_and_time_does_not_go_back() -> None:
    set_ = Set()
    set_.jump(50)
    set_.at(20, 0)
    assert set_.jump(50)
    assert set_.called == [(50, 0)]


def test_what_waits_is_listed_in_the_order_in_which_it_falls_due() -> None:
    set_ = Set(7, 3, 7)
    assert [(held.mono, held.due.name) for held in set_.clock.waiting()] == [(3, "1"), (7, "0"), (7, "2")]


@given(st.lists(st.integers(0, 1_000), max_size=30), st.integers(0, 1_000))
def test_every_deadline_is_called_once_in_order_and_none_early(deadlines: list[int], until: int) -> None:
    set_ = Set(*deadlines)
    while set_.jump(until):
        pass
    due = sorted((mono, number) for number, mono in enumerate(deadlines) if mono <= until)
    assert set_.called == due
    assert set_.clock.now.mono == until


@given(st.lists(st.integers(-(10**15), 10**15), max_size=10))
def test_setting_the_wall_clock_moves_no_deadline_and_no_elapsed_time(walls: list[int]) -> None:
    set_ = Set(500)
    for wall in walls:
        before = set_.clock.now
        assert set_.clock.set_wall(wall) == wall - before.wall
        assert (set_.clock.now.mono, set_.clock.now.wall) == (before.mono, wall)
        assert set_.next_at() == 500
    set_.jump(500)
    assert set_.called == [(500, 0)]


def test_the_wall_clock_runs_with_the_virtual_one() -> None:
    set_ = Set()
    set_.jump(250)
    assert set_.clock.now.wall == 1_000_250
    set_.clock.set_wall(7)
    set_.jump(260)
    assert set_.clock.now.wall == 17


def test_a_clock_goes_back_to_a_moment_with_all_that_was_held() -> None:
    set_ = Set(5, 8)
    moment = set_.clock.snapshot()
    set_.jump(8)
    set_.jump(8)
    set_.clock.set_wall(7)
    set_.at(9, 2)
    set_.clock.restore(moment)
    assert set_.clock.snapshot() == moment
    assert [(held.mono, held.due.name) for held in set_.clock.waiting()] == [(5, "0"), (8, "1")]


def test_what_falls_due_while_time_is_spent_is_called_at_the_next_jump() -> None:
    set_ = Set(5, 20)
    set_.clock.spend(10)
    assert set_.called == []
    assert set_.jump(15)
    assert set_.called == [(10, 0)]
    assert not set_.jump(15)
    assert set_.clock.now.mono == 15
