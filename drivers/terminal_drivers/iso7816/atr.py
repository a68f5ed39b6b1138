"""The answer to reset (ISO/IEC 7816-3:2006, 8): TS T0, interface bytes, historical bytes, TCK.

1. T0 and each TD say in their high nibble which of TA TB TC TD follow; at most 32 bytes follow TS.
2. TCK is there unless T=0 is the only protocol indicated; it makes the XOR of T0..TCK zero.
3. The first TD names the first offered protocol (none: T=0). T=15 is no protocol: it marks global interface
   bytes, and the first TD may not name it.
4. Where TA2 is there the card is in specific mode: it speaks the protocol that TA2 names, and only that.
"""

from functools import cached_property, lru_cache, reduce
from operator import xor
from typing import Self

from msgspec import Struct

from terminal_drivers.base import FrameError, Misuse

DIRECT, INVERSE = 0x3B, 0x3F
CARD_CAPABILITIES, EXTENDED_LENGTHS = 7, 0x40
LONGEST = 33  # TS and 32 bytes
REMEMBERED = 256
"""How many ATRs `parse` remembers: each payment reads that of its card several times."""
HISTORICAL_LONGEST = 15
GLOBAL = 15  # "T=15", 8.2.3
TA1_DEFAULT = 0x11  # Fi = 372, Di = 1


class InterfaceBytes(Struct, frozen=True):
    """TA, TB, TC and TD of one group; None where absent."""

    ta: int | None = None
    tb: int | None = None
    tc: int | None = None
    td: int | None = None

    @property
    def indicator(self) -> int:
        """The nibble that announces this group."""
        return sum(bit for bit, byte in self._bits() if byte is not None)

    def present(self) -> bytes:
        return bytes(byte for _, byte in self._bits() if byte is not None)

    def _bits(self) -> tuple[tuple[int, int | None], ...]:
        return (1, self.ta), (2, self.tb), (4, self.tc), (8, self.td)


class Atr(Struct, frozen=True, dict=True):
    """A whole ATR; `groups[0]` is TA1..TD1, `groups[1]` TA2..TD2 and so on. What follows from them is worked out once."""

    convention: int
    groups: tuple[InterfaceBytes, ...]
    historical: bytes

    @classmethod
    @lru_cache(REMEMBERED)
    def parse(cls, atr: bytes) -> Self:
        """Read exactly one ATR; `FrameError` says what is wrong with it."""
        if not 2 <= len(atr) <= LONGEST:
            raise FrameError(f"an ATR has 2 to {LONGEST} bytes, this one {len(atr)}")
        if atr[0] not in (DIRECT, INVERSE):
            raise FrameError(f"TS is {atr[0]:02X}, neither 3B nor 3F")
        position, announced, groups = 2, atr[1] >> 4, []
        while announced:
            count = announced.bit_count()
            found = iter(atr[position : position + count])
            if position + count > len(atr):
                raise FrameError("the ATR ends within its interface bytes")
            group = InterfaceBytes(*(next(found) if announced & bit else None for bit in (1, 2, 4, 8)))
            groups.append(group)
            position += count
            announced = 0 if group.td is None else group.td >> 4
            if len(groups) == 1 and group.td is not None and group.td & 0x0F == GLOBAL:
                raise FrameError("TD1 names T=15, which is no protocol")
        end = position + (atr[1] & 0x0F)
        # A TD that announces nothing leaves no group of its own behind, so the value is complete without it.
        value = cls(atr[0], tuple(groups), atr[position:end])
        if len(atr) != end + value.has_tck:
            raise FrameError(f"the ATR announces {end + value.has_tck} bytes and has {len(atr)}")
        if value.has_tck and reduce(xor, atr[1:]):
            raise FrameError("TCK of the ATR is wrong")
        return value

    def build(self) -> bytes:
        """The bytes; `Misuse` where the groups do not announce one another or the ATR becomes too long."""
        announced = [(group.td or 0) >> 4 for group in self.groups]
        indicators = [group.indicator for group in self.groups]
        if announced != [*indicators[1:], 0][: len(announced)]:
            raise Misuse("the high nibble of each TD announces the bytes of the next group")
        if len(self.historical) > HISTORICAL_LONGEST:
            raise Misuse(f"an ATR has at most {HISTORICAL_LONGEST} historical bytes")
        t0 = (indicators[0] << 4 if indicators else 0) | len(self.historical)
        body = bytes((t0,)) + b"".join(group.present() for group in self.groups) + self.historical
        atr = bytes((self.convention,)) + body + (bytes((reduce(xor, body),)) if self.has_tck else b"")
        if len(atr) > LONGEST:
            raise Misuse(f"an ATR has at most {LONGEST} bytes, this one would have {len(atr)}")
        return atr

    @cached_property
    def indicated(self) -> tuple[int, ...]:
        """T of each TD in order, T=15 included; (0,) where there is no TD."""
        return tuple(group.td & 0x0F for group in self.groups if group.td is not None) or (0,)

    @property
    def has_tck(self) -> bool:
        return any(self.indicated)

    @cached_property
    def protocols(self) -> tuple[int, ...]:
        """The offered protocols, each once, first offered first."""
        return tuple(dict.fromkeys(t for t in self.indicated if t != GLOBAL))

    @property
    def specific(self) -> int | None:
        """TA2, where the card is in specific mode."""
        return self.groups[1].ta if len(self.groups) > 1 else None

    @cached_property
    def protocol(self) -> int:
        """The protocol that the card speaks without a PPS: TA2's in specific mode, else the first offered."""
        return self.protocols[0] if self.specific is None else self.specific & 0x0F

    @property
    def fi_di(self) -> int:
        """TA1: the fastest FI and DI that the card takes; 11 where absent."""
        ta1 = self.groups[0].ta if self.groups else None
        return TA1_DEFAULT if ta1 is None else ta1

    @property
    def fi_di_without_pps(self) -> int:
        """FI and DI in force when no PPS is done: TA1 only in specific mode with bit 5 of TA2 clear (8.3)."""
        return self.fi_di if self.specific is not None and not self.specific & 0x10 else TA1_DEFAULT

    @property
    def guard_time(self) -> int:
        """TC1 (N): extra guard time in etu, FF the shortest."""
        tc1 = self.groups[0].tc if self.groups else None
        return 0 if tc1 is None else tc1

    @property
    def waiting_integer(self) -> int:
        """TC2 (WI of T=0); 10 where absent."""
        tc2 = self.groups[1].tc if len(self.groups) > 1 else None
        return 10 if tc2 is None else tc2

    def _t1(self) -> InterfaceBytes:
        """The group after the first TD (from TD2 on) that names T=1 (11.4.2)."""
        for before, group in zip(self.groups[1:], self.groups[2:], strict=False):
            if before.td is not None and before.td & 0x0F == 1:
                return group
        return InterfaceBytes()

    @property
    def ifsc(self) -> int:
        """Information field size of the card for T=1; 32 where absent."""
        ta = self._t1().ta
        return 32 if ta is None else ta

    @property
    def bwi_cwi(self) -> int:
        """BWI << 4 | CWI for T=1; 4D where absent."""
        tb = self._t1().tb
        return 0x4D if tb is None else tb

    @property
    def crc(self) -> bool:
        """Whether T=1 blocks end in a CRC instead of an LRC."""
        return bool((self._t1().tc or 0) & 1)

    @cached_property
    def extended_lengths(self) -> bool:
        """Whether the card capabilities among the historical bytes announce extended Lc and Le (ISO/IEC 7816-4,
        8.1.1.2.7).
        """
        if self.historical[:1] not in (b"\x00", b"\x80"):
            return False
        # Category indicator 00: the last three bytes are a status indicator, no data object.
        objects = self.historical[1:] if self.historical[0] else self.historical[1:-3]
        while objects:
            tag, length = divmod(objects[0], 0x10)
            value, objects = objects[1 : 1 + length], objects[1 + length :]
            if tag == CARD_CAPABILITIES:
                return len(value) >= 3 and bool(value[2] & EXTENDED_LENGTHS)
        return False


def contactless(historical: bytes) -> bytes:
    """The ATR that a reader builds for an ISO/IEC 14443-4 card: 3B 8n 80 01, historical bytes, TCK (PC/SC
    part 3).
    """
    groups = InterfaceBytes(td=0x80), InterfaceBytes(td=0x01)
    return Atr(DIRECT, groups, historical).build()
