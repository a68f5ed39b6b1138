"""What the virtual clock holds: values that say what is due, for which terminal, and in which of its lives."""

from __future__ import annotations

from msgspec import Struct

from terminal_sim.host.link import Arrival


class AlarmDue(Struct, frozen=True):
    """The alarm `name` of a terminal goes off, unless it was dropped or set to another time than `at` meanwhile."""

    terminal: str
    life: int
    name: str
    at: int


class DeliveryDue(Struct, frozen=True):
    """What came over the host link reaches the terminal. `stan` is that of the request, 0 where the link does not know."""

    terminal: str
    life: int
    stan: int
    arrival: Arrival

    @property
    def name(self) -> str:
        return "host"


Due = AlarmDue | DeliveryDue


class Deadline(Struct, frozen=True):
    """Something is due `at` microseconds of virtual time: the alarm `name` of `terminal`, or `host` for an answer to it."""

    at: int
    name: str
    terminal: str
