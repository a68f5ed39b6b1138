"""How the platform spells a payment's name: `TENDER.PSP`, both made of the terminal's own reference.

The terminal's reference cannot repeat and is what its journal, its receipts and the acquirer have. A tender is four letters, twelve digits of
seconds since 1970 and three of a counter, and may repeat where a clock was set back; a PSP reference has 16 letters and digits.
So the PSP reference holds the terminal's own one and four signs that guard it, and is read back without a table.
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PSP_LENGTH = 16
_GUARD = 4
_COUNTER, _COUNTED = 3, 1000  # digits of a tender's counter, and how many tenders they tell apart
REFERENCE_LENGTH = _PSP_LENGTH - _GUARD


def _guard(text: str) -> str:
    number = int.from_bytes(sha256(text.encode()).digest()[:8], "big")
    signs = []
    for _ in range(_GUARD):
        number, rest = divmod(number, len(_SIGNS))
        signs.append(_SIGNS[rest])
    return "".join(signs)


def psp_reference(reference: str) -> str:
    """The platform's name of the payment that the terminal calls `reference`, which has at most twelve capitals and digits."""
    whole = reference.rjust(REFERENCE_LENGTH, "0")
    return _guard(whole) + whole


def reference_of(transaction_id: str) -> str:
    """The terminal's own reference of a payment that the platform calls `TENDER.PSP` or `PSP`; empty for what is no such name."""
    psp = transaction_id.rpartition(".")[2]
    guard, whole = psp[:_GUARD], psp[_GUARD:]
    return whole if len(psp) == _PSP_LENGTH and _guard(whole) == guard else ""


def tender_reference(terminal: str, number: int, at: datetime) -> str:
    """The tender with this `number` of `terminal`, begun at `at`, a civil time in UTC."""
    seconds = int(at.replace(tzinfo=UTC).timestamp())
    return f"{_guard(terminal)}{seconds:012d}{number % _COUNTED:0{_COUNTER}d}"


def numbers_of(tender: str, newest: int) -> range:
    """The numbers up to `newest` that may be this tender's, the highest first: it ends in the last digits of its own."""
    counter = tender[-_COUNTER:]
    if not (counter.isascii() and counter.isdigit()):
        return range(0)
    return range(newest - (newest - int(counter)) % _COUNTED, 0, -_COUNTED)


def time_stamp(at: datetime) -> str:
    """A civil time in UTC as the protocol writes it, in milliseconds."""
    return f"{at.isoformat(timespec='milliseconds')}Z"
