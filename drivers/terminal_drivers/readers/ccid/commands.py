"""The commands of one slot of a reader, and the errors that their answers mean to the host.

1. An answer whose bmCommandStatus is "failed" becomes the error that bmICCStatus and bError name (6.2.6).
2. A reader below APDU level is silent for as long as its card may be, so the host waits that long and a little more.
3. Once an answer says that the card has no power or is gone, the card is without power for this end too.
"""

from typing import Protocol, TypeVar

from terminal_drivers.base import CardAbsent, CardCollision, CardMute, CardRemoved, FrameError, ReaderRefused
from terminal_drivers.readers.ccid.descriptor import ClassDescriptor
from terminal_drivers.readers.ccid.messages import (
    Abort,
    Answer,
    Command,
    CommandStatus,
    DataBlock,
    DataRateAndClockFrequency,
    EscapeResponse,
    IccStatus,
    Parameters,
    SlotError,
    SlotStatus,
    XfrBlock,
    error_name,
)

DAMAGED = frozenset(
    (SlotError.BAD_ATR_TS, SlotError.BAD_ATR_TCK, SlotError.XFR_PARITY_ERROR, SlotError.XFR_OVERRUN)
)
FAILED = CommandStatus.FAILED.value
LONGEST_WAIT = 60.0  # s
SLACK = 1.0  # s, for the block on the line, both ways
LINE_DAMAGED = frozenset((SlotError.XFR_PARITY_ERROR, SlotError.XFR_OVERRUN))

A = TypeVar("A", DataBlock, SlotStatus, Parameters, EscapeResponse, DataRateAndClockFrequency)


class Exchanger(Protocol):
    """What a slot needs of its reader; `pin_ban` says why a PIN pad that the reader promises is not believed."""

    descriptor: ClassDescriptor
    pin_ban: str

    def next_seq(self) -> int:
        """The bSeq of the next command."""
        ...

    def announce(self, abort: Abort) -> None:
        """Tell the reader of an abort to come, where its line has a control pipe."""
        ...

    def exchange(self, command: Command, expected: type[A], patience: float = 0.0) -> A:
        """Send a command and return its answer, which may say that it failed."""
        ...


class SlotCommands:
    """One slot as its host commands it; `powered` is whether the card has power as far as this end knows, `waiting` the
    number of seconds that the card may be silent, at most `LONGEST_WAIT`.
    """

    def __init__(self, reader: Exchanger, number: int) -> None:
        self.reader = reader
        self.number = number
        self.powered = False
        self.waiting = 0.0

    def ask(self, command: Command, expected: type[A], patience: float = 0.0) -> A:
        """Return the answer to a command, which may say that it failed."""
        return self.reader.exchange(command, expected, patience)

    def xfr_block(self, data: bytes, level: int = 0, bwi: int = 0) -> DataBlock:
        """Send PC_to_RDR_XfrBlock; `level` is wLevelParameter. The answer may say that it failed."""
        command = XfrBlock(self.number, self.reader.next_seq(), bwi, level, data)
        waiting = min(self.waiting * bwi, LONGEST_WAIT) if bwi else self.waiting
        return self.reader.exchange(command, DataBlock, waiting + SLACK)

    def check(self, answer: Answer) -> None:
        """Raise what a failed answer means."""
        if answer.status >> 6 != FAILED:
            return
        icc, in_use = answer.status & 3, self.powered
        self.powered = in_use and icc == IccStatus.ACTIVE
        if in_use and not self.powered:
            raise CardRemoved(f"the card was taken out of slot {self.number}")
        if icc == IccStatus.ABSENT:
            raise CardAbsent(f"slot {self.number} is empty")
        if answer.error == SlotError.ICC_MUTE:
            raise CardMute(f"the card in slot {self.number} does not answer")
        if answer.error == SlotError.CARD_COLLISION:
            raise CardCollision(f"several cards are in the field of slot {self.number}")
        text = f"{error_name(answer.error)} in slot {self.number}"
        if answer.error in DAMAGED:
            raise FrameError(f"the card's answer was damaged: {text}")
        raise ReaderRefused(f"the reader failed the command: {text}", answer.error)


def lost_on_the_line(answer: DataBlock) -> bytes | None:
    """Return the block that T=1 gets for a lost one of a powered card: a byte (damaged), empty (silence); None otherwise."""
    if answer.status == FAILED << 6 | IccStatus.ACTIVE:
        if answer.error in LINE_DAMAGED:
            return b"\xff"
        if answer.error == SlotError.ICC_MUTE:
            return b""
    return None
