"""Time as the terminal sees it: two clocks and durations, all in whole microseconds."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from msgspec import Struct

_UNITS = {
    "us": 1,
    "ms": 1_000,
    "s": 1_000_000,
    "min": 60_000_000,
    "h": 3_600_000_000,
    "d": 86_400_000_000,
}
_LONGEST_TEXT = 40
_TERM = re.compile(r"(\d+)(us|ms|min|s|h|d)", re.ASCII)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall time is the terminal's civil time, without a zone


class Duration(int):
    """Microseconds. Written `500ms`, `5s`, `2min`, `24h`, `1d` or a sequence of these such as `23h59min`."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Raises `ValueError` that names the text and shows the form."""
        total, at = 0, 0
        if len(text) > _LONGEST_TEXT:
            raise ValueError(
                f"a duration has at most {_LONGEST_TEXT} characters, and this one has {len(text)}"
            )
        while at < len(text):
            term = _TERM.match(text, at)
            if term is None:
                break
            total += int(term[1]) * _UNITS[term[2]]
            at = term.end()
        if not text or at < len(text):
            raise ValueError(f"{text!r} is no duration: write 500ms, 5s, 2min, 24h or 1d")
        return cls(total)

    def __str__(self) -> str:
        """The shortest such notation that says it exactly; `parse` reads it back."""
        left, parts = int(self), []
        for unit in ("d", "h", "min", "s", "ms", "us"):
            count, left = divmod(left, _UNITS[unit])
            if count:
                parts.append(f"{count}{unit}")
        return "".join(parts) or "0s"

    __repr__ = __str__


class Instant(Struct, frozen=True):
    """One moment on both clocks.

    `mono` counts microseconds of virtual time since the bench began and never jumps: elapsed time and deadlines use
    it alone. `wall` is the terminal's civil time, microseconds since 1970; it may be set by hand.
    """

    mono: int
    wall: int

    @property
    def civil(self) -> datetime:
        return _EPOCH + timedelta(microseconds=self.wall)

    @property
    def civil_second(self) -> datetime:
        """The civil time without its fraction of a second, as a journal row keeps it."""
        return self.civil.replace(microsecond=0)


def digits_of(moment: datetime) -> str:
    """YYMMDDhhmmss of a civil time, as messages and cards write it."""
    year, month, day = moment.year % 100, moment.month, moment.day
    return f"{year:02}{month:02}{day:02}{moment.hour:02}{moment.minute:02}{moment.second:02}"


def wall_of(moment: datetime) -> int:
    """Microseconds since 1970 of a civil time."""
    return (moment.replace(tzinfo=None) - _EPOCH) // timedelta(microseconds=1)
