"""The host end of a USB HID stripe head, and both ends of ours on a loopback."""

from terminal_drivers.base import FrameError, Transport
from terminal_drivers.readers.both_ends import BothEnds
from terminal_drivers.readers.magstripe.both_ends import StripeControls
from terminal_drivers.readers.magstripe.head import StripeReader
from terminal_drivers.readers.magstripe.hid import VENDOR, Layout
from terminal_drivers.readers.magstripe.virtual import VirtualStripeHead
from terminal_drivers.transports.loopback import LoopbackLine

NEXT_PACKET = 0.3
"""Seconds: hidapi over libusb hands a report over in packets, and they come at most 255 ms apart (USB 2.0, table 9-13)."""


class HidStripeHead(StripeReader):
    """A head on USB HID; a report of it is a swipe."""

    def __init__(self, transport: Transport, layout: Layout = VENDOR) -> None:
        super().__init__(transport)
        self.layout = layout
        self._buffer = b""

    def _read(self, timeout: float) -> None:
        """Read until a report has come and no more waits; `FrameError` where one of them was no swipe."""
        fault = None
        size = self.layout.size
        while data := self.transport.read(size - len(self._buffer), NEXT_PACKET if self._buffer else timeout):
            self._buffer += data
            if len(self._buffer) < size:
                continue
            report, self._buffer = self._buffer, b""
            timeout = 0
            try:
                self._swiped(self.layout.parse(report))
            except FrameError as error:
                fault = error
        if self._buffer:
            # Its packets follow each other, so the rest of this report will never come.
            fault = FrameError(
                f"the stripe head sent a report of {len(self._buffer)} bytes instead of {size}"
            )
            self._buffer = b""
        if fault is not None:
            raise fault


class VirtualHidStripeReader(BothEnds[HidStripeHead, StripeControls]):
    """A HID stripe head with both ends."""


def virtual_hid_stripe_head(
    layout: Layout = VENDOR, *, record: list[tuple[str, bytes]] | None = None
) -> VirtualHidStripeReader:
    """Build a HID stripe head with both ends on a loopback."""
    device = VirtualStripeHead(layout.build)
    line = LoopbackLine(device, record)
    return VirtualHidStripeReader(HidStripeHead(line.open(), layout), StripeControls(device, line), line)
