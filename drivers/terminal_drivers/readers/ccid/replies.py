"""The answers of the device end that several of its parts give."""

from terminal_drivers.readers.ccid.codec import CODES, encode
from terminal_drivers.readers.ccid.messages import (
    ANSWERS,
    Answer,
    Command,
    CommandStatus,
    DataBlock,
    DataRateAndClockFrequency,
    EscapeResponse,
    IccStatus,
    Parameters,
    SlotStatus,
    status,
)
from terminal_drivers.readers.ccid.slot import VirtualSlot


def data(slot: VirtualSlot, command: Command, data: bytes, chain: int = 0) -> DataBlock:
    """The answer with data for the host; bStatus of what went well is the state of the card."""
    return DataBlock(command.slot, command.seq, slot.icc, 0, chain, data)


def state(slot: VirtualSlot, command: Command) -> SlotStatus:
    """The answer with the state of the slot and its clock, to a command that went well."""
    return SlotStatus(command.slot, command.seq, slot.icc, 0, slot.clock)


def more_time(command: Command, icc: IccStatus, times: int) -> bytes:
    """A time extension: `times` the time-out again (6.2.6)."""
    extension = status(icc, CommandStatus.TIME_EXTENSION)
    return encode(DataBlock(command.slot, command.seq, extension, max(1, min(times, 0xFF)), 0, b""))


def failed(kind: type | None, slot: int, seq: int, icc: IccStatus, error: int) -> Answer:
    """The answer that belongs to a kind of command, failed; SlotStatus where it is no command at all."""
    failing = status(icc, CommandStatus.FAILED)
    answer = SlotStatus if kind is None else ANSWERS.get(kind, SlotStatus)
    if answer is DataBlock:
        return DataBlock(slot, seq, failing, error, 0, b"")
    if answer is Parameters:
        return Parameters(slot, seq, failing, error, 0, b"")
    if answer is EscapeResponse:
        return EscapeResponse(slot, seq, failing, error, b"")
    if answer is DataRateAndClockFrequency:
        return DataRateAndClockFrequency(slot, seq, failing, error, 0, 0)
    return SlotStatus(slot, seq, failing, error, 0)


def failed_message(message: bytes, icc: IccStatus, error: int) -> Answer:
    """The failed answer to the bytes of a message, which may be none that a host sends."""
    return failed(CODES.get(message[0]), message[5], message[6], icc, error)
