"""The public keys of the schemes' certification authorities, as a terminal holds them (EMV Book 2, 11.2.2)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from terminal_sim.emv.keys import rsa
from terminal_sim.emv.keys.rsa import PublicKey

SHA_1 = 0x01
RSA = 0x01
LONGEST_MODULUS = 248


@dataclass(frozen=True, slots=True, kw_only=True)
class CaKey:
    """The key `index` of the registered application provider `rid` (5 bytes). `expires` is YYMMDD; `test` says that it is no scheme's live key.

    Raises `ValueError`, which begins with the name of the field, where a field breaks a rule or `checksum`, the SHA-1 over RID, index,
    modulus and exponent, is another: such a key is not loaded.
    """

    rid: bytes
    index: int
    modulus: bytes
    exponent: int
    checksum: bytes
    expires: str = "491231"
    test: bool = True

    def __post_init__(self) -> None:
        if len(self.rid) != 5:
            raise ValueError("rid: 5 bytes, as A000000003")
        if not 0 <= self.index <= 0xFF:
            raise ValueError("index: one byte")
        if not 64 <= len(self.modulus) <= LONGEST_MODULUS or not self.modulus[0]:
            raise ValueError(f"modulus: 64 to {LONGEST_MODULUS} bytes without leading zeros")
        if self.exponent not in rsa.EXPONENTS:
            raise ValueError("exponent: 03 or 010001")
        if self.checksum != checksum(self.rid, self.index, self.modulus, self.exponent):
            raise ValueError(
                "checksum: it is not the SHA-1 over RID, index, modulus and exponent: one of them was mistyped"
            )

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.modulus, self.exponent)


def checksum(rid: bytes, index: int, modulus: bytes, exponent: int) -> bytes:
    """The SHA-1 by which a key is checked (Book 2, 11.2.2)."""
    short = exponent.to_bytes((exponent.bit_length() + 7) // 8)
    return hashlib.sha1(rid + bytes((index,)) + modulus + short).digest()


@dataclass(frozen=True, slots=True)
class RevokedCertificate:
    """An entry of the revocation list (5.1.2): the CA key by RID and index, and the serial number of 3 bytes of an issuer's certificate."""

    rid: bytes
    index: int
    serial: bytes
