"""The ciphers that symmetric keys are for. No cipher is in here, so that a key can be spoken of before one is loaded."""

from __future__ import annotations

from enum import Enum


class KeyAlgorithm(Enum):
    """The cipher that a key is for, by the letter that a key block has for it (ASC X9 TR-31:2018, table 7)."""

    TDES = "T"
    AES = "A"

    @property
    def sizes(self) -> tuple[int, ...]:
        """The lengths of its keys in bytes."""
        return (16, 24) if self is KeyAlgorithm.TDES else (16, 24, 32)

    @property
    def block(self) -> int:
        """The length of its blocks in bytes."""
        return 8 if self is KeyAlgorithm.TDES else 16
