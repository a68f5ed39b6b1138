"""Durations as the service hears them (RFC 3339, appendix A): `PT5M`, `PT90S`, `PT1M30S`."""

from __future__ import annotations

import re

MAXIMUM = 300_000_000
"""The longest deadline, and the one where none is given, in microseconds."""
DEFAULT = "PT5M"
_DURATION = re.compile(r"PT(?=\d)(?:(?P<h>\d{1,4})H)?(?:(?P<m>\d{1,6})M)?(?:(?P<s>\d{1,8})S)?", re.ASCII)


def microseconds(text: str | None) -> int:
    """How long `text` lasts; the default where it is None. Raises `ValueError`."""
    found = _DURATION.fullmatch(DEFAULT if text is None else text)
    if found is None:
        raise ValueError(f"{text!r} is no duration")
    hours, minutes, seconds = (int(found[unit] or 0) for unit in "hms")
    return ((hours * 60 + minutes) * 60 + seconds) * 1_000_000
