"""What a card's maker, its issuer and the card itself sign by RSA: certificates, static data and dynamic data (EMV Book 2, 5 and 6).

1. The keys are those of `profiles/keys/test-card-keys.toml`, the same for all virtual cards: TEST keys, known to everybody.
2. Nobody writes a certificate: it is made from the personality when the card is first asked for it, and kept for the next card.
3. Whoever signs fills N bytes so: header 6A, the content from its format on, filler BB, SHA-1 over content, filler and what is not
   signed along, trailer BC (annex A2.1).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, Literal

from terminal_sim.datafiles.bundled import bundled
from terminal_sim.datafiles.toml import read
from terminal_sim.emv.data import tags
from terminal_sim.emv.keys.ca import RSA, SHA_1
from terminal_sim.emv.keys.certificates import (
    ICC_CERTIFICATE,
    ICC_OVERHEAD,
    ISSUER_CERTIFICATE,
    ISSUER_OVERHEAD,
    SIGNED_DYNAMIC,
    SIGNED_STATIC,
)
from terminal_sim.emv.keys.rsa import PrivateKey, PublicKey
from terminal_sim.secret import Secret

CA_KEY_INDEX: Final = b"\xb7"
"""8F: the index of the test certification authority's keys (`profiles/keys/test-ca.toml`)."""
SERIAL: Final = bytes.fromhex("000001")
REVOKED_SERIAL: Final = bytes.fromhex("00DEAD")
"""The serial number of an issuer's certificate that the test certification authority has taken back."""

_EXPIRES: Final = bytes.fromhex("1249")  # MMYY of every certificate
_ISSUER_DIGITS: Final = 6
_AUTHENTICATION_CODE: Final = bytes.fromhex("DAC0")
_FRAME: Final = 22  # header, hash and trailer

Objects = tuple[tuple[int, bytes], ...]
"""Data objects for a record, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateKeyEntry:
    """A private key by its modulus and its primes, all numbers in hex."""

    exponent: str
    modulus: str
    p: str
    q: str

    def key(self) -> PrivateKey:
        public = PublicKey(bytes.fromhex(self.modulus), int(self.exponent, 16))
        return PrivateKey(public, Secret(bytes.fromhex(self.p)), Secret(bytes.fromhex(self.q)))


@dataclass(frozen=True, slots=True, kw_only=True)
class CardKeyFile:
    """The file of the cards' private keys: `ca` certifies `issuer`, that `icc` and `pin`, which the cards hold."""

    keys: Literal[1]
    ca: PrivateKeyEntry
    issuer: PrivateKeyEntry
    icc: PrivateKeyEntry
    pin: PrivateKeyEntry


@cache
def _file() -> CardKeyFile:
    return read(bundled() / "keys" / "test-card-keys.toml", CardKeyFile)


@cache
def _key(owner: Literal["ca", "issuer", "icc", "pin"]) -> PrivateKey:
    """The key of `owner`, made once, since what follows from its primes costs a tenth of a signature."""
    entry: PrivateKeyEntry = getattr(_file(), owner)
    return entry.key()


def pin_key() -> PrivateKey:
    """The key that deciphers a PIN (Book 2, 7)."""
    return _key("pin")


@lru_cache(maxsize=256)
def issuer_certificate(pan: Secret[str], serial: bytes = SERIAL) -> Objects:
    """8F, 90, 92 and 9F32: the issuer's key, certified for the first digits of its cards (table 6)."""
    issuer = _key("issuer").public
    identifier = bytes.fromhex(pan.reveal()[:_ISSUER_DIGITS].ljust(8, "F"))
    head = bytes((ISSUER_CERTIFICATE,)) + identifier + _EXPIRES + serial
    certificate, remainder = _certified(_key("ca"), head, issuer, ISSUER_OVERHEAD, b"")
    return (
        (tags.CA_KEY_INDEX, CA_KEY_INDEX),
        (tags.ISSUER_CERTIFICATE, certificate),
        (tags.ISSUER_KEY_REMAINDER, remainder),
        (tags.ISSUER_KEY_EXPONENT, issuer.exponent_bytes),
    )


@lru_cache(maxsize=256)
def icc_certificate(pan: Secret[str], static: bytes) -> Objects:
    """9F46, 9F48 and 9F47: the card's key, certified with its number and its static data (table 14)."""
    certificate, remainder, exponent = _of_card(pan, _key("icc").public, static)
    return (
        (tags.ICC_CERTIFICATE, certificate),
        (tags.ICC_KEY_REMAINDER, remainder),
        (tags.ICC_KEY_EXPONENT, exponent),
    )


@lru_cache(maxsize=256)
def pin_certificate(pan: Secret[str]) -> Objects:
    """9F2D, 9F2F and 9F2E: the card's key for enciphered PINs, certified without static data (7.1)."""
    certificate, remainder, exponent = _of_card(pan, pin_key().public, b"")
    return (
        (tags.PIN_CERTIFICATE, certificate),
        (tags.PIN_KEY_REMAINDER, remainder),
        (tags.PIN_KEY_EXPONENT, exponent),
    )


@lru_cache(maxsize=256)
def signed_static_data(static: bytes) -> bytes:
    """93: the issuer's signature of the static data (table 7)."""
    content = bytes((SIGNED_STATIC, SHA_1)) + _AUTHENTICATION_CODE
    return _framed(_key("issuer"), content, static)


def signed_dynamic_data(dynamic: bytes, terminal: bytes) -> bytes:
    """9F4B: the card's signature of its `dynamic` data, with the `terminal`'s in the hash (table 17)."""
    return _framed(_key("icc"), bytes((SIGNED_DYNAMIC, SHA_1, len(dynamic))) + dynamic, terminal)


def combined_data(number: bytes, kind: int, cryptogram: bytes, covered: bytes) -> bytes:
    """The ICC dynamic data of CDA (table 19): number, kind of cryptogram, cryptogram, and the hash of what was exchanged (`covered`)."""
    signed = bytes((len(number),)) + number + bytes((kind,)) + cryptogram
    return signed + hashlib.sha1(covered).digest()


def spoilt(objects: Iterable[tuple[int, bytes]], tag: int) -> Objects:
    """`objects` with one bit of `tag` turned, as of a forged or worn card."""
    return tuple((one, turned(value) if one == tag else value) for one, value in objects)


def turned(value: bytes) -> bytes:
    """`value` with its last bit turned."""
    return value[:-1] + bytes((value[-1] ^ 1,))


def _of_card(pan: Secret[str], key: PublicKey, static: bytes) -> tuple[bytes, bytes, bytes]:
    number = bytes.fromhex(pan.reveal().ljust(20, "F"))
    head = bytes((ICC_CERTIFICATE,)) + number + _EXPIRES + SERIAL
    certificate, remainder = _certified(_key("issuer"), head, key, ICC_OVERHEAD, static)
    return certificate, remainder, key.exponent_bytes


def _certified(
    signer: PrivateKey, head: bytes, key: PublicKey, overhead: int, static: bytes
) -> tuple[bytes, bytes]:
    """The certificate of `key`, and the digits of its modulus that find no room in it."""
    exponent = key.exponent_bytes
    room = signer.public.size - overhead
    digits, remainder = key.modulus[:room], key.modulus[room:]
    content = head + bytes((SHA_1, RSA, key.size, len(exponent))) + digits
    return _framed(signer, content, remainder + exponent + static), remainder


def _framed(signer: PrivateKey, content: bytes, outside: bytes) -> bytes:
    filled = content.ljust(signer.public.size - _FRAME, b"\xbb")
    return signer.apply(b"\x6a" + filled + hashlib.sha1(filled + outside).digest() + b"\xbc")
