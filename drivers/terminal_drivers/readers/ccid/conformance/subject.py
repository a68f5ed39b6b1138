"""A reader's device end under test, asked message by message."""

from dataclasses import dataclass, field

from terminal_drivers.base import FrameError, ReaderLost
from terminal_drivers.readers.ccid import messages as m
from terminal_drivers.readers.ccid.codec import INTERRUPT, decode, encode
from terminal_drivers.readers.ccid.features import RUNS_PROTOCOL
from terminal_drivers.readers.ccid.link import Link
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.clauses import Frame, NotApplicable, require

PATIENCE = 5.0  # s, for the slowest reader
WAITS = 60
NO_SUCH_APPLICATION = bytes.fromhex("00A4040007A0000000999999")
USB_CCID = "USB CCID rev 1.1, "
ISO = "ISO/IEC 7816-3, "


@dataclass(slots=True)
class CcidUnderTest:
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
        answer = self.ask(m.IccPowerOn(0, 3, 0 if self.reader.slots[0].level in RUNS_PROTOCOL else 1))
        if answer.status & 3 == m.IccStatus.ABSENT:
            raise NotApplicable("slot 0 is empty: put a card in")
        require(not answer.status >> 6, f"IccPowerOn fails with {m.error_name(answer.error)}")
        require(isinstance(answer, m.DataBlock), "IccPowerOn is answered by no DataBlock")
        return answer.data if isinstance(answer, m.DataBlock) else b""


def failed(answer: m.Answer, errors: set[int], what: str) -> None:
    require(answer.status >> 6 == m.CommandStatus.FAILED, f"{what} does not fail")
    named = ", ".join(f"{each:02X}" for each in sorted(errors))
    require(answer.error in errors, f"{what} fails with bError {answer.error:02X}, not {named}")
