"""What a CCID reader must answer (USB CCID rev 1.1; libccid's recorded start-up)."""

from collections.abc import Callable

from terminal_drivers.iso7816.atr import Atr
from terminal_drivers.readers.ccid import messages as m
from terminal_drivers.readers.ccid.conformance.abilities import ABILITIES
from terminal_drivers.readers.ccid.conformance.exchanges import EXCHANGES
from terminal_drivers.readers.ccid.conformance.serial import SERIAL
from terminal_drivers.readers.ccid.conformance.subject import (
    ISO,
    NO_SUCH_APPLICATION,
    USB_CCID,
    CcidUnderTest,
    failed,
)
from terminal_drivers.readers.ccid.features import RUNS_PROTOCOL
from terminal_drivers.readers.clauses import Check, NotApplicable, check, require

UNKNOWN_MESSAGE = 0x7F
RESERVED_PROTOCOL = 0x7F


def _sequence(device: CcidUnderTest) -> None:
    for seq in (0, 1, 127, 128, 254, 255):
        device.ask(m.GetSlotStatus(0, seq))


def _no_such_slot(device: CcidUnderTest) -> None:
    beyond = len(device.reader.slots)
    failed(device.ask(m.GetSlotStatus(beyond, 1)), {5}, "a slot that is not there")


def _unknown(device: CcidUnderTest) -> None:
    answer = device.raw(bytes((UNKNOWN_MESSAGE, 0, 0, 0, 0, 0, 7, 0, 0, 0)))
    require(isinstance(answer, m.SlotStatus), f"it is answered by {type(answer).__name__}")
    if isinstance(answer, m.SlotStatus):
        require(answer.seq == 7, f"bSeq is {answer.seq}, 7 was asked")
        failed(answer, {0}, "a message that is not assigned")


def _atr(device: CcidUnderTest) -> None:
    Atr.parse(device.card())


def _states(device: CcidUnderTest) -> None:
    device.card()
    for command, icc in (
        (m.GetSlotStatus(0, 4), m.IccStatus.ACTIVE),
        (m.IccPowerOff(0, 5), m.IccStatus.INACTIVE),
        (m.GetSlotStatus(0, 6), m.IccStatus.INACTIVE),
    ):
        answer = device.ask(command)
        require(answer.status == icc, f"bStatus is {answer.status:02X} after {type(command).__name__}")


def _empty(device: CcidUnderTest) -> None:
    for slot in range(len(device.reader.slots)):
        if device.ask(m.GetSlotStatus(slot, 1)).status & 3 == m.IccStatus.ABSENT:
            answer = device.ask(m.IccPowerOn(slot, 2, 1))
            require(answer.status & 3 == m.IccStatus.ABSENT, f"bStatus is {answer.status:02X}")
            failed(answer, {m.SlotError.ICC_MUTE}, "IccPowerOn of an empty slot")
            return
    raise NotApplicable("every slot holds a card")


def _no_power(device: CcidUnderTest) -> None:
    device.card()
    device.ask(m.IccPowerOff(0, 4))
    answer = device.ask(m.XfrBlock(0, 5, 0, 0, NO_SUCH_APPLICATION))
    errors = {int(m.SlotError.ICC_MUTE), int(m.SlotError.HW_ERROR)}
    failed(answer, errors, "a command to a card without power")


def _parameters(device: CcidUnderTest) -> None:
    atr = device.card()
    answer = device.ask(m.GetParameters(0, 4))
    require(isinstance(answer, m.Parameters) and not answer.status >> 6, "GetParameters fails")
    if not isinstance(answer, m.Parameters):
        return
    expected = (
        Atr.parse(atr).protocol if device.reader.slots[0].level not in RUNS_PROTOCOL else answer.protocol
    )
    require(answer.protocol == expected, f"bProtocolNum is {answer.protocol}, the ATR says {expected}")
    kind = m.T1Parameters if answer.protocol else m.T0Parameters
    kind.parse(answer.data)
    again = device.ask(m.SetParameters(0, 5, answer.protocol, answer.data))
    require(getattr(again, "data", None) == answer.data, "SetParameters does not answer what it has set")
    failed(
        device.ask(m.SetParameters(0, 6, RESERVED_PROTOCOL, answer.data)),
        {7, 0},
        "a protocol that is reserved",
    )


STARTUP: tuple[m.Command, ...] = (
    m.GetSlotStatus(0, 2),
    m.GetSlotStatus(0, 3),
    m.Escape(0, 4, b"\x6a"),
    m.GetSlotStatus(0, 5),
    m.GetSlotStatus(0, 6),
    m.GetSlotStatus(0, 7),
    m.IccPowerOn(0, 8, 1),
    m.GetSlotStatus(0, 9),
    m.IccPowerOff(0, 10),
    m.IccPowerOff(0, 11),
    m.GetSlotStatus(0, 12),
)
"""What libccid 1.5.2 under pcscd asks first, after its vendor commands (recorded)."""


def _startup(device: CcidUnderTest) -> None:
    for command in STARTUP:
        answer = device.ask(command)
        expected = m.ANSWERS[type(command)]
        require(
            isinstance(answer, expected), f"{type(command).__name__} is answered by {type(answer).__name__}"
        )


def _own_answer(command: m.Command) -> Callable[[CcidUnderTest], None]:
    def look(device: CcidUnderTest) -> None:
        answer = device.ask(command)
        expected = m.ANSWERS[type(command)]
        unknown = isinstance(answer, m.SlotStatus) and answer.status >> 6 == m.CommandStatus.FAILED
        text = f"it is answered by {type(answer).__name__}, not {expected.__name__}"
        require(isinstance(answer, expected) or unknown, text)

    return look


COMMANDS: tuple[tuple[str, m.Command], ...] = (
    ("6.1.3", m.GetSlotStatus(0, 0x31)),
    ("6.1.2", m.IccPowerOff(0, 0x32)),
    ("6.1.5", m.GetParameters(0, 0x33)),
    ("6.1.6", m.ResetParameters(0, 0x34)),
    ("6.1.8", m.Escape(0, 0x35, b"\xf7\xf7")),
    ("6.1.9", m.IccClock(0, 0x36, 0)),
    ("6.1.10", m.T0Apdu(0, 0x37, 0, 0, 0)),
    ("6.1.12", m.Mechanical(0, 0x38, 5)),
    ("6.1.13", m.Abort(0, 0x39)),
    ("6.1.14", m.SetDataRateAndClockFrequency(0, 0x3A, 4000, 10_753)),
)


DEVICE: tuple[Check[CcidUnderTest], ...] = (
    *(
        check(
            f"answer-{type(command).__name__}",
            f"{type(command).__name__} is answered by {m.ANSWERS[type(command)].__name__}, or refused as unknown",
            USB_CCID + where,
            _own_answer(command),
        )
        for where, command in COMMANDS
    ),
    check("sequence", "bSlot and bSeq of a command come back, 0 to 255", USB_CCID + "6.2", _sequence),
    check(
        "no-slot", "a slot beyond the last fails with the offset of bSlot", USB_CCID + "6.2.6", _no_such_slot
    ),
    check("unknown", "an unassigned message fails with bError 00", USB_CCID + "6.2.6", _unknown),
    check("atr", "IccPowerOn brings a sound ATR", ISO + "8.2", _atr),
    check("states", "bmICCStatus follows power", USB_CCID + "6.2.6", _states),
    check("empty", "an empty slot cannot be powered and says that it is empty", USB_CCID + "6.1.1", _empty),
    check("no-power", "a card without power takes no command", USB_CCID + "6.1.4", _no_power),
    check(
        "parameters", "parameters are reported, set, and bounded", USB_CCID + "6.1.5 to 6.1.7", _parameters
    ),
    check("startup", "the recorded start-up of libccid is answered", "libccid 1.5.2, recorded", _startup),
    *EXCHANGES,
    *ABILITIES,
    *SERIAL,
)
