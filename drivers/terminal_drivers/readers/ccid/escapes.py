"""The Escapes that a virtual reader of the GemPC family knows (ccid_serial.c of the CCID project).

1. 02 asks for the name of the firmware. 01 01 01 makes notifications synchronous. B2 A0 loads the texts of the PIN pad.
2. Others may be added, each with what it does (`obey`).
"""

from collections.abc import Callable

from terminal_drivers.readers.ccid.gempc import LOAD_TEXTS
from terminal_drivers.readers.ccid.messages import GET_FIRMWARE, SlotError
from terminal_drivers.readers.ccid.slot import Refused

NOTIFY_SYNCHRONOUSLY = b"\x01\x01\x01"
TEXT_LENGTH = 16


class Escapes:
    """`firmware` None: 02 is unknown; `pin_pad`: whether there is one to load texts into."""

    def __init__(self, firmware: str | None, *, pin_pad: bool) -> None:
        self._firmware = None if firmware is None else firmware.encode("ascii")
        self._pin_pad = pin_pad
        self._obeyed: dict[bytes, Callable[[], None]] = {}
        self.synchronous = False
        self.texts: tuple[str, ...] = ()

    def obey(self, data: bytes, act: Callable[[], None]) -> None:
        """Add an Escape that does `act` and has an empty answer."""
        self._obeyed[data] = act

    def answer(self, data: bytes) -> bytes:
        """Run an Escape and return its answer; `Refused` where it is unknown."""
        if data == GET_FIRMWARE and self._firmware is not None:
            return self._firmware
        if data == NOTIFY_SYNCHRONOUSLY:
            self.synchronous = True
        elif data.startswith(LOAD_TEXTS) and self._pin_pad:
            texts = data[len(LOAD_TEXTS) :].decode("ascii", "replace")
            cuts = range(0, len(texts), TEXT_LENGTH)
            self.texts = tuple(texts[at : at + TEXT_LENGTH].strip() for at in cuts)
        elif data in self._obeyed:
            self._obeyed[data]()
        else:
            raise Refused(SlotError.NOT_SUPPORTED)
        return b""
