"""Commands of an issuer's script under secure messaging, format 2 (EMV Book 2, 9; Book 3, 6.5): enciphered data, then a MAC.

| style   | keys                                     | MAC over                                          | encipherment                          |
|---------|------------------------------------------|---------------------------------------------------|---------------------------------------|
| Visa    | card key XOR ATC (12, 16: R = ARQC)       | header, ATC, ARQC, data                           | ECB of length, data, padding 2        |
| M/Chip  | R = ARQC, ARQC + 1, ... for each command | header, ATC, R, data                              | CBC, padded only where it must be     |
| Interac | R = ARQC                                 | header, data                                      | CBC, padded only where it must be     |
| CCD     | R = ARQC                                 | chain (ARQC, then the MAC before), header, data   | CBC of data and padding 2             |
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from msgspec import Struct

from terminal_sim.emv.data.fields import is_digits
from terminal_sim.emv.keys import derivation, tdes
from terminal_sim.emv.keys.issuer_data import IssuerDataLayout
from terminal_sim.secret import Secret

SECURED: Final = 0x04
"""The bit of CLA that says that the command is under secure messaging (ISO/IEC 7816-4, 5.4.1)."""
MAC_BYTES: Final = 8


class Messaging(Enum):
    """The styles of the schemes, as in the table above."""

    VISA = "visa"
    VISA_SESSION = "visa-session"
    MCHIP = "mchip"
    INTERAC = "interac"
    CCD = "ccd"


_STYLES: Final = {
    IssuerDataLayout.VISA: Messaging.VISA,
    IssuerDataLayout.MCHIP: Messaging.MCHIP,
    IssuerDataLayout.INTERAC: Messaging.INTERAC,
    IssuerDataLayout.CCD: Messaging.CCD,
}
_SESSION_KEYS: Final = ((IssuerDataLayout.VISA, 0x16),)


def style_of(layout: IssuerDataLayout, version: int) -> Messaging:
    """The style of a card by the layout of its 9F10 and its cryptogram version."""
    return Messaging.VISA_SESSION if (layout, version) in _SESSION_KEYS else _STYLES[layout]


class ScriptSession(Struct, frozen=True):
    """What both sides know while a script runs: the card's keys for MACs and encipherment, the ATC and the ARQC of the transaction."""

    style: Messaging
    mac: Secret[bytes]
    encipherment: Secret[bytes]
    atc: bytes
    arqc: bytes

    def keys(self, number: int) -> tuple[Secret[bytes], Secret[bytes]]:
        """The MAC key and the encipherment key of the script command `number`, from 0."""
        if self.style is Messaging.VISA:
            return (
                derivation.counter_script_key(self.mac, self.atc),
                derivation.counter_script_key(self.encipherment, self.atc),
            )
        seed = self._seed(number)
        return derivation.session_key(self.mac, seed), derivation.session_key(self.encipherment, seed)

    def _seed(self, number: int) -> bytes:
        step = number if self.style is Messaging.MCHIP else 0
        return ((int.from_bytes(self.arqc) + step) % (1 << 64)).to_bytes(8)

    def mac_of(self, number: int, header: bytes, data: bytes, chain: bytes = b"") -> bytes:
        """The MAC of a command: `header` is CLA to Lc, `chain` the whole MAC of the command before (CCD), empty for the first."""
        key, _ = self.keys(number)
        match self.style:
            case Messaging.INTERAC:
                return tdes.retail_mac(key.reveal(), header + data)
            case Messaging.CCD:
                return tdes.retail_mac(key.reveal(), (chain or self.arqc) + header + data)
            case _:
                return tdes.retail_mac(key.reveal(), header + self.atc + self._seed(number) + data)

    def encipher(self, number: int, plain: bytes) -> bytes:
        """`plain` as the card gets it."""
        _, key = self.keys(number)
        return encipher(self.style, key, plain)

    def decipher(self, number: int, enciphered: bytes) -> bytes:
        """The inverse of `encipher`. Raises `ValueError` where nothing was enciphered by it."""
        _, key = self.keys(number)
        return decipher(self.style, key, enciphered)


def encipher(style: Messaging, key: Secret[bytes], plain: bytes) -> bytes:
    """`plain` under a session key of 16 bytes."""
    match style:
        case Messaging.VISA | Messaging.VISA_SESSION:
            return tdes.encrypt(key.reveal(), tdes.padded(bytes((len(plain),)) + plain))
        case Messaging.CCD:
            return tdes.encrypt_cbc(key.reveal(), tdes.padded(plain))
        case _:
            whole = plain if len(plain) % tdes.BLOCK == 0 else tdes.padded(plain)
            return tdes.encrypt_cbc(key.reveal(), whole)


def decipher(style: Messaging, key: Secret[bytes], enciphered: bytes) -> bytes:
    """The inverse of `encipher`; a PIN block is whole, so that M/Chip's padding is left where it is."""
    if not enciphered or len(enciphered) % tdes.BLOCK:
        raise ValueError("enciphered data have whole blocks of 8 bytes")
    match style:
        case Messaging.VISA | Messaging.VISA_SESSION:
            plain = tdes.decrypt(key.reveal(), enciphered)
            if not 0 < plain[0] < len(plain) or tdes.padded(plain[: plain[0] + 1]) != plain:
                raise ValueError("the data were not enciphered under this key")
            return plain[1 : plain[0] + 1]
        case Messaging.CCD:
            plain = tdes.decrypt_cbc(key.reveal(), enciphered)
            bare = plain.rstrip(b"\x00")[:-1]
            if tdes.padded(bare) != plain:
                raise ValueError("the data were not enciphered under this key")
            return bare
        case _:
            return tdes.decrypt_cbc(key.reveal(), enciphered)


def read_visa_pin_data(
    data: Secret[bytes], card: Secret[bytes], current: Secret[str] | None = None
) -> Secret[str]:
    """The new PIN of `visa_pin_data`, in whose data the `current` one may be mixed. Raises `ValueError` where it holds none."""
    mixed = int.from_bytes(data.reveal()) ^ int.from_bytes(card.reveal()[4:8]) ^ _mixed_in(current)
    digits = mixed.to_bytes(8).hex()
    length = int(digits[1], 16)
    pin, rest = digits[2 : 2 + length], digits[2 + length :]
    if digits[0] != "0" or not 4 <= length <= 12 or not pin.isdigit() or rest.strip("f"):
        raise ValueError("the data hold no PIN")
    return Secret(pin)


def visa_pin_data(pin: Secret[str], card: Secret[bytes], current: Secret[str] | None = None) -> Secret[bytes]:
    """The 8 bytes of a PIN change command of Visa: the last 4 bytes of the left half of the card's AC key XOR length, PIN, F.

    With the `current` PIN its digits are mixed in too, from the left and filled with zeros (P2 = 01).
    """
    text = pin.reveal()
    if not is_digits(text) or not 4 <= len(text) <= 12:
        raise ValueError("a PIN has 4 to 12 digits")
    block = int.from_bytes(bytes.fromhex(f"0{len(text):X}{text}".ljust(16, "F")))
    block ^= int.from_bytes(card.reveal()[4:8])
    return Secret((block ^ _mixed_in(current)).to_bytes(8))


def _mixed_in(current: Secret[str] | None) -> int:
    return 0 if current is None else int.from_bytes(bytes.fromhex(current.reveal().ljust(16, "0")))
