"""What a NEO reader must answer (ID TECH NEO 2 Interface Developer's Guide 80139403-002).

1. Nothing that outlives a power cycle is set: of a reader's settings only its poll mode, which ends as auto-poll. Burst mode
   is a stored one, so that alone is tried where the device is ours.
2. Where the guide names no status, any refusal will do.
"""

from terminal_drivers.base import Tracks
from terminal_drivers.iso7816.atr import Atr
from terminal_drivers.readers.clauses import Check, NotApplicable, check, require
from terminal_drivers.readers.vivotech.codec import (
    CRC_SIZE,
    FIXED,
    HEADER,
    PASS_THROUGH,
    STRIPE,
    Burst,
    Decoder,
    Order,
    Response,
    Status,
    VivotechCommand,
    crc,
    encode,
    status_name,
    tlv,
)
from terminal_drivers.readers.vivotech.conformance.subject import (
    POLL_FOR_TOKEN,
    POWER_ON,
    QUIET,
    VivotechUnderTest,
)
from terminal_drivers.readers.vivotech.parts import ICC, SPEAKS_APDUS
from terminal_drivers.readers.vivotech.reader import BURST_MODE, CANCEL, PING

GUIDE = "NEO 2 guide, "
NO_SUCH_APPLICATION = bytes.fromhex("00A4040007A0000000999999")
PONG = bytes.fromhex("5669564F74656368320018000000FA83")
"""The answer to Ping as it is printed (p. 42)."""
SWIPE = Tracks("%B4761739001010119^TEST/CARD^30122011143878089?", ";4761739001010119=30122011143878089?")

VERSION = VivotechCommand(0x29, 0x00)
AUTO_POLL, ON_DEMAND = VivotechCommand(0x01, 0x01, b"\0"), VivotechCommand(0x01, 0x01, b"\1")
RESULT = VivotechCommand(0x03, 0x00)
POWER_OFF = VivotechCommand(PASS_THROUGH, 0x18)
SELECT_IN_FIELD = VivotechCommand(PASS_THROUGH, 0x03, NO_SUCH_APPLICATION)
SELECT_IN_SLOT = VivotechCommand(PASS_THROUGH, 0x13, bytes((ICC,)) + NO_SUCH_APPLICATION)
ACTIVATE = VivotechCommand(0x02, 0x01, b"\x1e")  # 30 s
UNKNOWN, UNKNOWN_SUB = VivotechCommand(0x77, 0x00), VivotechCommand(0x18, 0x7F)


def _ping(device: VivotechUnderTest) -> None:
    said = device.answers(device.frame(PING))
    require(said == [Response(PING.command, Status.OK)], "Ping is not answered by OK alone")
    device.send(device.frame(PING))
    require(device.receive().rstrip(b"\0") == PONG, "the answer is another than the printed one")


def _version(device: VivotechUnderTest) -> None:
    for leave in (False, True):
        device.inside()
        if leave:
            device.outside()
        text = device.data(VERSION).rstrip(b"\0")
        require(text and text.isascii(), "the version is no ASCII text")


def _crc(device: VivotechUnderTest) -> None:
    device.receive(0)
    device.send(device.frame(VERSION))
    said = device.receive()
    require(said.startswith(HEADER), "the answer does not begin with its header")
    size = FIXED + int.from_bytes(said[FIXED - 2 : FIXED], "big")
    found, right = said[size : size + CRC_SIZE], crc(said[:size]).to_bytes(CRC_SIZE, "big")
    require(found == right, f"the CRC is {found.hex().upper()}, not {right.hex().upper()}")


def _wrong_crc(device: VivotechUnderTest) -> None:
    frame = device.frame(VERSION)
    items = device.answers(frame[:-1] + bytes((frame[-1] ^ 0xFF,)), QUIET)
    obeyed = [item for item in items if isinstance(item, Response) and item.status == Status.OK]
    require(not obeyed, "a command with a wrong CRC is carried out")
    statuses = {item.status for item in items if isinstance(item, Response)}
    require(statuses <= {Status.CRC_ERROR}, "a wrong CRC is reported by another status than CRC error")
    device.data(PING)


def _order(device: VivotechUnderTest) -> None:
    items = device.answers(encode(PING, Order.LSB_FIRST))
    require(items == [Response(PING.command, Status.OK)], "a command whose CRC goes LSB first is not taken")


def _pieces(device: VivotechUnderTest) -> None:
    frame = device.bytewise().frame(PING)
    said = device.receive(0)
    for at in range(len(frame)):
        device.send(frame[at : at + 1])
        said = device.receive(0)
    require((said or device.receive()) == PONG, "a command that comes byte by byte is not answered")


def _noise(device: VivotechUnderTest) -> None:
    items = device.bytewise().answers(b"\0\x56\xff" + device.frame(PING))
    answered = Response(PING.command, Status.OK) in items
    require(answered, "a command behind noise is not answered")


def _half(device: VivotechUnderTest) -> None:
    frame = device.bytewise().frame(PING)
    items = device.answers(frame[:-3] + frame)
    require(Response(PING.command, Status.OK) in items, "half a command costs the whole one behind it")


def _unknown(device: VivotechUnderTest) -> None:
    device.outside()
    device.refused(UNKNOWN, Status.UNKNOWN_COMMAND)


def _unknown_sub(device: VivotechUnderTest) -> None:
    device.outside()
    device.refused(UNKNOWN_SUB, Status.UNKNOWN_COMMAND, Status.UNKNOWN_SUBCOMMAND)


def _parameter(device: VivotechUnderTest) -> None:
    device.outside()
    wrong = VivotechCommand(AUTO_POLL.command, AUTO_POLL.sub, b"\2")
    device.refused(wrong, Status.PARAMETER, Status.PARAMETER_NOT_SUPPORTED, Status.MALFORMED)


def _poll_mode(device: VivotechUnderTest) -> None:
    device.outside()
    for command in (ON_DEMAND, AUTO_POLL):
        require(not device.data(command), "Set Poll Mode brings data")


def _outside(device: VivotechUnderTest) -> None:
    device.outside()
    for command in (POLL_FOR_TOKEN, POWER_ON, SELECT_IN_FIELD, SELECT_IN_SLOT):
        device.refused(command)


def _inside(device: VivotechUnderTest) -> None:
    device.inside()
    for command in (AUTO_POLL, RESULT):
        device.refused(command)
    device.data(PING)
    device.outside()
    device.data(AUTO_POLL)


def _no_token(device: VivotechUnderTest) -> None:
    device.inside()
    answer = device.ask(POLL_FOR_TOKEN)
    if not answer.status and any(answer.data[:1]):
        raise NotApplicable("a card is in the field: take it away")
    if answer.status:
        reported = answer.status in (Status.TIMEOUT, Status.FAILED)
        require(reported, f"an empty field is reported as {status_name(answer.status)}")
        require(not answer.data, "an empty field brings data")
    else:
        require(answer.data == b"\0", "no card comes with a UID")


def _no_time(device: VivotechUnderTest) -> None:
    device.inside()
    device.refused(VivotechCommand(PASS_THROUGH, 0x02, bytes(2)))


def _token(device: VivotechUnderTest) -> None:
    found = device.token()
    require(1 <= found[0] <= 7, f"there is no card type {found[0]:02X}")
    require(len(found) > 1, "the card comes without its serial number")


def _field(device: VivotechUnderTest) -> None:
    if device.token()[0] not in SPEAKS_APDUS:
        raise NotApplicable("the card in the field takes no APDUs")
    _is_response(device.data(SELECT_IN_FIELD))


def _atr(device: VivotechUnderTest) -> None:
    Atr.parse(device.atr())


def _no_atr(device: VivotechUnderTest) -> None:
    device.inside()
    answer = device.ask(POWER_ON)
    if not answer.status:
        raise NotApplicable("a card is in the slot: take it out")
    require(not answer.data, "an empty slot brings data")


def _interface(device: VivotechUnderTest) -> None:
    device.inside()
    device.refused(VivotechCommand(PASS_THROUGH, 0x12, b"\x7f"))


def _slot(device: VivotechUnderTest) -> None:
    device.atr()
    _is_response(device.data(SELECT_IN_SLOT))


def _power_off(device: VivotechUnderTest) -> None:
    device.atr()
    device.data(POWER_OFF)
    device.refused(SELECT_IN_SLOT)


def _is_response(apdu: bytes) -> None:
    require(len(apdu) >= 2 and apdu[-2] >> 4 in (6, 9), "the response does not end in SW1 SW2")


def _cancel(device: VivotechUnderTest) -> None:
    device.outside()
    device.data(ON_DEMAND)
    try:
        ended = device.answers(device.frame(ACTIVATE), QUIET)
        if ended:
            raise NotApplicable("the transaction ends at once: take the cards away")
        answers = device.answers(device.frame(CANCEL))
        require(answers == [Response(CANCEL.command, Status.OK)], "Cancel is not answered by OK alone")
        device.data(PING)
    finally:
        device.ask(AUTO_POLL)


def _no_result(device: VivotechUnderTest) -> None:
    device.outside()
    device.data(AUTO_POLL)
    device.data(RESULT)
    require(device.data(RESULT) == bytes(3), "a result that has been fetched comes again")


def _burst(device: VivotechUnderTest) -> None:
    hands = device.own()
    device.outside()
    device.data(AUTO_POLL)
    device.data(VivotechCommand(0x04, 0x00, tlv(BURST_MODE, b"\1")))
    hands.swipe(SWIPE)
    items = Decoder(from_reader=True).feed(device.receive())
    require(items == [Burst(STRIPE, SWIPE)], "a swipe in burst mode is not sent as its tracks")
    device.data(VivotechCommand(0x04, 0x00, tlv(BURST_MODE, b"\0")))


def _kept(device: VivotechUnderTest) -> None:
    hands = device.own()
    device.outside()
    device.data(AUTO_POLL)
    hands.swipe(SWIPE)
    data = device.data(RESULT)
    first, second = str(SWIPE.track1)[1:-1].encode(), str(SWIPE.track2)[1:-1].encode()
    expected = bytes((len(first),)) + first + bytes((len(second),)) + second
    require(data.startswith(expected), "the result is not the tracks of the swipe")


DEVICE: tuple[Check[VivotechUnderTest], ...] = (
    check("ping", "Ping is answered as it is printed", GUIDE + "2.8, p. 42", _ping),
    check("version", "the version is reported in both modes", GUIDE + "8.12", _version),
    check("crc", "the CRC of an answer is right and goes MSB first", GUIDE + "2.8, 3.4", _crc),
    check("crc-wrong", "a command with a wrong CRC is not carried out", GUIDE + "2.8.6", _wrong_crc),
    check("crc-order", "the CRC of a command goes LSB first", GUIDE + "2.8, p. 42", _order),
    check("pieces", "a command may come byte by byte", GUIDE + "2.8", _pieces),
    check("noise", "bytes before the header are skipped", GUIDE + "2.8", _noise),
    check("half", "half a command costs no more than itself", GUIDE + "2.8", _half),
    check("unknown", "an unknown command is reported as such", GUIDE + "2.8.6", _unknown),
    check("unknown-sub", "an unknown sub-command is reported as such", GUIDE + "2.8.6", _unknown_sub),
    check("parameter", "a wrong parameter is reported as such", GUIDE + "2.8.6", _parameter),
    check("poll-mode", "the poll mode is set and answered by OK", GUIDE + "12.1, 12.2", _poll_mode),
    check("outside", "pass-through commands need their mode", GUIDE + "8.12", _outside),
    check("inside", "other commands fail in pass-through mode, but for five", GUIDE + "8.12", _inside),
    check("no-token", "an empty field is reported", GUIDE + "3.2.4, 8.12.3", _no_token),
    check("no-time", "Poll for Token needs a time", GUIDE + "8.12.3", _no_time),
    check("token", "a card in the field is reported by type and serial number", GUIDE + "8.12.3", _token),
    check("field", "an APDU reaches the card in the field", GUIDE + "3.2.4", _field),
    check("atr", "Get ATR brings a sound ATR", GUIDE + "8.12.5", _atr),
    check("no-atr", "an empty slot is reported", GUIDE + "8.12.5", _no_atr),
    check("interface", "an interface that there is not is refused", GUIDE + "8.12.5", _interface),
    check("slot", "an APDU reaches the card in the slot", GUIDE + "8.15.2", _slot),
    check("power-off", "a card without power takes no APDU", GUIDE + "8.15.3", _power_off),
    check("cancel", "Cancel ends a transaction, whose outcome is not reported", GUIDE + "05-01", _cancel),
    check("no-result", "a result is reported once, and then three zeros", GUIDE + "12.1", _no_result),
    check("burst", "a swipe in burst mode is sent by itself", GUIDE + "3.3.1", _burst),
    check("kept", "a swipe without burst mode is kept for the host", GUIDE + "12.1", _kept),
)
