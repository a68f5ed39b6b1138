"""A virtual USB HID stripe head for other software, behind a USB/IP server on a port of loopback.

Attached to a host, it is a device of the kernel's HID layer: `/dev/hidraw0` on Linux, with a report for each swipe.
"""

from terminal_drivers.base import Card, Misuse, Stripe
from terminal_drivers.readers.magstripe.hid import VENDOR, Layout
from terminal_drivers.readers.magstripe.usb import HidStripeDevice
from terminal_drivers.readers.magstripe.virtual import VirtualStripeHead, stripe_bits
from terminal_drivers.readers.served import NoPad

NO_SLOT = "this reader is a stripe head: swipe the card"


class ServedUsbStripeHead(NoPad):
    """A stripe head, its port and the hand that draws cards through it; port 0 takes a free one."""

    pcscd_entry = ""
    slots = 0

    def __init__(self, layout: Layout = VENDOR, port: int = 0) -> None:
        # Imported here: it needs sockets.
        from terminal_drivers.transports.usbip import UsbIpServer

        self._head = VirtualStripeHead(layout.build)
        self._line = UsbIpServer(HidStripeDevice(self._head, layout), port)
        self.port = self._line.port
        self.path = f"127.0.0.1:{self.port}"
        self.instructions = self._line.attachment

    def swipe(self, stripe: Stripe) -> None:
        """Draw a sound card through the head: track number to text with sentinels."""
        self._line.act(lambda: self._head.swipe(stripe_bits(stripe)))

    def insert(self, card: Card, slot: int = 0) -> None:  # noqa: ARG002 - there is no slot for it
        raise Misuse(NO_SLOT)

    def remove(self, slot: int = 0) -> None:  # noqa: ARG002
        raise Misuse(NO_SLOT)

    def holds(self, slot: int = 0) -> bool:  # noqa: ARG002
        return False

    def tap(self, card: Card) -> None:  # noqa: ARG002
        raise Misuse(NO_SLOT)

    def close(self) -> None:
        self._line.close()
