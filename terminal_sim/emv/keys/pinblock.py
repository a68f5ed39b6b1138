"""PIN blocks of ISO 9564-1: formats 0, 3 and 4 for the host, format 2 for the card; all are read.

1. A PIN has 4 to 12 digits. Its length stands in the second nibble of the block and is bounded before it is used.
2. Formats 0 and 3 are XORed with the 12 rightmost digits of the PAN without its check digit. Format 0 is filled with F, format 3 with
   random digits A to F.
3. Format 4 has 16 bytes, filled with A and 8 random bytes. It is enciphered by AES, XORed with the whole PAN and enciphered again.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from terminal_sim.emv.data.fields import is_digits
from terminal_sim.emv.keys import tdes
from terminal_sim.secret import Secret

SHORTEST = 4
LONGEST = 12


class PinBlockError(ValueError):
    """A PIN, a PAN or a PIN block breaks ISO 9564-1; the text shows none of them."""


def format0(pin: Secret[str], pan: Secret[str]) -> Secret[bytes]:
    """The clear block of 8 bytes that binds `pin` to `pan`."""
    return Secret(_xor(_plain(0, pin), _pan_field(pan)))


def format3(pin: Secret[str], pan: Secret[str], random: bytes) -> Secret[bytes]:
    """As `format0`, but filled with digits A to F that follow from the `random` bytes, 8 of them."""
    filler = "".join("ABCDEF"[int(nibble, 16) % 6] for nibble in random.hex())
    return Secret(_xor(_plain(3, pin, filler), _pan_field(pan)))


def format4(pin: Secret[str], random: bytes) -> Secret[bytes]:
    """The clear PIN field of 16 bytes; `random` are its last 8 bytes. The PAN comes in when it is enciphered."""
    if len(random) != 8:
        raise ValueError("a block of format 4 ends with 8 random bytes")
    return Secret(_plain(4, pin, "A" * 16) + random)


def format2(pin: Secret[str]) -> Secret[bytes]:
    """The block of 8 bytes for a VERIFY command."""
    return Secret(_plain(2, pin))


def read_format0(block: Secret[bytes], pan: Secret[str]) -> Secret[str]:
    """The PIN of a clear block. Raises `PinBlockError`, as it does for another PAN in most cases."""
    return _read(0, _xor(_whole(block), _pan_field(pan)))


def read_format3(block: Secret[bytes], pan: Secret[str]) -> Secret[str]:
    """As `read_format0`, for format 3."""
    return _read(3, _xor(_whole(block), _pan_field(pan)), "abcdef")


def read_format4(field: Secret[bytes]) -> Secret[str]:
    """The PIN of a clear PIN field of 16 bytes. Raises `PinBlockError`."""
    if len(field) != 16:
        raise PinBlockError(f"a PIN field has 16 bytes, not {len(field)}")
    return _read(4, field.reveal()[: tdes.BLOCK], "a")


def read_format2(block: Secret[bytes]) -> Secret[str]:
    """The PIN of a clear block. Raises `PinBlockError`."""
    return _read(2, _whole(block))


def encipher_aes(field: Secret[bytes], pan: Secret[str], key: Secret[bytes]) -> Secret[bytes]:
    """A field of format 4 bound to `pan`: 16 bytes under an AES key."""
    cipher = Cipher(AES(key.reveal()), ECB()).encryptor()
    first = int.from_bytes(cipher.update(field.reveal())) ^ int.from_bytes(_long_pan_field(pan))
    return Secret(cipher.update(first.to_bytes(16)))


def decipher_aes(block: Secret[bytes], pan: Secret[str], key: Secret[bytes]) -> Secret[bytes]:
    """The inverse of `encipher_aes`; it gives the PIN field."""
    if len(block) != 16:
        raise PinBlockError(f"a PIN block of format 4 has 16 bytes, not {len(block)}")
    cipher = Cipher(AES(key.reveal()), ECB()).decryptor()
    first = int.from_bytes(cipher.update(block.reveal())) ^ int.from_bytes(_long_pan_field(pan))
    return Secret(cipher.update(first.to_bytes(16)))


def encipher(block: Secret[bytes], key: Secret[bytes]) -> Secret[bytes]:
    """The block under triple DES; `key` has 16 or 24 bytes."""
    return Secret(tdes.encrypt(_long(key), _whole(block)))


def decipher(block: Secret[bytes], key: Secret[bytes]) -> Secret[bytes]:
    """The inverse of `encipher`."""
    return Secret(tdes.decrypt(_long(key), _whole(block)))


def _plain(control: int, pin: Secret[str], filler: str = "F" * 16) -> bytes:
    text = pin.reveal()
    if not is_digits(text) or not SHORTEST <= len(text) <= LONGEST:
        raise PinBlockError(f"a PIN has {SHORTEST} to {LONGEST} digits")
    return bytes.fromhex((f"{control}{len(text):X}{text}" + filler)[:16])


def _read(control: int, plain: bytes, fillers: str = "f") -> Secret[str]:
    nibbles = plain.hex()
    length = int(nibbles[1], 16)
    if nibbles[0] != str(control) or not SHORTEST <= length <= LONGEST:
        raise PinBlockError(f"not a PIN block of format {control}")
    pin, rest = nibbles[2 : 2 + length], nibbles[2 + length :]
    if not pin.isdigit() or rest.strip(fillers):
        raise PinBlockError(f"not a PIN block of format {control}")
    return Secret(pin)


def _pan_field(pan: Secret[str]) -> bytes:
    text = pan.reveal()
    if not is_digits(text) or not 8 <= len(text) <= 19:
        raise PinBlockError("a PAN has 8 to 19 digits")
    return bytes.fromhex(text[:-1][-12:].zfill(16))


def _long_pan_field(pan: Secret[str]) -> bytes:
    """The PAN field of format 4: how many digits there are beyond 12, the digits, zeros."""
    text = pan.reveal()
    if not is_digits(text) or len(text) > 19:
        raise PinBlockError("a PAN has up to 19 digits")
    digits = text.zfill(12)
    return bytes.fromhex(f"{len(digits) - 12}{digits}".ljust(32, "0"))


def _whole(block: Secret[bytes]) -> bytes:
    value = block.reveal()
    if len(value) != tdes.BLOCK:
        raise PinBlockError(f"a PIN block has 8 bytes, not {len(value)}")
    return value


def _long(key: Secret[bytes]) -> bytes:
    if len(key) not in (16, 24):
        raise ValueError(f"a PIN key has 16 or 24 bytes, not {len(key)}")
    return key.reveal()


def _xor(left: bytes, right: bytes) -> bytes:
    return (int.from_bytes(left) ^ int.from_bytes(right)).to_bytes(tdes.BLOCK)
