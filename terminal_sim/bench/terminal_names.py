"""The names of the terminals of a bench: eight characters, as the acquirer's protocol has room for (ISO 8583 DE 41)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from terminal_sim.core.trace_number import serial
from terminal_sim.journal.records import JournalRows


class TerminalNames:
    """The same names in whatever order models are added.

    A model gets the names that it has in `journal` and then free ones, from number `first` on. No two terminals have one name, and no model has that of another.
    """

    def __init__(self, journal: JournalRows, first: int = 1) -> None:
        self._journal = journal
        self._first = first
        self._numbers: Counter[str] = Counter()
        self._given: set[str] = set()

    def following(self, model: str) -> str:
        """The name of the next terminal of the model with this id."""
        prefix = f"{model.upper().replace('-', '')[:4]:0<4}"
        while True:
            self._numbers[model] += 1
            name = f"{prefix}{_numbered(self._first + self._numbers[model] - 1)}"
            if name not in self._given and self._journal.model_of(name) in ("", model):
                self._given.add(name)
                return name

    def snapshot(self) -> dict[str, int]:
        """How many names were looked at for each model."""
        return dict(self._numbers)

    def restore(self, numbers: Mapping[str, int], given: Iterable[str]) -> None:
        """Go on behind the names that were given at that moment."""
        self._numbers = Counter(numbers)
        self._given = set(given)


def _numbered(number: int) -> str:
    """Four characters that no other number has: 0001 to 9999, and then A000 to ZZZZ in base 36."""
    return f"{number:04d}" if number < 10_000 else serial(number - 10_000 + 10 * 36**3)
