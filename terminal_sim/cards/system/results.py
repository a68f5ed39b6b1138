"""Card verification results: what a card tells its issuer about the transaction, in its scheme's layout of 9F10.

| fact                         | Visa, Interac | M/Chip   | CCD (Book 3, C9.4) |
|------------------------------|---------------|----------|--------------------|
| second, first cryptogram     | 1 b8-7, b6-5  | the same | the same           |
| issuer authentication failed | 1 b4          | 5 b3     | 1 b1               |
| PIN compared by the card     | 1 b3          | 1 b3     | 2 b4               |
| the PIN was wrong            | 1 b2          | 4 b6     | 2 b3               |
| PIN tries used up            | 2 b7          | 4 b5     | 2 b2               |
| limit of offline payments    | 2 b6          | 5 b8     | 3 b8               |
| DDA performed                | 3 b2          | 2 b8     | 1 b3               |
| CDA performed                | 3 b2          | 2 b7     | 1 b4               |
| number of script commands    | 3 b8-5        | 3 b8-5   | 4 b8-5             |
| a script failed              | 3 b4          | 5 b1     | 4 b4               |

Bytes count from 1 and leave the length byte of Visa and Interac out. M/Chip has, with 1 b1, one bit more for a right PIN.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from terminal_sim.emv.data.apdu import Cryptogram
from terminal_sim.emv.keys.issuer_data import IssuerDataLayout


class CardFacts(Struct, frozen=True, kw_only=True):
    """What a card knows about its transaction. `second` is None as long as no second cryptogram was asked for."""

    first: Cryptogram
    second: Cryptogram | None = None
    issuer_failed: bool = False
    pin_compared: bool = False
    pin_wrong: bool = False
    pin_blocked: bool = False
    over_limit: bool = False
    dynamic: bool = False
    combined: bool = False
    scripts: int = 0
    script_failed: bool = False


_KIND: Final = {Cryptogram.AAC: 0, Cryptogram.TC: 1, Cryptogram.ARQC: 2, None: 2}
_SIZES: Final = {
    IssuerDataLayout.VISA: 3,
    IssuerDataLayout.MCHIP: 6,
    IssuerDataLayout.INTERAC: 4,
    IssuerDataLayout.CCD: 5,
}

# Where each fact stands: the byte, from 1, and the mask.
_VISA: Final = {
    "issuer_failed": (1, 0x08),
    "pin_compared": (1, 0x04),
    "pin_wrong": (1, 0x02),
    "pin_blocked": (2, 0x40),
    "over_limit": (2, 0x20),
    "dynamic": (3, 0x02),
    "combined": (3, 0x02),
    "script_failed": (3, 0x08),
}
_PLACES: Final = {
    IssuerDataLayout.VISA: _VISA,
    IssuerDataLayout.INTERAC: _VISA,
    IssuerDataLayout.MCHIP: {
        "issuer_failed": (5, 0x04),
        "pin_compared": (1, 0x04),
        "pin_right": (1, 0x01),
        "pin_wrong": (4, 0x20),
        "pin_blocked": (4, 0x10),
        "over_limit": (5, 0x80),
        "dynamic": (2, 0x80),
        "combined": (2, 0x40),
        "script_failed": (5, 0x01),
    },
    IssuerDataLayout.CCD: {
        "issuer_failed": (1, 0x01),
        "pin_compared": (2, 0x08),
        "pin_wrong": (2, 0x04),
        "pin_blocked": (2, 0x02),
        "over_limit": (3, 0x80),
        "dynamic": (1, 0x04),
        "combined": (1, 0x08),
        "script_failed": (4, 0x08),
    },
}
_SCRIPT_COUNT: Final = {
    IssuerDataLayout.VISA: 3,
    IssuerDataLayout.INTERAC: 3,
    IssuerDataLayout.MCHIP: 3,
    IssuerDataLayout.CCD: 4,
}
_LARGEST_COUNT: Final = 15


def verification_results(layout: IssuerDataLayout, facts: CardFacts) -> bytes:
    """The results of `facts`, without a length byte."""
    made = bytearray(_SIZES[layout])
    made[0] = _KIND[facts.second] << 6 | _KIND[facts.first] << 4
    holds = {
        "issuer_failed": facts.issuer_failed,
        "pin_compared": facts.pin_compared,
        "pin_right": facts.pin_compared and not facts.pin_wrong,
        "pin_wrong": facts.pin_wrong,
        "pin_blocked": facts.pin_blocked,
        "over_limit": facts.over_limit,
        "dynamic": facts.dynamic,
        "combined": facts.combined,
        "script_failed": facts.script_failed,
    }
    for name, (byte, mask) in _PLACES[layout].items():
        if holds[name]:
            made[byte - 1] |= mask
    made[_SCRIPT_COUNT[layout] - 1] |= min(facts.scripts, _LARGEST_COUNT) << 4
    return bytes(made)
