"""The authorisation response code: tag 8A, and field 39 of ISO 8583:1987 that it is copied from (EMV Book 4, annex A6)."""

from __future__ import annotations

from typing import Final

APPROVALS: Final = ("00", "10")
"""The codes that approve: in full, and a part of the amount."""

REFERRALS: Final = ("01", "02")
"""The codes by which the issuer wants to be called."""

WRONG_PIN: Final = "55"
PIN_TRIES_EXCEEDED: Final = "75"
"""What the issuer says of a PIN that it has checked itself."""

OFFLINE_APPROVED: Final = b"Y1"
OFFLINE_DECLINED: Final = b"Z1"
UNREACHED_APPROVED: Final = b"Y3"
UNREACHED_DECLINED: Final = b"Z3"
"""The terminal's own codes, where the issuer gives none: decided offline, and decided since it could not be reached."""
