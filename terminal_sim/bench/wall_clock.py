"""The wall clock of a bench as a person writes it, within the years that the acquirer's messages have."""

from __future__ import annotations

from datetime import datetime

from terminal_sim.core.moment import Duration, Instant, wall_of
from terminal_sim.errors import BenchMisuse

DEFAULT_CLOCK = "2026-01-15T09:00:00"
FIRST_YEAR, LAST_YEAR = 2000, 2099
_YEARS = f"the acquirer's messages have years from {FIRST_YEAR} to {LAST_YEAR} (ISO 8583 DE 12)"
_END = wall_of(datetime(LAST_YEAR + 1, 1, 1))  # noqa: DTZ001 - a terminal's civil time has no zone


def moment(clock: str | datetime) -> datetime:
    """The moment that `clock` writes as ISO 8601 without a zone. Raises `BenchMisuse` for another, or one beyond the years."""
    try:
        found = clock if isinstance(clock, datetime) else datetime.fromisoformat(clock)
    except ValueError:
        raise BenchMisuse(f"{clock!r} is no time: write 2026-01-15T09:00:00") from None
    if found.tzinfo is not None:
        raise BenchMisuse(f"{clock}: a terminal's clock has no zone: write 2026-01-15T09:00:00")
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise BenchMisuse(f"{clock}: {_YEARS}")
    return found


def check_passing(now: Instant, duration: int) -> None:
    """Raises `BenchMisuse` where the wall clock leaves the years within `duration` microseconds from `now`."""
    if now.wall + duration >= _END:
        raise BenchMisuse(f"{Duration(duration)} from {now.civil} the clock is past {LAST_YEAR}: {_YEARS}")
