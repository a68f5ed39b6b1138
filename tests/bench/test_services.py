"""Services beside the terminals of a bench, and virtual time."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from terminal_sim.bench import Bench, Duration
from terminal_sim.runtime.deadlines import Deadline

SECOND = 1_000_000


class Calls:
    """A service that is called at given instants; each call may set further ones."""

    name = "calls"

    def __init__(self, bench: Bench, *seconds: int, then: int = 0) -> None:
        self._bench = bench
        self._due = sorted(second * SECOND for second in seconds)
        self._then = then
        self.made: list[int] = []

    def next_due(self) -> int | None:
        return self._due[0] if self._due else None

    def fall_due(self) -> None:
        while self._due and self._due[0] <= self._bench.now.mono:
            self._due.pop(0)
            self.made.append(self._bench.now.mono // SECOND)
            if self._then:
                self._due.append(self._bench.now.mono + self._then * SECOND)
                self._then = 0


@settings(max_examples=30)
@given(seconds=st.lists(st.integers(0, 50), max_size=6), steps=st.lists(st.integers(0, 30), max_size=6))
def test_a_service_acts_at_its_instants_however_time_passes(seconds: list[int], steps: list[int]) -> None:
    with Bench(trace=False) as bench:
        service = Calls(bench, *seconds)
        bench.services.append(service)
        for step in steps:
            bench.advance(Duration(step * SECOND))
    assert service.made == [second for second in sorted(seconds) if second <= sum(steps) and steps]


def test_an_instant_that_follows_from_another_comes_in_the_same_passing_of_time() -> None:
    with Bench() as bench:
        service = Calls(bench, 5, then=7)
        bench.services.append(service)
        bench.advance(Duration.parse("1min"))
        assert service.made == [5, 12]
        assert bench.now.mono == 60 * SECOND


def test_what_is_due_next_is_that_of_a_terminal_or_of_a_service() -> None:
    with Bench() as bench:
        terminal = bench.add_terminal("v400m")
        for key in ("OK", *"1250", "OK"):  # a card is asked for, until its time is up
            terminal.press(key)
        assert terminal.view().screen.id == "present-card"
        service = Calls(bench, 2, 999)
        bench.services.append(service)
        assert [bench.next_deadline()] == [Deadline(2 * SECOND, "calls", "")]
        bench.pass_to_next(999 * SECOND)
        assert bench.now.mono == 2 * SECOND
        assert [due.terminal for due in [bench.next_deadline()] if due is not None] == [terminal.name]
        bench.pass_to_next(999 * SECOND)
        assert terminal.view().screen.id != "present-card"
        assert service.made == [2]
