"""What our host end of CCID must bear and do (USB CCID rev 1.1; ISO/IEC 7816-3)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from terminal_drivers.base import CardAbsent, CardMute, DriverError, FrameError, ReaderLost, ReaderRefused
from terminal_drivers.iso7816.block import Block, Edc, IBlock
from terminal_drivers.iso7816.block import encode as encode_block
from terminal_drivers.readers.ccid import messages as m
from terminal_drivers.readers.ccid.codec import decode, encode
from terminal_drivers.readers.ccid.descriptor import ClassDescriptor
from terminal_drivers.readers.ccid.features import EXTENDED, SERIAL_CHARACTER, SERIAL_TPDU, Chain
from terminal_drivers.readers.ccid.pin import PinModify, PinSupport, PinVerify
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.clauses import NOT_FOUND, Check, Frame, check, require

NO_SUCH_APPLICATION = bytes.fromhex("00A4040007A0000000999999")
USB_CCID = "USB CCID rev 1.1, "
ISO = "ISO/IEC 7816-3, "


@dataclass(slots=True)
class CcidHostUnderTest:
    """Our host end with a device that `script` plays: each command is answered by the messages it makes."""

    frames: list[Frame] = field(default_factory=list)
    commands: list[m.Command] = field(default_factory=list)

    def reader(
        self,
        script: Callable[[m.Command], list[m.Message]],
        features: int = SERIAL_TPDU,
        pin_support: int = PinSupport.VERIFY | PinSupport.MODIFY,
    ) -> CcidReader:
        self.commands = []
        descriptor = ClassDescriptor(features=features, pin_support=pin_support)
        return CcidReader(_PlayedLink(self, script), (features, features), descriptor=descriptor)


class _PlayedLink:
    """A link whose far end is a script."""

    def __init__(self, host: CcidHostUnderTest, script: Callable[[m.Command], list[m.Message]]) -> None:
        self._host = host
        self._script = script
        self._said: list[bytes] = []

    def send(self, message: bytes) -> None:
        command = decode(message)
        if not isinstance(command, m.Command):
            raise FrameError(f"the host sends {type(command).__name__}, which is no command")
        self._host.frames.append(("host->reader", message))
        self._host.commands.append(command)
        self._said = [encode(each) for each in self._script(command)]

    def receive(self, timeout: float) -> bytes | None:  # noqa: ARG002 - a script needs no time
        if not self._said:
            return None
        self._host.frames.append(("reader->host", self._said[0]))
        return self._said.pop(0)

    def listen(self, timeout: float) -> bytes | None:  # noqa: ARG002 - a script says nothing by itself
        return None

    def close(self) -> None:
        self._said = []


def _state(command: m.Command, icc: int = 0) -> m.Message:
    return m.SlotStatus(command.slot, command.seq, icc, 0, 0)


def _lost(what: Callable[[], object], kind: type[DriverError], otherwise: str) -> None:
    try:
        what()
    except kind:
        return
    require(False, otherwise)


def _counts(host: CcidHostUnderTest) -> None:
    reader = host.reader(lambda command: [_state(command)])
    for _ in range(260):
        reader.slots[0].present()
    seqs = [command.seq for command in host.commands]
    require(seqs == [at & 0xFF for at in range(260)], "bSeq does not count by one and wrap")


def _stale(host: CcidHostUnderTest) -> None:
    def script(command: m.Command) -> list[m.Message]:
        return [
            m.SlotStatus(command.slot, command.seq ^ 1, 2, 0, 0),
            m.SlotStatus(command.slot ^ 1, command.seq, 2, 0, 0),
            m.DataBlock(command.slot, command.seq, 2, 0, 0, b""),
            _state(command),
        ]

    require(host.reader(script).slots[0].present(), "an answer to something else is taken for the answer")


def _silence(host: CcidHostUnderTest) -> None:
    slot = host.reader(lambda _: []).slots[0]
    _lost(slot.present, ReaderLost, "silence is not declared as a lost reader")
    require(len(host.commands) == 1, "silence is answered by a second command")


def _extension(host: CcidHostUnderTest) -> None:
    def script(command: m.Command) -> list[m.Message]:
        return [m.SlotStatus(command.slot, command.seq, 0x80, 2, 0)] * 3 + [_state(command)]

    require(host.reader(script).slots[0].present(), "a time extension is taken for the answer")


def _notified(host: CcidHostUnderTest) -> None:
    reader = host.reader(lambda command: [m.NotifySlotChange(b"\x03"), _state(command)])
    require(reader.slots[0].present(), "a notification is taken for the answer")
    require(len(reader.poll()) == 1, "a notification within an exchange is forgotten")


def _power(status: int, error: int) -> Callable[[m.Command], list[m.Message]]:
    return lambda command: [m.DataBlock(command.slot, command.seq, status, error, 0, b"")]


def _errors(host: CcidHostUnderTest) -> None:
    empty, mute = host.reader(_power(0x42, 0xFE)), host.reader(_power(0x41, 0xFE))
    _lost(empty.slots[0].power_on, CardAbsent, "an empty slot is not reported")
    _lost(mute.slots[0].power_on, CardMute, "a mute card is not reported")
    _lost(host.reader(_power(0x41, 0xF7)).slots[0].power_on, FrameError, "a bad ATR is not reported")


def _card(atr: str, blocks: dict[str, str]) -> Callable[[m.Command], list[m.Message]]:
    """A reader at TPDU level with a card that answers these blocks."""

    def script(command: m.Command) -> list[m.Message]:
        if isinstance(command, m.IccPowerOn):
            return [m.DataBlock(command.slot, command.seq, 0, 0, 0, bytes.fromhex(atr))]
        if isinstance(command, m.SetParameters):
            return [m.Parameters(command.slot, command.seq, 0, 0, command.protocol, command.data)]
        if isinstance(command, m.XfrBlock) and command.data.hex().upper() in blocks:
            data = bytes.fromhex(blocks[command.data.hex().upper()])
            return [m.DataBlock(command.slot, command.seq, 0, 0, 0, data)]
        return []

    return script


T1_ATR, PPS_ATR = "3B848131FE4576454D56A7", "3B15957650505330"
IFS = {"00C101FE3E": "00E101FE1E"}


def _block(block: Block) -> str:
    return encode_block(block, Edc.LRC).hex().upper()


COMMAND, ANSWER = _block(IBlock(0, False, NO_SUCH_APPLICATION)), _block(IBlock(0, False, NOT_FOUND))


def _t1_play(host: CcidHostUnderTest, blocks: dict[str, str], otherwise: str) -> None:
    slot = host.reader(_card(T1_ATR, IFS | blocks)).slots[0]
    slot.power_on()
    require(slot.transmit(NO_SUCH_APPLICATION) == NOT_FOUND, otherwise)


def _t1_plain(host: CcidHostUnderTest) -> None:
    _t1_play(host, {COMMAND: ANSWER}, "the response is another")
    names = [type(command).__name__ for command in host.commands]
    require(names == ["IccPowerOn", "SetParameters", "XfrBlock", "XfrBlock"], f"the host sends {names}")


def _t1_damaged(host: CcidHostUnderTest) -> None:
    blocks = {COMMAND: ANSWER[:-2] + "00", "00810081": ANSWER}
    _t1_play(host, blocks, "a damaged block is taken for the answer")


def _t1_repeat(host: CcidHostUnderTest) -> None:
    answers = iter(("00810081", ANSWER))
    known = _card(T1_ATR, IFS)

    def script(command: m.Command) -> list[m.Message]:
        if isinstance(command, m.XfrBlock) and command.data.hex().upper() == COMMAND:
            return [m.DataBlock(command.slot, command.seq, 0, 0, 0, bytes.fromhex(next(answers)))]
        return known(command)

    slot = host.reader(script).slots[0]
    slot.power_on()
    require(
        slot.transmit(NO_SUCH_APPLICATION) == NOT_FOUND, "the card's R-block does not bring the block again"
    )


def _t1_wait(host: CcidHostUnderTest) -> None:
    _t1_play(host, {COMMAND: "00C30102C0", "00E30102E0": ANSWER}, "S(WTX request) is not answered")
    waits = [command.bwi for command in host.commands if isinstance(command, m.XfrBlock)]
    require(waits[-1] == 2, "bBWI does not carry the multiplier with the WTX response")


def _t1_chain(host: CcidHostUnderTest) -> None:
    blocks = {COMMAND: _block(IBlock(0, True, b"\x6a")), "00900090": _block(IBlock(1, False, b"\x82"))}
    _t1_play(host, blocks, "a chained response is not put together")


def _pps(host: CcidHostUnderTest) -> None:
    slot = host.reader(_card(PPS_ATR, {"FF10957A": "FF10957A"})).slots[0]
    slot.power_on()
    sent = [command.data.hex().upper() for command in host.commands if isinstance(command, m.SetParameters)]
    require(sent == ["9500000A00"], "the speed of the PPS does not reach the reader")


LONG = bytes.fromhex("00DA0000000258") + bytes(600)
RESPONSE = bytes(300) + b"\x90\0"


def _parts(host: CcidHostUnderTest) -> None:
    """A reader whose messages carry 261 bytes takes 607 in three parts and brings 302 in two."""
    part = (
        (Chain.GO_ON, b""),
        (Chain.GO_ON, b""),
        (Chain.BEGINS, RESPONSE[:200]),
        (Chain.ENDS, RESPONSE[200:]),
    )
    left = iter(part)

    def script(command: m.Command) -> list[m.Message]:
        chain, data = next(left) if isinstance(command, m.XfrBlock) else (Chain.WHOLE, bytes.fromhex("3B00"))
        return [m.DataBlock(command.slot, command.seq, 0, 0, chain.value, data)]

    slot = host.reader(script, int(EXTENDED)).slots[0]
    slot.power_on()
    require(slot.transmit(LONG) == RESPONSE, "the parts of the response are not put together")
    sent = [command for command in host.commands if isinstance(command, m.XfrBlock)]
    levels = [command.level for command in sent]
    require(levels == [1, 3, 2, 0x10], f"wLevelParameter is {levels}")
    require(
        b"".join(command.data for command in sent) == LONG, "the parts of the command are not the command"
    )


def _characters(host: CcidHostUnderTest) -> None:
    said = iter(("B2", "7001", "60", "90", "00"))

    def script(command: m.Command) -> list[m.Message]:
        if isinstance(command, m.SetParameters):
            return [m.Parameters(command.slot, command.seq, 0, 0, command.protocol, command.data)]
        data = next(said) if isinstance(command, m.XfrBlock) else "3B00"
        return [m.DataBlock(command.slot, command.seq, 0, 0, 0, bytes.fromhex(data))]

    slot = host.reader(script, SERIAL_CHARACTER).slots[0]
    slot.power_on()
    response = slot.transmit(bytes.fromhex("00B2010C02"))
    require(response == bytes.fromhex("70019000"), "the response is another")
    awaited = [command.level for command in host.commands if isinstance(command, m.XfrBlock)]
    require(awaited == [1, 2, 1, 1, 1], f"wLevelParameter is {awaited}")


def _no_pad(host: CcidHostUnderTest) -> None:
    for support, operation in ((PinSupport(0), PinVerify()), (PinSupport.VERIFY, PinModify())):
        script = _card("3B00", {})
        slot = host.reader(script, pin_support=support).slots[0]
        slot.power_on()
        _lost(partial(slot.secure, operation), ReaderRefused, "a PIN is asked for at a reader that cannot")
        require(not any(isinstance(each, m.Secure) for each in host.commands), "Secure is sent")


HOST: tuple[Check[CcidHostUnderTest], ...] = (
    check("host-seq", "bSeq counts by one and wraps at 256", USB_CCID + "6.1", _counts),
    check("host-stale", "only the answer with its type, bSlot and bSeq counts", USB_CCID + "6.2", _stale),
    check("host-silence", "silence is declared after one command", USB_CCID + "3.2", _silence),
    check("host-time", "a time extension is waited for", USB_CCID + "6.2.6", _extension),
    check("host-notify", "a notification within an exchange is kept", USB_CCID + "6.3.1", _notified),
    check("host-errors", "bStatus and bError become the error that they mean", USB_CCID + "6.2.6", _errors),
    check("host-t1", "parameters and S(IFS) come before the first T=1 block", ISO + "11.4.2", _t1_plain),
    check("host-t1-edc", "a damaged block is answered by R(81)", ISO + "11.6.3, rule 7.1", _t1_damaged),
    check("host-t1-again", "R(81) of the card brings the block again", ISO + "11.6.3, rule 7.4", _t1_repeat),
    check("host-t1-wtx", "S(WTX) is answered and waited for", ISO + "11.6.3, rule 3", _t1_wait),
    check("host-t1-chain", "a chained response is acknowledged", ISO + "11.6.3, rule 5", _t1_chain),
    check("host-parts", "extended APDUs go and come in parts", USB_CCID + "6.1.4, 6.2.1", _parts),
    check("host-characters", "wLevelParameter counts characters", USB_CCID + "6.1.4", _characters),
    check("host-no-pad", "Secure is not sent beyond bPINSupport", USB_CCID + "5.1, 6.1.11", _no_pad),
    check("host-pps", "PPS comes before the parameters and decides them", ISO + "9", _pps),
)
