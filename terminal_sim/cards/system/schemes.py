"""What all cards of a scheme have in common, by its registered application provider (RID, the first five bytes of an AID).

A scheme has the version of its cryptograms and the style of its secure messaging (`emv.keys`). Public facts give the versions of Visa,
M/Chip and Interac; cards of the others have the version whose layout of 9F10 their public samples have. A provider that has no row
issues cards of the common core (CCD; EMV Book 3, C9).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from terminal_sim.emv.keys.cryptogram_versions import VERSIONS, CryptogramVersion
from terminal_sim.emv.keys.issuer_data import IssuerDataLayout
from terminal_sim.emv.keys.secure_messaging import Messaging, style_of

_RID_BYTES: Final = 5


@dataclass(frozen=True, slots=True)
class Scheme:
    """How the cards of a scheme certify, and how they understand their issuer's scripts."""

    version: CryptogramVersion

    @property
    def messaging(self) -> Messaging:
        """The style of secure messaging that belongs to the version."""
        return style_of(self.version.layout, self.version.number)


def _row(layout: IssuerDataLayout, number: int) -> Scheme:
    return Scheme(VERSIONS[layout, number])


_COMMON_CORE: Final = _row(IssuerDataLayout.CCD, 0xA5)
_SCHEMES: Final = {
    "A000000003": _row(IssuerDataLayout.VISA, 0x0A),
    "A000000004": _row(IssuerDataLayout.MCHIP, 0x10),
    "A000000025": _row(IssuerDataLayout.VISA, 0x01),
    "A000000065": _row(IssuerDataLayout.VISA, 0x12),
    "A000000152": _row(IssuerDataLayout.VISA, 0x12),
    "A000000277": _row(IssuerDataLayout.INTERAC, 0x85),
    "A000000333": _row(IssuerDataLayout.VISA, 0x01),
}


def scheme_of(aid: bytes) -> Scheme:
    """The scheme of an application."""
    return _SCHEMES.get(aid[:_RID_BYTES].hex().upper(), _COMMON_CORE)
