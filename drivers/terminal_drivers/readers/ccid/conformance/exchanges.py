"""What a CCID reader must do with a card's commands at the level of its slot."""

from terminal_drivers.iso7816.atr import Atr
from terminal_drivers.readers.ccid import messages as m
from terminal_drivers.readers.ccid.conformance.subject import (
    NO_SUCH_APPLICATION,
    USB_CCID,
    CcidUnderTest,
    failed,
)
from terminal_drivers.readers.ccid.features import Level
from terminal_drivers.readers.clauses import Check, NotApplicable, check, require

IFS_REQUEST, IFS_RESPONSE = bytes.fromhex("00C101FE3E"), bytes.fromhex("00E101FE1E")
PROLOGUE = 3
HEADER = 5


def _data(answer: m.Answer) -> bytes:
    require(not answer.status >> 6, f"XfrBlock fails with {m.error_name(answer.error)}")
    return answer.data if isinstance(answer, m.DataBlock) else b""


def _t1(device: CcidUnderTest, atr: Atr) -> None:
    """Tell the reader of a T=1 card whose blocks the host sends; S(IFS request) is one that every card answers."""
    parameters = m.T1Parameters(ifsc=atr.ifsc, waiting_integers=atr.bwi_cwi, checksum=0x10 | atr.crc)
    device.ask(m.SetParameters(0, 4, 1, parameters.build()))
    if atr.crc:
        raise NotApplicable("the card ends its blocks in a CRC")


def _exchange(device: CcidUnderTest) -> None:
    atr = Atr.parse(device.card())
    level = device.reader.slots[0].level
    if level is Level.CHARACTER:
        raise NotApplicable("the reader exchanges characters, not commands")
    if level is Level.TPDU and atr.protocol:
        _t1(device, atr)
        data = _data(device.ask(m.XfrBlock(0, 5, 0, 0, IFS_REQUEST)))
        require(data == IFS_RESPONSE, "S(IFS request) is not answered by S(IFS response)")
        return
    data = _data(device.ask(m.XfrBlock(0, 5, 0, 0, NO_SUCH_APPLICATION)))
    require(len(data) >= 2 and data[-2] >> 4 in (6, 9), "the response does not end in SW1 SW2")


def _characters(device: CcidUnderTest) -> None:
    if device.reader.slots[0].level is not Level.CHARACTER:
        raise NotApplicable("the reader exchanges more than characters")
    atr = Atr.parse(device.card())
    if atr.protocol:
        _t1(device, atr)
        prologue = _data(device.ask(m.XfrBlock(0, 5, 0, PROLOGUE, IFS_REQUEST)))
        rest = _data(device.ask(m.XfrBlock(0, 6, 0, len(IFS_RESPONSE) - PROLOGUE, b"")))
        require(prologue == IFS_RESPONSE[:PROLOGUE], "the prologue of S(IFS response) does not come first")
        require(prologue + rest == IFS_RESPONSE, "the rest of S(IFS response) does not come second")
        return
    asked = _data(device.ask(m.XfrBlock(0, 5, 0, 1, NO_SUCH_APPLICATION[:HEADER])))
    require(len(asked) == 1, f"one character was awaited, {len(asked)} came")
    if asked[0] in (NO_SUCH_APPLICATION[1], NO_SUCH_APPLICATION[1] ^ 1):
        asked = _data(device.ask(m.XfrBlock(0, 6, 0, 1, NO_SUCH_APPLICATION[HEADER:])))
    require(len(asked) == 1 and asked[0] >> 4 in (6, 9), "no SW1 comes when the data are there")
    require(len(_data(device.ask(m.XfrBlock(0, 7, 0, 1, b"")))) == 1, "SW2 does not come when it is awaited")


def _level(device: CcidUnderTest) -> None:
    if device.reader.slots[0].level in (Level.EXTENDED_APDU, Level.CHARACTER):
        raise NotApplicable("wLevelParameter means something at the level of this reader")
    device.card()
    failed(device.ask(m.XfrBlock(0, 4, 0, 1, NO_SUCH_APPLICATION)), {8, 9}, "a part of an extended APDU")


def _parts(device: CcidUnderTest) -> None:
    if device.reader.slots[0].level is not Level.EXTENDED_APDU:
        raise NotApplicable("the reader takes no extended APDUs")
    device.card()
    begun = device.ask(m.XfrBlock(0, 4, 0, 1, NO_SUCH_APPLICATION[:6]))
    whole = isinstance(begun, m.DataBlock) and begun.chain == 0x10 and not begun.data
    require(whole, "the first part is not answered by an empty DataBlock that asks for the next")
    ended = device.ask(m.XfrBlock(0, 5, 0, 2, NO_SUCH_APPLICATION[6:]))
    require(isinstance(ended, m.DataBlock) and len(ended.data) >= 2, "the last part brings no response")
    failed(device.ask(m.XfrBlock(0, 6, 0, 3, b"\0")), {8, 9}, "a part that continues nothing")
    failed(
        device.ask(m.XfrBlock(0, 7, 0, 0x10, b"")), {8, 9}, "a question for more of a response that is over"
    )


EXCHANGES: tuple[Check[CcidUnderTest], ...] = (
    check("exchange", "a command reaches the card and brings its answer", USB_CCID + "6.1.4", _exchange),
    check("characters", "as many characters come as are awaited", USB_CCID + "3.2, 6.1.4", _characters),
    check("level", "a reader without extended APDUs refuses their parts", USB_CCID + "6.1.4", _level),
    check("parts", "extended APDUs are taken in parts, in order", USB_CCID + "6.1.4, 6.2.1", _parts),
)
