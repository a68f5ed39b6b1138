"""The keys of a terminal's PIN pad: what is asked of them comes back enciphered, and no key leaves the store."""

from __future__ import annotations

from terminal_sim.emv.talk.asks import PinEncipherment
from terminal_sim.secret import Secret


class KeyStore:
    """Holds the acquirer's PIN key, 16 or 24 bytes of triple DES."""

    def __init__(self, pin_key: Secret[bytes]) -> None:
        self._pin_key = pin_key

    def pin_block(self, pin: Secret[str], pan: Secret[str]) -> Secret[bytes]:
        """`pin` bound to `pan` and enciphered: a block of 8 bytes, ISO 9564-1 format 0.

        Raises `PinBlockError` where PIN or PAN have a length that the format does not know.
        """
        from terminal_sim.emv.keys import pinblock  # only an online PIN needs ciphers

        return pinblock.encipher(pinblock.format0(pin, pan), self._pin_key)

    def card_block(self, pin: Secret[str], encipher: PinEncipherment | None) -> Secret[bytes]:
        """`pin` for the card: the 8 bytes of format 2, enciphered for the card's key where `encipher` says so (EMV Book 2, 7.2).

        Raises `PinBlockError` where the PIN has a length that the format does not know.
        """
        from terminal_sim.emv.keys import pinblock

        block = pinblock.format2(pin)
        if encipher is None:
            return block
        plain = b"\x7f" + block.reveal() + encipher.challenge + encipher.padding
        modulus = int.from_bytes(encipher.modulus)
        return Secret(pow(int.from_bytes(plain), encipher.exponent, modulus).to_bytes(len(encipher.modulus)))
