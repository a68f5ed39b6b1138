"""The endpoints of a CCID reader on USB, through pyusb: `Pipes` for the CCID link."""

from typing import Any

from terminal_drivers.base import FrameError
from terminal_drivers.readers.ccid.descriptor import ClassDescriptor, find
from terminal_drivers.transports.usb import UsbPipes

SMART_CARD_CLASS = 0x0B


def open_pipes(vendor: int, product: int, *, backend: Any = None) -> UsbPipes[ClassDescriptor]:
    """Open a reader by vendor and product; its `descriptor` is what the reader says of itself."""
    return UsbPipes(vendor, product, SMART_CARD_CLASS, _described, backend=backend)


def _described(extra: bytes) -> ClassDescriptor:
    descriptor = find(extra)
    if descriptor is None:
        raise FrameError("the reader does not say what it can: its CCID class descriptor is missing")
    return descriptor
