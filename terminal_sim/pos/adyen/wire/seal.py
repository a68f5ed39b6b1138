"""The seal of local Terminal API messages: AES-256-CBC and HMAC-SHA256 under keys derived from a passphrase.

A sealed message repeats the header in clear, which is a label and no more; what counts is inside. Whatever is wrong with a seal is one
error to the sender (`SealBroken`), whose text is for the terminal's own trace and never leaves it.
"""

from __future__ import annotations

import hmac
from binascii import a2b_base64, b2a_base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.padding import PKCS7
from msgspec import Struct

from terminal_sim.secret import Secret

CRYPTO_VERSION = 1
NONCE_BYTES = 16
_SALT = b"AdyenNexoV1Salt"
_ROUNDS = 4000
_HMAC_BYTES = 32
_BLOCK_BITS = 128
_SHORTEST_PASSPHRASE = 12


class SealBroken(Exception):
    """A sealed message cannot be opened. The text says why, for the terminal's trace only: a sender learns that it failed."""


class Trailer(Struct, frozen=True, rename="pascal"):
    """The `SecurityTrailer` of a sealed message; `hmac` and `nonce` are base64."""

    adyen_crypto_version: int
    hmac: str
    key_identifier: str
    key_version: int
    nonce: str


class Sealed(Struct, frozen=True, rename="pascal"):
    """What a message has in the place of its body: `nexo_blob` is the enciphered text of the whole message, in base64."""

    nexo_blob: str
    security_trailer: Trailer


@dataclass(frozen=True, slots=True)
class SharedKey:
    """A key that a terminal and its points of sale share, by the names under which messages refer to it."""

    identifier: str
    version: int
    passphrase: Secret[str]

    def refusal(self) -> str:
        """Why no terminal should take this key, in one sentence; empty where it is good.

        The vendor's libraries disagree on the bytes of a letter outside ASCII (Latin-1, UTF-8), and its policy wants twelve
        characters with upper case, lower case, digits and others among them.
        """
        text = self.passphrase.reveal()
        if not self.identifier:
            return "a shared key needs an identifier"
        if not text.isascii() or not text.isprintable():
            return "the passphrase of a shared key has printable ASCII characters only: libraries disagree on others"
        if len(text) < _SHORTEST_PASSPHRASE:
            return f"the passphrase of a shared key has at least {_SHORTEST_PASSPHRASE} characters"
        kinds = (str.islower, str.isupper, str.isdigit, lambda char: not char.isalnum())
        if not all(any(kind(char) for char in text) for kind in kinds):
            return "the passphrase of a shared key has upper case, lower case, a digit and another character"
        return ""


@dataclass(frozen=True, slots=True)
class DerivedKey:
    """The three parts that come of a passphrase: 32 bytes for the HMAC, 32 for AES, and the 16 that each nonce is added to."""

    hmac: Secret[bytes]
    cipher: Secret[bytes]
    iv: Secret[bytes]


def derive(passphrase: Secret[bytes]) -> DerivedKey:
    """PBKDF2-HMAC-SHA1 of the passphrase's bytes, 4,000 rounds, 80 bytes. It costs milliseconds."""
    made = PBKDF2HMAC(SHA1(), 80, _SALT, _ROUNDS).derive(passphrase.reveal())
    cipher_end = 2 * _HMAC_BYTES
    return DerivedKey(
        Secret(made[:_HMAC_BYTES]), Secret(made[_HMAC_BYTES:cipher_end]), Secret(made[cipher_end:])
    )


def seal(text: bytes, key: SharedKey, nonce: bytes) -> Sealed:
    """`text`, the whole message in UTF-8, sealed with `key`. `nonce` is 16 bytes that no other message under this key has."""
    derived = _derived(key)
    padder = PKCS7(_BLOCK_BITS).padder()
    encryptor = _cipher(derived, nonce).encryptor()
    blob = encryptor.update(padder.update(text) + padder.finalize()) + encryptor.finalize()
    return Sealed(
        _text(blob),
        Trailer(CRYPTO_VERSION, _text(_mac(derived, text)), key.identifier, key.version, _text(nonce)),
    )


def unseal(message: Sealed, keys: Sequence[SharedKey]) -> tuple[bytes, SharedKey]:
    """The text inside `message`, and which of `keys` it came under. Raises `SealBroken`."""
    trailer = message.security_trailer
    if trailer.adyen_crypto_version != CRYPTO_VERSION:
        raise SealBroken(
            f"AdyenCryptoVersion is {trailer.adyen_crypto_version}, and {CRYPTO_VERSION} is known"
        )
    named = [key for key in keys if key.identifier == trailer.key_identifier]
    key = next((key for key in named if key.version == trailer.key_version), None)
    if key is None:
        what = f"version {trailer.key_version} of the key" if named else "key"
        raise SealBroken(f"the terminal has no {what} {trailer.key_identifier!r}")
    derived = _derived(key)
    blob, claimed, nonce = (
        _bytes(name, value)
        for name, value in (
            ("NexoBlob", message.nexo_blob),
            ("Hmac", trailer.hmac),
            ("Nonce", trailer.nonce),
        )
    )
    if len(nonce) != NONCE_BYTES:
        raise SealBroken(f"Nonce has {len(nonce)} bytes, not {NONCE_BYTES}")
    if len(claimed) != _HMAC_BYTES:
        raise SealBroken(f"Hmac has {len(claimed)} bytes, not {_HMAC_BYTES}")
    if not blob or len(blob) % NONCE_BYTES:
        raise SealBroken(f"NexoBlob has {len(blob)} bytes, which are no whole blocks of {NONCE_BYTES}")
    decryptor = _cipher(derived, nonce).decryptor()
    unpadder = PKCS7(_BLOCK_BITS).unpadder()
    padded = decryptor.update(blob) + decryptor.finalize()
    try:
        text = unpadder.update(padded) + unpadder.finalize()
    except (ValueError, InvalidKey):
        raise SealBroken("the padding is wrong: another passphrase, or a changed message") from None
    if not hmac.compare_digest(_mac(derived, text), claimed):
        raise SealBroken("the HMAC is wrong: another passphrase, or a changed message")
    return text, key


@lru_cache(maxsize=64)
def _derived(key: SharedKey) -> DerivedKey:
    """The parts of a key that is in use, derived once."""
    return derive(Secret(key.passphrase.reveal().encode()))


def _cipher(derived: DerivedKey, nonce: bytes) -> Cipher[modes.CBC]:
    if len(nonce) != NONCE_BYTES:
        raise ValueError(f"a nonce has {NONCE_BYTES} bytes, not {len(nonce)}")
    iv = (int.from_bytes(derived.iv.reveal()) ^ int.from_bytes(nonce)).to_bytes(NONCE_BYTES)
    return Cipher(algorithms.AES(derived.cipher.reveal()), modes.CBC(iv))


def _mac(derived: DerivedKey, text: bytes) -> bytes:
    return hmac.digest(derived.hmac.reveal(), text, "sha256")


def _text(data: bytes) -> str:
    return b2a_base64(data, newline=False).decode()


def _bytes(name: str, text: str) -> bytes:
    try:
        return a2b_base64(text, strict_mode=True)
    except ValueError:
        raise SealBroken(f"{name} is no base64") from None
