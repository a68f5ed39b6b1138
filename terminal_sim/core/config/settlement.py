"""Whether and when the payments of a terminal are settled in batches."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

_TIME_OF_DAY = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """Payments are counted in batches, which the merchant settles with the acquirer; `at` is a time of day at which that happens by itself."""

    enabled: bool = False
    at: str = ""

    def __post_init__(self) -> None:
        if self.at and not _TIME_OF_DAY.fullmatch(self.at):
            raise ValueError(f'at: {self.at!r} is no time of day: write it as "03:30", or "" for none')

    @property
    def time_of_day(self) -> timedelta | None:
        """The same as the time since midnight; None where a batch is settled by hand alone."""
        if not self.enabled or not self.at:
            return None
        hours, minutes = map(int, self.at.split(":"))
        return timedelta(hours=hours, minutes=minutes)
