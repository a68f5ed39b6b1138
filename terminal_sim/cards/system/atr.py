"""What a card says when it gets power, or comes into a field: its ATR."""

from __future__ import annotations

from functools import reduce
from operator import xor
from typing import Final

from terminal_sim.cards.profile.faces import Protocols

_INTERFACE: Final[dict[Protocols, bytes]] = {
    "T=0": bytes.fromhex("60 00 00"),
    "T=1": bytes.fromhex("E0 00 00 81 31 FE 45"),
    "both": bytes.fromhex("E0 00 00 80 31 FE 45"),
}
"""T0 without its low half, and the interface bytes: TB1 and TC1 zero; for T=1 the largest IFSC, BWI 4 and CWI 5."""


def chip_atr(historical: bytes, protocols: Protocols) -> bytes:
    """A card of EMV Level 1 Contact, 8.3. A card of both protocols offers T=0 first; all but one of T=0 alone have a check byte."""
    first, *others = _INTERFACE[protocols]
    body = bytes((first | len(historical), *others)) + historical
    return b"\x3b" + body + (b"" if protocols == "T=0" else bytes((reduce(xor, body),)))


def contactless_atr(historical: bytes) -> bytes:
    """What PC/SC part 3, 3.1.3.2.3, makes of the historical bytes of an ATS."""
    body = bytes((0x80 | len(historical), 0x80, 0x01)) + historical
    return b"\x3b" + body + bytes((reduce(xor, body),))
