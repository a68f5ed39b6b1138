"""Commands and their answers as both sides know them: instructions, status words, kinds of cryptogram (ISO/IEC 7816-4; EMV Book 3, 6)."""

from __future__ import annotations

from enum import IntEnum
from typing import Final, Self

from msgspec import Struct

PSE: Final = b"1PAY.SYS.DDF01"
"""The directory of the applications on contact (Book 1, 12.2.2)."""
PPSE: Final = b"2PAY.SYS.DDF01"
"""The directory of the contactless applications (Book B, 3.3.1)."""


class Instruction(IntEnum):
    """CLA and INS of the commands that EMV uses (Book 3, table 5; ISO/IEC 7816-4 for GET RESPONSE)."""

    SELECT = 0x00A4
    READ_RECORD = 0x00B2
    GET_PROCESSING_OPTIONS = 0x80A8
    GENERATE_AC = 0x80AE
    GET_DATA = 0x80CA
    EXTERNAL_AUTHENTICATE = 0x0082
    VERIFY = 0x0020
    GET_RESPONSE = 0x00C0
    GET_CHALLENGE = 0x0084
    INTERNAL_AUTHENTICATE = 0x0088
    EXCHANGE_RELAY_RESISTANCE_DATA = 0x80EA
    RECOVER_AC = 0x80D0
    COMPUTE_CRYPTOGRAPHIC_CHECKSUM = 0x802A
    APPLICATION_BLOCK = 0x841E
    APPLICATION_UNBLOCK = 0x8418
    CARD_BLOCK = 0x8416
    PIN_CHANGE_UNBLOCK = 0x8424
    PUT_DATA = 0x84DA
    UPDATE_RECORD = 0x84DC

    @property
    def ins(self) -> int:
        """The instruction byte alone."""
        return self & 0xFF

    @property
    def label(self) -> str:
        """The command's name as the books print it."""
        return self.name.replace("_", " ")


class StatusWord(IntEnum):
    """SW1 and SW2, with their meaning (ISO/IEC 7816-4, 5.6; EMV Book 3, 6.3.5)."""

    meaning: str

    def __new__(cls, sw: int, meaning: str) -> Self:
        word = int.__new__(cls, sw)
        word._value_ = sw
        word.meaning = meaning
        return word

    OK = 0x9000, "success"
    WARNING = 0x6200, "warning"
    DATA_CORRUPTED = 0x6281, "data may be corrupted"
    FILE_BLOCKED = 0x6283, "selected file is blocked"
    AUTHENTICATION_FAILED = 0x6300, "authentication failed"
    STATE_UNCHANGED = 0x6400, "state unchanged"
    MEMORY_FAILURE = 0x6581, "memory failure"
    WRONG_LENGTH = 0x6700, "wrong length"
    NO_SECURE_MESSAGING = 0x6882, "secure messaging not supported"
    SECURITY_STATUS = 0x6982, "security status not satisfied"
    AUTHENTICATION_BLOCKED = 0x6983, "authentication method blocked"
    REFERENCE_UNUSABLE = 0x6984, "reference data unusable"
    MAC_MISSING = 0x6987, "secure messaging data objects missing"
    MAC_WRONG = 0x6988, "secure messaging data objects incorrect"
    CONDITIONS = 0x6985, "conditions of use not satisfied"
    NOT_ALLOWED = 0x6986, "command not allowed"
    WRONG_DATA = 0x6A80, "wrong data"
    NO_FUNCTION = 0x6A81, "function not supported"
    NOT_FOUND = 0x6A82, "file or application not found"
    RECORD_NOT_FOUND = 0x6A83, "record not found"
    WRONG_PARAMETERS = 0x6A86, "wrong P1 P2"
    DATA_NOT_FOUND = 0x6A88, "referenced data not found"
    WRONG_P1_P2 = 0x6B00, "wrong P1 P2"
    NO_INSTRUCTION = 0x6D00, "instruction not supported"
    NO_CLASS = 0x6E00, "class not supported"
    NO_DIAGNOSIS = 0x6F00, "no precise diagnosis"


_MEANING: Final = {word.value: word.meaning for word in StatusWord}


def meaning(sw: int) -> str:
    """Any status word in words (ISO/IEC 7816-4, 5.6)."""
    if sw & 0xFFF0 == 0x63C0:
        return f"{sw & 0xF} tries left"
    if sw >> 8 == 0x61:
        return f"{sw & 0xFF} more bytes"
    if sw >> 8 == 0x6C:
        return f"wrong Le, {sw & 0xFF} bytes are there"
    return _MEANING.get(sw, "unknown status")


class CardResponse(Struct, frozen=True):
    """An R-APDU: data and status word, and how long the card took for it."""

    data: bytes
    sw: int
    microseconds: int = 0


class Cryptogram(IntEnum):
    """The kinds of cryptogram: as P1 of GENERATE AC asks for one, and as bits 8 and 7 of tag 9F27 name it (Book 3, 6.5.5)."""

    AAC = 0x00
    TC = 0x40
    ARQC = 0x80
