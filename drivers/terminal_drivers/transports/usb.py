"""The endpoints of an interface of a USB device through pyusb.

1. A time-out of 0 ms makes pyusb wait for ever, so the shortest wait is 1 ms.
2. The kernel's driver is detached from the interface while it is open, and attached again at `close`.
3. A reader without an interrupt endpoint sends no notifications; waiting for one still takes the whole time-out.
"""

import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from terminal_drivers.base import FrameError, Misuse, ReaderLost
from terminal_drivers.transports.extras import missing

try:
    import usb.core  # type: ignore[import-untyped,import-not-found,unused-ignore]  # pyusb has no types
    import usb.util  # type: ignore[import-untyped,import-not-found,unused-ignore]
except ImportError as error:
    raise missing("pyusb", "usb") from error

WRITE_TIMEOUT = 5.0
INTERRUPT_SIZE = 64
BULK, INTERRUPT = 2, 3
CURE = "check the plug, and that this user may open it (udev rule, or pcscd holds it: stop pcscd)"


D = TypeVar("D")


class UsbPipes(Generic[D]):
    """An open device by vendor and product, on its first interface of a class.

    `descriptor` is what `describe` makes of the descriptors that are of this class alone; `release` is its bcdDevice.
    """

    def __init__(
        self,
        vendor: int,
        product: int,
        interface_class: int,
        describe: Callable[[bytes], D],
        *,
        backend: Any = None,
    ) -> None:
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
            interface = _interface(device, interface_class)
            self.descriptor = describe(bytes(interface.extra_descriptors))
            kinds = {(each.bmAttributes & 3, each.bEndpointAddress >> 7): each for each in interface}
            if (BULK, 0) not in kinds or (BULK, 1) not in kinds:
                raise FrameError(
                    f"the USB device {name} has no bulk endpoints on its interface of class {interface_class:02X}"
                )
            # The kernel's driver is detached last: an error before this point has nothing to attach again.
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


def _interface(device: Any, interface_class: int) -> Any:
    """The first interface of the class."""
    for configuration in device:
        for interface in configuration:
            if interface.bInterfaceClass == interface_class:
                return interface
    raise FrameError(f"this USB device has no interface of class {interface_class:02X}: it is no such reader")


def _detach(device: Any, number: int) -> bool:
    try:
        held = bool(device.is_kernel_driver_active(number))
    except NotImplementedError:
        return False  # this system has no drivers to ask
    if held:
        device.detach_kernel_driver(number)
    return held
