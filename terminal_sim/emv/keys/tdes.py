"""Triple DES block by block, with its contexts kept: setting one up costs ten times as much as a block.

DES is what EMV's symmetric keys and ISO 9564-1 format 0 are made of; nothing here is meant to protect anything but test data.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
    from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
    from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB

BLOCK = 8


class MacPadding(Enum):
    """How a message is filled up to whole blocks (ISO/IEC 9797-1, 6.3): method 1 with zeros where it must be, method 2 always with 80 and zeros."""

    ZEROS = 1
    ONE_AND_ZEROS = 2


def cipher(key: bytes) -> TripleDES:
    """The cipher of a key of one, two or three parts. Raises `ValueError` where it has another length."""
    # Imported here and in `_keyed`: a terminal that shows its first screen has no card to make a cryptogram with.
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES

    if len(key) == 8:
        return TripleDES(key * 3)
    if len(key) == 16:
        return TripleDES(key + key[:8])
    if len(key) == 24:
        return TripleDES(key)
    raise ValueError(f"a DES key has 8, 16 or 24 bytes, not {len(key)}")


def _keyed(key: bytes, *, chained: bool = False) -> Cipher[ECB] | Cipher[CBC]:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB

    return Cipher(cipher(key), CBC(bytes(BLOCK))) if chained else Cipher(cipher(key), ECB())


@lru_cache(maxsize=128)
def _encryptor(key: bytes) -> CipherContext:
    return _keyed(key).encryptor()


@lru_cache(maxsize=32)
def _decryptor(key: bytes) -> CipherContext:
    return _keyed(key).decryptor()


class _Chain:
    """CBC under one key whose context outlives a message: the first block of the next leads the chain back to zeros."""

    __slots__ = ("_context", "_last")

    def __init__(self, key: bytes) -> None:
        self._context = _keyed(key, chained=True).encryptor()
        self._last = 0

    def encrypt(self, blocks: bytes) -> bytes:
        first = int.from_bytes(blocks[:BLOCK]) ^ self._last
        enciphered = self._context.update(first.to_bytes(BLOCK) + blocks[BLOCK:])
        self._last = int.from_bytes(enciphered[-BLOCK:])
        return enciphered


@lru_cache(maxsize=128)
def _chain(key: bytes) -> _Chain:
    return _Chain(key)


def encrypt(key: bytes, blocks: bytes) -> bytes:
    """ECB over whole blocks of 8 bytes; a key of 8 bytes makes it single DES."""
    if len(blocks) % BLOCK:
        raise ValueError("DES works on whole blocks of 8 bytes")
    return _encryptor(key).update(blocks)


def decrypt(key: bytes, blocks: bytes) -> bytes:
    """The inverse of `encrypt`."""
    if len(blocks) % BLOCK:
        raise ValueError("DES works on whole blocks of 8 bytes")
    return _decryptor(key).update(blocks)


def encrypt_cbc(key: bytes, blocks: bytes) -> bytes:
    """CBC over whole blocks of 8 bytes, the first chained to zeros."""
    if len(blocks) % BLOCK:
        raise ValueError("DES works on whole blocks of 8 bytes")
    return _chain(key).encrypt(blocks) if blocks else b""


def decrypt_cbc(key: bytes, blocks: bytes) -> bytes:
    """The inverse of `encrypt_cbc`."""
    mixed = int.from_bytes(decrypt(key, blocks)) ^ int.from_bytes(bytes(BLOCK) + blocks[:-BLOCK])
    return mixed.to_bytes(len(blocks))


def padded(message: bytes, padding: MacPadding = MacPadding.ONE_AND_ZEROS) -> bytes:
    """`message` filled up to whole blocks; an empty one under method 1 is one block of zeros."""
    filled = message + b"\x80" if padding is MacPadding.ONE_AND_ZEROS else message or bytes(BLOCK)
    return filled + bytes(-len(filled) % BLOCK)


def retail_mac(key: bytes, message: bytes, padding: MacPadding = MacPadding.ONE_AND_ZEROS) -> bytes:
    """ISO/IEC 9797-1 algorithm 3, 8 bytes, under a key of 16 bytes (EMV Book 2, A1.2.1)."""
    filled = padded(message, padding)
    last = len(filled) - BLOCK
    chain = int.from_bytes(_chain(key[:8]).encrypt(filled[:last])[-BLOCK:]) if last else 0
    # The algorithm's last three steps (encrypt K1, decrypt K2, encrypt K1) are one triple-DES block.
    return _encryptor(key).update((chain ^ int.from_bytes(filled[last:])).to_bytes(BLOCK))
