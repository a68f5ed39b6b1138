"""Virtual cards that are served to vpcd, whose driver is part of pcscd."""

from typing import TYPE_CHECKING

from terminal_drivers.base import Card, DriverError, FrameError, Misuse
from terminal_drivers.iso7816.atr import Atr
from terminal_drivers.iso7816.t0 import T0Card
from terminal_drivers.readers.served import IN_A_FOLDER, SlotsAlone, entry

if TYPE_CHECKING:
    from terminal_drivers.readers.vpcd.card import VpcdSlot

LIBRARY = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
PORT = 45_963
WRONG_LENGTH = bytes.fromhex("6700")


class _OverT0:
    """A T=0 card behind vpcd, which hands on what its host sends: and that is TPDUs, for vpcd runs no protocol."""

    def __init__(self, card: Card) -> None:
        self._card = T0Card(card)

    @property
    def atr(self) -> bytes:
        return self._card.card.atr

    def reset(self) -> bytes:
        return self._card.reset()

    def transmit(self, apdu: bytes) -> bytes:
        try:
            return self._card.exchange(apdu)
        except FrameError:
            return WRONG_LENGTH


class ServedVpcd(SlotsAlone):
    """Both slots of a vpcd that connects to us."""

    slots = 2

    def __init__(self, port: int = PORT) -> None:
        # Imported here: it needs sockets.
        from terminal_drivers.readers.vpcd.card import VpcdSlot

        first = VpcdSlot(port)
        try:
            self._slots = first, VpcdSlot(first.port + 1)
        except DriverError:
            first.close()
            raise
        self.path = f"127.0.0.1:{first.port}"
        self.pcscd_entry = entry("Virtual PCD", self.path, LIBRARY)
        self.instructions = (
            "# vpcd aborts where a card leaves: insert into both slots (0 and 1) before pcscd starts\n"
            f"{IN_A_FOLDER}{self.pcscd_entry}"
        )

    def insert(self, card: Card, slot: int = 0) -> None:
        if not card.atr:
            raise Misuse("vpcd has no word for a mute card: insert one that answers")
        self._slot(slot).insert(_OverT0(card) if Atr.parse(card.atr).protocol == 0 else card)

    def remove(self, slot: int = 0) -> None:
        self._slot(slot).remove()

    def holds(self, slot: int = 0) -> bool:
        return self._slot(slot).holds

    def close(self) -> None:
        for slot in self._slots:
            slot.close()

    def _slot(self, number: int) -> "VpcdSlot":
        if number not in (0, 1):
            raise Misuse(f"vpcd has slots 0 and 1, no slot {number}")
        return self._slots[number]
