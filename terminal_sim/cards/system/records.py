"""The records of an application as its issuer writes them (EMV Book 3, 5.3 and annex C)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from typing import Final

from terminal_sim.cards.profile.cvm import CvmEntry, encoded_list
from terminal_sim.cards.profile.personality import Personality
from terminal_sim.emv.data import tags, tlv, track
from terminal_sim.emv.data.fields import numeric
from terminal_sim.secret import Secret

_EFFECTIVE: Final = "200101"
_USAGE: Final = bytes.fromhex("FF00")
_IAC_DEFAULT: Final = bytes.fromhex("F840AC8000")
_IAC_DENIAL: Final = bytes.fromhex("0010000000")
_IAC_ONLINE: Final = bytes.fromhex("F860ACF800")

MAGSTRIPE_RECORD: Final = (1, 1)
"""SFI and number of the record in mag-stripe mode."""
_CVC3_MAP, _NUMBER_MAP, _COUNTER_DIGITS = 0x9F65, 0x9F66, 0x9F67
MAGSTRIPE_TRACK_2: Final = 0x9F6B
_MAGSTRIPE_VERSION: Final = 0x9F6C

Records = dict[tuple[int, int], bytes]
"""Records by (SFI, record number)."""


def record(*objects: tuple[int, bytes]) -> bytes:
    """A record of data objects in its template."""
    return record_of(tlv.join(objects))


def record_of(joined: bytes) -> bytes:
    """A record of data objects that are encoded already."""
    return tlv.encode(tags.RECORD, joined)


def for_generate_ac(
    personality: Personality,
    rules: Sequence[CvmEntry],
    cdol1: bytes,
    cdol2: bytes = b"",
    more: Sequence[tuple[int, bytes]] = (),
) -> Records:
    """The records that lead to GENERATE AC; a card without `cdol2` is asked for one cryptogram. `more` stands beside the CDOLs."""
    second = ((tags.CDOL2, cdol2),) if cdol2 else ()
    return {
        (1, 1): record(
            (tags.TRACK_2, track.to_tag57(personality.track2())),
            (tags.CARDHOLDER_NAME, personality.holder.name.encode()),
        ),
        (2, 1): record(
            (tags.PAN, _compressed(personality.pan.reveal())),
            (tags.EXPIRATION_DATE, _last_day(personality.expiry)),
            (tags.EFFECTIVE_DATE, numeric(_EFFECTIVE, 3)),
            (tags.ISSUER_COUNTRY, numeric(personality.issuer_country, 2)),
            (tags.PAN_SEQUENCE, numeric(personality.sequence, 1)),
            (tags.USAGE_CONTROL, _USAGE),
            (tags.APPLICATION_CURRENCY, numeric(personality.currency, 2)),
            (tags.CVM_LIST, encoded_list(rules)),
        ),
        (2, 2): record(
            (tags.CDOL1, cdol1),
            *second,
            *more,
            (tags.IAC_DEFAULT, _IAC_DEFAULT),
            (tags.IAC_DENIAL, _IAC_DENIAL),
            (tags.IAC_ONLINE, _IAC_ONLINE),
        ),
    }


def for_processing_options(personality: Personality, *, signed: bool) -> Records:
    """The record of a card that certifies in GET PROCESSING OPTIONS; one that is to be `signed` has the number too."""
    number = ((tags.PAN, _compressed(personality.pan.reveal())),) if signed else ()
    return {
        (1, 1): record(
            *number,
            (tags.EXPIRATION_DATE, _last_day(personality.expiry)),
            (tags.ISSUER_COUNTRY, numeric(personality.issuer_country, 2)),
            (tags.USAGE_CONTROL, _USAGE),
        )
    }


def for_magstripe_mode(personality: Personality) -> Records:
    """The record of a card in mag-stripe mode (Book C-2): its track 2 with room for CVC3, number and counter, three digits each, and their maps."""
    account, _, rest = personality.track2().reveal().partition("=")
    dated = rest[: len("YYMM201")]
    room = track.LONGEST_TRACK_2 - len(account) - len("=") - len(dated)
    stripe = Secret(f"{account}={dated}{'0' * room}")
    return {
        MAGSTRIPE_RECORD: record(
            (_MAGSTRIPE_VERSION, b"\0\1"),
            (MAGSTRIPE_TRACK_2, track.to_tag57(stripe)),
            (_CVC3_MAP, bytes.fromhex("000E")),
            (_NUMBER_MAP, bytes.fromhex("0E70")),
            (_COUNTER_DIGITS, b"\3"),
        )
    }


def _last_day(yymm: str) -> bytes:
    """5F24 for an embossed month: its last day."""
    _, last = monthrange(2000 + int(yymm[:2]), int(yymm[2:]))
    return numeric(f"{yymm}{last}", 3)


def _compressed(digits: str) -> bytes:
    return bytes.fromhex(digits + "F" * (len(digits) % 2))
