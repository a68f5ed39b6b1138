"""The host end of CCID: commands, answers that are matched to them, and slots at TPDU or APDU level.

1. An answer belongs to a command when its type, slot and bSeq do; every other message is dropped, so a late
   answer is never taken for a new one.
2. Silence for `timeout` seconds is `ReaderLost`, or for longer where the card may be silent for longer; a time
   extension (bmCommandStatus 2) starts the wait again, a bounded number of times. No clock is read: the
   transport measures.
3. Notifications that arrive during an exchange are kept for `poll`.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence

from terminal_drivers.base import (
    Change,
    ContactSlot,
    PartedReader,
    Presence,
    ReaderLost,
    ReaderRefused,
    Trace,
)
from terminal_drivers.readers.ccid.codec import INTERRUPT, decode, encode
from terminal_drivers.readers.ccid.commands import LONGEST_WAIT, A
from terminal_drivers.readers.ccid.contact import CcidSlot
from terminal_drivers.readers.ccid.descriptor import ClassDescriptor
from terminal_drivers.readers.ccid.link import ControlPipe, Link
from terminal_drivers.readers.ccid.messages import (
    GET_FIRMWARE,
    Abort,
    Command,
    CommandStatus,
    Escape,
    EscapeResponse,
    Message,
    NotifySlotChange,
    SlotStatus,
    error_name,
)
from terminal_drivers.readers.parted import SlotReader

TIMEOUT = 5.0
TIME_EXTENSION = CommandStatus.TIME_EXTENSION.value
TIME_EXTENSIONS = 60
STRANGERS = 64
"""How many messages that answer nothing one call takes: a reader that sends more to one exchange is broken."""


class CcidReader:
    """One reader: `slots` are its contact slots and contactless fields. One thread at a time.

    `pin_ban` says why a PIN pad that the reader promises must not be used; empty where none is withdrawn. `seq` is the bSeq of
    the next command.
    """

    def __init__(
        self,
        link: Link,
        features: Sequence[int],
        *,
        descriptor: ClassDescriptor | None = None,
        pin_ban: str = "",
        timeout: float = TIMEOUT,
        trace: Trace | None = None,
    ) -> None:
        self.link = link
        self._timeout = timeout
        self._trace = trace
        self.seq = 0
        self._changes: deque[Presence] = deque()
        self.descriptor = ClassDescriptor() if descriptor is None else descriptor
        self.pin_ban = pin_ban
        self.slots = tuple(CcidSlot(self, number, each) for number, each in enumerate(features))

    def poll(self, timeout: float = 0.0) -> list[Presence]:
        """Return the changes that the reader reported since the last call; where there are none, wait `timeout` s."""
        self._take_notification(timeout)
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

    def parted(self) -> PartedReader:
        return SlotReader(self, self.slots)

    def about(self) -> Iterator[tuple[str, str]]:
        try:
            yield "firmware", self.firmware()
        except ReaderRefused as refused:
            yield "firmware", f"unknown ({refused})"

    def places(self) -> Mapping[str, ContactSlot]:
        return {f"slot {number}": slot for number, slot in enumerate(self.slots)}

    def wait(self, timeout: float) -> None:
        self._take_notification(timeout)

    def close(self) -> None:
        self.link.close()

    def next_seq(self) -> int:
        seq = self.seq
        self.seq = (seq + 1) & 0xFF
        return seq

    def announce(self, abort: Abort) -> None:
        """Tell the reader of an abort to come, where its line has a control pipe."""
        if isinstance(self.link, ControlPipe):
            self.link.abort(abort.slot, abort.seq)

    def exchange(self, command: Command, expected: type[A], patience: float = 0.0) -> A:
        """Send a command and return its answer, which may say that it failed; `patience` in s where the
        command takes longer than others, which is longer than `TIMEOUT`.
        """
        slot, seq = command.slot, command.seq
        timeout = max(patience, self._timeout) if patience > TIMEOUT else self._timeout
        link = self.link
        link.send(encode(command))
        if self._trace is not None:
            self._trace_message("host->reader", command)
        wait, extensions, strangers = timeout, 0, 0
        while extensions <= TIME_EXTENSIONS and strangers <= STRANGERS:
            received = link.receive(wait)
            if received is None:
                raise ReaderLost(
                    f"no answer to {type(command).__name__} within {wait:g} s: check cable and power"
                )
            if received[0] in INTERRUPT:
                self._notice(received)
                strangers += 1
                continue
            answer = decode(received)
            if self._trace is not None:
                self._trace_message("reader->host", answer)
            elif (  # nearly always
                isinstance(answer, expected)
                and answer.seq == seq
                and answer.slot == slot
                and answer.status >> 6 != TIME_EXTENSION
            ):
                return answer
            if isinstance(answer, NotifySlotChange) or answer.seq != seq or answer.slot != slot:
                strangers += 1
            elif isinstance(answer, expected):
                if answer.status >> 6 != TIME_EXTENSION:
                    return answer
                extensions += 1
                wait = max(timeout, min(self._timeout * max(1, answer.error), LONGEST_WAIT))
            elif isinstance(answer, SlotStatus) and answer.status >> 6 == CommandStatus.FAILED:
                # 6.1: a reader that does not know the command at all answers it with SlotStatus.
                text = f"the reader refuses {type(command).__name__}: {error_name(answer.error)}"
                raise ReaderRefused(text, answer.error)
            else:
                strangers += 1
        raise ReaderLost(f"the reader talks on and does not answer {type(command).__name__}")

    def _take_notification(self, timeout: float) -> None:
        """Keep a notification for `poll`; where there is none, wait `timeout` s for one."""
        for _ in range(STRANGERS):
            message = self.link.listen(0 if self._changes else timeout)
            if message is None:
                break
            self._notice(message)

    def _notice(self, message: bytes) -> None:
        notification = decode(message)
        self._trace_message("reader->host", notification)
        if isinstance(notification, NotifySlotChange):
            for slot, present in notification.changes():
                if slot < len(self.slots):
                    self._changes.append(Presence(Change.INSERTED if present else Change.REMOVED, slot))

    def _trace_message(self, direction: str, message: Message) -> None:
        if self._trace is not None:
            slot, seq = getattr(message, "slot", 0), getattr(message, "seq", 0)
            self._trace(direction, type(message).__name__, slot, seq, len(getattr(message, "data", b"")))
