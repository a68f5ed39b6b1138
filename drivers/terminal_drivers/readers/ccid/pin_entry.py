"""The host end of a PIN entry at the reader: who may ask for one, and what its answer means."""

from terminal_drivers.base import FrameError, ReaderRefused
from terminal_drivers.readers.ccid.commands import SlotCommands
from terminal_drivers.readers.ccid.messages import CommandStatus, DataBlock, Secure, SlotError
from terminal_drivers.readers.ccid.pin import PinOperation

PATIENCE = 90.0  # s; a person types
SW_PIN = {SlotError.PIN_TIMEOUT: b"\x64\x00", SlotError.PIN_CANCELLED: b"\x64\x01"}


def admit(commands: SlotCommands, operation: PinOperation) -> None:
    """`ReaderRefused`, before anything is sent, where the reader has no PIN pad for this or is not to be believed."""
    if commands.reader.descriptor.pin_support & operation.SUPPORT:
        return
    why = commands.reader.pin_ban or f"its bPINSupport has no bit for {operation.SUPPORT.name}"
    text = f"PIN entry ({operation.SUPPORT.name}) at this reader is not possible: {why}"
    raise ReaderRefused(f"{text}. Let the cardholder type at the terminal", SlotError.NOT_SUPPORTED)


def enter(commands: SlotCommands, operation: PinOperation) -> bytes:
    """Run a PIN operation and return what the card answers; a time-out and a cancel of the person are status
    words (PC/SC part 10, 2.5.2).
    """
    command = Secure(commands.number, commands.reader.next_seq(), 0, 0, operation.build())
    answer = commands.ask(command, DataBlock, max(PATIENCE, operation.timeout + 10.0))
    if answer.status >> 6 == CommandStatus.FAILED and answer.error in SW_PIN:
        return SW_PIN[SlotError(answer.error)]
    commands.check(answer)
    if len(answer.data) < 2:
        raise FrameError("the card's response has no SW1 SW2")
    return answer.data
