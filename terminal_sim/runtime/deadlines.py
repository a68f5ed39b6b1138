"""What the virtual clock holds: values that say what is due, for which terminal, and in which of its lives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from terminal_sim.core.message import HostReply


class Delivered(Protocol):
    """What comes back from the acquirer `delay` microseconds after sending."""

    @property
    def delay(self) -> int: ...
    @property
    def reply(self) -> HostReply | None: ...
    @property
    def problem(self) -> str: ...
    @property
    def note(self) -> str: ...


@dataclass(frozen=True, slots=True)
class AlarmDue:
    """The alarm `name` of a terminal goes off, unless it was dropped or set to another time than `at` meanwhile."""

    terminal: str
    life: int
    name: str
    at: int


@dataclass(frozen=True, slots=True)
class DeliveryDue:
    """What the acquirer answered to the request with this STAN, or why nothing came, reaches the terminal."""

    terminal: str
    life: int
    stan: int
    delivery: Delivered

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
