"""Key blocks: a key under a key block protection key, bound to what it may be used for (ASC X9 TR-31:2018, ANSI X9.143).

1. A block is text: a header that anyone can read, the enciphered key in hex digits, and a code that binds the two.
2. Versions A and C take variants of a triple DES protection key, B derives from one, D derives from an AES key.
3. Nothing of a block is believed before its code is right. No text of an error shows a key.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.cmac import CMAC

from terminal_sim.emv.keys import check_value
from terminal_sim.emv.keys import key_block_header as headers
from terminal_sim.emv.keys.check_value import cipher_of, ciphered_zeros, zeros_cmac
from terminal_sim.emv.keys.key_algorithm import KeyAlgorithm
from terminal_sim.emv.keys.key_block_header import KeyBlockError, KeyBlockHeader
from terminal_sim.secret import Secret

_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2})*", re.ASCII)
_ENCRYPTION, _AUTHENTICATION = 0x45, 0x4D
"""What the two variants of a protection key are XORed with, byte by byte (5.3)."""


@dataclass(frozen=True, slots=True)
class KeyBinding:
    """How the blocks of one version hold key and header together; `code` is the length of their authentication code."""

    cipher: KeyAlgorithm
    code: int
    derived: bool


_BINDINGS: Final = {
    "A": KeyBinding(KeyAlgorithm.TDES, 4, derived=False),
    "B": KeyBinding(KeyAlgorithm.TDES, 8, derived=True),
    "C": KeyBinding(KeyAlgorithm.TDES, 4, derived=False),
    "D": KeyBinding(KeyAlgorithm.AES, 16, derived=True),
}

_CHECK_VALUES: Final = {"00": ciphered_zeros, "01": zeros_cmac}
"""How a check value in an optional block is made, by its first two characters."""


@dataclass(frozen=True, slots=True)
class KeyBlock:
    """A key out of its block, with the header that says what it is for."""

    header: KeyBlockHeader
    key: Secret[bytes]

    @property
    def check_value(self) -> bytes:
        """The check value of the key, 3 bytes for triple DES and 5 for AES."""
        return check_value.check_value(self.key, self.header.cipher)


def unwrap(protection: Secret[bytes], text: str) -> KeyBlock:
    """The key in the block `text` under the `protection` key, of 16 or 24 bytes for versions A to C and of 16, 24 or 32 for D.

    Raises `KeyBlockError` where the block is malformed, its code is wrong, or a check value that it carries is another.
    """
    header, start = headers.read(text)
    binding = _binding_of(header, protection)
    hexadecimal = text[start:]
    if not _HEX.fullmatch(hexadecimal):
        raise KeyBlockError("the enciphered key and the code of a key block are hex digits")
    body = bytes.fromhex(hexadecimal)
    enciphered, code = body[: -binding.code], body[-binding.code :]
    if not enciphered or len(enciphered) % binding.cipher.block:
        raise KeyBlockError(
            f"a key block of version {header.version} has whole blocks of {binding.cipher.block} bytes and a code of {binding.code}"
        )
    head = text[:start].encode("ascii")
    encryption, authentication = _keys(binding, protection)
    vector = code if binding.derived else head[: binding.cipher.block]
    decryptor = Cipher(cipher_of(encryption, binding.cipher), CBC(vector)).decryptor()
    clear = decryptor.update(enciphered)
    expected = _code(binding, authentication, head + (clear if binding.derived else enciphered))
    if not hmac.compare_digest(expected, code):
        raise KeyBlockError("the code of the key block is wrong: it was changed, or another key protects it")
    block = KeyBlock(header, _key_in(clear, header))
    _compare_check_values(block, protection, binding)
    return block


def wrap(
    protection: Secret[bytes],
    header: KeyBlockHeader,
    key: Secret[bytes],
    random: Callable[[int], bytes],
    *,
    hidden: int = 0,
) -> str:
    """The block of `key` under the `protection` key; `random` gives as many random bytes as it is asked for.

    `hidden` is the length in bytes up to which a shorter key is filled, so that the block does not show how long it is.
    Raises `KeyBlockError` where header, key and protection key do not go together.
    """
    binding = _binding_of(header, protection)
    if len(key) not in header.cipher.sizes:
        raise KeyBlockError(f"a key of {len(key)} bytes is none of the cipher {header.cipher.name}")
    size = 2 + max(len(key), hidden)
    filler = random(size + -size % binding.cipher.block - 2 - len(key))
    clear = (8 * len(key)).to_bytes(2) + key.reveal() + filler
    head = headers.written(header, binding.cipher.block, 2 * (len(clear) + binding.code)).encode("ascii")
    encryption, authentication = _keys(binding, protection)
    if binding.derived:
        code = _code(binding, authentication, head + clear)
        enciphered = Cipher(cipher_of(encryption, binding.cipher), CBC(code)).encryptor().update(clear)
    else:
        vector = CBC(head[: binding.cipher.block])
        enciphered = Cipher(cipher_of(encryption, binding.cipher), vector).encryptor().update(clear)
        code = _code(binding, authentication, head + enciphered)
    return head.decode("ascii") + (enciphered + code).hex().upper()


def _binding_of(header: KeyBlockHeader, protection: Secret[bytes]) -> KeyBinding:
    binding = _BINDINGS.get(header.version)
    if binding is None:
        raise KeyBlockError(f"a key block of version {header.version}: only {', '.join(_BINDINGS)} are known")
    if len(protection) not in binding.cipher.sizes:
        sizes = " or ".join(str(size) for size in binding.cipher.sizes)
        raise KeyBlockError(
            f"a key block of version {header.version} is protected by a key of {sizes} bytes, not {len(protection)}"
        )
    return binding


def _keys(binding: KeyBinding, protection: Secret[bytes]) -> tuple[Secret[bytes], Secret[bytes]]:
    """The keys that encipher and authenticate: variants of the protection key, or derived from it (5.3)."""
    if binding.derived:
        return _derived(binding, protection, 0), _derived(binding, protection, 1)
    return _variant(protection, _ENCRYPTION), _variant(protection, _AUTHENTICATION)


def _variant(protection: Secret[bytes], mask: int) -> Secret[bytes]:
    return Secret(bytes(byte ^ mask for byte in protection.reveal()))


def _derived(binding: KeyBinding, protection: Secret[bytes], use: int) -> Secret[bytes]:
    """The key for one `use` (0 enciphers, 1 authenticates): CMACs under the protection key of a counter and what is derived."""
    size, block = len(protection), binding.cipher.block
    indicator = binding.cipher.sizes.index(size) + (2 if binding.cipher is KeyAlgorithm.AES else 0)
    facts = use.to_bytes(2) + b"\x00" + indicator.to_bytes(2) + (8 * size).to_bytes(2)
    counters = range(1, -(-size // block) + 1)
    parts = (_cmac(binding, protection, bytes((counter,)) + facts) for counter in counters)
    return Secret(b"".join(parts)[:size])


def _code(binding: KeyBinding, key: Secret[bytes], message: bytes) -> bytes:
    """A CMAC under a derived key; under a variant the first half of the last block of CBC."""
    if binding.derived:
        return _cmac(binding, key, message)
    vector = CBC(bytes(binding.cipher.block))
    encryptor = Cipher(cipher_of(key, binding.cipher), vector).encryptor()
    return encryptor.update(message)[-binding.cipher.block :][: binding.code]


def _cmac(binding: KeyBinding, key: Secret[bytes], message: bytes) -> bytes:
    mac = CMAC(cipher_of(key, binding.cipher))
    mac.update(message)
    return mac.finalize()


def _key_in(clear: bytes, header: KeyBlockHeader) -> Secret[bytes]:
    bits = int.from_bytes(clear[:2])
    if bits % 8 or bits // 8 not in header.cipher.sizes or bits // 8 > len(clear) - 2:
        raise KeyBlockError(f"the key block has a key of {bits} bits for the cipher {header.cipher.name}")
    return Secret(clear[2 : 2 + bits // 8])


def _compare_check_values(block: KeyBlock, protection: Secret[bytes], binding: KeyBinding) -> None:
    """Compares the optional blocks KC and KP with the key and the protection key (X9.143, 6.3.6)."""
    compared = (("KC", block.key, block.header.cipher), ("KP", protection, binding.cipher))
    for name, key, cipher in compared:
        said = block.header.optional_block(name)
        if said is None:
            continue
        value_of = _CHECK_VALUES.get(said[:2])
        if value_of is None or not said[2:]:
            raise KeyBlockError(f"the optional block {name} is no check value")
        if not value_of(key, cipher).hex().startswith(said[2:].lower()):
            raise KeyBlockError(f"the check value in the optional block {name} is that of another key")
