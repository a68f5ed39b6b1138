"""The host end of one slot: a card is powered, settled with, and commands reach it, at whichever level its reader
works.
"""

from typing import Protocol

from terminal_drivers.base import FrameError, Misuse
from terminal_drivers.iso7816.apdu import HEADER
from terminal_drivers.readers.ccid.apdu_level import ExtendedApduLevel, ShortApduLevel
from terminal_drivers.readers.ccid.character_level import Characters
from terminal_drivers.readers.ccid.commands import Exchanger, SlotCommands
from terminal_drivers.readers.ccid.features import RUNS_PROTOCOL, Level, level
from terminal_drivers.readers.ccid.messages import (
    Abort,
    DataBlock,
    DataRateAndClockFrequency,
    GetParameters,
    GetSlotStatus,
    IccClock,
    IccPowerOff,
    IccPowerOn,
    IccStatus,
    Mechanical,
    Parameters,
    ResetParameters,
    SetDataRateAndClockFrequency,
    SlotStatus,
    T0Parameters,
    T1Parameters,
)
from terminal_drivers.readers.ccid.pin import PinOperation
from terminal_drivers.readers.ccid.pin_entry import admit
from terminal_drivers.readers.ccid.tpdu_level import TpduLevel, WholeBlocks

POWER_AUTOMATIC, POWER_5V = 0, 1
NO_POWER = "the card has no power: call power_on first"


class Exchange(Protocol):
    """What the level of a slot decides."""

    def begin(self, atr: bytes) -> None:
        """Settle with reader and card after the reset what the reader does not do by itself."""
        ...

    def transmit(self, apdu: bytes) -> bytes:
        """Exchange an APDU."""
        ...

    def secure(self, operation: PinOperation) -> bytes:
        """Let the cardholder type at the reader and return the card's R-APDU."""
        ...


def _exchange(commands: SlotCommands, dw_features: int) -> Exchange:
    match level(dw_features):
        case Level.EXTENDED_APDU:
            return ExtendedApduLevel(commands)
        case Level.SHORT_APDU:
            return ShortApduLevel(commands)
        case Level.TPDU:
            return TpduLevel(commands, dw_features, WholeBlocks(commands))
        case Level.CHARACTER:
            return TpduLevel(commands, dw_features, Characters(commands))


class CcidSlot:
    """A contact slot or a contactless field of a reader, whichever its level."""

    def __init__(self, reader: Exchanger, number: int, dw_features: int) -> None:
        self._number = number
        self._reader = reader
        self._commands = SlotCommands(reader, number)
        self._exchange = _exchange(self._commands, dw_features)
        self.level = level(dw_features)

    def present(self) -> bool:
        answer = self._commands.ask(GetSlotStatus(self._number, self._reader.next_seq()), SlotStatus)
        if answer.status & 3 == IccStatus.ABSENT:
            self._commands.powered = False
            return False
        self._commands.check(answer)
        return True

    def power_on(self) -> bytes:
        self._commands.powered = False
        select = POWER_AUTOMATIC if self.level in RUNS_PROTOCOL else POWER_5V
        answer = self._commands.ask(IccPowerOn(self._number, self._reader.next_seq(), select), DataBlock)
        self._commands.check(answer)
        self._exchange.begin(answer.data)
        self._commands.powered = True
        return answer.data

    def power_off(self) -> None:
        self._commands.powered = False
        answer = self._commands.ask(IccPowerOff(self._number, self._reader.next_seq()), SlotStatus)
        if answer.status & 3 != IccStatus.ABSENT:
            self._commands.check(answer)

    def transmit(self, apdu: bytes) -> bytes:
        if not self._commands.powered:
            raise Misuse(NO_POWER)
        if len(apdu) < HEADER:
            raise Misuse(f"a C-APDU has at least {HEADER} bytes, this one {len(apdu)}")
        response = self._exchange.transmit(apdu)
        if len(response) < 2:
            raise FrameError("the card's response has no SW1 SW2")
        return response

    def secure(self, operation: PinOperation) -> bytes:
        """Let the cardholder type at the reader's PIN pad (`pin.PinPad`)."""
        if not self._commands.powered:
            raise Misuse(NO_POWER)
        admit(self._commands, operation)
        return self._exchange.secure(operation)

    def abort(self) -> None:
        """Give up what runs in the slot (5.3.1)."""
        command = Abort(self._number, self._reader.next_seq())
        self._reader.announce(command)
        self._commands.check(self._commands.ask(command, SlotStatus))

    def clock(self, *, stop: bool) -> None:
        """Stop or restart the card's clock."""
        command = IccClock(self._number, self._reader.next_seq(), stop)
        self._commands.check(self._commands.ask(command, SlotStatus))

    def mechanical(self, function: int) -> None:
        """Move the card: 1 accept, 2 eject, 3 capture, 4 lock, 5 unlock."""
        command = Mechanical(self._number, self._reader.next_seq(), function)
        self._commands.check(self._commands.ask(command, SlotStatus))

    def rate(self, clock: int, rate: int) -> tuple[int, int]:
        """Ask for a clock (kHz) and a data rate (bit/s); return those in force."""
        command = SetDataRateAndClockFrequency(self._number, self._reader.next_seq(), clock, rate)
        answer = self._commands.ask(command, DataRateAndClockFrequency)
        self._commands.check(answer)
        return answer.clock, answer.rate

    def parameters(self, *, reset: bool = False) -> T0Parameters | T1Parameters:
        """Ask for the parameters in force; `reset` sets the reader's defaults first."""
        kind = ResetParameters if reset else GetParameters
        answer = self._commands.ask(kind(self._number, self._reader.next_seq()), Parameters)
        self._commands.check(answer)
        known = T1Parameters if answer.protocol == T1Parameters.PROTOCOL else T0Parameters
        return known.parse(answer.data)
