"""Durations as the service hears them (RFC 3339, appendix A): `PT5M`, `PT90S`, `PT1M30S`, and for delays `P7D` as well."""

from __future__ import annotations

import re

MAXIMUM = 300_000_000
"""The longest deadline, and the one where none is given, in microseconds."""
DEFAULT = "PT5M"
CARD_PRESENT_DELAY, KEYED_DELAY = "PT36H", "P7D"
"""For how long an approved payment waits to be completed where the seller says nothing else."""
SHORTEST_DELAY = 60_000_000
_DAY = 24 * 3600 * 1_000_000
_DELAY = re.compile(r"P(?:(?P<weeks>\d{1,3})W|(?:(?P<days>\d{1,4})D)?(?P<time>T.+)?)", re.ASCII)
_DURATION = re.compile(r"PT(?=\d)(?:(?P<h>\d{1,4})H)?(?:(?P<m>\d{1,6})M)?(?:(?P<s>\d{1,8})S)?", re.ASCII)


def microseconds(text: str | None) -> int:
    """How long `text` lasts; the default where it is None. Raises `ValueError`."""
    found = _DURATION.fullmatch(DEFAULT if text is None else text)
    if found is None:
        raise ValueError(f"{text!r} is no duration")
    hours, minutes, seconds = (int(found[unit] or 0) for unit in "hms")
    return ((hours * 60 + minutes) * 60 + seconds) * 1_000_000


def delay(text: str | None) -> int:
    """How long an approved payment waits, in microseconds. Raises `ValueError`."""
    said = CARD_PRESENT_DELAY if text is None else text
    found = _DELAY.fullmatch(said)
    if found is None or said == "P":
        raise ValueError(f"{said!r} is no duration")
    days = int(found["weeks"] or 0) * 7 + int(found["days"] or 0)
    return days * _DAY + (microseconds(f"P{found['time']}") if found["time"] else 0)
