"""The endpoints of a USB device's CCID interface through pyusb: `Pipes` for the CCID link.

1. pyusb waits for ever where it is told to wait 0 ms, so the shortest wait is 1 ms.
2. The kernel's own driver is asked to leave the interface, and gets it back when it is closed.
3. A reader without an interrupt endpoint tells nothing by itself; waiting for it takes its time all the same.
"""

import time
from typing import Any

from terminal_drivers.base import FrameError, Misuse, ReaderLost
from terminal_drivers.readers.ccid.descriptor import LENGTH, TYPE, ClassDescriptor
from terminal_drivers.transports.extras import missing

try:
    import usb.core  # type: ignore[import-untyped,import-not-found,unused-ignore]  # pyusb has no types
    import usb.util  # type: ignore[import-untyped,import-not-found,unused-ignore]
except ImportError as error:
    raise missing("pyusb", "usb") from error

SMART_CARD_CLASS = 0x0B
WRITE_TIMEOUT = 5.0
INTERRUPT_SIZE = 64
BULK, INTERRUPT = 2, 3
CURE = "check the plug, and that this user may open it (udev rule, or pcscd holds it: stop pcscd)"


class UsbPipes:
    """An open device by vendor and product; `descriptor` is what its reader says of itself, `release`
    its bcdDevice.
    """

    def __init__(self, vendor: int, product: int, *, backend: Any = None) -> None:
        name = f"{vendor:04x}:{product:04x}"
        try:
            device = usb.core.find(idVendor=vendor, idProduct=product, backend=backend)
        except usb.core.NoBackendError as error:
            raise Misuse("pyusb finds no libusb: apt-get install libusb-1.0-0") from error
        if device is None:
            raise ReaderLost(f"no USB device {name}: {CURE}")
        self._device: Any = device
        self.release = int(device.bcdDevice)
        try:
            interface = _smart_card(device)
            self.descriptor = _class_descriptor(interface)
            kinds = {(each.bmAttributes & 3, each.bEndpointAddress >> 7): each for each in interface}
            if (BULK, 0) not in kinds or (BULK, 1) not in kinds:
                raise FrameError(f"the USB device {name} has no bulk endpoints on its smart card interface")
            # Taken from the kernel only when nothing more can be wrong with it: who fails here gives nothing back.
            self._number = interface.bInterfaceNumber
            self._detached = _detach(device, self._number)
            usb.util.claim_interface(device, self._number)
        except usb.core.USBError as error:
            raise ReaderLost(f"the USB device {name} cannot be opened ({error}): {CURE}") from error
        self._out, self._in = kinds[BULK, 0], kinds[BULK, 1]
        self._interrupt = kinds.get((INTERRUPT, 1))

    def bulk_out(self, data: bytes) -> None:
        self._write(data)
        if len(data) % self._out.wMaxPacketSize == 0:
            self._write(b"")

    def bulk_in(self, most: int, timeout: float) -> bytes | None:
        return self._read(self._in, most, timeout)

    def interrupt_in(self, timeout: float) -> bytes | None:
        if self._interrupt is None:
            self._open()
            time.sleep(timeout)
            return None
        return self._read(self._interrupt, INTERRUPT_SIZE, timeout)

    def control(self, setup: bytes, data: bytes = b"") -> bytes:
        if len(setup) != 8:
            raise Misuse("a setup packet has 8 bytes")
        kind, request = setup[:2]
        value, index, length = (int.from_bytes(setup[at : at + 2], "little") for at in (2, 4, 6))
        try:
            answer = self._open().ctrl_transfer(
                kind, request, value, index, length if kind & 0x80 else data, _ms(WRITE_TIMEOUT)
            )
        except usb.core.USBError as error:
            raise ReaderLost(f"the USB device is gone: {error}") from error
        return bytes(answer) if kind & 0x80 else b""

    def close(self) -> None:
        if self._device is not None:
            device, self._device = self._device, None
            try:
                usb.util.release_interface(device, self._number)
                if self._detached:
                    device.attach_kernel_driver(self._number)
            except usb.core.USBError:
                pass  # it is unplugged: nothing is left to give back
            usb.util.dispose_resources(device)

    def _write(self, data: bytes) -> None:
        self._open()
        try:
            self._out.write(data, _ms(WRITE_TIMEOUT))
        except usb.core.USBError as error:
            raise ReaderLost(f"the USB device is gone: {error}") from error

    def _read(self, endpoint: Any, most: int, timeout: float) -> bytes | None:
        self._open()
        try:
            return bytes(endpoint.read(most, _ms(timeout)))
        except usb.core.USBTimeoutError:
            return None
        except usb.core.USBError as error:
            raise ReaderLost(f"the USB device is gone: {error}") from error

    def _open(self) -> Any:
        if self._device is None:
            raise Misuse("this USB device is closed: open it again")
        return self._device


def _ms(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _smart_card(device: Any) -> Any:
    """The interface of the smart card class."""
    for configuration in device:
        for interface in configuration:
            if interface.bInterfaceClass == SMART_CARD_CLASS:
                return interface
    raise FrameError("this USB device has no interface of the smart card class: it is no CCID reader")


def _detach(device: Any, number: int) -> bool:
    try:
        held = bool(device.is_kernel_driver_active(number))
    except NotImplementedError:
        return False  # this system has no drivers to ask
    if held:
        device.detach_kernel_driver(number)
    return held


def _class_descriptor(interface: Any) -> ClassDescriptor:
    extra = bytes(interface.extra_descriptors)
    at = 0
    while at + 2 <= len(extra) and extra[at] >= 2:
        if extra[at : at + 2] == bytes((LENGTH, TYPE)):
            return ClassDescriptor.parse(extra[at : at + LENGTH])
        at += extra[at]
    raise FrameError("the reader does not say what it can: its CCID class descriptor is missing")
