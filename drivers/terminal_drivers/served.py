"""Virtual readers for other people's software: the device end is ours, and whoever opens the path is the host.

1. A served reader is a pseudo-terminal that lives until `close`: hosts come and go, the reader and its card stay.
2. `pcscd_entry` is what pcsc-lite wants to read in its configuration folder (pcscd(8), reader.conf(5)).
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from terminal_drivers.address import Address
from terminal_drivers.base import Card, Misuse
from terminal_drivers.iso7816.t1card import Interlude
from terminal_drivers.readers.ccid.gempc import VARIANTS, GemPcDevice
from terminal_drivers.readers.ccid.keypad import Key, Prompt
from terminal_drivers.readers.ccid.virtual import VirtualCcid, nobody
from terminal_drivers.virtual import CCID_BAUD, CcidHands

LIBRARY = "/usr/lib/pcsc/drivers/serial/libccidtwin.so"
DEFAULT_VARIANT = "gempc-twin"
DEVICE_NAMES = {
    "gempc-twin": "GemPCTwin",
    "gempc-pinpad": "GemPCPinPad",
    "gemcore-pos-pro": "GemCorePOSPro",
    "gemcore-sim-pro": "GemCoreSIMPro",
    "gemcore-sim-pro2": "GemCoreSIMPro2",
}
"""The reader names of libccidtwin (its ccid_serial.c), by our names of the variants."""


class ServedReader:
    """A CCID reader of the GemPC family at the far side of a pseudo-terminal, until `close`.

    `person` is shown each prompt of its PIN pad and may press keys at once.
    """

    def __init__(
        self,
        variant: str = DEFAULT_VARIANT,
        link: Path | None = None,
        person: Callable[[Prompt], None] = nobody,
    ) -> None:
        if variant not in DEVICE_NAMES or variant not in VARIANTS:
            known = ", ".join(name for name in DEVICE_NAMES if name in VARIANTS)
            raise Misuse(f"libccidtwin knows no reader like {variant!r}: it knows {known}")
        # Imported here: it needs pyserial and a system with pseudo-terminals.
        from terminal_drivers.transports.pty import PtyLine

        if link is not None and link.is_symlink() and not link.exists():
            link.unlink()  # it was left behind by a process that was killed
        self._variant = variant
        chosen = VARIANTS[variant]
        self._reader = VirtualCcid(chosen.features, descriptor=chosen.descriptor, person=person)
        self._line = PtyLine(GemPcDevice(self._reader, chosen), link, baud=CCID_BAUD)
        self._hands = CcidHands(self._reader, self._line)
        self.path = str(link.absolute()) if link is not None else self._line.path

    @property
    def slots(self) -> int:
        return len(VARIANTS[self._variant].features)

    @property
    def pcscd_entry(self) -> str:
        """The three lines of a file in pcscd's configuration folder. pcscd opens the path once, when it starts."""
        device = DEVICE_NAMES[self._variant]
        return (
            f'FRIENDLYNAME "terminal-sim {device}"\n'
            f"DEVICENAME   {self.path}:{device}\n"
            f"LIBPATH      {LIBRARY}\n"
        )

    def insert(self, card: Card, slot: int = 0, interludes: Iterable[Interlude] = ()) -> None:
        """Put a card in; `interludes` are what it does on its T=1 line before it answers."""
        self._hands.insert(slot, card, interludes)

    def remove(self, slot: int = 0) -> None:
        self._hands.remove(slot)

    def holds(self, slot: int = 0) -> bool:
        return self._hands.holds(slot)

    def press(self, *keys: str | Key) -> None:
        """Press keys of the PIN pad: strings of digits, and `Key`."""
        self._hands.press(*keys)

    def time_out(self) -> None:
        """Let the time for a PIN entry pass."""
        self._hands.time_out()

    def close(self) -> None:
        self._line.close()


def serve(address: Address | str, link: Path | None = None) -> ServedReader:
    """Serve the virtual reader of an address: `ccid+pty:[LINK][?variant=NAME]`; `link` where the address has none.

    `Misuse`: no such reader can be served, or the link cannot be made.
    """
    where = address if isinstance(address, Address) else Address.parse(address)
    if (where.protocol, where.transport) != ("ccid", "pty"):
        raise Misuse(f"{where.protocol}+{where.transport}: is not served to other software: ccid+pty: is")
    if where.where and link is not None:
        raise Misuse("the link is named twice: in the address and beside it")
    return ServedReader(where.variant or DEFAULT_VARIANT, Path(where.where) if where.where else link)
