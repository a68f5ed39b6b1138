"""What DE 55 says about the verification of the cardholder, and the issuer's answer where that is a refusal.

The terminal states it in the TVR (95) and in the CVM results (9F34; EMV Book 3, annex C5, and Book 4, annex A4). The first row of the
table that holds gives the response code (ISO 8583, DE 39):

| said by           | says                                                     | code |
|-------------------|----------------------------------------------------------|------|
| TVR byte 3, bit 6 | the tries of the offline PIN are used up                 | 75   |
| TVR byte 3, bit 8 | cardholder verification was not successful               | 05   |
| 9F34 byte 3 = 01  | the last method failed                                   | 05   |
| 9F34 method 02    | a PIN was entered for the issuer, and DE 52 has none     | 05   |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from terminal_sim.emv.data import tags, tvr
from terminal_sim.host.answers import PIN_TRIES_EXCEEDED

NOT_VERIFIED = "05"

_ONLINE_PIN: Final = 0x02
_METHOD: Final = 0x3F
_FAILED: Final = 0x01


class Verification(Struct, frozen=True):
    """The TVR as a whole number, the three bytes of the CVM results, and whether the request carries a PIN block."""

    tvr: int
    results: bytes
    pin_block: bool

    @property
    def method(self) -> int | None:
        """The method of the CVM results, None where there are none."""
        return self.results[0] & _METHOD if self.results else None


_TABLE: Final[tuple[tuple[Callable[[Verification], bool], str], ...]] = (
    (lambda said: bool(said.tvr & tvr.PIN_TRIES_EXCEEDED), PIN_TRIES_EXCEEDED),
    (lambda said: bool(said.tvr & tvr.CVM_FAILED), NOT_VERIFIED),
    (lambda said: said.results[2:] == bytes((_FAILED,)), NOT_VERIFIED),
    (lambda said: said.method == _ONLINE_PIN and not said.pin_block, NOT_VERIFIED),
)


def refusal(objects: Mapping[int, bytes] | None, *, pin_block: bool) -> str:
    """The response code by the table above; empty where no object of DE 55 speaks against the cardholder, or DE 55 is no BER-TLV."""
    if objects is None:
        return ""
    said = Verification(
        int.from_bytes(objects.get(tags.TVR, b"")), objects.get(tags.CVM_RESULTS, b""), pin_block
    )
    return next((code for holds, code in _TABLE if holds(said)), "")
