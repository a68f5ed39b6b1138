"""Message authentication codes: the last 8 bytes of each message, DE 64 or DE 128, over all that stands before them."""

from __future__ import annotations

import hmac
from enum import Enum

from terminal_sim.secret import Secret

CODE_SIZE = 8


class MacAlgorithm(Enum):
    """How a code is made, under a triple DES key; the value is its name in dialect files."""

    RETAIL = "iso9797-3"
    """ISO/IEC 9797-1 algorithm 3 (retail MAC) with padding method 2, under a key of 16 bytes."""
    CMAC = "cmac"
    """CMAC (NIST SP 800-38B, ISO/IEC 9797-1 algorithm 5)."""

    @property
    def usage(self) -> str:
        """What the key block of its key says that it is for (TR-31:2018, table 6)."""
        return "M3" if self is MacAlgorithm.RETAIL else "M6"


def sealed(message: bytes, algorithm: MacAlgorithm, key: Secret[bytes]) -> bytes:
    """`message`, whose last 8 bytes are kept for its code, with the code in them."""
    said = message[:-CODE_SIZE]
    return said + _code(said, algorithm, key)


def is_authentic(message: bytes, algorithm: MacAlgorithm, key: Secret[bytes]) -> bool:
    """Whether the last 8 bytes are the code of what stands before them."""
    return hmac.compare_digest(_code(message[:-CODE_SIZE], algorithm, key), message[-CODE_SIZE:])


def _code(said: bytes, algorithm: MacAlgorithm, key: Secret[bytes]) -> bytes:
    from terminal_sim.emv.keys import tdes  # only a dialect with codes needs ciphers

    if algorithm is MacAlgorithm.RETAIL:
        return tdes.retail_mac(key.reveal(), said)
    from cryptography.hazmat.primitives.cmac import CMAC

    code = CMAC(tdes.cipher(key.reveal()))
    code.update(said)
    return code.finalize()
