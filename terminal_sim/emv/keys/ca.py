"""The public keys of the schemes' certification authorities, as a terminal holds them (EMV Book 2, 11.2.2)."""

from __future__ import annotations

import hashlib

from terminal_sim.emv.keys import rsa
from terminal_sim.emv.keys.rsa import PublicKey

SHA_1 = 0x01
RSA = 0x01
LONGEST_MODULUS = 248


def check(rid: bytes, index: int, key: PublicKey, checked: bytes) -> None:
    """Raises `ValueError`, which begins with the name of the field, where a field breaks a rule or `checked` is not the key's checksum.

    The key `index` belongs to the registered application provider `rid` (5 bytes). A key that fails is not loaded.
    """
    if len(rid) != 5:
        raise ValueError("rid: 5 bytes, as A000000003")
    if not 0 <= index <= 0xFF:
        raise ValueError("index: one byte")
    if not 64 <= key.size <= LONGEST_MODULUS or not key.modulus[0]:
        raise ValueError(f"modulus: 64 to {LONGEST_MODULUS} bytes without leading zeros")
    if key.exponent not in rsa.EXPONENTS:
        raise ValueError("exponent: 03 or 010001")
    if checked != checksum(rid, index, key):
        raise ValueError(
            "checksum: it is not the SHA-1 over RID, index, modulus and exponent: one of them was mistyped"
        )


def checksum(rid: bytes, index: int, key: PublicKey) -> bytes:
    """The SHA-1 by which a key is checked (Book 2, 11.2.2)."""
    return hashlib.sha1(rid + bytes((index,)) + key.modulus + key.exponent_bytes).digest()
