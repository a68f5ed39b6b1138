"""Triple DES block by block, with its contexts kept: setting one up costs ten times as much as a block.

DES is what EMV's symmetric keys and ISO 9564-1 format 0 are made of; nothing here is meant to protect anything but test data.
"""

from __future__ import annotations

from functools import lru_cache

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.modes import ECB

BLOCK = 8


def _full(key: bytes) -> bytes:
    """K1 K2 K3 of a key of one, two or three parts. Raises `ValueError` where it has another length."""
    if len(key) == 8:
        return key * 3
    if len(key) == 16:
        return key + key[:8]
    if len(key) == 24:
        return key
    raise ValueError(f"a DES key has 8, 16 or 24 bytes, not {len(key)}")


@lru_cache(maxsize=128)
def _encryptor(key: bytes) -> CipherContext:
    return Cipher(TripleDES(_full(key)), ECB()).encryptor()


@lru_cache(maxsize=32)
def _decryptor(key: bytes) -> CipherContext:
    return Cipher(TripleDES(_full(key)), ECB()).decryptor()


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


def retail_mac(key: bytes, message: bytes) -> bytes:
    """ISO/IEC 9797-1 algorithm 3 with padding method 2, 8 bytes, under a key of 16 bytes (EMV Book 2, A1.2.1)."""
    padded = message + b"\x80"
    padded += bytes(-len(padded) % BLOCK)
    single = _encryptor(key[:8])
    chain = 0
    last = len(padded) - BLOCK
    for at in range(0, last, BLOCK):
        block = chain ^ int.from_bytes(padded[at : at + BLOCK])
        chain = int.from_bytes(single.update(block.to_bytes(BLOCK)))
    # The algorithm's last three steps (encrypt K1, decrypt K2, encrypt K1) are one triple-DES block.
    return _encryptor(key).update((chain ^ int.from_bytes(padded[last:])).to_bytes(BLOCK))
