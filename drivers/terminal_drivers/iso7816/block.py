"""The blocks of T=1 (ISO/IEC 7816-3:2006, 11.3) as values, and their bytes both ways.

1. A block is NAD PCB LEN, LEN information bytes, and an error detection code over all of them: an LRC of one
   byte or a CRC of two.
2. PCB says the kind: I carries a part of an APDU, R acknowledges or asks again, S supervises.
3. What cannot be read is one of two things, for the answer to each differs: `DamagedBlock` (the code does not
   fit the bytes) or `WrongBlock` (the bytes arrived well and make no sense).
4. The CRC is that of ISO/IEC 13239 without the final complement, high byte first, as the readers and drivers
   in the field compute it.
"""

from binascii import crc_hqx
from dataclasses import dataclass
from enum import Enum, IntEnum

from terminal_drivers.base import FrameError, Misuse

PROLOGUE = 3  # NAD, PCB, LEN
LONGEST_INF = 254  # LEN FF is reserved, 11.3.2.3
IFS_DEFAULT = 32

_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(0x100))
_R, _S, _KIND = 0x80, 0xC0, 0xC0
_RESPONSE = 0x20


class DamagedBlock(FrameError):
    """The error detection code does not fit, or bytes are missing."""


class WrongBlock(FrameError):
    """The block arrived whole and breaks the protocol."""


def lrc(data: bytes) -> int:
    """XOR of all bytes; zero over a block or frame with its LRC."""
    # The number is folded in halves: its parts meet in few steps, however long it is.
    folded = int.from_bytes(data)
    if len(data) > 32:
        if len(data) > 64:
            bits = 4 << len(data).bit_length()
            while bits > 256:
                folded ^= folded >> bits
                bits >>= 1
        folded ^= folded >> 256
    folded ^= folded >> 128
    folded ^= folded >> 64
    folded ^= folded >> 32
    folded ^= folded >> 16
    return (folded ^ folded >> 8) & 0xFF


class Edc(Enum):
    """The error detection code at the end of each block; the value is its length."""

    LRC = 1
    CRC = 2

    def of(self, data: bytes) -> bytes:
        """The code over prologue and information field."""
        if self is Edc.LRC:
            return bytes((lrc(data),))
        # The same polynomial as in binascii, but the lowest bit of a byte comes first.
        return crc_hqx(data.translate(_MIRRORED), 0xFFFF).to_bytes(2, "little").translate(_MIRRORED)


class Complaint(IntEnum):
    """The low nibble of an R-block (11.3.2.2)."""

    NONE = 0
    EDC = 1
    OTHER = 2


class Supervision(IntEnum):
    """The kind of an S-block: PCB without the response bit (11.3.2.2)."""

    RESYNCH = 0xC0
    IFS = 0xC1
    ABORT = 0xC2
    WTX = 0xC3


_INF_LENGTH = {Supervision.RESYNCH: 0, Supervision.IFS: 1, Supervision.ABORT: 0, Supervision.WTX: 1}


@dataclass(frozen=True, slots=True)
class IBlock:
    """A part of an APDU; `more`: the chain goes on."""

    ns: int
    more: bool
    inf: bytes
    nad: int = 0

    @property
    def pcb(self) -> int:
        return self.ns << 6 | self.more << 5


@dataclass(frozen=True, slots=True)
class RBlock:
    """`nr` is the number of the I-block that is expected next."""

    nr: int
    complaint: Complaint = Complaint.NONE
    nad: int = 0

    @property
    def inf(self) -> bytes:
        return b""

    @property
    def pcb(self) -> int:
        return _R | self.nr << 4 | self.complaint


@dataclass(frozen=True, slots=True)
class SBlock:
    """A request of either side, or the response to one, which repeats its information field."""

    kind: Supervision
    inf: bytes = b""
    response: bool = False
    nad: int = 0

    @property
    def pcb(self) -> int:
        return self.kind | (_RESPONSE if self.response else 0)

    def answered(self) -> "SBlock":
        """The response to this request."""
        return SBlock(self.kind, self.inf, True, self.nad)


Block = IBlock | RBlock | SBlock


def encode(block: Block, edc: Edc) -> bytes:
    """Build the bytes of a block; `Misuse` where the information field is too long."""
    if len(block.inf) > LONGEST_INF:
        raise Misuse(f"a block carries at most {LONGEST_INF} bytes, this one {len(block.inf)}")
    body = bytes((block.nad, block.pcb, len(block.inf))) + block.inf
    return body + edc.of(body)


def decode(data: bytes, edc: Edc) -> Block:
    """Read exactly one block; `DamagedBlock` or `WrongBlock` for everything else."""
    if len(data) < PROLOGUE + edc.value:
        raise DamagedBlock(f"a block has at least {PROLOGUE + edc.value} bytes, this one {len(data)}")
    body, code = data[: -edc.value], data[-edc.value :]
    if edc.of(body) != code:
        raise DamagedBlock("the error detection code of the block is wrong")
    nad, pcb, length = body[:PROLOGUE]
    inf = body[PROLOGUE:]
    if length != len(inf) or length > LONGEST_INF:
        raise WrongBlock(f"LEN is {length} and {len(inf)} information bytes are there")
    if pcb & 0x80 == 0:
        if pcb & 0x1F:
            raise WrongBlock(f"PCB {pcb:02X} of an I-block has reserved bits")
        return IBlock(pcb >> 6 & 1, bool(pcb & 0x20), inf, nad)
    if pcb & _KIND == _R:
        if pcb & 0x2C or pcb & 0x03 == 3 or inf:
            raise WrongBlock(f"PCB {pcb:02X} with {length} bytes is no R-block")
        return RBlock(pcb >> 4 & 1, Complaint(pcb & 0x03), nad)
    kind = pcb & ~_RESPONSE
    if kind not in Supervision._value2member_map_ or _INF_LENGTH[Supervision(kind)] != length:
        raise WrongBlock(f"PCB {pcb:02X} with {length} bytes is no S-block")
    return SBlock(Supervision(kind), inf, bool(pcb & _RESPONSE), nad)
