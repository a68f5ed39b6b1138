"""The trace number: the counter of the messages that a terminal sends, which its host matches answers by (ISO 8583 DE 11)."""

from __future__ import annotations

from dataclasses import dataclass, field

LAST_STAN = 999_999
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def serial(number: int, length: int = 4) -> str:
    """`number` in base 36, at least `length` characters."""
    written = ""
    while number:
        number, digit = divmod(number, 36)
        written = _DIGITS[digit] + written
    return written.rjust(length, "0")


@dataclass(slots=True)
class TraceNumber:
    """The counter as the journal restores it: `last` is the number that was taken last, 0 before the first one.

    The first row of a reference takes its number. Later rows of the same reference repeat it, and so do repeats of the message, a
    reversal and a row of a payment's later state: none of them moves the counter.
    """

    last: int = 0
    taken_by: set[str] = field(default_factory=set)

    def take(self, reference: str, stan: int) -> None:
        """A row of `reference` carries `stan`."""
        if reference not in self.taken_by:
            self.taken_by.add(reference)
            self.last = stan

    def copy(self) -> TraceNumber:
        return TraceNumber(self.last, self.taken_by.copy())

    @property
    def count(self) -> int:
        """How many numbers were taken in the life of the journal: it never wraps."""
        return len(self.taken_by)

    @property
    def following(self) -> int:
        """The number of the next message, 1 to 999,999: the counter wraps."""
        return self.last % LAST_STAN + 1
