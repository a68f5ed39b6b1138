"""The commands that the kernel sends, what comes back, and what the status words mean (EMV Book 3, 6; Book 1, 11)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

PSE: Final = b"1PAY.SYS.DDF01"
PPSE: Final = b"2PAY.SYS.DDF01"

OK: Final = 0x9000
BLOCKED_FILE: Final = 0x6283
AUTHENTICATION_FAILED: Final = 0x6300
AUTHENTICATION_BLOCKED: Final = 0x6983
REFERENCE_UNUSABLE: Final = 0x6984
CONDITIONS: Final = 0x6985
NOT_ALLOWED: Final = 0x6986
FUNCTION: Final = 0x6A81
NOT_FOUND: Final = 0x6A82
RECORD_NOT_FOUND: Final = 0x6A83
REFERENCED_DATA: Final = 0x6A88

_MEANING: Final = {
    OK: "success",
    0x6200: "warning",
    0x6281: "data may be corrupted",
    BLOCKED_FILE: "selected file is blocked",
    AUTHENTICATION_FAILED: "authentication failed",
    0x6400: "state unchanged",
    0x6581: "memory failure",
    0x6700: "wrong length",
    0x6882: "secure messaging not supported",
    0x6982: "security status not satisfied",
    AUTHENTICATION_BLOCKED: "authentication method blocked",
    REFERENCE_UNUSABLE: "reference data unusable",
    CONDITIONS: "conditions of use not satisfied",
    NOT_ALLOWED: "command not allowed",
    0x6A80: "wrong data",
    FUNCTION: "function not supported",
    NOT_FOUND: "file or application not found",
    RECORD_NOT_FOUND: "record not found",
    0x6A86: "wrong P1 P2",
    REFERENCED_DATA: "referenced data not found",
    0x6B00: "wrong P1 P2",
    0x6D00: "instruction not supported",
    0x6E00: "class not supported",
    0x6F00: "no precise diagnosis",
}


def meaning(sw: int) -> str:
    """A status word in words (ISO/IEC 7816-4, 5.6)."""
    if sw & 0xFFF0 == 0x63C0:
        return f"{sw & 0xF} tries left"
    if sw >> 8 == 0x61:
        return f"{sw & 0xFF} more bytes"
    if sw >> 8 == 0x6C:
        return f"wrong Le, {sw & 0xFF} bytes are there"
    return _MEANING.get(sw, "unknown status")


@dataclass(frozen=True, slots=True)
class Response:
    """An R-APDU: data and status word."""

    data: bytes
    sw: int


class Cryptogram(IntEnum):
    """What GENERATE AC asks for (P1) and what 9F27 says came (bits 8 and 7); Book 3, 6.5.5."""

    AAC = 0x00
    TC = 0x40
    ARQC = 0x80
