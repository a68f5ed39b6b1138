"""How far a device is with one thing that it was asked for, as the service knows it between two restarts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Standing(Enum):
    """`WAITS`: no device has it. `ASKED` and `QUERIED`: a device is about to answer. `RUNS`: the device has it. `IN_DOUBT`: the device must be asked what became of it."""

    WAITS = auto()
    ASKED = auto()
    RUNS = auto()
    IN_DOUBT = auto()
    QUERIED = auto()


@dataclass(slots=True)
class Errand:
    """The work of a device for the object `id`, in its `attempt`-th attempt, 0 before the first one.

    `not_before` is the virtual time before which the device is not asked, `looks` how often it was found busy, `is_asked_anew` says that the next question begins another attempt, and
    `takes_back` that the device has still to be told of a seller's wish to cancel.
    """

    id: str
    attempt: int = 0
    standing: Standing = Standing.WAITS
    not_before: int = 0
    looks: int = 0
    is_asked_anew: bool = False
    takes_back: bool = False

    def __post_init__(self) -> None:
        self.is_asked_anew = self.attempt == 0

    @property
    def request(self) -> str:
        """The id under which the device is asked."""
        return f"{self.id}/{self.attempt}"
