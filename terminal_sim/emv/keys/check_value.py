"""Key check values: a few bytes by which people compare a key without seeing it."""

from __future__ import annotations

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.cmac import CMAC

from terminal_sim.emv.keys import tdes
from terminal_sim.emv.keys.key_algorithm import KeyAlgorithm
from terminal_sim.secret import Secret


def check_value(key: Secret[bytes], algorithm: KeyAlgorithm) -> bytes:
    """The check value of `key` (ANSI X9.24-1:2017, annex A): 3 bytes of a block of zeros enciphered by triple DES, 5 of its CMAC by AES."""
    return ciphered_zeros(key, algorithm) if algorithm is KeyAlgorithm.TDES else zeros_cmac(key, algorithm)


def ciphered_zeros(key: Secret[bytes], algorithm: KeyAlgorithm) -> bytes:
    """3 bytes of a block of zeros enciphered under `key`: the check value of triple DES, and the older one of AES."""
    zeros = bytes(algorithm.block)
    return Cipher(cipher_of(key, algorithm), ECB()).encryptor().update(zeros)[:3]


def zeros_cmac(key: Secret[bytes], algorithm: KeyAlgorithm) -> bytes:
    """5 bytes of the CMAC of a block of zeros under `key`."""
    mac = CMAC(cipher_of(key, algorithm))
    mac.update(bytes(algorithm.block))
    return mac.finalize()[:5]


def cipher_of(key: Secret[bytes], algorithm: KeyAlgorithm) -> TripleDES | AES:
    """The cipher itself."""
    return AES(key.reveal()) if algorithm is KeyAlgorithm.AES else tdes.cipher(key.reveal())
