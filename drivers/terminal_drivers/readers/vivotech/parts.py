"""Slot, field and stripe head of a NEO reader as a host sees them, over the commands of its pass-through mode.

1. The reader does not say when a chip card comes or goes. `present` asks by powering the card; while it is
   powered, a card is present until an exchange shows that it is not.
2. Which statuses say that no card is there the guide leaves open: "failed" is taken for an empty slot, a time-out
   for a mute card; in the field both mean that there is none.
"""

from abc import ABC, abstractmethod
from typing import Protocol

from terminal_drivers.base import (
    CardAbsent,
    CardMute,
    CardRemoved,
    CardUnsupported,
    FrameError,
    Misuse,
    ReaderRefused,
    Tracks,
)
from terminal_drivers.iso7816.atr import contactless
from terminal_drivers.readers.vivotech.codec import PASS_THROUGH, Status, VivotechCommand

POLL_TIME = 0.1  # s, in which a card in the field is found
ICC = 0x20
SPEAKS_APDUS = frozenset((0x01, 0x02, 0x07))
"""Card types of Poll for Token with ISO/IEC 14443-4."""
NO_CARD = frozenset((Status.TIMEOUT, Status.FAILED))


class Commands(Protocol):
    """The reader that these are parts of."""

    def exchange(self, command: VivotechCommand, patience: float = 0.0) -> bytes: ...

    def use_pass_through(self, on: bool) -> None: ...

    def swipes(self, timeout: float) -> list[Tracks]: ...


class _Chip(ABC):
    """What slot and field have in common."""

    def __init__(self, reader: Commands) -> None:
        self._reader = reader
        self._powered = False

    @property
    def powered(self) -> bool:
        """Whether a conversation with the card has begun and not ended."""
        return self._powered

    def present(self) -> bool:
        if self._powered:
            return True
        try:
            self.power_on()
        except CardAbsent:
            return False
        except (CardMute, CardUnsupported):
            return True
        self.power_off()
        return True

    @abstractmethod
    def power_on(self) -> bytes:
        """Reset the card and return its ATR."""

    @abstractmethod
    def power_off(self) -> None:
        """Cut the card's power."""

    @abstractmethod
    def _carry(self, apdu: bytes) -> VivotechCommand:
        """The command that carries an APDU."""

    def forget(self) -> None:
        """Know that the reader has ended the session."""
        self._powered = False

    def transmit(self, apdu: bytes) -> bytes:
        if not self._powered:
            raise Misuse("the card has no power: call power_on first")
        if len(apdu) < 4:
            raise Misuse(f"a C-APDU has at least 4 bytes, this one {len(apdu)}")
        try:
            response = self._reader.exchange(self._carry(apdu))
        except ReaderRefused as refused:
            self._powered = False
            if refused.code not in NO_CARD:
                raise
            if self.present():
                raise CardMute("the card does not answer") from refused
            raise CardRemoved("the card was taken away") from refused
        if len(response) < 2:
            raise FrameError("the card's response has no SW1 SW2")
        return response


class NeoSlot(_Chip):
    """The contact slot (2C-12, 2C-13, 2C-18); the reader runs T=0 and T=1."""

    def power_on(self) -> bytes:
        self._powered = False
        self._reader.use_pass_through(True)
        try:
            atr = self._reader.exchange(VivotechCommand(PASS_THROUGH, 0x12, bytes((ICC,))))
        except ReaderRefused as refused:
            if refused.code == Status.FAILED:
                raise CardAbsent("the slot is empty") from refused
            if refused.code == Status.TIMEOUT:
                raise CardMute("the card in the slot does not answer") from refused
            raise
        if not atr:
            raise FrameError("the reader sent an empty ATR")
        self._powered = True
        return atr

    def power_off(self) -> None:
        self._powered = False
        self._reader.use_pass_through(True)
        self._reader.exchange(VivotechCommand(PASS_THROUGH, 0x18))

    def _carry(self, apdu: bytes) -> VivotechCommand:
        return VivotechCommand(PASS_THROUGH, 0x13, bytes((ICC,)) + apdu)


class NeoField(_Chip):
    """The contactless field (2C-02, 2C-03). `uid` is of the card that was powered last.

    Poll for Token does not tell the historical bytes, so the ATR is that of a card without any (PC/SC part 3). Poll for
    Token with ATS (2C-0E) would; how its answer divides UID from ATS is in no table that we have.
    """

    uid = b""

    def power_on(self) -> bytes:
        self._powered = False
        self._reader.use_pass_through(True)
        wait = bytes((0, round(POLL_TIME * 100)))
        try:
            found = self._reader.exchange(VivotechCommand(PASS_THROUGH, 0x02, wait), POLL_TIME)
        except ReaderRefused as refused:
            if refused.code in NO_CARD:
                raise CardAbsent("no card is in the field") from refused
            raise
        if not found or not found[0]:
            raise CardAbsent("no card is in the field")
        self.uid = found[1:]
        if found[0] not in SPEAKS_APDUS:
            raise CardUnsupported(f"the card in the field is of type {found[0]:02X} and takes no APDUs")
        self._powered = True
        return contactless(b"")

    def power_off(self) -> None:
        # The field stays on while pass-through mode lasts; the next power_on selects the card anew.
        self._powered = False

    def _carry(self, apdu: bytes) -> VivotechCommand:
        return VivotechCommand(PASS_THROUGH, 0x03, apdu)


class NeoStripe:
    """The stripe head, in burst mode."""

    def __init__(self, reader: Commands) -> None:
        self._reader = reader

    def poll(self, timeout: float = 0.0) -> list[Tracks]:
        return self._reader.swipes(timeout)
