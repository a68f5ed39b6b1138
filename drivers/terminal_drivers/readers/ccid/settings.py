"""What a slot of a virtual reader is set to: the protocol's parameters, the clock, the rate, the classes of T=0."""

from terminal_drivers.base import FrameError
from terminal_drivers.readers.ccid import replies
from terminal_drivers.readers.ccid.descriptor import ClassDescriptor
from terminal_drivers.readers.ccid.features import RUNS_PROTOCOL
from terminal_drivers.readers.ccid.messages import (
    Answer,
    DataRateAndClockFrequency,
    GetParameters,
    IccClock,
    Parameters,
    ResetParameters,
    SetDataRateAndClockFrequency,
    SetParameters,
    SlotError,
    T0Apdu,
    T0Parameters,
    T1Parameters,
    status,
)
from terminal_drivers.readers.ccid.slot import AT_DATA, AT_LENGTH, AT_SPECIFIC, Refused, VirtualSlot

CLOCK_RUNS, CLOCK_STOPPED_LOW = 0, 1  # bClockStatus
CHANGE_GET_RESPONSE, CHANGE_ENVELOPE = 0x01, 0x02  # bmChanges


def set_parameters(slot: VirtualSlot, command: SetParameters) -> Answer:
    parameters: T0Parameters | T1Parameters
    try:
        if command.protocol == T0Parameters.PROTOCOL:
            parameters = T0Parameters.parse(command.data)
        elif command.protocol == T1Parameters.PROTOCOL:
            parameters = T1Parameters.parse(command.data)
        else:
            raise Refused(AT_SPECIFIC)
    except FrameError as error:
        raise Refused(AT_LENGTH) from error
    if slot.powered:
        slot.choose(command.protocol)
    slot.parameters = parameters
    return get_parameters(slot, command)


def reset_parameters(slot: VirtualSlot, command: ResetParameters) -> Answer:
    slot.parameters = type(slot.parameters)()
    return get_parameters(slot, command)


def get_parameters(slot: VirtualSlot, command: GetParameters | SetParameters | ResetParameters) -> Answer:
    slot.present()
    data = slot.parameters.build()
    return Parameters(command.slot, command.seq, status(slot.icc), 0, slot.parameters.PROTOCOL, data)


def clock(slot: VirtualSlot, command: IccClock) -> Answer:
    if command.command > 1:
        raise Refused(AT_SPECIFIC)
    slot.clock = CLOCK_STOPPED_LOW if command.command and slot.powered else CLOCK_RUNS
    return replies.state(slot, command)


def rate(limits: ClassDescriptor, slot: VirtualSlot, command: SetDataRateAndClockFrequency) -> Answer:
    """Answer what is in force: what was asked for, within the limits of the reader (6.1.14)."""
    if not command.clock or not command.rate:
        raise Refused(AT_DATA if not command.clock else AT_DATA + 4)
    khz, bits = min(command.clock, limits.max_clock), min(command.rate, limits.max_data_rate)
    return DataRateAndClockFrequency(command.slot, command.seq, status(slot.icc), 0, khz, bits)


def classes(said: ClassDescriptor, slot: VirtualSlot, command: T0Apdu) -> Answer:
    """Choose the classes of GET RESPONSE and ENVELOPE; what is not changed is the descriptor's (6.1.10)."""
    if slot.level not in RUNS_PROTOCOL or slot.field:
        raise Refused(SlotError.NOT_SUPPORTED)
    if command.changes & ~(CHANGE_GET_RESPONSE | CHANGE_ENVELOPE):
        raise Refused(AT_SPECIFIC)
    get_response, envelope = command.changes & CHANGE_GET_RESPONSE, command.changes & CHANGE_ENVELOPE
    slot.get_response = command.class_get_response if get_response else said.class_get_response
    slot.envelope = command.class_envelope if envelope else said.class_envelope
    return replies.state(slot, command)
