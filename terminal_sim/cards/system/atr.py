"""What a card says when it gets power, or comes into a field: its ATR."""

from __future__ import annotations

from functools import reduce
from operator import xor


def chip_atr(historical: bytes) -> bytes:
    """A T=0 card of EMV Book 1, 8.3: TB1 and TC1 zero, no TCK."""
    return bytes((0x3B, 0x60 | len(historical), 0x00, 0x00)) + historical


def contactless_atr(historical: bytes) -> bytes:
    """What PC/SC part 3, 3.1.3.2.3, makes of the historical bytes of an ATS."""
    body = bytes((0x80 | len(historical), 0x80, 0x01)) + historical
    return b"\x3b" + body + bytes((reduce(xor, body),))
