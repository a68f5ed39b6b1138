"""Virtual CCID readers that are served: on a pseudo-terminal, and behind a USB/IP server on a port of loopback."""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from terminal_drivers.base import Card, Misuse
from terminal_drivers.iso7816.t1card import Interlude
from terminal_drivers.readers.ccid.descriptor import ClassDescriptor
from terminal_drivers.readers.ccid.gempc import BAUD, VARIANTS, GemPcDevice
from terminal_drivers.readers.ccid.pin_clock import PinClock
from terminal_drivers.readers.ccid.usb import CcidUsbDevice
from terminal_drivers.readers.ccid.virtual import VirtualCcid
from terminal_drivers.readers.ccid.waking import line_device
from terminal_drivers.readers.pin_prompt import Key, Person, Prompt, absent_cardholder
from terminal_drivers.readers.served import IN_A_FOLDER, NO_PAD, SlotsAlone, entry, unlink_dead

SERIAL_LIBRARY = "/usr/lib/pcsc/drivers/serial/libccidtwin.so"
USB_LIBRARY = "/usr/lib/pcsc/drivers/ifd-ccid.bundle/Contents/Linux/libccid.so"
DEFAULT_VARIANT = "gempc-twin"
DEVICE_NAMES = {
    "gempc-twin": "GemPCTwin",
    "gempc-pinpad": "GemPCPinPad",
    "gemcore-pos-pro": "GemCorePOSPro",
    "gemcore-sim-pro": "GemCoreSIMPro",
    "gemcore-sim-pro2": "GemCoreSIMPro2",
}
"""The reader names of libccidtwin (its ccid_serial.c), by our names of the variants."""

NAMEABLE = re.compile(r"[A-Za-z0-9/._@=\\-]+", re.ASCII)
"""The paths that pcscd's configuration has words for; behind a colon libccidtwin reads the name of the reader."""

USB_APDU = 0x0004_04BE
"""dwFeatures of a reader that does everything below the APDU itself, extended ones too."""
USB_MESSAGE = 65_556  # dwMaxCCIDMessageLength with room for an extended APDU


class _Line(Protocol):
    """What carries the device to its hosts."""

    def act(self, what: Callable[[], None]) -> None: ...
    def close(self) -> None: ...


class ServedReader(SlotsAlone):
    """A CCID reader that is served."""

    pcscd_entry: str
    instructions: str
    path: str

    def __init__(self, reader: VirtualCcid, line: _Line, clock: PinClock) -> None:
        self._reader = reader
        self._line = line
        self._clock = clock

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
        """Press keys of the PIN pad: strings of digits, and `Key`; `Misuse` where no PIN is asked for."""
        if not self._reader.descriptor.pin_support:
            raise Misuse(NO_PAD)

        def press() -> None:
            if self._reader.entering is None:
                raise Misuse(
                    "no PIN is asked for now: the program that uses the reader must ask for it first"
                )
            self._reader.press(*keys)

        self._line.act(press)

    def time_out(self) -> None:
        """Let the time for a PIN entry pass."""
        self._line.act(self._reader.time_out)

    def close(self) -> None:
        self._line.close()
        self._clock.close()

    def _time_is_up(self, prompt: Prompt) -> None:
        with suppress(Misuse):  # the reader is closed just now
            self._line.act(lambda: self._reader.time_out() if self._clock.is_last(prompt) else None)


class ServedSerialReader(ServedReader):
    """A reader of the GemPC family at the far side of a pseudo-terminal.

    `person` is shown each prompt of its PIN pad and may press keys at once.
    """

    def __init__(
        self, variant: str = DEFAULT_VARIANT, link: Path | None = None, person: Person = absent_cardholder
    ) -> None:
        if variant not in DEVICE_NAMES:
            raise Misuse(f"libccidtwin knows no reader like {variant!r}: it knows {', '.join(DEVICE_NAMES)}")
        if link is not None and not NAMEABLE.fullmatch(str(link.absolute())):
            raise Misuse(
                f"pcscd's configuration cannot name the link {link.absolute()}: "
                "use only letters without accents, digits and / . _ - @ = in it"
            )
        # Imported here: it needs pyserial and a system with pseudo-terminals.
        from terminal_drivers.transports.pty import PtyLine

        unlink_dead(link)
        chosen, device = VARIANTS[variant], DEVICE_NAMES[variant]
        clock = PinClock(person, self._time_is_up)
        reader = VirtualCcid(chosen.features, descriptor=chosen.descriptor, person=clock.show)
        line = PtyLine(line_device(GemPcDevice(reader, chosen), reader, chosen), link, baud=BAUD)
        super().__init__(reader, line, clock)
        self.path = str(link.absolute()) if link is not None else line.path
        self.pcscd_entry = entry(f"terminal-sim {device}", f"{self.path}:{device}", SERIAL_LIBRARY)
        self.instructions = IN_A_FOLDER + self.pcscd_entry


class ServedUsbReader(ServedReader):
    """A USB reader behind a USB/IP server on a port of loopback; `features` is its dwFeatures, port 0 takes a free one."""

    def __init__(
        self,
        features: int = USB_APDU,
        port: int = 0,
        *,
        pin_support: int = 0,
        person: Person = absent_cardholder,
    ) -> None:
        # Imported here: it needs sockets.
        from terminal_drivers.transports.usbip import UsbIpServer

        descriptor = ClassDescriptor(features=features, max_message=USB_MESSAGE, pin_support=pin_support)
        clock = PinClock(person, self._time_is_up)
        reader = VirtualCcid((features,), descriptor=descriptor, person=clock.show)
        device = CcidUsbDevice(reader)
        line = UsbIpServer(device, port)
        super().__init__(reader, line, clock)
        self.port = line.port
        self.path = f"127.0.0.1:{line.port}"
        name = f"usb:{device.identity.vendor:04x}/{device.identity.product:04x}"
        self.pcscd_entry = entry("terminal-sim USB", name, USB_LIBRARY)
        self.instructions = line.attachment
