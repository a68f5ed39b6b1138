"""Derived unique keys per transaction: a key that a terminal uses once, and that the host derives again from its serial number.

TDES as ANSI X9.24-1:2009, annex A: a serial number of 10 bytes whose last 21 bits count. AES as ANSI X9.24-3:2017, 6: an initial key
identifier of 8 bytes and a counter of 4. Counters with more bits set than a derivation takes (10 for TDES, 16 for AES) are passed over.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from terminal_sim.emv.keys import tdes
from terminal_sim.secret import Secret

TDES_SERIAL_BYTES: Final = 10
AES_SERIAL_BYTES: Final = 12
_TDES_COUNTER: Final = (1 << 21) - 1
_MOST_TDES_BITS, _MOST_AES_BITS = 10, 16
_MASK: Final = int.from_bytes(bytes.fromhex("C0C0C0C000000000C0C0C0C000000000"))
_PIN_VARIANT: Final = int.from_bytes(bytes.fromhex("00000000000000FF00000000000000FF"))


class KeyExhausted(Exception):
    """The counter has run out: the terminal needs a new initial key."""


class AesUse(Enum):
    """What a working key is for (X9.24-3, table 2)."""

    PIN = 0x1000
    MAC = 0x2000
    DATA = 0x3000


_INITIAL_KEY, _DERIVATION = 0x8001, 0x8000
_AES: Final = {16: 2, 24: 3, 32: 4}
"""The algorithm indicator of an AES key of so many bytes (X9.24-3, table 3)."""


def tdes_initial_key(base: Secret[bytes], serial: bytes) -> Secret[bytes]:
    """The initial key of a terminal, 16 bytes, from the base derivation key and the terminal's key serial number (A.6)."""
    name = _without_counter(serial)[:8]
    masked = (int.from_bytes(base.reveal()) ^ _MASK).to_bytes(16)
    return Secret(tdes.encrypt(base.reveal(), name) + tdes.encrypt(masked, name))


def tdes_key(initial: Secret[bytes], serial: bytes) -> Secret[bytes]:
    """The key of one transaction, 16 bytes, for the counter that `serial` has (A.3)."""
    counter = int.from_bytes(serial[-3:]) & _TDES_COUNTER
    if counter == 0 or counter.bit_count() > _MOST_TDES_BITS:
        raise ValueError("the serial number counts a key that is never used")
    register = int.from_bytes(_without_counter(serial)[2:])
    key, bit = initial.reveal(), 1 << 20
    while bit:
        if counter & bit:
            register |= bit
            masked = (int.from_bytes(key) ^ _MASK).to_bytes(16)
            key = _register_half(masked, register) + _register_half(key, register)
        bit >>= 1
    return Secret(key)


def tdes_pin_key(key: Secret[bytes]) -> Secret[bytes]:
    """The variant of a transaction key that enciphers a PIN (A.4.1)."""
    return Secret((int.from_bytes(key.reveal()) ^ _PIN_VARIANT).to_bytes(16))


def next_tdes(serial: bytes) -> bytes:
    """The serial number that follows. Raises `KeyExhausted` after the last."""
    counter = _following(int.from_bytes(serial[-3:]) & _TDES_COUNTER, _MOST_TDES_BITS, _TDES_COUNTER)
    return (int.from_bytes(_without_counter(serial)) | counter).to_bytes(TDES_SERIAL_BYTES)


def aes_initial_key(base: Secret[bytes], identifier: bytes) -> Secret[bytes]:
    """The initial key of a terminal, as long as the base derivation key, from the initial key identifier of 8 bytes (6.3.3)."""
    if len(identifier) != 8:
        raise ValueError("an initial key identifier has 8 bytes")
    return _derived(base.reveal(), _INITIAL_KEY, len(base), identifier)


def aes_key(initial: Secret[bytes], serial: bytes) -> Secret[bytes]:
    """The derivation key of one transaction for the counter of `serial` (6.3.2)."""
    counter = int.from_bytes(serial[8:])
    if len(serial) != AES_SERIAL_BYTES or counter == 0 or counter.bit_count() > _MOST_AES_BITS:
        raise ValueError("the serial number counts a key that is never used")
    key, reached, bit = initial, 0, 1 << 31
    while bit:
        if counter & bit:
            reached |= bit
            key = _derived(key.reveal(), _DERIVATION, len(initial), serial[4:8] + reached.to_bytes(4))
        bit >>= 1
    return key


def aes_working_key(key: Secret[bytes], serial: bytes, use: AesUse, size: int = 16) -> Secret[bytes]:
    """The key of `size` bytes that a transaction's derivation key gives for one `use`."""
    return _derived(key.reveal(), use.value, size, serial[4:12])


def next_aes(serial: bytes) -> bytes:
    """The serial number that follows. Raises `KeyExhausted` after the last."""
    counter = _following(int.from_bytes(serial[8:]), _MOST_AES_BITS, (1 << 32) - 1)
    return serial[:8] + counter.to_bytes(4)


def _following(counter: int, most_bits: int, last: int) -> int:
    counter += 1
    while counter.bit_count() > most_bits:
        counter += counter & -counter  # the next number with a bit less to carry
    if counter > last:
        raise KeyExhausted("the key counter of the pad has run out: load a new initial key")
    return counter


def _without_counter(serial: bytes) -> bytes:
    if len(serial) != TDES_SERIAL_BYTES:
        raise ValueError("a key serial number has 10 bytes")
    return (int.from_bytes(serial) & ~_TDES_COUNTER).to_bytes(TDES_SERIAL_BYTES)


def _register_half(key: bytes, register: int) -> bytes:
    """The non-reversible key generation for one half (A.2): register XOR right half, enciphered by the left half, XOR right half."""
    right = int.from_bytes(key[8:])
    enciphered = int.from_bytes(tdes.encrypt(key[:8], (register ^ right).to_bytes(8)))
    return (enciphered ^ right).to_bytes(8)


def _derived(key: bytes, use: int, size: int, context: bytes) -> Secret[bytes]:
    """The derivation function (6.3.1): AES over blocks of derivation data, as many as the key needs."""
    cipher = Cipher(AES(key), ECB()).encryptor()
    facts = use.to_bytes(2) + _AES[size].to_bytes(2) + (8 * size).to_bytes(2) + context
    blocks = [cipher.update(b"\x01" + bytes((number,)) + facts) for number in range(1, (size + 15) // 16 + 1)]
    return Secret(b"".join(blocks)[:size])
