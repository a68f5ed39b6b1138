"""Protocol and parameters selection (ISO/IEC 7816-3:2006, 9): request and response, and both sides' choice.

1. `FF PPS0 [PPS1 PPS2 PPS3] PCK`; PPS0 names T and says which of the others follow; the XOR of all is 0.
2. A card accepts by repeating the request; it may leave PPS1 out, which means the default FI and DI.
3. Only a card in negotiable mode (no TA2) takes a PPS, and only as the first thing after the reset.
4. A request names any F and D from the defaults to those of TA1 (9.2), as a slower reader does.
"""

from dataclasses import dataclass
from functools import reduce
from operator import xor
from typing import Self

from terminal_drivers.base import FrameError, Misuse
from terminal_drivers.iso7816.atr import TA1_DEFAULT, Atr

PPSS = 0xFF
FI = {
    0: 372,
    1: 372,
    2: 558,
    3: 744,
    4: 1116,
    5: 1488,
    6: 1860,
    9: 512,
    10: 768,
    11: 1024,
    12: 1536,
    13: 2048,
}
DI = {1: 1, 2: 2, 3: 4, 4: 8, 5: 16, 6: 32, 7: 64, 8: 12, 9: 20}
"""The clock rate conversion and baud rate adjustment integers (tables 7 and 8)."""


@dataclass(frozen=True, slots=True)
class Pps:
    """A request or a response; None where a byte is absent."""

    protocol: int
    fi_di: int | None = None
    pps2: int | None = None
    pps3: int | None = None

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read exactly one; `FrameError` for everything else."""
        if len(data) < 3 or data[0] != PPSS or data[1] & 0x80:
            raise FrameError("this is no PPS")
        if data[1] & 0x0F == 15:
            raise FrameError("there is no protocol T=15")
        flags = data[1] >> 4
        if len(data) != 3 + flags.bit_count() or reduce(xor, data):
            raise FrameError("the PPS does not have the bytes that it announces, or PCK is wrong")
        found = iter(data[2:-1])
        values = (next(found) if flags & bit else None for bit in (1, 2, 4))
        return cls(data[1] & 0x0F, *values)

    def build(self) -> bytes:
        if not 0 <= self.protocol <= 14:
            raise Misuse(f"there is no protocol T={self.protocol}")
        named = tuple(zip((1, 2, 4), (self.fi_di, self.pps2, self.pps3), strict=True))
        flags = sum(bit for bit, byte in named if byte is not None)
        body = bytes((PPSS, flags << 4 | self.protocol, *(byte for _, byte in named if byte is not None)))
        return body + bytes((reduce(xor, body),))


def bits_per_second(fi_di: int, khz: int) -> int:
    """The line speed at a clock; 0 where FI or DI is reserved."""
    fi, di = FI.get(fi_di >> 4), DI.get(fi_di & 0x0F)
    return khz * 1000 * di // fi if fi and di else 0


def waiting_time(atr: Atr, fi_di: int, khz: int) -> float:
    """For how many seconds a card may say nothing: WWT of T=0 (10.2), BWT of T=1 (11.4.3) without its 11 etu."""
    cycles = 960 * FI.get(fi_di >> 4, FI[0]) * atr.waiting_integer
    if atr.protocol == 1:
        cycles = 960 * FI[0] << (atr.bwi_cwi >> 4)
    return cycles / (1000 * max(1, khz))


def wanted(atr: Atr, khz: int, fastest: int) -> Pps | None:
    """What a terminal asks for: the card's own TA1 where its line keeps up, else nothing."""
    if atr.specific is not None or atr.fi_di == TA1_DEFAULT:
        return None
    return Pps(atr.protocol, atr.fi_di) if 0 < bits_per_second(atr.fi_di, khz) <= fastest else None


def agreed(request: Pps, response: bytes) -> int:
    """The FI and DI in force after the card's response; `FrameError` where it is no acceptance."""
    answer = Pps.parse(response)
    others = answer.pps2 in (None, request.pps2) and answer.pps3 in (None, request.pps3)
    if answer.protocol != request.protocol or answer.fi_di not in (None, request.fi_di) or not others:
        raise FrameError("the card's PPS response does not accept the request")
    return TA1_DEFAULT if answer.fi_di is None else answer.fi_di


def respond(request: Pps, atr: Atr) -> Pps | None:
    """What a card says: the request, or nothing where it cannot do that (9.3)."""
    if atr.specific is not None or request.protocol not in atr.protocols:
        return None
    if request.fi_di is not None and not _offered(request.fi_di, atr.fi_di):
        return None
    return Pps(request.protocol, request.fi_di)


def _offered(fi_di: int, ta1: int) -> bool:
    """Whether F and D lie between the defaults and those of TA1."""
    if fi_di in (TA1_DEFAULT, ta1):
        return True
    f, d = FI.get(fi_di >> 4), DI.get(fi_di & 0x0F)
    slowest, fastest = FI.get(ta1 >> 4), DI.get(ta1 & 0x0F)
    return bool(f and d and slowest and fastest and f <= slowest and d <= fastest)
