"""RSA as EMV uses it: the bare operation on whole numbers, without a padding of its own (EMV Book 2, A2.1 and B2.1).

`cryptography` offers RSA only with the paddings of PKCS #1, so that the operation is `pow`, or gmpy2's where it is installed (the extra
`fast`), which is several times as fast for private keys. Nothing here protects more than test data.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from msgspec import Struct

from terminal_sim.secret import Secret

try:
    from gmpy2 import powmod
except ImportError:

    def powmod(base: int, exponent: int, modulus: int, /) -> int:
        """`base` to the power of `exponent`, modulo `modulus`."""
        return pow(base, exponent, modulus)


EXPONENTS: Final = (3, 65537)
"""The public exponents that EMV allows (Book 2, B2.1)."""


class RsaError(ValueError):
    """A value does not fit the key."""


class PublicKey(Struct, frozen=True):
    """`modulus` in N bytes, big endian."""

    modulus: bytes
    exponent: int

    @property
    def size(self) -> int:
        """N, in bytes."""
        return len(self.modulus)

    @property
    def exponent_bytes(self) -> bytes:
        """The exponent in as few bytes as it has, as certificates and checksums write it."""
        return self.exponent.to_bytes((self.exponent.bit_length() + 7) // 8)

    def apply(self, value: bytes) -> bytes:
        """The public operation on a value of N bytes; the result has N bytes. Raises `RsaError` for another length or too large a value."""
        if len(value) != len(self.modulus):
            raise RsaError(f"the value has {len(value)} bytes, the key {len(self.modulus)}")
        number, modulus = int.from_bytes(value), int.from_bytes(self.modulus)
        if not modulus or number >= modulus:
            raise RsaError("the value is not below the modulus")
        return int(powmod(number, self.exponent, modulus)).to_bytes(len(self.modulus))


@dataclass(frozen=True)
class PrivateKey:
    """A key by its primes; `public` is the other half. The operation uses the Chinese remainder theorem."""

    public: PublicKey
    p: Secret[bytes]
    q: Secret[bytes]

    def apply(self, value: bytes) -> bytes:
        """The private operation on a value of N bytes, as of `PublicKey.apply`."""
        public = self.public
        if len(value) != public.size or int.from_bytes(value) >= int.from_bytes(public.modulus):
            raise RsaError("the value does not fit the key")
        p, q, exponent_p, exponent_q, inverse = self._remainders
        number = int.from_bytes(value)
        of_p = int(powmod(number % p, exponent_p, p))
        of_q = int(powmod(number % q, exponent_q, q))
        return (of_q + (of_p - of_q) * inverse % p * q).to_bytes(public.size)

    @cached_property
    def _remainders(self) -> tuple[int, int, int, int, int]:
        """The primes, the private exponent modulo each less one, and the inverse of q modulo p: made once for a key."""
        p, q = int.from_bytes(self.p.reveal()), int.from_bytes(self.q.reveal())
        exponent = self.public.exponent
        return p, q, pow(exponent, -1, p - 1), pow(exponent, -1, q - 1), pow(q, -1, p)
