"""The PIN pad of a virtual reader: one operation at a time, from PC_to_RDR_Secure to its answer.

1. The answer comes when the cardholder has typed, cancelled or let the time pass; until then the pad sends none.
2. A structure whose digits have no place is refused before the first key.
3. Keys count only while a PIN is asked for: none is kept from before.
4. An entry is one message and one answer: no PIN, block or part of an APDU is kept for an operation that would go on
   with it, so each of those fails at bPINOperation.
5. Two new PINs that differ are 6402 of PC/SC part 10, and at T=1 the card's whole block comes back. The recorded
   GemPC PinPad session has bError EE and a bare 9000 there: a prototype made it, EE is not assigned in table 6.2-2,
   and libccid takes two bytes at T=1 for a cancelled entry. It is no evidence of what the shipped reader does.
"""

from collections.abc import Callable
from dataclasses import dataclass

from terminal_drivers.base import CardRemoved, FrameError
from terminal_drivers.readers.ccid import pin, replies
from terminal_drivers.readers.ccid.codec import encode
from terminal_drivers.readers.ccid.features import Level
from terminal_drivers.readers.ccid.keypad import PinEntry, PinOutcome
from terminal_drivers.readers.ccid.messages import Answer, Secure, SlotError
from terminal_drivers.readers.ccid.slot import AT_DATA, Refused, VirtualSlot
from terminal_drivers.readers.pin_prompt import Key, Prompt

REFUSALS = {PinOutcome.CANCELLED: SlotError.PIN_CANCELLED, PinOutcome.TIMED_OUT: SlotError.PIN_TIMEOUT}
SW_MISMATCH = b"\x64\x02"


@dataclass(frozen=True, slots=True)
class _PinEntryRun:
    slot: VirtualSlot
    command: Secure
    operation: pin.PinOperation
    entry: PinEntry


class VirtualPinPad:
    """`support` is bPINSupport; `say` takes each message for the host; `torn` is called where a card is removed
    during the PIN command. `entering` is the slot whose PIN is being typed.
    """

    def __init__(
        self,
        support: int,
        person: Callable[[Prompt], None],
        say: Callable[[bytes], None],
        torn: Callable[[VirtualSlot], None],
    ) -> None:
        self._support = support
        self._person = person
        self._say = say
        self._torn = torn
        self._running: _PinEntryRun | None = None
        self.entering: int | None = None

    def begin(self, slot: VirtualSlot, command: Secure) -> None:
        """Ask for what a command wants; `Refused` where this pad, slot or structure cannot."""
        if not self._support or slot.level is Level.CHARACTER:
            raise Refused(SlotError.NOT_SUPPORTED)
        if self._running is not None:
            raise Refused(SlotError.CMD_SLOT_BUSY)
        if not slot.powered:
            raise Refused(SlotError.ICC_MUTE)
        try:
            operation = pin.parse(command.data)
            if isinstance(operation, pin.PinFollowUp):
                raise Refused(AT_DATA)
            _try_places(operation)
        except FrameError as error:
            raise Refused(AT_DATA) from error
        if not self._support & operation.SUPPORT:
            raise Refused(AT_DATA)
        entry = PinEntry(slot.number, operation, self._person)
        self._run(_PinEntryRun(slot, command, operation, entry))
        entry.begin()
        self._settle()

    def press(self, *keys: str | Key) -> None:
        """Press keys: strings of digits, and `Key`."""
        for each in keys:
            for key in each if isinstance(each, str) else (each,):
                if self._running is not None:
                    self._running.entry.press(key)
        self._settle()

    def time_out(self) -> None:
        """Let the time of the entry pass."""
        if self._running is not None:
            self._running.entry.time_out()
        self._settle()

    def ask_for_time(self, times: int) -> None:
        """Tell the host to wait `times` its time-out again."""
        if self._running is not None:
            self._say(replies.more_time(self._running.command, self._running.slot.icc, times))

    def give_up(self, slot: VirtualSlot, error: int) -> None:
        """End the entry of a slot with an error."""
        running = self._running
        if running is not None and running.slot is slot:
            self._run(None)
            self._say(encode(replies.failed(Secure, slot.number, running.command.seq, slot.icc, error)))

    def _run(self, running: _PinEntryRun | None) -> None:
        self._running, self.entering = running, None if running is None else running.slot.number

    def _settle(self) -> None:
        """Answer the operation whose entry has come to its outcome."""
        running = self._running
        if running is None or running.entry.outcome is None:
            return
        self._run(None)
        slot, command = running.slot, running.command
        try:
            answer: Answer = replies.data(slot, command, self._present(running))
        except CardRemoved:
            self._torn(slot)
            answer = replies.failed(Secure, slot.number, command.seq, slot.icc, SlotError.ICC_MUTE)
        except Refused as refused:
            answer = replies.failed(Secure, slot.number, command.seq, slot.icc, refused.error)
        self._say(encode(answer))

    def _present(self, running: _PinEntryRun) -> bytes:
        """Hand the PIN to the card and return what the host gets."""
        outcome = running.entry.outcome
        if outcome in REFUSALS:
            raise Refused(REFUSALS[outcome])
        if outcome is PinOutcome.MISMATCH:
            return SW_MISMATCH
        try:
            apdu = running.entry.command()
        except FrameError as error:
            raise Refused(AT_DATA) from error

        def more_time(times: int) -> None:
            self._say(replies.more_time(running.command, running.slot.icc, times))

        return running.slot.present_pin(apdu, running.operation.teo, more_time)


def _try_places(operation: pin.PinOperation) -> None:
    digits, offsets = "0" * max(1, operation.shortest), [0]
    if isinstance(operation, pin.PinModify):
        offsets = [operation.old_offset, operation.new_offset]
    for offset in offsets:
        operation.format.place(operation.apdu, digits, offset)
