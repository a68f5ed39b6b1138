"""Virtual readers for other people's software: the device end is ours, and whoever opens the other end is the host.

| address | what is served until `close` |
|---|---|
| `ccid+pty:[LINK][?variant=NAME]` | a reader of the GemPC family on a pseudo-terminal; hosts come and go, the card stays |
| `ccid+usbip:[PORT]` | a USB reader at APDU level on a port of loopback, for `usbip attach` or another USB/IP host |
| `msr+usbip:[PORT]` | a USB HID stripe head, the same way |
| `vivotech+pty:[LINK]` | a NEO reader on a pseudo-terminal: slot 0 is its slot, slot 1 its field, and it reads stripes |
| `vpcd:[PORT]` | both slots of a vpcd that connects to PORT and the next one (45963 unless told) |

What is printed for whoever wants to use it is `instructions`; `pcscd_entry` is what pcsc-lite wants to read in its
configuration folder (pcscd(8), reader.conf(5)).
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from terminal_drivers.address import Address
from terminal_drivers.base import Card, DriverError, FrameError, Misuse, Stripe, Tracks
from terminal_drivers.iso7816.atr import Atr
from terminal_drivers.iso7816.t0 import T0Card
from terminal_drivers.iso7816.t1card import Interlude
from terminal_drivers.readers.ccid.descriptor import ClassDescriptor
from terminal_drivers.readers.ccid.gempc import VARIANTS
from terminal_drivers.readers.ccid.keypad import Key, Prompt
from terminal_drivers.readers.ccid.usb import CcidUsbDevice
from terminal_drivers.readers.ccid.virtual import VirtualCcid, nobody
from terminal_drivers.readers.ccid.waking import line_device
from terminal_drivers.readers.vivotech.both_ends import BAUD as NEO_BAUD
from terminal_drivers.readers.vivotech.virtual import Place, VirtualNeo
from terminal_drivers.served_stripe import ServedUsbStripeHead
from terminal_drivers.virtual import CCID_BAUD

if TYPE_CHECKING:
    from terminal_drivers.readers.vpcd.card import VpcdSlot

SERIAL_LIBRARY = "/usr/lib/pcsc/drivers/serial/libccidtwin.so"
VPCD_LIBRARY = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
USB_LIBRARY = "/usr/lib/pcsc/drivers/ifd-ccid.bundle/Contents/Linux/libccid.so"
IN_A_FOLDER = "# for a file in a folder of its own, and then: pcscd --foreground --config FOLDER\n"
DEFAULT_VARIANT = "gempc-twin"
DEVICE_NAMES = {
    "gempc-twin": "GemPCTwin",
    "gempc-pinpad": "GemPCPinPad",
    "gemcore-pos-pro": "GemCorePOSPro",
    "gemcore-sim-pro": "GemCoreSIMPro",
    "gemcore-sim-pro2": "GemCoreSIMPro2",
}
"""The reader names of libccidtwin (its ccid_serial.c), by our names of the variants."""

USBIP, STRIPE_USBIP, VPCD = "ccid+usbip:", "msr+usbip:", "vpcd:"
VPCD_PORT = 45_963
FIELD = 1
"""The number of a field among the slots."""
USB_APDU = 0x0004_04BE
"""dwFeatures of a reader that does everything below the APDU itself, extended ones too."""
USB_MESSAGE = 65_556  # dwMaxCCIDMessageLength with room for an extended APDU

WRONG_LENGTH = bytes.fromhex("6700")

Person = Callable[[Prompt], None]


class _Line(Protocol):
    """What carries the device to its hosts."""

    def act(self, what: Callable[[], None]) -> None: ...
    def close(self) -> None: ...


class Served(Protocol):
    """The hands in front of a served reader: `slots` is how many it has, `path` where hosts find it."""

    @property
    def path(self) -> str: ...
    @property
    def pcscd_entry(self) -> str: ...
    @property
    def instructions(self) -> str: ...
    @property
    def slots(self) -> int: ...
    def insert(self, card: Card, slot: int = 0) -> None: ...
    def remove(self, slot: int = 0) -> None: ...
    def holds(self, slot: int = 0) -> bool: ...
    def tap(self, card: Card) -> None:
        """Hold a card into the field, where it stays until it is removed from `FIELD`."""
        ...

    def swipe(self, stripe: Stripe) -> None: ...
    def close(self) -> None: ...


class _SlotsAlone:
    """What a reader has that is nothing but slots."""

    def tap(self, card: Card) -> None:  # noqa: ARG002 - there is no field for it
        raise Misuse("this reader has no contactless field: insert the card")

    def swipe(self, stripe: Stripe) -> None:  # noqa: ARG002 - there is no head for it
        raise Misuse("this reader has no stripe head")


class ServedReader(_SlotsAlone):
    """A CCID reader that is served."""

    pcscd_entry: str
    instructions: str
    path: str

    def __init__(self, reader: VirtualCcid, line: _Line) -> None:
        self._reader = reader
        self._line = line

    @property
    def slots(self) -> int:
        return self._reader.descriptor.max_slot_index + 1

    def insert(self, card: Card, slot: int = 0, interludes: Iterable[Interlude] = ()) -> None:
        """Put a card in; `interludes` are what it does on its T=1 line before it answers."""
        self._line.act(lambda: self._reader.insert(slot, card, interludes))

    def remove(self, slot: int = 0) -> None:
        self._line.act(lambda: self._reader.remove(slot))

    def holds(self, slot: int = 0) -> bool:
        return self._reader.holds(slot)

    def press(self, *keys: str | Key) -> None:
        """Press keys of the PIN pad: strings of digits, and `Key`."""
        self._line.act(lambda: self._reader.press(*keys))

    def time_out(self) -> None:
        """Let the time for a PIN entry pass."""
        self._line.act(self._reader.time_out)

    def close(self) -> None:
        self._line.close()


class ServedSerialReader(ServedReader):
    """A reader of the GemPC family at the far side of a pseudo-terminal.

    `person` is shown each prompt of its PIN pad and may press keys at once.
    """

    def __init__(
        self, variant: str = DEFAULT_VARIANT, link: Path | None = None, person: Person = nobody
    ) -> None:
        if variant not in DEVICE_NAMES:
            raise Misuse(f"libccidtwin knows no reader like {variant!r}: it knows {', '.join(DEVICE_NAMES)}")
        # Imported here: it needs pyserial and a system with pseudo-terminals.
        from terminal_drivers.transports.pty import PtyLine

        _unlink_dead(link)
        chosen, device = VARIANTS[variant], DEVICE_NAMES[variant]
        reader = VirtualCcid(chosen.features, descriptor=chosen.descriptor, person=person)
        line = PtyLine(line_device(reader, chosen), link, baud=CCID_BAUD)
        super().__init__(reader, line)
        self.path = str(link.absolute()) if link is not None else line.path
        self.pcscd_entry = _entry(f"terminal-sim {device}", f"{self.path}:{device}", SERIAL_LIBRARY)
        self.instructions = IN_A_FOLDER + self.pcscd_entry


class ServedNeo:
    """A NEO reader at the far side of a pseudo-terminal. pcscd has no driver for it: its hosts speak ViVOtech2."""

    pcscd_entry = ""
    slots = 2

    def __init__(self, link: Path | None = None) -> None:
        # Imported here: it needs pyserial and a system with pseudo-terminals.
        from terminal_drivers.transports.pty import PtyLine

        _unlink_dead(link)
        self._reader = VirtualNeo()
        self._line = PtyLine(self._reader, link, baud=NEO_BAUD)
        self.path = str(link.absolute()) if link is not None else self._line.path
        self.instructions = f"# for a terminal: terminal-sim run FILE --reader vivotech+serial:{self.path}\n"

    def insert(self, card: Card, slot: int = 0) -> None:
        act = self._reader.insert if _place(slot) is Place.SLOT else self._reader.tap
        self._line.act(lambda: act(card))

    def remove(self, slot: int = 0) -> None:
        self._line.act(lambda: self._reader.remove(_place(slot)))

    def holds(self, slot: int = 0) -> bool:
        return self._reader.holds(_place(slot))

    def tap(self, card: Card) -> None:
        self.insert(card, FIELD)

    def swipe(self, stripe: Stripe) -> None:
        """`Misuse` where the head does not listen, as while its host looks for a card in the field: swipe again."""
        tracks = Tracks(stripe.get(1), stripe.get(2), stripe.get(3))
        self._line.act(lambda: self._reader.swipe(tracks))

    def close(self) -> None:
        self._line.close()


class ServedUsbReader(ServedReader):
    """A USB reader behind a USB/IP server on a port of loopback; `features` is its dwFeatures, port 0 takes a free one."""

    def __init__(
        self,
        features: int = USB_APDU,
        port: int = 0,
        *,
        pin_support: int = 0,
        person: Person = nobody,
    ) -> None:
        # Imported here: it needs sockets.
        from terminal_drivers.transports.usbip import UsbIpServer

        descriptor = ClassDescriptor(features=features, max_message=USB_MESSAGE, pin_support=pin_support)
        reader = VirtualCcid((features,), descriptor=descriptor, person=person)
        device = CcidUsbDevice(reader)
        line = UsbIpServer(device, port)
        super().__init__(reader, line)
        self.port = line.port
        self.path = f"127.0.0.1:{line.port}"
        name = f"usb:{device.identity.vendor:04x}/{device.identity.product:04x}"
        self.pcscd_entry = _entry("terminal-sim USB", name, USB_LIBRARY)
        self.instructions = line.attachment


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


class ServedVpcd(_SlotsAlone):
    """Both slots of a vpcd that connects to us."""

    slots = 2

    def __init__(self, port: int = VPCD_PORT) -> None:
        # Imported here: it needs sockets.
        from terminal_drivers.readers.vpcd.card import VpcdSlot

        first = VpcdSlot(port)
        try:
            self._slots = first, VpcdSlot(first.port + 1)
        except DriverError:
            first.close()
            raise
        self.path = f"127.0.0.1:{first.port}"
        self.pcscd_entry = _entry("Virtual PCD", self.path, VPCD_LIBRARY)
        self.instructions = (
            "# vpcd aborts where a card leaves: insert into both slots (0 and 1) before pcscd starts\n"
            f"{IN_A_FOLDER}{self.pcscd_entry}"
        )

    def insert(self, card: Card, slot: int = 0) -> None:
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


def serve(address: str, link: Path | None = None) -> Served:
    """Serve the virtual reader of an address; `link` is the path of a pseudo-terminal where the address has none.

    `Misuse`: no such reader can be served, or the link or port cannot be had.
    """
    if address.startswith((USBIP, STRIPE_USBIP, VPCD)):
        if link is not None:
            raise Misuse(f"{address} is reached at a port and has no link: leave the link out")
        if address.startswith(VPCD):
            return ServedVpcd(_port(address.removeprefix(VPCD)) or VPCD_PORT)
        if address.startswith(STRIPE_USBIP):
            return ServedUsbStripeHead(port=_port(address.removeprefix(STRIPE_USBIP)))
        return ServedUsbReader(port=_port(address.removeprefix(USBIP)))
    where = Address.parse(address)
    if where.transport != "pty" or where.protocol not in ("ccid", "vivotech"):
        raise Misuse(
            f"{address} is not served to other software: "
            f"ccid+pty:, vivotech+pty:, {USBIP}, {STRIPE_USBIP} and {VPCD} are"
        )
    if where.where and link is not None:
        raise Misuse("the link is named twice: in the address and beside it")
    path = Path(where.where) if where.where else link
    if where.protocol == "vivotech":
        return ServedNeo(path)
    return ServedSerialReader(where.variant or DEFAULT_VARIANT, path)


def _unlink_dead(link: Path | None) -> None:
    if link is not None and link.is_symlink() and not link.exists():
        link.unlink()  # it was left behind by a process that was killed


def _place(slot: int) -> Place:
    if slot not in (0, FIELD):
        raise Misuse(f"a NEO reader has slot 0 and its field {FIELD}, no slot {slot}")
    return Place.FIELD if slot else Place.SLOT


def _entry(name: str, device: str, library: str) -> str:
    return f'FRIENDLYNAME "{name}"\nDEVICENAME   {device}\nLIBPATH      {library}\n'


def _port(digits: str) -> int:
    if not digits:
        return 0
    if not (digits.isascii() and digits.isdigit() and int(digits[:6]) <= 0xFFFF):
        raise Misuse(f"{digits!r} is no port: write a number up to 65535")
    return int(digits[:6])
