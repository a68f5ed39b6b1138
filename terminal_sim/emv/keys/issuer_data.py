"""The issuer application data (9F10) of the schemes, taken apart and made: key index, cryptogram version, verification results, counters.

| layout  | bytes                                                                                  |
|---------|----------------------------------------------------------------------------------------|
| Visa    | 06 or 07, key index, version, 03, results 3, more of the issuer                         |
| M/Chip  | key index, version, results 6, DAC or ICC dynamic number 2, counters 8 and more         |
| Interac | length 15, key index, version, 04, results 4, counters                                  |
| CCD     | 0F, version, key index, results 5, counters 8, 0F, 15 of the issuer (Book 3, C9)        |

Amex, Discover, JCB and UnionPay cards of this product have the first layout, as their public samples have.
"""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from terminal_sim.emv.data.apdu import Cryptogram
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.identity_enum import IdentityEnum


class IssuerDataLayout(IdentityEnum):
    """The schemes' layouts, by the name that a card file has."""

    VISA = "visa"
    MCHIP = "mchip"
    INTERAC = "interac"
    CCD = "ccd"


_MCHIP_LENGTHS = (18, 20, 26, 28)


class IssuerData(Struct, frozen=True):
    """9F10 taken apart. `results` are the card verification results with the length byte where the layout has one."""

    layout: IssuerDataLayout
    key_index: int
    version: int
    results: bytes
    counters: bytes
    whole: bytes

    @property
    def first(self) -> Cryptogram | None:
        """The kind of the first cryptogram, None where the bits name none."""
        at, shift = _FIRST[self.layout]
        return _KINDS.get(self.results[at] >> shift & 0x03)

    @property
    def second(self) -> Cryptogram | None:
        """The kind of the second cryptogram, None where none was asked for."""
        at, shift = _SECOND[self.layout]
        return _KINDS.get(self.results[at] >> shift & 0x03) if self.results[at] >> shift & 0x03 != 2 else None

    @property
    def scripts(self) -> int:
        """How many commands of scripts the card got when it last got any."""
        return self.results[_SCRIPTS[self.layout]] >> 4

    @property
    def script_failed(self) -> bool:
        """Whether one of these commands failed."""
        at, mask = _SCRIPT_FAILED[self.layout]
        return bool(self.results[at] & mask)


_SCRIPTS = {
    IssuerDataLayout.VISA: 3,
    IssuerDataLayout.MCHIP: 2,
    IssuerDataLayout.INTERAC: 3,
    IssuerDataLayout.CCD: 3,
}
"""The byte within `results` whose upper half is the number of script commands."""
_SCRIPT_FAILED = {
    IssuerDataLayout.VISA: (3, 0x08),
    IssuerDataLayout.MCHIP: (4, 0x01),
    IssuerDataLayout.INTERAC: (3, 0x08),
    IssuerDataLayout.CCD: (3, 0x08),
}
_KINDS = {0: Cryptogram.AAC, 1: Cryptogram.TC, 2: Cryptogram.ARQC}
_FIRST = {
    IssuerDataLayout.VISA: (1, 4),
    IssuerDataLayout.MCHIP: (0, 4),
    IssuerDataLayout.INTERAC: (1, 4),
    IssuerDataLayout.CCD: (0, 4),
}
_SECOND = {
    IssuerDataLayout.VISA: (1, 6),
    IssuerDataLayout.MCHIP: (0, 6),
    IssuerDataLayout.INTERAC: (1, 6),
    IssuerDataLayout.CCD: (0, 6),
}
"""Where the kinds of the cryptograms stand: the byte within `results`, and how far it is shifted."""


@lru_cache(maxsize=64)
def parse(data: bytes) -> IssuerData:
    """Takes 9F10 apart. Raises `TlvError` where it has none of the layouts."""
    size = len(data)
    if size >= 7 and data[0] in (0x06, 0x07) and data[3] == 3:
        return IssuerData(IssuerDataLayout.VISA, data[1], data[2], data[3:7], data[7:], data)
    if size == 22 and data[0] == 0x15 and data[3] == 4:
        return IssuerData(IssuerDataLayout.INTERAC, data[1], data[2], data[3:8], data[8:], data)
    if size == 32 and data[0] == data[16] == 0x0F:
        return IssuerData(IssuerDataLayout.CCD, data[2], data[1], data[3:8], data[8:16], data)
    if size in _MCHIP_LENGTHS:
        return IssuerData(IssuerDataLayout.MCHIP, data[0], data[1], data[2:8], data[10:18], data)
    raise TlvError("9F10 has the layout of no scheme")


def build(
    layout: IssuerDataLayout,
    key_index: int,
    version: int,
    results: bytes,
    *,
    dynamic: bytes = bytes(2),
    counters: bytes = b"",
) -> bytes:
    """9F10 of a layout; `results` without a length byte, `dynamic` the DAC or the first bytes of the ICC dynamic number (M/Chip)."""
    match layout:
        case IssuerDataLayout.VISA:
            return bytes((0x06, key_index, version, 0x03)) + results
        case IssuerDataLayout.INTERAC:
            return bytes((0x15, key_index, version, 0x04)) + results + counters.ljust(14, b"\x00")
        case IssuerDataLayout.CCD:
            body = bytes((0x0F, version, key_index)) + results + counters.ljust(8, b"\x00")
            return body + b"\x0f" + bytes(15)
        case IssuerDataLayout.MCHIP:
            return bytes((key_index, version)) + results + dynamic + counters.ljust(8, b"\x00")
