"""The device end of CCID: slots that hold cards, and an answer to every message that a host may send.

1. A slot works at the level of its dwFeatures: TPDU for chip cards (T=0), short APDU for the contactless
   field, where the reader builds the ATR (PC/SC part 3).
2. A command that cannot be done is answered by its own answer with bmCommandStatus "failed"; 00 in bError is
   "not supported", 1 to 127 the offset of the wrong byte.
3. Escape 02 tells the firmware; Escape 01 01 01 makes notifications synchronous (GemPC family).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from terminal_drivers.base import Card, CardMute, CardRemoved, FrameError, Misuse
from terminal_drivers.iso7816.atr import Atr, contactless
from terminal_drivers.iso7816.t0 import T0Card
from terminal_drivers.readers.ccid.codec import decode, encode
from terminal_drivers.readers.ccid.features import Level, level
from terminal_drivers.readers.ccid.messages import (
    ANSWERS,
    Abort,
    Answer,
    Command,
    CommandStatus,
    DataBlock,
    DataRateAndClockFrequency,
    Escape,
    EscapeResponse,
    GetParameters,
    GetSlotStatus,
    IccClock,
    IccPowerOff,
    IccPowerOn,
    IccStatus,
    NotifySlotChange,
    Parameters,
    ResetParameters,
    SetParameters,
    SlotError,
    SlotStatus,
    T0Parameters,
    T1Parameters,
    XfrBlock,
    status,
)

FIRMWARE = "CCID-V1.00"
GET_FIRMWARE = b"\x02"
NOTIFY_SYNCHRONOUSLY = b"\x01\x01\x01"
PPSS = b"\xff"

AT_LENGTH, AT_SLOT, AT_PROTOCOL, AT_LEVEL = 1, 5, 7, 8  # offsets of message fields, for bError


class _Refused(Exception):
    """The command fails with this bError."""

    def __init__(self, error: int) -> None:
        super().__init__(error)
        self.error: Final = error


@dataclass(slots=True)
class _Slot:
    number: int
    level: Level
    chip: T0Card | None = None
    powered: bool = False
    parameters: T0Parameters | T1Parameters = field(default_factory=T0Parameters)

    def put(self, card: Card | None) -> None:
        self.chip = None if card is None else T0Card(card)
        self.powered = False

    @property
    def icc(self) -> IccStatus:
        if self.chip is None:
            return IccStatus.ABSENT
        return IccStatus.ACTIVE if self.powered else IccStatus.INACTIVE


class VirtualCcid:
    """A CCID reader of our own: `features` gives dwFeatures of each slot."""

    def __init__(self, features: tuple[int, ...], firmware: str = FIRMWARE) -> None:
        self._slots = [_Slot(number, level(each)) for number, each in enumerate(features)]
        unknown = {slot.level for slot in self._slots} - {Level.TPDU, Level.SHORT_APDU}
        if unknown:
            raise Misuse(
                f"a virtual slot works at TPDU or short APDU level, not at {unknown.pop().value} level"
            )
        self._firmware = firmware.encode("ascii")
        self._changes: list[bytes] = []
        self.synchronous = False
        self._handlers: dict[type[Command], Callable[[_Slot, Any], Answer]] = {
            XfrBlock: self._xfr_block,
            GetSlotStatus: self._slot_status,
            IccPowerOn: self._power_on,
            IccPowerOff: self._power_off,
            SetParameters: self._set_parameters,
            GetParameters: self._get_parameters,
            ResetParameters: self._reset_parameters,
            Escape: self._escape,
            IccClock: self._slot_status,
            Abort: self._slot_status,
        }

    def insert(self, slot: int, card: Card) -> None:
        """Put a card into a slot or hold it into a field."""
        if self.holds(slot):
            raise Misuse(f"slot {slot} already holds a card: remove it first")
        self._change(slot, card)

    def remove(self, slot: int) -> None:
        """Take the card out; its session is lost."""
        if not self.holds(slot):
            raise Misuse(f"slot {slot} holds no card: insert one first")
        self._change(slot, None)

    def holds(self, slot: int) -> bool:
        if not 0 <= slot < len(self._slots):
            raise Misuse(f"this reader has slots 0 to {len(self._slots) - 1}, no slot {slot}")
        return self._slots[slot].chip is not None

    def answer(self, message: bytes) -> bytes:
        """Run one PC_to_RDR message and return the RDR_to_PC message; `FrameError` for less than a header."""
        try:
            command = decode(message)
        except FrameError:
            if len(message) < 10:
                raise
            command = None
        number, seq = message[5], message[6]
        if number >= len(self._slots):
            return encode(_failed(command, number, seq, IccStatus.ABSENT, AT_SLOT))
        slot = self._slots[number]
        # What is no command has no handler.
        handler = self._handlers.get(type(command))  # type: ignore[arg-type]
        if handler is None:
            return encode(_failed(command, number, seq, slot.icc, SlotError.NOT_SUPPORTED))
        try:
            return encode(handler(slot, command))
        except _Refused as refused:
            return encode(_failed(command, number, seq, slot.icc, refused.error))

    def notifications(self) -> list[bytes]:
        changes, self._changes = self._changes, []
        return changes

    def _change(self, slot: int, card: Card | None) -> None:
        self._slots[slot].put(card)
        bits = 2 << 2 * slot
        for number, each in enumerate(self._slots):
            bits |= (each.chip is not None) << 2 * number
        size = (2 * len(self._slots) + 7) // 8
        self._changes.append(encode(NotifySlotChange(bits.to_bytes(size, "little"))))

    def _power_on(self, slot: _Slot, command: IccPowerOn) -> Answer:
        slot.powered = False
        atr = self._ask(slot, self._reset, b"")
        slot.powered = True
        return DataBlock(command.slot, command.seq, status(slot.icc), 0, 0, atr)

    def _xfr_block(self, slot: _Slot, command: XfrBlock) -> Answer:
        if command.level:
            raise _Refused(AT_LEVEL)
        if not slot.powered:
            raise _Refused(SlotError.ICC_MUTE)
        data = self._ask(slot, self._tpdu if slot.level is Level.TPDU else self._apdu, command.data)
        return DataBlock(command.slot, command.seq, status(slot.icc), 0, 0, data)

    def _ask(self, slot: _Slot, what: Callable[[_Slot, T0Card, bytes], bytes], data: bytes) -> bytes:
        """Let the card work; it may be mute, say that it was pulled out, or be pulled out meanwhile."""
        chip = slot.chip
        if chip is None:
            raise _Refused(SlotError.ICC_MUTE)
        try:
            answer = what(slot, chip, data)
        except CardRemoved as gone:
            if slot.chip is chip:
                self._change(slot.number, None)
            raise _Refused(SlotError.ICC_MUTE) from gone
        except CardMute as mute:
            raise _Refused(SlotError.ICC_MUTE) from mute
        if slot.chip is not chip:
            raise _Refused(SlotError.ICC_MUTE)
        return answer

    def _reset(self, slot: _Slot, chip: T0Card, _data: bytes) -> bytes:
        atr = chip.reset()
        slot.parameters = T0Parameters()
        try:
            parsed = Atr.parse(atr)
            if slot.level is Level.SHORT_APDU:
                return contactless(parsed.historical)
        except FrameError as error:
            if slot.level is Level.SHORT_APDU:
                raise _Refused(SlotError.ICC_MUTE) from error
            return atr  # a chip's bad ATR is for the host to see
        if parsed.protocol == T1Parameters.PROTOCOL:
            slot.parameters = T1Parameters()
        return atr

    def _tpdu(self, slot: _Slot, chip: T0Card, data: bytes) -> bytes:
        if slot.parameters.PROTOCOL != T0Parameters.PROTOCOL:
            raise _Refused(SlotError.ICC_PROTOCOL_NOT_SUPPORTED)
        if data[:1] == PPSS:
            # A card without PPS stays silent when it is asked for one (ISO/IEC 7816-3, 9.1).
            raise _Refused(SlotError.ICC_MUTE)
        try:
            return chip.exchange(data)
        except FrameError as error:
            raise _Refused(AT_LENGTH) from error

    def _apdu(self, _slot: _Slot, chip: T0Card, data: bytes) -> bytes:
        return chip.card.transmit(data)

    def _slot_status(self, slot: _Slot, command: GetSlotStatus | IccClock | Abort) -> Answer:
        return SlotStatus(command.slot, command.seq, status(slot.icc), 0, 0)

    def _power_off(self, slot: _Slot, command: IccPowerOff) -> Answer:
        slot.powered = False
        return SlotStatus(command.slot, command.seq, status(slot.icc), 0, 0)

    def _set_parameters(self, slot: _Slot, command: SetParameters) -> Answer:
        try:
            if command.protocol == T0Parameters.PROTOCOL:
                slot.parameters = T0Parameters.parse(command.data)
            elif command.protocol == T1Parameters.PROTOCOL:
                slot.parameters = T1Parameters.parse(command.data)
            else:
                raise _Refused(AT_PROTOCOL)
        except FrameError as error:
            raise _Refused(AT_LENGTH) from error
        return self._get_parameters(slot, command)

    def _reset_parameters(self, slot: _Slot, command: ResetParameters) -> Answer:
        slot.parameters = type(slot.parameters)()
        return self._get_parameters(slot, command)

    def _get_parameters(
        self, slot: _Slot, command: GetParameters | SetParameters | ResetParameters
    ) -> Answer:
        if slot.chip is None:
            raise _Refused(SlotError.ICC_MUTE)
        data = slot.parameters.build()
        return Parameters(command.slot, command.seq, status(slot.icc), 0, slot.parameters.PROTOCOL, data)

    def _escape(self, slot: _Slot, command: Escape) -> Answer:
        if command.data == GET_FIRMWARE:
            data = self._firmware
        elif command.data == NOTIFY_SYNCHRONOUSLY:
            self.synchronous, data = True, b""
        else:
            raise _Refused(SlotError.NOT_SUPPORTED)
        return EscapeResponse(command.slot, command.seq, status(slot.icc), 0, data)


def _failed(command: object, slot: int, seq: int, icc: IccStatus, error: int) -> Answer:
    """The answer that belongs to the command, failed; SlotStatus where it is no command at all."""
    failed = status(icc, CommandStatus.FAILED)
    answer = ANSWERS.get(type(command), SlotStatus)
    if answer is DataBlock:
        return DataBlock(slot, seq, failed, error, 0, b"")
    if answer is Parameters:
        return Parameters(slot, seq, failed, error, 0, b"")
    if answer is EscapeResponse:
        return EscapeResponse(slot, seq, failed, error, b"")
    if answer is DataRateAndClockFrequency:
        return DataRateAndClockFrequency(slot, seq, failed, error, 0, 0)
    return SlotStatus(slot, seq, failed, error, 0)
