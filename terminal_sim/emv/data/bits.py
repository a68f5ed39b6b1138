"""The bits of EMV data elements that are made of bits, by name: one table for code, trace, decoding and reasons.

A bit is known as in the books: its byte counts from 1, its number from 8 (the highest) to 1. Bits that a book keeps for later have no
name. The sources are EMV 4.4 Book 3, annexes C1 (AIP), C2 (AUC), C5 (TVR) and C6 (TSI), and table 15 (CID); Book 4, annexes A2 and
A3 (capabilities); Contactless Book A, 5.7 (TTQ); Book C-3, annex A2 (CTQ); Book C-2 for the low bits of byte 5 of the TVR.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from msgspec import Struct

from terminal_sim.emv.data import tags

NAMES: Final[dict[int, tuple[tuple[str, str, str, str, str, str, str, str], ...]]] = {
    tags.TVR: (
        (
            "offline data authentication was not performed",
            "SDA failed",
            "ICC data missing",
            "card is on the exception file",
            "DDA failed",
            "CDA failed",
            "SDA selected",
            "XDA selected",
        ),
        (
            "card and terminal have different application versions",
            "application is expired",
            "application is not yet effective",
            "requested service is not allowed",
            "new card",
            "",
            "biometric performed and successful",
            "biometric template format not supported",
        ),
        (
            "cardholder verification was not successful",
            "CVM not recognised",
            "PIN try limit exceeded",
            "PIN pad missing or not working",
            "PIN not entered",
            "online PIN entered",
            "biometric capture device not working",
            "biometric subtype bypassed",
        ),
        (
            "floor limit exceeded",
            "lower consecutive offline limit exceeded",
            "upper consecutive offline limit exceeded",
            "selected at random for online",
            "merchant forced online",
            "biometric try limit exceeded",
            "biometric type not supported",
            "XDA failed",
        ),
        (
            "default TDOL used",
            "issuer authentication failed",
            "script failed before the final GENERATE AC",
            "script failed after the final GENERATE AC",
            "relay resistance threshold exceeded",
            "relay resistance time limits exceeded",
            "relay resistance protocol performed",
            "relay resistance protocol not performed",
        ),
    ),
    tags.TSI: (
        (
            "offline data authentication performed",
            "cardholder verification performed",
            "card risk management performed",
            "issuer authentication performed",
            "terminal risk management performed",
            "script processing performed",
            "",
            "",
        ),
        ("", "", "", "", "", "", "", ""),
    ),
    tags.AIP: (
        (
            "XDA supported",
            "SDA supported",
            "DDA supported",
            "cardholder verification supported",
            "terminal risk management to be performed",
            "issuer authentication by EXTERNAL AUTHENTICATE supported",
            "on-device cardholder verification supported",
            "CDA supported",
        ),
        ("EMV mode supported", "", "", "", "", "", "", "relay resistance protocol supported"),
    ),
    tags.USAGE_CONTROL: (
        (
            "domestic cash",
            "international cash",
            "domestic goods",
            "international goods",
            "domestic services",
            "international services",
            "at ATMs",
            "at terminals other than ATMs",
        ),
        ("domestic cashback", "international cashback", "", "", "", "", "", ""),
    ),
    tags.CAPABILITIES: (
        ("manual key entry", "magnetic stripe", "chip with contacts", "", "", "", "", ""),
        (
            "plaintext PIN to the card",
            "enciphered PIN online",
            "signature",
            "enciphered PIN to the card (RSA)",
            "no CVM",
            "biometric online",
            "biometric offline",
            "enciphered PIN to the card (ECC)",
        ),
        ("SDA", "DDA", "card capture", "", "CDA", "XDA", "", ""),
    ),
    tags.ADDITIONAL_CAPABILITIES: (
        ("cash", "goods", "services", "cashback", "inquiry", "transfer", "payment", "administrative"),
        ("cash deposit", "", "", "", "", "", "", ""),
        ("numeric keys", "alphabetic and special keys", "command keys", "function keys", "", "", "", ""),
        (
            "print for the attendant",
            "print for the cardholder",
            "display to the attendant",
            "display to the cardholder",
            "",
            "",
            "code table 10",
            "code table 9",
        ),
        (
            "code table 8",
            "code table 7",
            "code table 6",
            "code table 5",
            "code table 4",
            "code table 3",
            "code table 2",
            "code table 1",
        ),
    ),
    tags.TTQ: (
        (
            "mag-stripe mode supported",
            "",
            "EMV mode supported",
            "EMV contact chip supported",
            "offline-only reader",
            "online PIN supported",
            "signature supported",
            "offline data authentication for online authorisations supported",
        ),
        (
            "online cryptogram required",
            "CVM required",
            "offline PIN on contact supported",
            "",
            "",
            "",
            "",
            "",
        ),
        (
            "issuer update processing supported",
            "consumer device CVM supported",
            "",
            "",
            "",
            "",
            "",
            "",
        ),
        ("fDDA version 1 supported", "", "", "", "", "", "", ""),
    ),
    tags.CTQ: (
        (
            "online PIN required",
            "signature required",
            "go online if offline data authentication fails",
            "switch interface if offline data authentication fails",
            "go online if the application is expired",
            "switch interface for cash",
            "switch interface for cashback",
            "not valid at contactless ATMs",
        ),
        (
            "consumer device CVM performed",
            "issuer update processing supported by the card",
            "",
            "",
            "",
            "",
            "",
            "",
        ),
    ),
}
"""The names of each element's bits by byte, from bit 8 to bit 1; empty where the books name none."""


class Bit(Struct, frozen=True):
    """A named bit of the element `tag`: `byte` counts from 1, `number` from 8 to 1; `mask` is within the whole value as a number."""

    tag: int
    byte: int
    number: int
    name: str

    @property
    def mask(self) -> int:
        return 1 << (8 * (len(NAMES[self.tag]) - self.byte) + self.number - 1)


BITS: Final[tuple[Bit, ...]] = tuple(
    Bit(tag, byte, 8 - place, name)
    for tag, bytes_ in NAMES.items()
    for byte, names_of_byte in enumerate(bytes_, start=1)
    for place, name in enumerate(names_of_byte)
    if name
)


def mask(tag: int, byte: int, number: int) -> int:
    """The bit `number` (8 to 1) of `byte` (from 1) within the whole value of `tag` as a number. Raises `KeyError` where it has no name."""
    return _PLACED[tag, byte, number].mask


def byte_mask(tag: int, byte: int, number: int) -> int:
    """The same bit within its byte alone."""
    return 1 << (_PLACED[tag, byte, number].number - 1)


@lru_cache(maxsize=1024)
def names(tag: int, value: bytes) -> tuple[str, ...]:
    """The names of the bits that are set in `value`, in their order; nothing for an element that is not made of bits."""
    if tag not in NAMES:
        return ()
    number = int.from_bytes(value.ljust(len(NAMES[tag]), b"\x00")[: len(NAMES[tag])])
    return tuple(bit.name for bit in BITS if bit.tag == tag and number & bit.mask)


_PLACED: Final = {(bit.tag, bit.byte, bit.number): bit for bit in BITS}
