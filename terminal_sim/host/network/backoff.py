"""How long a terminal that keeps its line waits before it connects again: longer each time, and never as long as another terminal."""

from __future__ import annotations

from random import Random

_FIRST, _MOST = 1.0, 60.0  # seconds


class Backoff:
    """One second after the first failure, twice as long after each further one up to a minute; of that a random part, half of it at least."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._failures = 0

    def failed(self) -> float:
        """Seconds to wait after one more failure."""
        longest = min(_FIRST * (1 << self._failures), _MOST)
        self._failures = min(self._failures + 1, 16)
        return longest * self._random.uniform(0.5, 1.0)

    def succeeded(self) -> None:
        """The next failure is the first one."""
        self._failures = 0
