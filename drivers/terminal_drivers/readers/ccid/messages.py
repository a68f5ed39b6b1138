"""CCID messages (USB CCID rev 1.1, 6.1 to 6.3) as values, fields in the order of the wire; the bytes are the
codec's.
"""

from enum import IntEnum
from typing import ClassVar, Self

from msgspec import Struct
from msgspec.structs import astuple

from terminal_drivers.base import FrameError


class IccStatus(IntEnum):
    """bmICCStatus (6.2.6)."""

    ACTIVE = 0
    INACTIVE = 1
    ABSENT = 2


class CommandStatus(IntEnum):
    """bmCommandStatus (6.2.6)."""

    OK = 0
    FAILED = 1
    TIME_EXTENSION = 2


class SlotError(IntEnum):
    """bError where the command failed (table 6.2-2); 1 to 127 is the offset of the wrong byte."""

    NOT_SUPPORTED = 0x00
    CMD_SLOT_BUSY = 0xE0
    CARD_COLLISION = 0xC0
    """Of the range that CCID leaves to vendors (table 6.2-2): this is how a virtual field of ours reports several cards."""
    PIN_CANCELLED = 0xEF
    PIN_TIMEOUT = 0xF0
    BUSY_WITH_AUTO_SEQUENCE = 0xF2
    DEACTIVATED_PROTOCOL = 0xF3
    PROCEDURE_BYTE_CONFLICT = 0xF4
    ICC_CLASS_NOT_SUPPORTED = 0xF5
    ICC_PROTOCOL_NOT_SUPPORTED = 0xF6
    BAD_ATR_TCK = 0xF7
    BAD_ATR_TS = 0xF8
    HW_ERROR = 0xFB
    XFR_OVERRUN = 0xFC
    XFR_PARITY_ERROR = 0xFD
    ICC_MUTE = 0xFE
    CMD_ABORTED = 0xFF


def error_name(error: int) -> str:
    """Name a bError for a person."""
    if error in SlotError._value2member_map_:
        return SlotError(error).name
    return f"offset {error} of the message is wrong" if error < 0x80 else f"vendor error {error:02X}"


def status(icc: IccStatus, command: CommandStatus = CommandStatus.OK) -> int:
    """Put bStatus together."""
    return command << 6 | icc


class SetParameters(Struct, frozen=True):
    slot: int
    seq: int
    protocol: int
    data: bytes


class IccPowerOn(Struct, frozen=True):
    """`power`: 0 automatic, 1 5 V, 2 3 V, 3 1.8 V."""

    slot: int
    seq: int
    power: int


class IccPowerOff(Struct, frozen=True):
    slot: int
    seq: int


class GetSlotStatus(Struct, frozen=True):
    slot: int
    seq: int


class Secure(Struct, frozen=True):
    """`data` is bPINOperation and its structure."""

    slot: int
    seq: int
    bwi: int
    level: int
    data: bytes


class T0Apdu(Struct, frozen=True):
    slot: int
    seq: int
    changes: int
    class_get_response: int
    class_envelope: int


class Escape(Struct, frozen=True):
    """A vendor's own command."""

    slot: int
    seq: int
    data: bytes


GET_FIRMWARE = b"\x02"
"""The Escape by which readers of Gemalto tell the name of their firmware (ccid_serial.c of the CCID project)."""


class GetParameters(Struct, frozen=True):
    slot: int
    seq: int


class ResetParameters(Struct, frozen=True):
    slot: int
    seq: int


class IccClock(Struct, frozen=True):
    """`command`: 0 restart, 1 stop."""

    slot: int
    seq: int
    command: int


class XfrBlock(Struct, frozen=True):
    """`data` is a TPDU or an APDU, as the level of the slot says."""

    slot: int
    seq: int
    bwi: int
    level: int
    data: bytes


class Mechanical(Struct, frozen=True):
    """`function`: 1 accept, 2 eject, 3 capture, 4 lock, 5 unlock."""

    slot: int
    seq: int
    function: int


class Abort(Struct, frozen=True):
    slot: int
    seq: int


class SetDataRateAndClockFrequency(Struct, frozen=True):
    """kHz and bit/s."""

    slot: int
    seq: int
    clock: int
    rate: int


class DataBlock(Struct, frozen=True):
    slot: int
    seq: int
    status: int
    error: int
    chain: int
    data: bytes


class SlotStatus(Struct, frozen=True):
    """`clock`: 0 running, 1 stopped low, 2 stopped high, 3 stopped."""

    slot: int
    seq: int
    status: int
    error: int
    clock: int


class Parameters(Struct, frozen=True):
    slot: int
    seq: int
    status: int
    error: int
    protocol: int
    data: bytes


class EscapeResponse(Struct, frozen=True):
    slot: int
    seq: int
    status: int
    error: int
    data: bytes


class DataRateAndClockFrequency(Struct, frozen=True):
    """kHz and bit/s."""

    slot: int
    seq: int
    status: int
    error: int
    clock: int
    rate: int


class NotifySlotChange(Struct, frozen=True):
    """Two bits a slot, slot 0 lowest: present, changed."""

    icc_state: bytes

    def changes(self) -> list[tuple[int, bool]]:
        """(slot, present now) of each slot that has changed."""
        bits = int.from_bytes(self.icc_state, "little")
        slots = range(4 * len(self.icc_state))
        return [(slot, bool(bits >> 2 * slot & 1)) for slot in slots if bits >> 2 * slot & 2]


class HardwareError(Struct, frozen=True):
    slot: int
    seq: int
    error: int


Command = (
    SetParameters
    | IccPowerOn
    | IccPowerOff
    | GetSlotStatus
    | Secure
    | T0Apdu
    | Escape
    | GetParameters
    | ResetParameters
    | IccClock
    | XfrBlock
    | Mechanical
    | Abort
    | SetDataRateAndClockFrequency
)
Answer = DataBlock | SlotStatus | Parameters | EscapeResponse | DataRateAndClockFrequency
Message = Command | Answer | NotifySlotChange | HardwareError


class T0Parameters(Struct, frozen=True):
    """abProtocolDataStructure of T=0 (6.1.7), a byte each."""

    PROTOCOL: ClassVar[int] = 0
    fi_di: int = 0x11
    convention: int = 0x00
    guard_time: int = 0x00
    waiting_integer: int = 0x0A
    clock_stop: int = 0x00

    def build(self) -> bytes:
        return bytes(astuple(self))

    @classmethod
    def parse(cls, data: bytes) -> Self:
        if len(data) != 5:
            raise FrameError(f"the parameters of T=0 are 5 bytes, not {len(data)}")
        return cls(*data)


class T1Parameters(Struct, frozen=True):
    """abProtocolDataStructure of T=1 (6.1.7), a byte each."""

    PROTOCOL: ClassVar[int] = 1
    fi_di: int = 0x11
    checksum: int = 0x10
    guard_time: int = 0x00
    waiting_integers: int = 0x4D
    clock_stop: int = 0x00
    ifsc: int = 0x20
    nad: int = 0x00

    def build(self) -> bytes:
        return bytes(astuple(self))

    @classmethod
    def parse(cls, data: bytes) -> Self:
        if len(data) != 7:
            raise FrameError(f"the parameters of T=1 are 7 bytes, not {len(data)}")
        return cls(*data)


ANSWERS: dict[type, type[Answer]] = {
    SetParameters: Parameters,
    IccPowerOn: DataBlock,
    IccPowerOff: SlotStatus,
    GetSlotStatus: SlotStatus,
    Secure: DataBlock,
    T0Apdu: SlotStatus,
    Escape: EscapeResponse,
    GetParameters: Parameters,
    ResetParameters: Parameters,
    IccClock: SlotStatus,
    XfrBlock: DataBlock,
    Mechanical: SlotStatus,
    Abort: SlotStatus,
    SetDataRateAndClockFrequency: DataRateAndClockFrequency,
}
"""The message that answers each command (6.1)."""
