"""Symmetric keys of a card and of one transaction, derived from the issuer's master keys (EMV Book 2, A1.3 and A1.4)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import Enum
from typing import Final

from msgspec import Struct, field

from terminal_sim.emv.data.card_number import longest_beginning
from terminal_sim.emv.data.fields import is_digits
from terminal_sim.emv.keys import tdes
from terminal_sim.secret import Secret


class CardKeys(Struct, frozen=True):
    """A card's keys of 16 bytes: for cryptograms, and for the MACs and the encipherment of scripts."""

    cryptograms: Secret[bytes]
    mac: Secret[bytes]
    encipherment: Secret[bytes]


class IssuerKeys(Struct, frozen=True):
    """The issuer's master keys of 16 bytes, from which its cards' keys follow; one key may serve for all.

    `by_bin` has the one key of other issuers, by the beginning of their card numbers.
    """

    cryptograms: Secret[bytes]
    mac: Secret[bytes] | None = None
    encipherment: Secret[bytes] | None = None
    by_bin: Mapping[str, Secret[bytes]] = field(default_factory=dict)

    def of_card(self, pan: Secret[str], sequence: str) -> CardKeys:
        """The keys of the card with this number and the two digits of its sequence number, each by option A."""
        beginning = longest_beginning(pan.reveal(), self.by_bin)
        if beginning:
            only = icc_key(self.by_bin[beginning], pan, sequence)
            return CardKeys(cryptograms=only, mac=only, encipherment=only)
        own = icc_key(self.cryptograms, pan, sequence)
        return CardKeys(
            cryptograms=own,
            mac=icc_key(self.mac, pan, sequence) if self.mac else own,
            encipherment=icc_key(self.encipherment, pan, sequence) if self.encipherment else own,
        )


_ONES: Final = (1 << 8 * tdes.BLOCK) - 1
_ODD: Final = bytes(byte ^ (byte.bit_count() + 1 & 1) for byte in range(256))
_DECIMALISED: Final = str.maketrans("abcdef", "012345")


class IccKeyOption(Enum):
    """How a card's key follows from the issuer's (A1.4.1, A1.4.2)."""

    A = "A"
    B = "B"


def odd_parity(key: bytes) -> bytes:
    """`key` with the lowest bit of each byte set so that the byte has an odd number of ones, as DES keys have."""
    return key.translate(_ODD)


def icc_key(
    master: Secret[bytes], pan: Secret[str], sequence: str, option: IccKeyOption = IccKeyOption.A
) -> Secret[bytes]:
    """The card's key of 16 bytes from the issuer's master key, the PAN and the two digits of its sequence number (`00` where it has none).

    Option B differs from A for a PAN of 17 digits and more.
    """
    if not is_digits(pan.reveal() + sequence) or len(sequence) != 2:
        raise ValueError("a card key is derived from the digits of a PAN and two of its sequence number")
    number = pan.reveal() + sequence
    if option is IccKeyOption.B and len(pan) > 16:
        digits = hashlib.sha1(bytes.fromhex("0" * (len(number) % 2) + number)).hexdigest()
        decimal = [digit for digit in digits if digit.isdigit()]
        more = [digit for digit in digits if not digit.isdigit()]
        number = "".join(decimal + more).translate(_DECIMALISED)[:16]
    left = bytes.fromhex(number[-16:].zfill(16))
    right = (int.from_bytes(left) ^ _ONES).to_bytes(tdes.BLOCK)
    return Secret(odd_parity(tdes.encrypt(master.reveal(), left + right)))


def session_key(key: Secret[bytes], diversification: bytes) -> Secret[bytes]:
    """The common session key for a diversification value of 8 bytes (A1.3.1): its third byte becomes F0 for the left half, 0F for the right.

    The parity of the result is not adjusted: a DES key has no use for those bits.
    """
    if len(diversification) != 8:
        raise ValueError("a session key is derived from 8 bytes")
    return Secret(derived(key.reveal(), diversification))


def derived(key: bytes, diversification: bytes) -> bytes:
    """`session_key` on plain bytes."""
    head, tail = diversification[:2], diversification[3:]
    return tdes.encrypt(key, head + b"\xf0" + tail + head + b"\x0f" + tail)


def tree_session_key(
    key: Secret[bytes], atc: bytes, *, height: int = 8, branch: int = 4, start: bytes = bytes(16)
) -> Secret[bytes]:
    """The session key by the tree of EMV 4.1 Book 2, A1.3.2, which cards before 2005 have: `height` levels of `branch` keys each."""
    if len(atc) != 2:
        raise ValueError("the ATC has 2 bytes")
    number = int.from_bytes(atc)
    older, grandparent, parent = start, start, key.reveal()
    for level in range(height - 1, -1, -1):
        leaf = number // branch**level % branch
        left = tdes.encrypt(parent, grandparent[:7] + bytes((grandparent[7] ^ leaf,)))
        right = tdes.encrypt(parent, grandparent[8:15] + bytes((grandparent[15] ^ leaf ^ 0xF0,)))
        older, grandparent, parent = grandparent, parent, left + right
    mixed = int.from_bytes(parent) ^ int.from_bytes(older)
    return Secret(odd_parity(mixed.to_bytes(16)))


def counter_script_key(key: Secret[bytes], atc: bytes) -> Secret[bytes]:
    """Visa's script key: the left half of the card's key XOR the ATC, the right half XOR the ATC's complement."""
    counter = int.from_bytes(atc)
    mixed = int.from_bytes(key.reveal()) ^ (counter << 64 | counter ^ 0xFFFF)
    return Secret(odd_parity(mixed.to_bytes(16)))
