"""A slot of the PC/SC service as a CCID reader at extended APDU level, so that it is recorded as one.

1. A command is carried out when it is sent, and its answer waits to be received.
2. An error of the slot is raised as it is and has no answer: CCID has fewer of them than the service.
"""

from collections import deque
from typing import Protocol

from terminal_drivers.base import Change, ContactSlot, Misuse, Presence
from terminal_drivers.readers.ccid.codec import decode, encode
from terminal_drivers.readers.ccid.descriptor import ClassDescriptor
from terminal_drivers.readers.ccid.features import EXTENDED
from terminal_drivers.readers.ccid.messages import (
    DataBlock,
    GetSlotStatus,
    IccPowerOff,
    IccPowerOn,
    IccStatus,
    NotifySlotChange,
    SlotStatus,
    XfrBlock,
    status,
)

DESCRIPTOR = ClassDescriptor(features=EXTENDED, max_message=65_556)
CHANGED, PRESENT = 0x02, 0x01


class WholeReader(ContactSlot, Protocol):
    """A reader that is its slot, too."""

    def poll(self, timeout: float = 0.0) -> list[Presence]: ...
    def close(self) -> None: ...


class SlotLink:
    """The link to such a reader."""

    def __init__(self, reader: WholeReader) -> None:
        self._reader = reader
        self._answers: deque[bytes] = deque()
        self._changes: deque[Presence] = deque()

    def send(self, message: bytes) -> None:
        self._answers.clear()
        command = decode(message)
        if isinstance(command, IccPowerOn):
            answer = self._data(command, self._reader.power_on())
        elif isinstance(command, XfrBlock):
            answer = self._data(command, self._reader.transmit(command.data))
        elif isinstance(command, IccPowerOff):
            self._reader.power_off()
            answer = self._status(command)
        elif isinstance(command, GetSlotStatus):
            answer = self._status(command)
        else:
            raise Misuse(f"a reader of the PC/SC service is not asked for {type(command).__name__}")
        self._answers.append(answer)

    def receive(self, timeout: float) -> bytes | None:  # noqa: ARG002 - what there is, is there
        return self._answers.popleft() if self._answers else None

    def listen(self, timeout: float) -> bytes | None:
        if not self._changes:
            self._changes.extend(self._reader.poll(timeout))
        if not self._changes:
            return None
        inserted = self._changes.popleft().change is Change.INSERTED
        return encode(NotifySlotChange(bytes((CHANGED | PRESENT if inserted else CHANGED,))))

    def close(self) -> None:
        self._reader.close()

    def _data(self, command: IccPowerOn | XfrBlock, data: bytes) -> bytes:
        return encode(DataBlock(command.slot, command.seq, status(IccStatus.ACTIVE), 0, 0, data))

    def _status(self, command: IccPowerOff | GetSlotStatus) -> bytes:
        icc = IccStatus.INACTIVE if self._reader.present() else IccStatus.ABSENT
        return encode(SlotStatus(command.slot, command.seq, status(icc), 0, 0))
