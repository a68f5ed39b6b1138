"""A clock that runs by the wall: how much virtual time is due, when somebody asks."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic


class WallPace:
    """It stands until it is let run. `clock` gives seconds that pass evenly."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._since: float | None = None

    @property
    def is_running(self) -> bool:
        return self._since is not None

    def run(self) -> None:
        """Count from now on, where it does not count already."""
        if self._since is None:
            self._since = self._clock()

    def pause(self) -> None:
        self._since = None

    def skip(self) -> None:
        """Count from now on what passes: a line has taken its own time."""
        if self._since is not None:
            self._since = self._clock()

    def due(self) -> int:
        """The microseconds that passed since it was last asked; none while it stands."""
        if self._since is None:
            return 0
        before, self._since = self._since, self._clock()
        return int((self._since - before) * 1_000_000)
