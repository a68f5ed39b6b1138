"""What our host end of ViVOtech2 must bear and do (ID TECH NEO 2 Interface Developer's Guide 80139403-002)."""

from collections.abc import Callable
from dataclasses import dataclass, field

from terminal_drivers.base import (
    CardAbsent,
    CardMute,
    CardRemoved,
    CardUnsupported,
    Change,
    DriverError,
    FrameError,
    Presence,
    ReaderLost,
    ReaderRefused,
    Tracks,
)
from terminal_drivers.readers.clauses import Check, Frame, check, require
from terminal_drivers.readers.vivotech.codec import (
    STRIPE,
    Burst,
    Decoder,
    Order,
    Response,
    Status,
    UiEvent,
    VivotechCommand,
    burst,
    encode,
    ui_event,
)
from terminal_drivers.readers.vivotech.reader import VivotechReader
from terminal_drivers.readers.vivotech.watch import LOOKS, VivotechWatch

GUIDE = "NEO 2 guide, "
APDU = bytes.fromhex("00A4040007A0000000999999")
NOT_FOUND = bytes.fromhex("6A82")
ATR = bytes.fromhex("3B6500002063CB6600")
TOKEN = bytes.fromhex("0108A1B2C3")
SWIPE = Tracks(None, ";4761739001010119=30122011143878089?")
VISA = 0x02
"""An application type of burst payloads that is no stripe."""

PRINTED_PING = bytes.fromhex("5669564F74656368320018010000B3CD")
PRINTED_ON_DEMAND = bytes.fromhex("5669564F7465636832000101000101D734")
PASS_THROUGH_START = bytes.fromhex("5669564F7465636832002C010001011D19")
"""2C-01 with its CRC MSB first, as the tables of pass-through commands have it."""

Script = Callable[[VivotechCommand], bytes]


@dataclass(slots=True)
class VivotechHostUnderTest:
    """Our host end with a device that a script plays: the script makes the bytes of each answer."""

    frames: list[Frame] = field(default_factory=list)
    commands: list[VivotechCommand] = field(default_factory=list)

    @property
    def codes(self) -> list[tuple[int, int]]:
        """Command and sub-command of each."""
        return [(each.command, each.sub) for each in self.commands]

    def reader(self, script: Script) -> VivotechReader:
        self.commands = []
        return VivotechReader(self.transport(script))

    def transport(self, script: Script) -> "Played":
        return Played(self, script)


class Played:
    """A line whose far end is a script. It takes no time: a read that finds nothing returns at once."""

    def __init__(self, host: VivotechHostUnderTest, script: Script) -> None:
        self._host = host
        self._script = script
        self._decoder = Decoder(from_reader=False)
        self._said = b""

    def write(self, data: bytes) -> None:
        self._host.frames.append(("host->reader", data))
        for command in self._decoder.feed(data):
            if not isinstance(command, VivotechCommand):
                raise FrameError("the host sends what is no command")
            self._host.commands.append(command)
            self.say(self._script(command))

    def say(self, data: bytes) -> None:
        """Let the device say something by itself."""
        if data:
            self._host.frames.append(("reader->host", data))
        self._said += data

    def read(self, n: int, timeout: float) -> bytes:  # noqa: ARG002 - a script needs no time
        data, self._said = self._said[:n], self._said[n:]
        return data

    def close(self) -> None:
        self._said = b""


def _answer(command: int, status: int = Status.OK, data: bytes = b"") -> bytes:
    return encode(Response(command, status, data), Order.MSB_FIRST)


def _ok(command: VivotechCommand) -> bytes:
    return _answer(command.command)


def _says(data: bytes, status: int = Status.OK) -> Script:
    """A reader that answers everything so."""
    return lambda command: _answer(command.command, status, data)


def _damaged(frame: bytes) -> bytes:
    return frame[:-1] + bytes((frame[-1] ^ 0xFF,))


def _cards(command: VivotechCommand) -> bytes:
    """A reader with a card in the slot and one in the field."""
    data = {(0x2C, 0x02): TOKEN, (0x2C, 0x03): NOT_FOUND, (0x2C, 0x12): ATR, (0x2C, 0x13): NOT_FOUND}
    return _answer(command.command, Status.OK, data.get((command.command, command.sub), b""))


def _fails(status: int, command: int = 0x2C, sub: int = 0x12) -> Script:
    """The same, but that one command fails."""

    def script(given: VivotechCommand) -> bytes:
        is_it = (given.command, given.sub) == (command, sub)
        return _answer(command, status) if is_it else _cards(given)

    return script


def _raises(what: Callable[[], object], kind: type[DriverError], otherwise: str) -> None:
    try:
        what()
    except kind:
        return
    require(False, otherwise)


def _printed(host: VivotechHostUnderTest) -> None:
    reader = host.reader(_ok)
    reader.ping()
    reader.poll_mode(on_demand=True)
    sent = [frame for direction, frame in host.frames if direction == "host->reader"]
    require(PRINTED_PING in sent, "Ping is another than the printed one")
    require(PRINTED_ON_DEMAND in sent, "Set Poll Mode is another than the printed one")


def _pass_through(host: VivotechHostUnderTest) -> None:
    host.reader(_ok).use_pass_through(True)
    require(("host->reader", PASS_THROUGH_START) in host.frames, "the CRC of 2C-01 does not go MSB first")


def _echo(host: VivotechHostUnderTest) -> None:
    other = _answer(0x18, Status.OK, b"another")
    reader = host.reader(lambda command: other + _answer(command.command, Status.OK, b"NEO"))
    require(reader.firmware() == "NEO", "an answer to another command is taken for the answer")


def _silence(host: VivotechHostUnderTest) -> None:
    _raises(host.reader(lambda _: b"").firmware, ReaderLost, "silence is not declared as a lost reader")
    require(len(host.commands) == 1, "silence is answered by a second command")


def _late(host: VivotechHostUnderTest) -> None:
    answers = iter((b"", _answer(0x29, Status.OK, b"late") + _answer(0x18), _answer(0x29, Status.OK, b"new")))
    reader = host.reader(lambda _: next(answers, b""))
    _raises(reader.firmware, ReaderLost, "silence is not declared as a lost reader")
    require(reader.firmware() == "new", "the late answer to an earlier command is taken for the answer")


def _damage(host: VivotechHostUnderTest) -> None:
    reader = host.reader(lambda command: _damaged(_ok(command)))
    _raises(reader.firmware, FrameError, "a damaged answer is not reported as one")
    require(len(host.commands) == 1, "a damaged answer brings the command again")


def _refused_frame(host: VivotechHostUnderTest) -> None:
    reader = host.reader(lambda _: _answer(0, Status.CRC_ERROR))
    _raises(reader.firmware, FrameError, "a command that came damaged is not reported as such")
    require(len(host.commands) == 1, "the reader's CRC error brings the command again")


def _statuses(host: VivotechHostUnderTest) -> None:
    for status in range(1, 0x100):
        reader = host.reader(_says(b"?", status))
        try:
            reader.firmware()
        except ReaderRefused as refused:
            require(refused.code == status, f"status {status:02X} is reported as {refused.code:02X}")
        else:
            require(False, f"status {status:02X} is taken for success")


def _between(host: VivotechHostUnderTest) -> None:
    event, swiped = ui_event(UiEvent(b"\3\3\0\0")), burst(Burst(STRIPE, SWIPE))
    reader = host.reader(lambda command: event + swiped + _answer(command.command, Status.OK, b"NEO"))
    require(reader.firmware() == "NEO", "what the reader says by itself is taken for the answer")
    require(reader.changes() == [Presence(Change.SWIPED, None)], "a swipe within an exchange is not reported")
    require(reader.stripe.poll() == [SWIPE], "the tracks of a swipe within an exchange are lost")
    require(list(reader.events) == [UiEvent(b"\3\3\0\0")], "an event within an exchange is lost")


def _noise(host: VivotechHostUnderTest) -> None:
    reader = host.reader(lambda command: b"\0\x56\xff" + _answer(command.command, Status.OK, b"NEO"))
    require(reader.firmware() == "NEO", "an answer behind noise is not found")


def _modes(host: VivotechHostUnderTest) -> None:
    reader = host.reader(_cards)
    reader.contact.power_on()
    reader.contact.transmit(APDU)
    reader.contact.power_off()
    reader.burst_mode(True)
    expected = [(0x2C, 0x01), (0x2C, 0x12), (0x2C, 0x13), (0x2C, 0x18), (0x2C, 0x01), (0x04, 0x00)]
    require(host.codes == expected, "the mode is not changed where a command needs it, and there alone")


def _reset(host: VivotechHostUnderTest) -> None:
    reader = host.reader(_fails(Status.NOT_ALLOWED, sub=0x13))
    reader.contact.power_on()
    _raises(lambda: reader.contact.transmit(APDU), ReaderRefused, "the refusal is not reported")
    reader.contact.power_on()
    require(host.codes.count((0x2C, 0x01)) == 2, "the mode of a reader that was reset is not set again")


def _absent(host: VivotechHostUnderTest) -> None:
    for status in (Status.TIMEOUT, Status.FAILED):
        field_ = host.reader(_fails(status, sub=0x02)).contactless
        _raises(field_.power_on, CardAbsent, f"{status.name} is not reported as an empty field")
    none = host.reader(_says(b"\0")).contactless
    _raises(none.power_on, CardAbsent, "card type 00 is not reported as an empty field")
    _raises(host.reader(_fails(Status.FAILED)).contact.power_on, CardAbsent, "an empty slot is not reported")


def _storage(host: VivotechHostUnderTest) -> None:
    for kind in (3, 4, 5, 6):
        reader = host.reader(_says(bytes((kind,)) + TOKEN[1:]))
        _raises(
            reader.contactless.power_on, CardUnsupported, f"card type {kind:02X} is taken for ISO 14443-4"
        )


def _gone(host: VivotechHostUnderTest) -> None:
    def removed(command: VivotechCommand) -> bytes:
        again = host.codes.count((0x2C, 0x12)) > 1
        fails = command.sub == 0x13 or (command.sub == 0x12 and again)
        return _answer(0x2C, Status.FAILED) if fails else _cards(command)

    reader = host.reader(removed)
    reader.contact.power_on()
    _raises(lambda: reader.contact.transmit(APDU), CardRemoved, "a card that was taken out is not reported")
    mute = host.reader(_fails(Status.TIMEOUT, sub=0x13))
    mute.contact.power_on()
    _raises(lambda: mute.contact.transmit(APDU), CardMute, "a card that does not answer is not reported")


def _short(host: VivotechHostUnderTest) -> None:
    reader = host.reader(_says(TOKEN[:1]))
    reader.contactless.power_on()
    _raises(lambda: reader.contactless.transmit(APDU), FrameError, "a response without SW1 SW2 is taken")


def _held(host: VivotechHostUnderTest) -> None:
    watch = VivotechWatch(host.reader(_cards))
    for _ in range(3 * LOOKS):
        watch.poll()
    modes = [each.data for each in host.commands if (each.command, each.sub) == (0x2C, 0x01)]
    require(modes[-1:] == [b"\1"], "pass-through mode is left while a card is in the field")


def _other_burst(host: VivotechHostUnderTest) -> None:
    line = host.transport(_ok)
    reader = VivotechReader(line)
    line.say(burst(Burst(VISA, SWIPE)))
    require(not reader.changes() and not reader.stripe.poll(), "a card in the field is taken for a swipe")
    line.say(burst(Burst(STRIPE, SWIPE)))
    require(reader.stripe.poll() == [SWIPE], "a swipe in burst mode is not read")


def _cancelled(host: VivotechHostUnderTest) -> None:
    reader = host.reader(lambda command: b"" if command.command == 0x02 else _ok(command))
    reader.activate(30)
    reader.cancel()
    reader.ping()
    require(host.codes[-2:] == [(0x05, 0x01), (0x18, 0x01)], "Cancel does not end a transaction")


HOST: tuple[Check[VivotechHostUnderTest], ...] = (
    check("host-printed", "commands are those that are printed", GUIDE + "p. 42, 409", _printed),
    check(
        "host-pass-through", "the CRC of pass-through commands goes MSB first", GUIDE + "3.2.2", _pass_through
    ),
    check("host-echo", "only the answer with its command counts", GUIDE + "2.8", _echo),
    check("host-silence", "silence is declared after one command", GUIDE + "2.8", _silence),
    check("host-late", "a late answer is never taken for a new one", GUIDE + "2.8", _late),
    check("host-damage", "a damaged answer is reported, and no command repeated", GUIDE + "3.4", _damage),
    check(
        "host-crc-error",
        "a command that came damaged is reported, and not repeated",
        GUIDE + "2.8.6",
        _refused_frame,
    ),
    check("host-status", "every status but 00 is a refusal", GUIDE + "2.8.6", _statuses),
    check(
        "host-between", "what the reader says by itself within an exchange is kept", GUIDE + "3.3.1", _between
    ),
    check("host-noise", "bytes before the header are skipped", GUIDE + "2.8", _noise),
    check("host-modes", "pass-through mode is entered and left as commands need it", GUIDE + "8.12", _modes),
    check("host-reset", "the mode of a reader that lost it is set again", GUIDE + "8.12", _reset),
    check("host-absent", "an empty slot and field become what they mean", GUIDE + "3.2.4, 8.12.3", _absent),
    check("host-storage", "a card without ISO/IEC 14443-4 takes no APDU", GUIDE + "8.12.3", _storage),
    check(
        "host-gone", "a card that was taken out and a mute card are different errors", GUIDE + "8.15.2", _gone
    ),
    check("host-short", "a response has SW1 SW2", "ISO/IEC 7816-4, 5.1", _short),
    check("host-held", "pass-through mode lasts while a card is in the field", GUIDE + "3.2.5", _held),
    check("host-burst", "only a payload of the stripe head is a swipe", GUIDE + "3.3.1", _other_burst),
    check(
        "host-cancel", "a transaction is ended by Cancel before other commands", GUIDE + "05-01", _cancelled
    ),
)
