"""The keys of a terminal's PIN pad: what is asked of them comes back enciphered, and no key leaves the store."""

from __future__ import annotations

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
