"""USB HID through hidapi: reports in, reports out.

1. A read is one input report; where hidapi goes through libusb, as its wheels for Linux do, it is one packet of it.
   A write is one output report.
2. A report has its ID as first byte where the device numbers its reports, and none where it does not, as hidapi
   does it. A written report always begins with the ID, zero where there is none.
3. A time-out of 0 makes hidapi wait for ever, so the device is opened non-blocking.
"""

from terminal_drivers.base import Misuse, ReaderLost
from terminal_drivers.transports.extras import missing

try:
    import hid  # type: ignore[import-not-found]  # a binary without types
except ImportError as error:
    raise missing("hidapi", "hid") from error

LONGEST_WAIT = 1_000_000  # ms
CURE = "check the plug, and that this user may open it (udev rule for hidraw)"


class HidTransport:
    """An open HID device, by vendor and product."""

    def __init__(self, vendor: int, product: int) -> None:
        self._device = hid.device()
        try:
            self._device.open(vendor, product)
            self._device.set_nonblocking(True)
        except OSError as error:
            raise ReaderLost(
                f"no HID device {vendor:04x}:{product:04x} can be opened ({error}): {CURE}"
            ) from error
        self._is_open = True

    def read(self, n: int, timeout: float) -> bytes:
        self._check()
        wait = min(max(1, round(timeout * 1000)), LONGEST_WAIT) if timeout else 0
        try:
            return bytes(self._device.read(n, wait) if wait else self._device.read(n))
        except (OSError, ValueError) as error:
            raise ReaderLost(f"the HID device is gone: {error}") from error

    def write(self, data: bytes) -> None:
        self._check()
        try:
            written = self._device.write(data)
        except (OSError, ValueError) as error:
            raise ReaderLost(f"the HID device is gone: {error}") from error
        if written < 0:
            raise ReaderLost(f"the HID device is gone: {self._device.error()}")

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._device.close()

    def _check(self) -> None:
        if not self._is_open:
            raise Misuse("this HID device is closed: open it again")
