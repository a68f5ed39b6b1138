"""What lives in the virtual time of a bench beside its terminals, such as the service that points of sale speak to."""

from __future__ import annotations

from typing import Protocol


class Beside(Protocol):
    """It keeps its deadlines itself. Nothing of it waits in the heap of the clock, so a bench is saved without it."""

    def next_due(self) -> int | None:
        """The virtual time in microseconds, later than now, at which it has something to do that no event brings about; None where there is none."""
        ...

    def go_on(self) -> None:
        """Do what can be done now, and post what follows from it. It is called whenever all events are handled."""
        ...
