"""The keys of online PINs that terminal and acquirer share: how each kind is derived, and a PIN out of its block."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from terminal_sim.emv.keys import dukpt, pinblock
from terminal_sim.emv.keys.dukpt import AesUse
from terminal_sim.emv.keys.pinblock import PinBlockError
from terminal_sim.host.config import AcquirerConfig, PinKeys
from terminal_sim.secret import Secret


@dataclass(frozen=True, slots=True)
class PinKeyDerivation:
    """One kind of derived keys. Serial numbers have `size` bytes; `first` is that of a terminal by its name, before any key was used."""

    size: int
    first: Callable[[str], bytes]
    following: Callable[[bytes], bytes]
    initial: Callable[[Secret[bytes], bytes], Secret[bytes]]
    pin_key: Callable[[Secret[bytes], bytes], Secret[bytes]]


def _first_tdes(name: str) -> bytes:
    """FFFF, 40 bits of the terminal's name, and a counter of zero; the last 21 bits count."""
    named = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) >> 21 << 21
    return b"\xff\xff" + named.to_bytes(8)


def _first_aes(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()[:8] + bytes(4)


def _aes_pin_key(initial: Secret[bytes], serial: bytes) -> Secret[bytes]:
    return dukpt.aes_working_key(dukpt.aes_key(initial, serial), serial, AesUse.PIN)


_DERIVATIONS: Final = {
    PinKeys.DUKPT_TDES: PinKeyDerivation(
        dukpt.TDES_SERIAL_BYTES,
        _first_tdes,
        dukpt.next_tdes,
        dukpt.tdes_initial_key,
        lambda initial, serial: dukpt.tdes_pin_key(dukpt.tdes_key(initial, serial)),
    ),
    PinKeys.DUKPT_AES: PinKeyDerivation(
        dukpt.AES_SERIAL_BYTES,
        _first_aes,
        dukpt.next_aes,
        lambda base, serial: dukpt.aes_initial_key(base, serial[:8]),
        _aes_pin_key,
    ),
}


def derivation_of(config: AcquirerConfig) -> PinKeyDerivation:
    """How the keys of this acquirer's terminals are derived. Raises `KeyError` where it has one fixed key."""
    return _DERIVATIONS[config.pin.keys]


def pin_of(config: AcquirerConfig, block: Secret[bytes], serial: bytes, pan: Secret[str]) -> Secret[str]:
    """The PIN in the `block` of a request whose key has this `serial` number.

    Raises `PinBlockError` where it is not enciphered under this acquirer's keys, or bound to another card number.
    """
    key = _key_of(config, serial)
    if config.pin.block_format == 4:
        return pinblock.read_format4(pinblock.decipher_aes(block, pan, key))
    clear = pinblock.decipher(block, key)
    read = pinblock.read_format0 if config.pin.block_format == 0 else pinblock.read_format3
    return read(clear, pan)


def _key_of(config: AcquirerConfig, serial: bytes) -> Secret[bytes]:
    if config.pin.keys is PinKeys.FIXED:
        return config.pin_key
    derivation = derivation_of(config)
    if len(serial) != derivation.size:
        raise PinBlockError(f"a key serial number has {derivation.size} bytes, not {len(serial)}")
    try:
        return derivation.pin_key(derivation.initial(config.base_derivation_key, serial), serial)
    except ValueError as error:
        raise PinBlockError(str(error)) from None
