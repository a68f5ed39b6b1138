"""Tag 91 as the card checks it: the issuer's answer to its ARQC, by the method of its version (EMV Book 2, 8.2)."""

from __future__ import annotations

import hmac
from typing import Final

from msgspec import Struct

from terminal_sim.cards.system.memory import Memory
from terminal_sim.emv.data.response_code import APPROVALS
from terminal_sim.emv.keys.cryptogram_versions import ArpcMethod, CryptogramVersion

_APPROVED: Final = 0x80
"""Byte 2 of the card status update (Book 3, C10): the issuer approves the online transaction."""


class IssuerAuthentication(Struct, frozen=True):
    """Whether the answer is `genuine` and `approved`; `code` is its response code, `update` its card status update, empty where its method has none."""

    genuine: bool
    approved: bool
    code: bytes
    update: bytes = b""

    def approves(self, code: bytes) -> bool:
        """Whether it approves a transaction of which the terminal says the response `code`."""
        return self.genuine and self.approved and self.code in (b"", code)


def checked(
    version: CryptogramVersion, memory: Memory, arqc: bytes, unpredictable: bytes, data: bytes
) -> IssuerAuthentication:
    """Compares `data`, the value of tag 91, with the card's own answer to its `arqc`."""
    by_code = version.arpc is ArpcMethod.RESPONSE_CODE
    code, status, more = (data[8:10], bytes(4), b"") if by_code else (bytes(2), data[4:8], data[8:])
    is_whole = len(code) == 2 and len(status) == 4
    expected = is_whole and version.authentication_data(
        memory.key,
        arqc,
        atc=memory.counter,
        unpredictable=unpredictable,
        code=code,
        status=status,
        proprietary=more,
    )
    genuine = bool(expected) and hmac.compare_digest(expected or b"", data[: len(expected or b"")])
    approved = code.decode("latin-1") in APPROVALS if by_code else is_whole and bool(status[1] & _APPROVED)
    return IssuerAuthentication(genuine, approved, code if by_code else b"", b"" if by_code else status)
