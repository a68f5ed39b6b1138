"""What a CCID reader must answer (USB CCID rev 1.1; GemPC serial framing; libccid's recorded start-up)."""

from collections.abc import Callable
from dataclasses import dataclass, field

from terminal_drivers.base import FrameError, ReaderLost
from terminal_drivers.conformance import Check, Clause, Frame, NotApplicable, require
from terminal_drivers.iso7816.atr import Atr
from terminal_drivers.readers.ccid import messages as m
from terminal_drivers.readers.ccid.codec import INTERRUPT, decode, encode
from terminal_drivers.readers.ccid.features import Level
from terminal_drivers.readers.ccid.gempc import NAK_FRAME, START, GemPcLink, frame
from terminal_drivers.readers.ccid.reader import CcidReader, Link

PATIENCE = 5.0  # s, for the slowest reader
QUIET = 0.3  # s without a byte end what a serial reader says
WAITS = 60
NO_SUCH_APPLICATION = bytes.fromhex("00A4040007A0000000999999")
UNKNOWN_MESSAGE = 0x7F
RESERVED_PROTOCOL = 0x7F
USB_CCID = "USB CCID rev 1.1, "
GEMPC = "GemPC Twin serial framing, "
ISO = "ISO/IEC 7816-3, "


@dataclass(slots=True)
class Device:
    """The device end of a reader, asked message by message on slot 0."""

    reader: CcidReader
    frames: list[Frame] = field(default_factory=list)

    @property
    def link(self) -> Link:
        return self.reader.link

    def raw(self, message: bytes) -> m.Message:
        """Send any bytes and return the answer, past notifications and time extensions."""
        self.link.send(message)
        self.frames.append(("host->reader", message))
        for _ in range(WAITS):
            received = self.link.receive(PATIENCE)
            if received is None:
                raise ReaderLost(f"no answer within {PATIENCE:g} s")
            self.frames.append(("reader->host", received))
            if received[0] not in INTERRUPT:
                answer = decode(received)
                if getattr(answer, "status", 0) >> 6 != m.CommandStatus.TIME_EXTENSION:
                    return answer
        raise ReaderLost("the reader asks for time without end")

    def ask(self, command: m.Command) -> m.Answer:
        """Send a command and return the answer that belongs to it."""
        answer = self.raw(encode(command))
        require(
            isinstance(answer, m.Answer), f"{type(command).__name__} is answered by {type(answer).__name__}"
        )
        if not isinstance(answer, m.Answer):
            raise FrameError("no answer")
        require(answer.slot == command.slot, f"bSlot is {answer.slot}, {command.slot} was asked")
        require(answer.seq == command.seq, f"bSeq is {answer.seq}, {command.seq} was asked")
        return answer

    def card(self) -> bytes:
        """Power the card and return its ATR; `NotApplicable` without one."""
        state = self.ask(m.GetSlotStatus(0, 1))
        if state.status & 3 == m.IccStatus.ABSENT:
            raise NotApplicable("slot 0 is empty: put a card in")
        self.ask(m.IccPowerOff(0, 2))
        answer = self.ask(m.IccPowerOn(0, 3, 0 if self.reader.slots[0].level is not Level.TPDU else 1))
        if answer.status & 3 == m.IccStatus.ABSENT:
            raise NotApplicable("slot 0 is empty: put a card in")
        require(not answer.status >> 6, f"IccPowerOn fails with {m.error_name(answer.error)}")
        require(isinstance(answer, m.DataBlock), "IccPowerOn is answered by no DataBlock")
        return answer.data if isinstance(answer, m.DataBlock) else b""


def _failed(answer: m.Answer, errors: set[int], what: str) -> None:
    require(answer.status >> 6 == m.CommandStatus.FAILED, f"{what} does not fail")
    named = ", ".join(f"{each:02X}" for each in sorted(errors))
    require(answer.error in errors, f"{what} fails with bError {answer.error:02X}, not {named}")


def _sequence(device: Device) -> None:
    for seq in (0, 1, 127, 128, 254, 255):
        device.ask(m.GetSlotStatus(0, seq))


def _no_such_slot(device: Device) -> None:
    beyond = len(device.reader.slots)
    _failed(device.ask(m.GetSlotStatus(beyond, 1)), {5}, "a slot that is not there")


def _unknown(device: Device) -> None:
    answer = device.raw(bytes((UNKNOWN_MESSAGE, 0, 0, 0, 0, 0, 7, 0, 0, 0)))
    require(isinstance(answer, m.SlotStatus), f"it is answered by {type(answer).__name__}")
    if isinstance(answer, m.SlotStatus):
        require(answer.seq == 7, f"bSeq is {answer.seq}, 7 was asked")
        _failed(answer, {0}, "a message that is not assigned")


def _atr(device: Device) -> None:
    Atr.parse(device.card())


def _states(device: Device) -> None:
    device.card()
    for command, icc in (
        (m.GetSlotStatus(0, 4), m.IccStatus.ACTIVE),
        (m.IccPowerOff(0, 5), m.IccStatus.INACTIVE),
        (m.GetSlotStatus(0, 6), m.IccStatus.INACTIVE),
    ):
        answer = device.ask(command)
        require(answer.status == icc, f"bStatus is {answer.status:02X} after {type(command).__name__}")


def _empty(device: Device) -> None:
    for slot in range(len(device.reader.slots)):
        if device.ask(m.GetSlotStatus(slot, 1)).status & 3 == m.IccStatus.ABSENT:
            answer = device.ask(m.IccPowerOn(slot, 2, 1))
            require(answer.status & 3 == m.IccStatus.ABSENT, f"bStatus is {answer.status:02X}")
            _failed(answer, {m.SlotError.ICC_MUTE}, "IccPowerOn of an empty slot")
            return
    raise NotApplicable("every slot holds a card")


def _no_power(device: Device) -> None:
    device.card()
    device.ask(m.IccPowerOff(0, 4))
    answer = device.ask(m.XfrBlock(0, 5, 0, 0, NO_SUCH_APPLICATION))
    errors = {int(m.SlotError.ICC_MUTE), int(m.SlotError.HW_ERROR)}
    _failed(answer, errors, "a command to a card without power")


def _parameters(device: Device) -> None:
    atr = device.card()
    answer = device.ask(m.GetParameters(0, 4))
    require(isinstance(answer, m.Parameters) and not answer.status >> 6, "GetParameters fails")
    if not isinstance(answer, m.Parameters):
        return
    expected = Atr.parse(atr).protocol if device.reader.slots[0].level is Level.TPDU else answer.protocol
    require(answer.protocol == expected, f"bProtocolNum is {answer.protocol}, the ATR says {expected}")
    kind = m.T1Parameters if answer.protocol else m.T0Parameters
    kind.parse(answer.data)
    again = device.ask(m.SetParameters(0, 5, answer.protocol, answer.data))
    require(getattr(again, "data", None) == answer.data, "SetParameters does not answer what it has set")
    _failed(
        device.ask(m.SetParameters(0, 6, RESERVED_PROTOCOL, answer.data)),
        {7, 0},
        "a protocol that is reserved",
    )


def _exchange(device: Device) -> None:
    atr = Atr.parse(device.card())
    slot = device.reader.slots[0]
    if slot.level is Level.TPDU and atr.protocol:
        # At TPDU level the host sends T=1 blocks: S(IFS request) is one that every card answers.
        parameters = m.T1Parameters(ifsc=atr.ifsc, waiting_integers=atr.bwi_cwi, checksum=0x10 | atr.crc)
        device.ask(m.SetParameters(0, 4, 1, parameters.build()))
        if atr.crc:
            raise NotApplicable("the card ends its blocks in a CRC")
        answer = device.ask(m.XfrBlock(0, 5, 0, 0, bytes.fromhex("00C101FE3E")))
        expected = bytes.fromhex("00E101FE1E")
        require(getattr(answer, "data", b"") == expected, "S(IFS request) is not answered by S(IFS response)")
        return
    answer = device.ask(m.XfrBlock(0, 5, 0, 0, NO_SUCH_APPLICATION))
    require(not answer.status >> 6, f"XfrBlock fails with {m.error_name(answer.error)}")
    data = getattr(answer, "data", b"")
    require(len(data) >= 2 and data[-2] >> 4 in (6, 9), "the response does not end in SW1 SW2")


def _level(device: Device) -> None:
    if device.reader.slots[0].level is Level.EXTENDED_APDU:
        raise NotApplicable("the reader takes extended APDUs in parts")
    device.card()
    _failed(device.ask(m.XfrBlock(0, 4, 0, 1, NO_SUCH_APPLICATION)), {8, 9}, "a part of an extended APDU")


def _parts(device: Device) -> None:
    if device.reader.slots[0].level is not Level.EXTENDED_APDU:
        raise NotApplicable("the reader takes no extended APDUs")
    device.card()
    begun = device.ask(m.XfrBlock(0, 4, 0, 1, NO_SUCH_APPLICATION[:6]))
    whole = isinstance(begun, m.DataBlock) and begun.chain == 0x10 and not begun.data
    require(whole, "the first part is not answered by an empty DataBlock that asks for the next")
    ended = device.ask(m.XfrBlock(0, 5, 0, 2, NO_SUCH_APPLICATION[6:]))
    require(isinstance(ended, m.DataBlock) and len(ended.data) >= 2, "the last part brings no response")
    _failed(device.ask(m.XfrBlock(0, 6, 0, 3, b"\0")), {8, 9}, "a part that continues nothing")


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


def _startup(device: Device) -> None:
    for command in STARTUP:
        answer = device.ask(command)
        expected = m.ANSWERS[type(command)]
        require(
            isinstance(answer, expected), f"{type(command).__name__} is answered by {type(answer).__name__}"
        )


def _own_answer(command: m.Command) -> Callable[[Device], None]:
    def look(device: Device) -> None:
        answer = device.ask(command)
        expected = m.ANSWERS[type(command)]
        unknown = isinstance(answer, m.SlotStatus) and answer.status >> 6 == m.CommandStatus.FAILED
        text = f"it is answered by {type(answer).__name__}, not {expected.__name__}"
        require(isinstance(answer, expected) or unknown, text)

    return look


def _serial(device: Device) -> GemPcLink:
    if not isinstance(device.link, GemPcLink):
        raise NotApplicable("the reader is on no GemPC serial line")
    return device.link


def _on_line(device: Device, data: bytes) -> bytes:
    """Write bytes to the line as they are, and return what comes until it is quiet."""
    line = _serial(device).transport
    device.frames.append(("host->reader", data))
    line.write(data)
    said = b""
    while more := line.read(4096, QUIET):
        said += more
    device.frames.append(("reader->host", said))
    return said


ASK = frame(encode(m.GetSlotStatus(0, 0x21)))


def _bad_lrc(device: Device) -> None:
    said = _on_line(device, ASK[:-1] + bytes((ASK[-1] ^ 0x5A,)))
    require(NAK_FRAME in said, "a frame with a wrong LRC is not answered by 03 15 16")


def _again(device: Device) -> None:
    answer = _on_line(device, ASK).rpartition(START)
    require(answer[1], "GetSlotStatus brings no frame")
    said = _on_line(device, NAK_FRAME)
    require(answer[1] + answer[2] in said, "03 15 16 does not bring the last answer again")


def _noise(device: Device) -> None:
    said = _on_line(device, b"\x00\x42\x11" + ASK)
    require(bytes((0x81, 0, 0, 0, 0, 0, 0x21)) in said, "a command behind noise is not answered")


def _echo(device: Device) -> None:
    if not _serial(device).variant.echo:
        raise NotApplicable("this variant has no echo")
    said = _on_line(device, ASK)
    require(said.startswith(ASK), "the command does not come back before its answer")
    require(len(said) > len(ASK), "nothing comes behind the echo")


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


def _check(number: str, what: str, source: str, look: Callable[[Device], None]) -> Check:
    return Check(Clause(number, what, source), look)


DEVICE = (
    *(
        _check(
            f"answer-{type(command).__name__}",
            f"{type(command).__name__} is answered by {m.ANSWERS[type(command)].__name__}, or refused as unknown",
            USB_CCID + where,
            _own_answer(command),
        )
        for where, command in COMMANDS
    ),
    _check("sequence", "bSlot and bSeq of a command come back, 0 to 255", USB_CCID + "6.2", _sequence),
    _check(
        "no-slot", "a slot beyond the last fails with the offset of bSlot", USB_CCID + "6.2.6", _no_such_slot
    ),
    _check("unknown", "an unassigned message fails with bError 00", USB_CCID + "6.2.6", _unknown),
    _check("atr", "IccPowerOn brings a sound ATR", ISO + "8.2", _atr),
    _check("states", "bmICCStatus follows power", USB_CCID + "6.2.6", _states),
    _check("empty", "an empty slot cannot be powered and says that it is empty", USB_CCID + "6.1.1", _empty),
    _check("no-power", "a card without power takes no command", USB_CCID + "6.1.4", _no_power),
    _check("parameters", "parameters are told, set, and bounded", USB_CCID + "6.1.5 to 6.1.7", _parameters),
    _check("exchange", "a command reaches the card and brings its answer", USB_CCID + "6.1.4", _exchange),
    _check("level", "a reader without extended APDUs refuses their parts", USB_CCID + "6.1.4", _level),
    _check("parts", "extended APDUs are taken in parts, in order", USB_CCID + "6.1.4, 6.2.1", _parts),
    _check("startup", "the recorded start-up of libccid is answered", "libccid 1.5.2, recorded", _startup),
    _check("gempc-lrc", "a damaged frame is answered by NAK", GEMPC + "LRC", _bad_lrc),
    _check("gempc-nak", "NAK brings the last answer again", GEMPC + "NAK", _again),
    _check("gempc-noise", "bytes before 03 06 are skipped", GEMPC + "SYNC", _noise),
    _check("gempc-echo", "an echo comes before the answer", GEMPC + "echo", _echo),
)
