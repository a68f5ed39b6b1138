"""What is beside the terminals of a bench and has instants of its own, such as a service that retries what was not taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from terminal_sim.runtime.clock import VirtualClock
from terminal_sim.runtime.deadlines import Deadline


class TimedService(Protocol):
    """A service that does something at instants, which follow from what it has stored: none of them waits on the clock."""

    @property
    def name(self) -> str: ...
    def next_due(self) -> int | None:
        """The virtual time of its next instant, in microseconds; None while it waits for none."""
        ...

    def fall_due(self) -> None:
        """Do what is due by now. The next instant is a later one afterwards."""
        ...


def next_of(services: Sequence[TimedService]) -> Deadline | None:
    """The first instant of any of them."""
    found = [Deadline(at, one.name, "") for one in services if (at := one.next_due()) is not None]
    return min(found, key=lambda one: one.at, default=None)


def pass_beside(
    services: Sequence[TimedService], clock: VirtualClock, step: Callable[[int], bool], until: int
) -> None:
    """Let time pass up to `until`, and each of them do what falls due on the way, behind what is due for terminals at the same instant.

    `step` lets time pass to the next deadline of a terminal, or to the instant that it is given, and says whether it is before that.
    """
    while True:
        due = next_of(services)
        target = until if due is None else max(min(due.at, until), clock.now.mono)
        if step(target):
            continue
        late = [one for one in services if (at := one.next_due()) is not None and at <= clock.now.mono]
        for one in late:
            one.fall_due()
        if not late and target == until:
            return
