"""Magnetic stripe tracks 1 and 2 as ASCII (ISO/IEC 7813), and the track 2 image in tag 57 of a chip.

1. Track 1: `%B` PAN `^` name `^` YYMM service-code discretionary `?`. Track 2: `;` PAN `=` YYMM service-code discretionary `?`.
2. A field separator stands where the expiry or the service code is left out.
3. Tag 57 is track 2 without sentinels, `D` for `=`, filled with F to whole bytes (EMV Book 3, Annex A).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from terminal_sim.emv.talk.card import Stripe
from terminal_sim.secret import Secret

_AFTER_NAME: Final = r"(?P<expiry>[0-9]{4}|[=^])(?P<service>[0-9]{3}|[=^])(?P<rest>[^?]*)"
_NAME: Final = r"[\x20-\x3e\x40-\x5d\x5f]{2,26}"
_TRACK_1: Final = re.compile(
    rf"%B(?P<pan>[0-9]{{8,19}})\^(?P<name>{_NAME})\^" + _AFTER_NAME + r"\?", re.ASCII
)
_TRACK_2: Final = re.compile(r"(?P<pan>[0-9]{8,19})=" + _AFTER_NAME.replace("[^?]", "[0-9=]"), re.ASCII)

LONGEST_TRACK_1: Final = 76
"""Characters of track 1 between its sentinels (ISO/IEC 7813: 79 with sentinels and LRC)."""

LONGEST_TRACK_2: Final = 37
"""Characters of track 2 between its sentinels (ISO/IEC 7813: 40 with sentinels and LRC), and what DE 35 of ISO 8583 takes."""


class TrackError(ValueError):
    """A track breaks ISO/IEC 7813; the text never quotes the track."""


def is_holder_name(text: str) -> bool:
    """Whether track 1 can carry `text` as its name: 2 to 26 characters of its alphabet (ISO/IEC 7811-2), neither `^` nor `?`."""
    return re.fullmatch(_NAME, text) is not None


def parse(tracks: Mapping[int, str]) -> Stripe:
    """The stripe from its `tracks` by number, each with its sentinels; track 2 is preferred, and they must agree.

    A track 1 of the issuer's own format, or a damaged one, is left out where track 2 is there: the request carries track 2 alone
    (ISO 8583, DE 35). Raises `TrackError` where neither track 1 nor track 2 is there, track 2 is damaged, track 1 is damaged and
    alone, or the two name different accounts.
    """
    if 2 not in tracks:
        if 1 not in tracks:
            raise TrackError("neither track 1 nor track 2 was read")
        return _track1(tracks[1])
    second = _track2(tracks[2])
    try:
        first = _track1(tracks[1]) if 1 in tracks else None
    except TrackError:
        first = None
    if first is None:
        return second
    if first.pan != second.pan:
        raise TrackError("tracks 1 and 2 name different accounts")
    return Stripe(
        pan=second.pan,
        expiry=second.expiry,
        service_code=second.service_code,
        name=first.name,
        track2=second.track2,
    )


def from_tag57(value: bytes) -> Stripe:
    """Track 2 equivalent data (57) of a chip, of up to 38 characters (EMV Book 3, Annex A). Raises `TrackError`."""
    text = value.hex().upper()
    if text.endswith("F"):
        text = text[:-1]
    return _fields2(text.replace("D", "="))


def to_tag57(track2: Secret[str]) -> bytes:
    """Tag 57 for a track 2 without sentinels. Raises `TrackError` where it is not a track 2."""
    _fields2(track2.reveal())
    text = track2.reveal().replace("=", "D")
    return bytes.fromhex(text + "F" * (len(text) % 2))


def _track1(text: str) -> Stripe:
    match = _TRACK_1.fullmatch(text)
    if match is None or len(text) > LONGEST_TRACK_1 + 2:
        raise TrackError("track 1 is not %B<account>^<name>^<expiry><service code>...?")
    return _stripe(match, name=match["name"].strip(), track2=None)


def _track2(text: str) -> Stripe:
    if not (text.startswith(";") and text.endswith("?")) or len(text) > LONGEST_TRACK_2 + 2:
        raise TrackError("track 2 is not ;<account>=<expiry><service code>...?")
    return _fields2(text[1:-1])


def _fields2(text: str) -> Stripe:
    match = _TRACK_2.fullmatch(text)
    if match is None:
        raise TrackError("track 2 is not <account>=<expiry><service code>...")
    return _stripe(match, name="", track2=Secret(text))


def _stripe(match: re.Match[str], name: str, track2: Secret[str] | None) -> Stripe:
    expiry = match["expiry"] if len(match["expiry"]) == 4 else ""
    if expiry and not "01" <= expiry[2:] <= "12":
        raise TrackError("the expiry names no month")
    service = match["service"] if len(match["service"]) == 3 else ""
    return Stripe(pan=Secret(match["pan"]), expiry=expiry, service_code=service, name=name, track2=track2)
