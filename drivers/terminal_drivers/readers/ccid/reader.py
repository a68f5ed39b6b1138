"""The host end of CCID: commands, answers that are matched to them, and slots at TPDU or short APDU level.

1. An answer belongs to a command when its type, slot and bSeq do; every other message is dropped, so a late
   answer is never taken for a new one.
2. Silence for `timeout` seconds is `ReaderLost`; a time extension (bmCommandStatus 2) starts the wait again,
   a bounded number of times. No clock is read: the transport measures.
3. Notifications that arrive during an exchange are kept for `poll`.
4. At TPDU level this end runs T=0 and sets the parameters that the ATR asks for; T=1 is not spoken there.
"""

from collections import deque
from collections.abc import Sequence
from typing import Protocol, TypeVar

from terminal_drivers.base import (
    CardAbsent,
    CardMute,
    CardRemoved,
    CardUnsupported,
    Change,
    FrameError,
    Misuse,
    Presence,
    ReaderLost,
    ReaderRefused,
    Trace,
)
from terminal_drivers.iso7816 import t0
from terminal_drivers.iso7816.atr import INVERSE, Atr
from terminal_drivers.readers.ccid.codec import INTERRUPT, decode, encode
from terminal_drivers.readers.ccid.features import Features, Level, level
from terminal_drivers.readers.ccid.messages import (
    Command,
    CommandStatus,
    DataBlock,
    Escape,
    EscapeResponse,
    GetSlotStatus,
    IccPowerOff,
    IccPowerOn,
    IccStatus,
    Message,
    NotifySlotChange,
    Parameters,
    SetParameters,
    SlotError,
    SlotStatus,
    T0Parameters,
    XfrBlock,
    error_name,
)

TIMEOUT = 5.0
LONGEST_WAIT = 60.0
TIME_EXTENSIONS = 60
STRANGERS = 64
"""How many messages that answer nothing one call takes: a reader that sends more to one exchange is broken."""

POWER_AUTOMATIC, POWER_5V = 0, 1
GET_FIRMWARE = b"\x02"
INVERSE_CONVENTION = 0x02  # bmTCCKST0, bit 1
DAMAGED = frozenset(
    (SlotError.BAD_ATR_TS, SlotError.BAD_ATR_TCK, SlotError.XFR_PARITY_ERROR, SlotError.XFR_OVERRUN)
)

A = TypeVar("A", DataBlock, SlotStatus, Parameters, EscapeResponse)


class Link(Protocol):
    """What carries CCID messages: a serial framing, or the endpoints of a USB device."""

    def send(self, message: bytes) -> None:
        """Send one command."""
        ...

    def receive(self, timeout: float) -> bytes | None:
        """Return the next message, interrupt messages included; None after `timeout` s of silence."""
        ...

    def listen(self, timeout: float) -> bytes | None:
        """Return the next interrupt message while no command waits."""
        ...

    def close(self) -> None: ...


class CcidReader:
    """One reader: `slots` are its contact slots and contactless fields. One thread at a time."""

    def __init__(
        self, link: Link, features: Sequence[int], *, timeout: float = TIMEOUT, trace: Trace | None = None
    ) -> None:
        self._link = link
        self._timeout = timeout
        self._trace = trace
        self._seq = 0
        self._changes: deque[Presence] = deque()
        self.slots = tuple(CcidSlot(self, number, each) for number, each in enumerate(features))

    def poll(self, timeout: float = 0.0) -> list[Presence]:
        """Return what the reader said by itself since the last call; if nothing, wait `timeout` s."""
        for _ in range(STRANGERS):
            message = self._link.listen(0 if self._changes else timeout)
            if message is None:
                break
            self._notice(message)
        changes = list(self._changes)
        self._changes.clear()
        return changes

    def firmware(self) -> str:
        """Ask a reader of the GemPC family for the name of its firmware."""
        return self.escape(GET_FIRMWARE).decode("ascii", "backslashreplace")

    def escape(self, data: bytes, slot: int = 0) -> bytes:
        """Exchange a vendor's own command."""
        answer = self.exchange(Escape(slot, self.next_seq(), data), EscapeResponse)
        if answer.status >> 6:
            raise ReaderRefused(f"the reader refuses Escape: {error_name(answer.error)}", answer.error)
        return answer.data

    def close(self) -> None:
        self._link.close()

    def next_seq(self) -> int:
        seq = self._seq
        self._seq = (seq + 1) & 0xFF
        return seq

    def exchange(self, command: Command, expected: type[A]) -> A:
        """Send a command and return its answer, which may say that it failed."""
        slot, seq = command.slot, command.seq
        self._link.send(encode(command))
        self._tell("host->reader", command)
        wait, extensions, strangers = self._timeout, 0, 0
        while extensions <= TIME_EXTENSIONS and strangers <= STRANGERS:
            received = self._link.receive(wait)
            if received is None:
                raise ReaderLost(
                    f"no answer to {type(command).__name__} within {wait:g} s: check cable and power"
                )
            if received[0] in INTERRUPT:
                self._notice(received)
                continue
            answer = decode(received)
            self._tell("reader->host", answer)
            if isinstance(answer, NotifySlotChange) or answer.slot != slot or answer.seq != seq:
                strangers += 1
            elif isinstance(answer, expected):
                if answer.status >> 6 != CommandStatus.TIME_EXTENSION:
                    return answer
                extensions += 1
                wait = min(self._timeout * max(1, answer.error), LONGEST_WAIT)
            elif isinstance(answer, SlotStatus) and answer.status >> 6 == CommandStatus.FAILED:
                # 6.1: a reader that does not know the command at all answers it with SlotStatus.
                text = f"the reader refuses {type(command).__name__}: {error_name(answer.error)}"
                raise ReaderRefused(text, answer.error)
            else:
                strangers += 1
        raise ReaderLost(f"the reader talks on and does not answer {type(command).__name__}")

    def _notice(self, message: bytes) -> None:
        notification = decode(message)
        self._tell("reader->host", notification)
        if isinstance(notification, NotifySlotChange):
            for slot, present in notification.changes():
                if slot < len(self.slots):
                    self._changes.append(Presence(Change.INSERTED if present else Change.REMOVED, slot))

    def _tell(self, direction: str, message: Message) -> None:
        if self._trace is not None:
            slot, seq = getattr(message, "slot", 0), getattr(message, "seq", 0)
            self._trace(direction, type(message).__name__, slot, seq, len(getattr(message, "data", b"")))


class CcidSlot:
    """A contact slot or a contactless field of a reader, whichever its level."""

    def __init__(self, reader: CcidReader, number: int, dw_features: int) -> None:
        self._reader = reader
        self._number = number
        self._features = dw_features
        self._level = level(dw_features)
        self._powered = False
        if self._level is Level.CHARACTER:
            raise Misuse(
                "a reader at character level is not supported: its dwFeatures name no TPDU or APDU level"
            )

    def present(self) -> bool:
        answer = self._reader.exchange(GetSlotStatus(self._number, self._reader.next_seq()), SlotStatus)
        if answer.status & 3 == IccStatus.ABSENT:
            self._powered = False
            return False
        self._check(answer)
        return True

    def power_on(self) -> bytes:
        self._powered = False
        select = POWER_5V if self._level is Level.TPDU else POWER_AUTOMATIC
        answer = self._reader.exchange(IccPowerOn(self._number, self._reader.next_seq(), select), DataBlock)
        self._check(answer)
        if self._level is Level.TPDU:
            self._agree(Atr.parse(answer.data))
        self._powered = True
        return answer.data

    def power_off(self) -> None:
        self._powered = False
        answer = self._reader.exchange(IccPowerOff(self._number, self._reader.next_seq()), SlotStatus)
        if answer.status & 3 != IccStatus.ABSENT:
            self._check(answer)

    def transmit(self, apdu: bytes) -> bytes:
        if not self._powered:
            raise Misuse("the card has no power: call power_on first")
        if len(apdu) < 4:
            raise Misuse(f"a C-APDU has at least 4 bytes, this one {len(apdu)}")
        if self._level is not Level.TPDU:
            response = self._transfer(apdu)
            if len(response) < 2:
                raise FrameError("the card's response has no SW1 SW2")
            return response
        tpdus = t0.terminal(apdu)
        tpdu = next(tpdus)
        while True:
            answer = self._transfer(tpdu)
            try:
                tpdu = tpdus.send(answer)
            except StopIteration as done:
                return bytes(done.value)

    def _transfer(self, data: bytes) -> bytes:
        answer = self._reader.exchange(XfrBlock(self._number, self._reader.next_seq(), 0, 0, data), DataBlock)
        self._check(answer)
        if answer.chain:
            raise FrameError("the reader sends a response in parts, which belongs to extended APDUs")
        return answer.data

    def _agree(self, atr: Atr) -> None:
        """Tell the reader what the ATR asks for (T=0, no PPS)."""
        if atr.protocol != T0Parameters.PROTOCOL:
            raise CardUnsupported(f"the card speaks T={atr.protocol}; at TPDU level this driver speaks T=0")
        if self._features & Features.AUTO_PARAMETERS:
            return
        parameters = T0Parameters(
            fi_di=atr.fi_di_without_pps,
            convention=INVERSE_CONVENTION if atr.convention == INVERSE else 0,
            guard_time=atr.guard_time,
            waiting_integer=atr.waiting_integer,
        )
        command = SetParameters(
            self._number, self._reader.next_seq(), parameters.PROTOCOL, parameters.build()
        )
        self._check(self._reader.exchange(command, Parameters))

    def _check(self, answer: DataBlock | SlotStatus | Parameters) -> None:
        """Raise what a failed answer means."""
        if answer.status >> 6 != CommandStatus.FAILED:
            return
        icc, in_use = answer.status & 3, self._powered
        self._powered = in_use and icc == IccStatus.ACTIVE
        if in_use and not self._powered:
            raise CardRemoved(f"the card was taken out of slot {self._number}")
        if icc == IccStatus.ABSENT:
            raise CardAbsent(f"slot {self._number} is empty")
        if answer.error == SlotError.ICC_MUTE:
            raise CardMute(f"the card in slot {self._number} does not answer")
        text = f"{error_name(answer.error)} in slot {self._number}"
        if answer.error in DAMAGED:
            raise FrameError(f"the card's answer was damaged: {text}")
        raise ReaderRefused(f"the reader failed the command: {text}", answer.error)
