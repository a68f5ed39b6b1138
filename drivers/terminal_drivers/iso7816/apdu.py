"""Command APDUs (ISO/IEC 7816-4, 5.1) as values, with their bytes both ways, and what status words mean (5.6).

A command is case 1 (nothing), 2 (response), 3 (data) or 4 (data and response); each but the first has a short
and an extended form. `extended` says which form the bytes had, so that parsing and building are inverse to
each other.
"""

from typing import Self

from msgspec import Struct

from terminal_drivers.base import FrameError, Misuse

HEADER = 4
"""How many bytes every command has: CLA INS P1 P2."""
SHORT_NC, SHORT_NE = 255, 256
EXTENDED_NC, EXTENDED_NE = 65_535, 65_536


class CommandApdu(Struct, frozen=True):
    """CLA INS P1 P2, `data` (Nc bytes) and `ne`: the most response bytes that are expected, 0 for none."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = b""
    ne: int = 0
    extended: bool = False

    def __post_init__(self) -> None:
        if (self.cla | self.ins | self.p1 | self.p2) & ~0xFF:
            raise Misuse("CLA, INS, P1 and P2 are one byte each")
        most_nc, most_ne = (EXTENDED_NC, EXTENDED_NE) if self.extended else (SHORT_NC, SHORT_NE)
        if len(self.data) > most_nc or not 0 <= self.ne <= most_ne:
            form = "an extended" if self.extended else "a short"
            raise Misuse(f"{form} C-APDU carries at most {most_nc} data bytes and expects 0 to {most_ne}")
        if self.extended and not self.data and not self.ne:
            raise Misuse("a case 1 C-APDU has no extended form")

    @property
    def case(self) -> int:
        """1 to 4."""
        return 1 + (self.ne > 0) + 2 * bool(self.data)

    @classmethod
    def parse(cls, apdu: bytes) -> Self:
        """Read one whole C-APDU; `FrameError` where its length fields contradict its length."""
        if len(apdu) < HEADER:
            raise FrameError(f"a C-APDU has at least {HEADER} bytes, this one {len(apdu)}")
        cla, ins, p1, p2 = apdu[:HEADER]
        body = apdu[HEADER:]
        if not body:
            return cls(cla, ins, p1, p2)
        if len(body) == 1:
            return cls(cla, ins, p1, p2, ne=body[0] or SHORT_NE)
        if body[0]:
            data, le = body[1 : 1 + body[0]], body[1 + body[0] :]
            if len(data) == body[0] and len(le) <= 1:
                return cls(cla, ins, p1, p2, data, (le[0] or SHORT_NE) if le else 0)
        elif len(body) == 3:
            return cls(cla, ins, p1, p2, ne=int.from_bytes(body[1:]) or EXTENDED_NE, extended=True)
        elif len(body) > 3:
            nc = int.from_bytes(body[1:3])
            data, le = body[3 : 3 + nc], body[3 + nc :]
            if nc and len(data) == nc and len(le) in (0, 2):
                return cls(
                    cla, ins, p1, p2, data, (int.from_bytes(le) or EXTENDED_NE) if le else 0, extended=True
                )
        raise FrameError(f"the length fields of the C-APDU contradict its {len(apdu)} bytes")

    def build(self) -> bytes:
        header = bytes((self.cla, self.ins, self.p1, self.p2))
        if not self.extended:
            lc = bytes((len(self.data),)) if self.data else b""
            return header + lc + self.data + (bytes((self.ne & 0xFF,)) if self.ne else b"")
        lc = len(self.data).to_bytes(2) if self.data else b""
        return header + b"\0" + lc + self.data + ((self.ne & 0xFFFF).to_bytes(2) if self.ne else b"")


STATUS_WORDS = {
    0x9000: "normal processing",
    0x6200: "warning, no information",
    0x6281: "returned data may be corrupted",
    0x6282: "end of file reached",
    0x6283: "selected file deactivated",
    0x6285: "selected file in termination state",
    0x6300: "warning, memory changed",
    0x6400: "execution error, memory unchanged",
    0x6401: "immediate response required",
    0x6500: "execution error, memory changed",
    0x6581: "memory failure",
    0x6700: "wrong length",
    0x6881: "logical channel not supported",
    0x6882: "secure messaging not supported",
    0x6883: "last command of the chain expected",
    0x6884: "command chaining not supported",
    0x6981: "command incompatible with file structure",
    0x6982: "security status not satisfied",
    0x6983: "authentication method blocked",
    0x6984: "reference data not usable",
    0x6985: "conditions of use not satisfied",
    0x6986: "command not allowed, no current EF",
    0x6A80: "incorrect data",
    0x6A81: "function not supported",
    0x6A82: "file or application not found",
    0x6A83: "record not found",
    0x6A84: "not enough memory",
    0x6A86: "incorrect P1-P2",
    0x6A87: "Nc inconsistent with P1-P2",
    0x6A88: "reference data not found",
    0x6B00: "wrong P1-P2",
    0x6D00: "instruction not supported",
    0x6E00: "class not supported",
    0x6F00: "no precise diagnosis",
}
"""ISO/IEC 7816-4, tables 5 to 7: the status words that stand for one meaning."""


def status_name(sw: int) -> str:
    """Say what a status word means; a number that carries a count or a length says it too."""
    name = STATUS_WORDS.get(sw)
    if name is not None:
        return name
    sw1, sw2 = divmod(sw, 0x100)
    if sw1 == 0x61:
        return f"{sw2 or 256} response bytes available"
    if sw1 == 0x6C:
        return f"wrong Le, {sw2 or 256} bytes available"
    if sw & 0xFFF0 == 0x63C0:
        return f"counter {sw & 0x0F}"
    return f"status {sw:04X}"
