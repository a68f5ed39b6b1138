"""Which lines of the Payment transactions report are wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from terminal_sim.reports.transactions import STATUSES, TYPES, ReportLine

TYPE_WORDS = tuple(dict.fromkeys(word.lower() for word in TYPES.values()))
"""The types that may be asked for."""
STATUS_WORDS = tuple(dict.fromkeys(word.lower().replace(" ", "-") for word in STATUSES.values()))
"""The statuses that may be asked for."""


class Origin(Enum):
    """Who began a payment: a point of sale, or the merchant at the terminal."""

    TILL = "till"
    STANDALONE = "standalone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Every criterion that is not empty holds for a line that is selected.

    `since` and `until` are ISO 8601 dates, or dates and times with a space, of the terminal's civil time, both inclusive: a date
    as `until` is the whole day. `type` is of `TYPE_WORDS`, `status` of `STATUS_WORDS`.
    """

    since: str = ""
    until: str = ""
    terminal: str = ""
    type: str = ""
    status: str = ""
    last4: str = ""
    origin: Origin | None = None

    def __contains__(self, line: ReportLine) -> bool:
        return (
            (not self.since or line.time >= self.since)
            and (not self.until or line.time[: len(self.until)] <= self.until)
            and self.terminal in ("", line.terminal)
            and self.type in ("", line.type.lower())
            and self.status in ("", line.status.lower().replace(" ", "-"))
            and self.last4 in ("", line.last4)
            and (self.origin is None or (self.origin is Origin.STANDALONE) == line.is_standalone)
        )

    def of(self, lines: Iterable[ReportLine]) -> Iterator[ReportLine]:
        """The lines that are selected, in their order."""
        return (line for line in lines if line in self)
