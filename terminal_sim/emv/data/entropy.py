"""Random bytes of one transaction, drawn from the seed that its request carries, so that a kernel stays a pure function of it."""

from __future__ import annotations

import hashlib
from itertools import count


def draw(seed: bytes, label: str, length: int) -> bytes:
    """`length` bytes for the purpose `label`: SHA-256 over seed, label and a counter of 4 bytes, as often as needed.

    The same seed and label give the same bytes; another label gives others.
    """
    drawn = b""
    for number in count():
        if len(drawn) >= length:
            break
        drawn += hashlib.sha256(seed + label.encode() + number.to_bytes(4)).digest()
    return drawn[:length]
