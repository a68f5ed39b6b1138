"""The device end of CCID: it has slots that hold cards and a PIN pad, and answers every message that a host may
send.

1. A slot works at the level of its dwFeatures. The other abilities are the class descriptor's.
2. A command that cannot be done is answered by its own answer with bmCommandStatus "failed"; 00 in bError is
   "not supported", 1 to 127 the offset of the wrong byte.
3. While a PIN is typed, its slot is busy for all but Abort and the questions about its state.
4. Abort ends what runs in a slot, parts of an APDU too. Where it was announced on the control pipe, every command
   to the slot fails until the message arrives too, unless that was the last to come (5.3.1).
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any, Final

from terminal_drivers.base import Card, CardRemoved, FrameError, Misuse
from terminal_drivers.iso7816.t1card import Interlude
from terminal_drivers.readers.ccid import replies, settings
from terminal_drivers.readers.ccid.codec import CODES, HEADER, decode, encode
from terminal_drivers.readers.ccid.descriptor import ClassDescriptor
from terminal_drivers.readers.ccid.escapes import Escapes
from terminal_drivers.readers.ccid.features import CONTACTLESS, RUNS_PROTOCOL, Level
from terminal_drivers.readers.ccid.messages import (
    ANSWERS,
    Abort,
    Answer,
    Command,
    Escape,
    EscapeResponse,
    GetParameters,
    GetSlotStatus,
    HardwareError,
    IccClock,
    IccPowerOff,
    IccPowerOn,
    IccStatus,
    Mechanical,
    NotifySlotChange,
    ResetParameters,
    Secure,
    SetDataRateAndClockFrequency,
    SetParameters,
    SlotError,
    T0Apdu,
    XfrBlock,
    status,
)
from terminal_drivers.readers.ccid.pinpad import VirtualPinPad
from terminal_drivers.readers.ccid.slot import (
    AT_LENGTH,
    AT_SLOT,
    AT_SPECIFIC,
    Refused,
    VirtualSlot,
)
from terminal_drivers.readers.pin_prompt import Key, Person, absent_cardholder

_TPDU: Final = Level.TPDU
FIRMWARE = "CCID-V1.00"
MECHANICS = {1: 0x01, 2: 0x02, 3: 0x04, 4: 0x08, 5: 0x08}
"""bFunction to the bit of dwMechanical that it needs."""
_ACCEPT, EJECT, CAPTURE, LOCK, UNLOCK = MECHANICS


class VirtualCcid:
    """A CCID reader of our own: `features` gives dwFeatures of each slot; `has_news` says whether `late_answers` or
    `notifications` would give any, which its line asks at every turn.

    `fields` are the slots that cards are held into (None: those with the features of a contactless interface);
    `person` is shown each prompt of the PIN pad and may press keys at once; `firmware` None: Escape 02 is
    unknown.
    """

    def __init__(
        self,
        features: tuple[int, ...],
        firmware: str | None = FIRMWARE,
        *,
        descriptor: ClassDescriptor | None = None,
        fields: Iterable[int] | None = None,
        person: Person = absent_cardholder,
    ) -> None:
        if not features:
            raise Misuse("a reader has at least one slot")
        base = ClassDescriptor() if descriptor is None else descriptor
        self.descriptor = replace(base, max_slot_index=len(features) - 1, features=int(features[0]))
        held = (
            {n for n, each in enumerate(features) if each == CONTACTLESS} if fields is None else set(fields)
        )
        classes = self.descriptor.class_get_response, self.descriptor.class_envelope
        most = self.descriptor.max_message - HEADER
        self._slots = [
            VirtualSlot(number, each, field=number in held, most=most, classes=classes)
            for number, each in enumerate(features)
        ]
        if any(slot.level not in RUNS_PROTOCOL for slot in self._slots if slot.field):
            raise Misuse("a contactless field works at APDU level")
        self.escapes = Escapes(firmware, pin_pad=bool(self.descriptor.pin_support))
        self._changes: list[bytes] = []
        self._ready: list[bytes] = []
        self.has_news = False
        self._aborting: dict[int, int] = {}
        self._last: object = None
        self._pad = VirtualPinPad(self.descriptor.pin_support, person, self._say, self._torn)
        self._handlers: dict[type[Command], Callable[[VirtualSlot, Any], Answer | None]] = {
            XfrBlock: self._xfr_block,
            GetSlotStatus: replies.state,
            IccPowerOn: self._power_on,
            IccPowerOff: self._power_off,
            SetParameters: settings.set_parameters,
            GetParameters: settings.get_parameters,
            ResetParameters: settings.reset_parameters,
            Escape: self._escape,
            IccClock: settings.clock,
            Abort: self._abort,
            Secure: self._secure,
            T0Apdu: partial(settings.classes, self.descriptor),
            Mechanical: self._mechanical,
            SetDataRateAndClockFrequency: partial(settings.rate, self.descriptor),
        }

    def insert(self, slot: int, card: Card, interludes: Iterable[Interlude] = ()) -> None:
        """Put a card into a slot or hold it into a field; `interludes` are what it does on its T=1 line."""
        if self.holds(slot):
            raise Misuse(f"slot {slot} already holds a card: remove it first")
        self._change(self._slots[slot], card, interludes)

    def remove(self, slot: int) -> None:
        """Take the card out; its session is lost."""
        if not self.holds(slot):
            raise Misuse(f"slot {slot} holds no card: insert one first")
        if self._slots[slot].locked:
            raise Misuse(f"slot {slot} is locked: its host must unlock it first")
        self._change(self._slots[slot], None)

    def holds(self, slot: int) -> bool:
        if not 0 <= slot < len(self._slots):
            raise Misuse(f"this reader has slots 0 to {len(self._slots) - 1}, no slot {slot}")
        return self._slots[slot].chip is not None

    @property
    def synchronous(self) -> bool:
        """Whether the host wants notifications only with the echo of a command."""
        return self.escapes.synchronous

    @property
    def entering(self) -> int | None:
        """The slot whose PIN is being typed."""
        return self._pad.entering

    def press(self, *keys: str | Key) -> None:
        """Press keys of the PIN pad: strings of digits, and `Key`. Where nothing is asked they have no effect."""
        self._pad.press(*keys)

    def time_out(self) -> None:
        """Let the time for a PIN entry pass."""
        self._pad.time_out()

    def ask_for_time(self, times: int = 1) -> None:
        """Tell the host that waits for a PIN to wait `times` its time-out again."""
        self._pad.ask_for_time(times)

    def hardware_error(self, slot: int, error: int = 1) -> None:
        """Report a fault of the reader (6.3.2); 1 is an over-current."""
        self._report(encode(HardwareError(slot, 0, error)))

    def answers(self, message: bytes) -> list[bytes]:
        """Run one PC_to_RDR message and return what the reader says at once, the answer last.

        A PIN entry answers later: `late_answers`. `FrameError` for less than a header.
        """
        if len(message) < HEADER:
            raise FrameError(f"a command has a header of {HEADER} bytes, this one has {len(message)} in all")
        try:
            command = decode(message)
        except FrameError:
            command = None
        self._last = command
        number = message[5]
        if number >= len(self._slots):
            return [encode(replies.failed_message(message, IccStatus.ABSENT, AT_SLOT))]
        slot = self._slots[number]
        # What is no command has no handler.
        handler = self._handlers.get(type(command))  # type: ignore[arg-type]
        try:
            if handler is None:
                raise Refused(AT_LENGTH if CODES.get(message[0]) in ANSWERS else SlotError.NOT_SUPPORTED)
            if number in self._aborting or number == self._pad.entering:
                self._admit(number, command)
            answer = handler(slot, command)
        except CardRemoved:
            self._torn(slot)
            answer = replies.failed_message(message, slot.icc, SlotError.ICC_MUTE)
        except Refused as refused:
            answer = replies.failed_message(message, slot.icc, refused.error)
        said = [] if answer is None else [encode(answer)]
        return self.late_answers() + said if self._ready else said

    def late_answers(self) -> list[bytes]:
        """The messages that have become ready since the last call."""
        ready, self._ready = self._ready, []
        self.has_news = bool(self._changes)
        return ready

    def notifications(self) -> list[bytes]:
        """Return the interrupt messages that wait, oldest first, each once."""
        changes, self._changes = self._changes, []
        self.has_news = bool(self._ready)
        return changes

    def abort(self, slot: int, seq: int) -> None:
        """Take the ABORT request of the control pipe (5.3.1): the slot waits for the message of that bSeq."""
        if 0 <= slot < len(self._slots) and self._last != Abort(slot, seq):
            self._aborting[slot] = seq
            self._pad.give_up(self._slots[slot], SlotError.CMD_ABORTED)

    def reset(self) -> None:
        """Forget the host: its commands, its aborts, the power of its cards. The next host is notified of the cards
        that are present, and of none that came and went before it (6.3.1).
        """
        for slot in self._slots:
            self._pad.give_up(slot, SlotError.CMD_ABORTED)
            slot.power_off()
        self._aborting.clear()
        self._ready.clear()
        self._last = None
        there = sum(2 << 2 * slot.number for slot in self._slots if slot.chip is not None)
        self._changes.clear()
        self.has_news = False
        if there:
            self._report(self._notification(there))

    def _say(self, message: bytes) -> None:
        self._ready.append(message)
        self.has_news = True

    def _report(self, change: bytes) -> None:
        self._changes.append(change)
        self.has_news = True

    def _torn(self, slot: VirtualSlot) -> None:
        """The card was pulled out while it worked."""
        if slot.chip is not None:
            self._change(slot, None)

    def _admit(self, slot: int, command: object) -> None:
        """Refuse what a slot cannot take that gives up a command, or whose PIN is being typed."""
        if slot in self._aborting and not isinstance(command, Abort):
            raise Refused(SlotError.CMD_ABORTED)
        if slot == self._pad.entering and not isinstance(command, Abort | GetSlotStatus | GetParameters):
            raise Refused(SlotError.CMD_SLOT_BUSY)

    def _change(self, slot: VirtualSlot, card: Card | None, interludes: Iterable[Interlude] = ()) -> None:
        slot.put(card, interludes)
        slot.locked = False
        self._report(self._notification(2 << 2 * slot.number))
        if card is None:
            self._pad.give_up(slot, SlotError.ICC_MUTE)

    def _notification(self, changed: int) -> bytes:
        """What the slots hold; `changed` has the second bit of each slot that is news."""
        bits = changed
        for number, each in enumerate(self._slots):
            bits |= (each.chip is not None) << 2 * number
        size = (2 * len(self._slots) + 7) // 8
        return encode(NotifySlotChange(bits.to_bytes(size, "little")))

    def _power_on(self, slot: VirtualSlot, command: IccPowerOn) -> Answer:
        if command.power > 3:
            raise Refused(AT_SPECIFIC)
        return replies.data(slot, command, slot.power_on())

    def _power_off(self, slot: VirtualSlot, command: IccPowerOff) -> Answer:
        slot.power_off()
        return replies.state(slot, command)

    def _xfr_block(self, slot: VirtualSlot, command: XfrBlock) -> Answer:
        if slot.level is _TPDU:
            return replies.data(slot, command, slot.transfer_tpdu(command.level, command.data))

        def more_time(times: int) -> None:
            self._say(replies.more_time(command, slot.icc, times))

        chain, data = slot.transfer(command.level, command.data, more_time)
        return replies.data(slot, command, data, chain)

    def _escape(self, slot: VirtualSlot, command: Escape) -> Answer:
        data = self.escapes.answer(command.data)
        return EscapeResponse(command.slot, command.seq, status(slot.icc), 0, data)

    def _mechanical(self, slot: VirtualSlot, command: Mechanical) -> Answer:
        needed = MECHANICS.get(command.function)
        if needed is None and self.descriptor.mechanical:
            raise Refused(AT_SPECIFIC)
        if needed is None or not self.descriptor.mechanical & needed:
            raise Refused(SlotError.NOT_SUPPORTED)
        if command.function in (EJECT, CAPTURE):
            slot.present()
            self._change(slot, None)
        elif command.function in (LOCK, UNLOCK):
            slot.present()
            slot.locked = command.function == LOCK
        return replies.state(slot, command)

    def _abort(self, slot: VirtualSlot, command: Abort) -> Answer:
        expected = self._aborting.get(slot.number, command.seq)
        if expected != command.seq:
            raise Refused(SlotError.CMD_ABORTED)
        self._aborting.pop(slot.number, None)
        slot.give_up()
        self._pad.give_up(slot, SlotError.CMD_ABORTED)
        return replies.state(slot, command)

    def _secure(self, slot: VirtualSlot, command: Secure) -> None:
        self._pad.begin(slot, command)
