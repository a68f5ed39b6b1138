"""The device end of a NEO reader as the kit asks it: frame by frame, past what it shows and sounds by itself."""

from dataclasses import dataclass, field

from terminal_drivers.base import ReaderLost
from terminal_drivers.readers.clauses import Frame, NotApplicable, require
from terminal_drivers.readers.vivotech.both_ends import VivotechControls
from terminal_drivers.readers.vivotech.codec import (
    LONGEST_MESSAGE,
    PASS_THROUGH,
    Damaged,
    Decoder,
    Item,
    Response,
    Status,
    UiEvent,
    VivotechCommand,
    encode,
    status_name,
)
from terminal_drivers.readers.vivotech.hid import MessageTransport
from terminal_drivers.readers.vivotech.parts import ICC
from terminal_drivers.readers.vivotech.reader import VivotechReader

PATIENCE = 5.0  # s, for the slowest answer
QUIET = 0.3  # s without a byte end what a reader says
READS = 64

START, STOP = VivotechCommand(PASS_THROUGH, 0x01, b"\1"), VivotechCommand(PASS_THROUGH, 0x01, b"\0")
POLL_FOR_TOKEN = VivotechCommand(PASS_THROUGH, 0x02, b"\0\x14")  # 200 ms
POWER_ON = VivotechCommand(PASS_THROUGH, 0x12, bytes((ICC,)))


@dataclass(slots=True)
class VivotechUnderTest:
    """The device end of a reader, asked frame by frame; `hands` are those of a reader of ours."""

    reader: VivotechReader
    hands: VivotechControls | None = None
    frames: list[Frame] = field(default_factory=list)

    def frame(self, command: VivotechCommand) -> bytes:
        """Return the frame of a command with the CRC order of the reader's variant."""
        return encode(command, self.reader.variant.order(command.command, command.sub))

    def send(self, data: bytes) -> None:
        self.frames.append(("host->reader", data))
        self.reader.transport.write(data)

    def bytewise(self) -> "VivotechUnderTest":
        """Return this subject, where pieces of messages can be sent."""
        if isinstance(self.reader.transport, MessageTransport):
            raise NotApplicable("over HID a message is always whole")
        return self

    def receive(self, patience: float = PATIENCE) -> bytes:
        """Return everything that the reader sends, waiting `patience` s for its first byte."""
        said = b""
        for _ in range(READS):
            data = self.reader.transport.read(LONGEST_MESSAGE, QUIET if said else patience)
            if not data:
                break
            said += data
        if said:
            self.frames.append(("reader->host", said))
        return said

    def answers(self, data: bytes, patience: float = PATIENCE) -> list[Item]:
        """Send any bytes and return what comes back, past what the reader shows and sounds."""
        self.receive(0)
        self.send(data)
        items = Decoder(from_reader=True).feed(self.receive(patience))
        return [item for item in items if not isinstance(item, UiEvent)]

    def ask(self, command: VivotechCommand) -> Response:
        """Send a command and return the answer to it, past what the reader says by itself."""
        name = f"{command.command:02X}-{command.sub:02X}"
        self.receive(0)
        self.send(self.frame(command))
        decoder = Decoder(from_reader=True)
        for _ in range(READS):
            data = self.reader.transport.read(LONGEST_MESSAGE, PATIENCE)
            if not data:
                break
            self.frames.append(("reader->host", data))
            items = decoder.feed(data)
            require(Damaged.FRAME not in items, f"the answer to {name} has a wrong CRC or length")
            for item in items:
                if isinstance(item, Response):
                    echo = f"{name} is answered with command {item.command:02X}"
                    require(item.command == command.command, echo)
                    return item
        raise ReaderLost(f"no answer to {name} within {PATIENCE:g} s")

    def data(self, command: VivotechCommand) -> bytes:
        """The data of an answer that must be OK."""
        answer = self.ask(command)
        name = f"{command.command:02X}-{command.sub:02X}"
        require(answer.status == Status.OK, f"{name} fails: {status_name(answer.status)}")
        return answer.data

    def refused(self, command: VivotechCommand, *statuses: Status) -> None:
        """The command must fail, without data; with one of these statuses where there are any."""
        answer = self.ask(command)
        name = f"{command.command:02X}-{command.sub:02X}"
        require(answer.status != Status.OK, f"{name} does not fail")
        require(not answer.data, f"{name} fails and brings data")
        if statuses:
            named = " or ".join(status_name(each) for each in statuses)
            require(answer.status in statuses, f"{name} fails: {status_name(answer.status)}, not {named}")

    def outside(self) -> None:
        """Be out of pass-through mode; a reader that is may refuse to leave it."""
        self.ask(STOP)

    def inside(self) -> None:
        self.data(START)

    def token(self) -> bytes:
        """Card type and UID of the card in the field; `NotApplicable` without one."""
        self.inside()
        answer = self.ask(POLL_FOR_TOKEN)
        if answer.status or not any(answer.data[:1]):
            raise NotApplicable("no card is in the field: hold one to it")
        return answer.data

    def atr(self) -> bytes:
        """The ATR of the card in the slot; `NotApplicable` without one."""
        self.inside()
        answer = self.ask(POWER_ON)
        if answer.status:
            raise NotApplicable("the slot is empty: put a card in")
        return answer.data

    def own(self) -> VivotechControls:
        if self.hands is None:
            raise NotApplicable("a person must swipe a card here, and burst mode would stay set")
        return self.hands
