"""The host end of a USB HID stripe head, and both ends of ours on a loopback."""

from dataclasses import dataclass

from terminal_drivers.base import Change, FrameError, Line, Presence, Tracks, Transport
from terminal_drivers.readers.built_in import StripeControls
from terminal_drivers.readers.magstripe.hid import VENDOR, Layout
from terminal_drivers.readers.magstripe.virtual import VirtualStripeHead
from terminal_drivers.transports.loopback import LoopbackLine

NEXT_PACKET = 0.3
"""Seconds: hidapi over libusb hands a report over in packets, and they come at most 255 ms apart (USB 2.0, table 9-13)."""


class HidStripeHead:
    """`poll` gives the swipes; `changes` only tells that there was one. A report is a swipe."""

    def __init__(self, transport: Transport, layout: Layout = VENDOR) -> None:
        self.transport = transport
        self.layout = layout
        self._buffer = b""
        self._swipes: list[Tracks] = []
        self._untold = 0

    def poll(self, timeout: float = 0.0) -> list[Tracks]:
        self._read(0 if self._swipes else timeout)
        swipes, self._swipes = self._swipes, []
        self._untold = 0
        return swipes

    def changes(self, timeout: float = 0.0) -> list[Presence]:
        """Return one SWIPED for each swipe that neither `poll` nor `changes` has told."""
        self._read(0 if self._untold else timeout)
        untold, self._untold = self._untold, 0
        return [Presence(Change.SWIPED, None)] * untold

    def close(self) -> None:
        self.transport.close()

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
                self._swipes.append(self.layout.parse(report))
                self._untold += 1
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


@dataclass(frozen=True, slots=True)
class VirtualHidStripeReader:
    """A HID stripe head with both ends."""

    host: HidStripeHead
    device: StripeControls
    line: Line

    def close(self) -> None:
        self.host.close()
        self.line.close()


def virtual_hid_stripe_head(
    layout: Layout = VENDOR, *, record: list[tuple[str, bytes]] | None = None
) -> VirtualHidStripeReader:
    """Build a HID stripe head with both ends on a loopback."""
    device = VirtualStripeHead(layout.build)
    line = LoopbackLine(device, record)
    return VirtualHidStripeReader(HidStripeHead(line.open(), layout), StripeControls(device, line), line)
