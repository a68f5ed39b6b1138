"""What a CCID reader says where it lacks an ability, where a field of a command is wrong, and of clock, rate and abort."""

from collections.abc import Callable

from terminal_drivers.readers.ccid import messages as m
from terminal_drivers.readers.ccid.codec import encode
from terminal_drivers.readers.ccid.conformance.subject import USB_CCID, CcidUnderTest, failed
from terminal_drivers.readers.ccid.link import ControlPipe
from terminal_drivers.readers.ccid.pin import FollowUp, PinFollowUp, PinVerify
from terminal_drivers.readers.clauses import Check, NotApplicable, check, require

AT_LENGTH, AT_SPECIFIC, AT_DATA = 1, 7, 10
UNKNOWN = int(m.SlotError.NOT_SUPPORTED)
UNLOCK = 5
RESERVED_OPERATION = 0x7F


def _aborts(device: CcidUnderTest) -> None:
    if not isinstance(device.link, ControlPipe):
        raise NotApplicable("the line has no control pipe")
    device.link.abort(0, 0x41)
    between = device.ask(m.GetSlotStatus(0, 0x40))
    failed(between, {int(m.SlotError.CMD_ABORTED)}, "a command between the request and the message")
    done = device.ask(m.Abort(0, 0x41))
    require(not done.status >> 6, f"PC_to_RDR_Abort fails with {m.error_name(done.error)}")
    require(not device.ask(m.GetSlotStatus(0, 0x42)).status >> 6, "the slot takes no command afterwards")


def _clock(device: CcidUnderTest) -> None:
    device.card()
    stopped = device.ask(m.IccClock(0, 4, 1))
    if stopped.status >> 6:
        raise NotApplicable("the reader stops no clock")
    status = device.ask(m.GetSlotStatus(0, 5))
    clocks = [getattr(each, "clock", None) for each in (stopped, status)]
    require(clocks[0] in (1, 2, 3) and clocks[0] == clocks[1], f"bClockStatus is {clocks} when it stands")
    runs = device.ask(m.IccClock(0, 6, 0))
    require(not runs.status >> 6 and getattr(runs, "clock", None) == 0, "the clock does not run again")


def _rate(device: CcidUnderTest) -> None:
    limits = device.reader.descriptor
    answer = device.ask(m.SetDataRateAndClockFrequency(0, 4, 0xFFFF_FFFF, 0xFFFF_FFFF))
    if answer.status >> 6 or not isinstance(answer, m.DataRateAndClockFrequency):
        raise NotApplicable("the rate of the reader cannot be set")
    require(
        0 < answer.clock <= limits.max_clock,
        f"{answer.clock} kHz are said to be in force, beyond the descriptor",
    )
    require(
        0 < answer.rate <= limits.max_data_rate, f"{answer.rate} bit/s are said to be in force, beyond it"
    )


def _no_mechanics(device: CcidUnderTest) -> None:
    if device.reader.descriptor.mechanical:
        raise NotApplicable("the reader moves cards")
    failed(device.ask(m.Mechanical(0, 4, UNLOCK)), {UNKNOWN}, "Mechanical at a reader that moves nothing")


def _no_pad(device: CcidUnderTest) -> None:
    if device.reader.descriptor.pin_support:
        raise NotApplicable("the reader has a PIN pad")
    device.card()
    answer = device.ask(m.Secure(0, 4, 0, 0, PinVerify().build()))
    failed(answer, {UNKNOWN}, "Secure at a reader without a PIN pad")


def _operation(device: CcidUnderTest) -> None:
    if not device.reader.descriptor.pin_support:
        raise NotApplicable("the reader has no PIN pad")
    device.card()
    answer = device.ask(m.Secure(0, 4, 0, 0, bytes((RESERVED_OPERATION,)) + PinVerify().build()[1:]))
    failed(answer, {UNKNOWN, AT_DATA}, "a PIN operation that is reserved")


def _follow_ups(device: CcidUnderTest) -> None:
    if not device.reader.descriptor.pin_support:
        raise NotApplicable("the reader has no PIN pad")
    device.card()
    for seq, operation in enumerate(FollowUp, 4):
        answer = device.ask(m.Secure(0, seq, 0, 0, PinFollowUp(operation).build()))
        failed(answer, {UNKNOWN, AT_LENGTH, AT_DATA}, f"{operation.name} of a PIN that was not typed")


def _lengths(device: CcidUnderTest) -> None:
    answer = device.raw(encode(m.GetSlotStatus(0, 4))[:1] + b"\1\0\0\0\0\4\0\0\0\0")
    require(isinstance(answer, m.SlotStatus), f"it is answered by {type(answer).__name__}")
    if isinstance(answer, m.SlotStatus):
        failed(answer, {UNKNOWN, AT_LENGTH}, "data behind a message that has none")


def _structures(device: CcidUnderTest) -> None:
    device.card()
    for protocol, parameters in ((0, m.T1Parameters()), (1, m.T0Parameters())):
        answer = device.ask(m.SetParameters(0, 5, protocol, parameters.build()))
        what = f"the structure of T={1 - protocol} for T={protocol}"
        failed(answer, {UNKNOWN, AT_LENGTH, *range(AT_SPECIFIC, AT_DATA + 7)}, what)


RESERVED: tuple[tuple[str, str, m.Command, int], ...] = (
    ("6.1.1", "bPowerSelect 04", m.IccPowerOn(0, 4, 4), AT_SPECIFIC),
    ("6.1.9", "bClockCommand 02", m.IccClock(0, 5, 2), AT_SPECIFIC),
    ("6.1.12", "bFunction 09", m.Mechanical(0, 6, 9), AT_SPECIFIC),
    ("6.1.14", "dwClockFrequency 0", m.SetDataRateAndClockFrequency(0, 7, 0, 9_600), AT_DATA),
    ("6.1.14", "dwDataRate 0", m.SetDataRateAndClockFrequency(0, 8, 4_000, 0), AT_DATA + 4),
)


def _reserved(what: str, command: m.Command, offset: int) -> Callable[[CcidUnderTest], None]:
    def look(device: CcidUnderTest) -> None:
        if device.ask(m.GetSlotStatus(0, 1)).status & 3 == m.IccStatus.ABSENT:
            raise NotApplicable("slot 0 is empty: put a card in")
        failed(device.ask(command), {UNKNOWN, offset}, what)

    return look


ABILITIES: tuple[Check[CcidUnderTest], ...] = (
    check("abort", "an announced abort ends when its message comes", USB_CCID + "5.3.1, 6.1.13", _aborts),
    check("clock", "a stopped clock is reported until it runs again", USB_CCID + "6.1.9, 6.2.2", _clock),
    check(
        "rate", "the rate in force is within the limits of the descriptor", USB_CCID + "6.1.14, 6.2.5", _rate
    ),
    check("no-mechanics", "a reader that moves no card refuses to", USB_CCID + "6.1.12", _no_mechanics),
    check("no-pad", "a reader without a PIN pad refuses Secure", USB_CCID + "6.1.11", _no_pad),
    check("pin-operation", "a PIN operation that is reserved fails", USB_CCID + "6.1.11", _operation),
    check(
        "pin-follow-up", "nothing goes on with a PIN entry that was none", USB_CCID + "6.1.11", _follow_ups
    ),
    check("length", "a wrong dwLength fails with its offset", USB_CCID + "6.2.6", _lengths),
    check("structures", "parameters have the structure of their protocol", USB_CCID + "6.1.7", _structures),
    *(
        check(
            f"reserved-{what.split()[0]}",
            f"{what} fails with its offset, or is unknown",
            USB_CCID + where,
            _reserved(what, command, offset),
        )
        for where, what, command, offset in RESERVED
    ),
)
