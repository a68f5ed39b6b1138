"""What the virtual clock holds: values that say what is due, for which terminal, and in which of its lives."""

from __future__ import annotations

from dataclasses import dataclass

from terminal_sim.host.link import Arrival


@dataclass(frozen=True, slots=True)
class AlarmDue:
    """The alarm `name` of a terminal goes off, unless it was dropped or set to another time than `at` meanwhile."""

    terminal: str
    life: int
    name: str
    at: int


@dataclass(frozen=True, slots=True)
class DeliveryDue:
    """What came over the host link reaches the terminal. `stan` is that of the request, 0 where the link does not know."""

    terminal: str
    life: int
    stan: int
    arrival: Arrival

    @property
    def name(self) -> str:
        return "host"


Due = AlarmDue | DeliveryDue


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something is due `at` microseconds of virtual time: the alarm `name` of `terminal`, or `host` for an answer to it."""

    at: int
    name: str
    terminal: str
