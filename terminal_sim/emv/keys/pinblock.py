"""PIN blocks of ISO 9564-1: format 0 for the host, format 2 for the card; both are read.

1. A PIN has 4 to 12 digits. Its length stands in the second nibble of the block and is bounded before it is used.
2. Format 0 is XORed with the 12 rightmost digits of the PAN without its check digit.
3. The filler is F.
"""

from __future__ import annotations

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


def format2(pin: Secret[str]) -> Secret[bytes]:
    """The block of 8 bytes for a VERIFY command."""
    return Secret(_plain(2, pin))


def read_format0(block: Secret[bytes], pan: Secret[str]) -> Secret[str]:
    """The PIN of a clear block. Raises `PinBlockError`, as it does for another PAN in most cases."""
    return _read(0, _xor(_whole(block), _pan_field(pan)))


def read_format2(block: Secret[bytes]) -> Secret[str]:
    """The PIN of a clear block. Raises `PinBlockError`."""
    return _read(2, _whole(block))


def encipher(block: Secret[bytes], key: Secret[bytes]) -> Secret[bytes]:
    """The block under triple DES; `key` has 16 or 24 bytes."""
    return Secret(tdes.encrypt(_long(key), _whole(block)))


def decipher(block: Secret[bytes], key: Secret[bytes]) -> Secret[bytes]:
    """The inverse of `encipher`."""
    return Secret(tdes.decrypt(_long(key), _whole(block)))


def _plain(control: int, pin: Secret[str]) -> bytes:
    text = pin.reveal()
    if not is_digits(text) or not SHORTEST <= len(text) <= LONGEST:
        raise PinBlockError(f"a PIN has {SHORTEST} to {LONGEST} digits")
    return bytes.fromhex(f"{control}{len(text):X}{text}".ljust(16, "F"))


def _read(control: int, plain: bytes) -> Secret[str]:
    nibbles = plain.hex()
    length = int(nibbles[1], 16)
    if nibbles[0] != str(control) or not SHORTEST <= length <= LONGEST:
        raise PinBlockError(f"not a PIN block of format {control}")
    pin, rest = nibbles[2 : 2 + length], nibbles[2 + length :]
    if not pin.isdigit() or rest.strip("f"):
        raise PinBlockError(f"not a PIN block of format {control}")
    return Secret(pin)


def _pan_field(pan: Secret[str]) -> bytes:
    text = pan.reveal()
    if not is_digits(text) or not 8 <= len(text) <= 19:
        raise PinBlockError("a PAN has 8 to 19 digits")
    return bytes.fromhex(text[:-1][-12:].zfill(16))


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
