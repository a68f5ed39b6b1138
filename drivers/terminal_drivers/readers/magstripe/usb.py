"""The device end of a USB HID stripe head (HID 1.11): one interface whose interrupt pipe brings a report for each swipe.

1. A report goes in packets of 64 bytes; the last is shorter and ends the transfer, as the end of the host's room does.
2. A swipe is reported once: Get_Report (7.2.1) gives the report of no card, and the idle rate (7.2.4) is never to repeat one.
3. The feature report carries commands of the maker, and this head knows none: to ask for it is a `Stall`.
"""

import struct

from terminal_drivers.base import Tracks
from terminal_drivers.control_pipe import (
    CLASS_TYPE,
    GET_DESCRIPTOR,
    PACKET,
    TYPE_BITS,
    Identity,
    Setup,
    Stall,
    StandardRequests,
    configuration,
)
from terminal_drivers.readers.magstripe.hid import VENDOR, Layout
from terminal_drivers.readers.magstripe.virtual import VirtualStripeHead

SURESWIPE = Identity(0x0801, 0x0002, strings=("terminal-sim", "Virtual stripe head", "0001"))
"""MagTek's head, whose report the vendor layout is."""

REPORTS_IN, INTERVAL = 0x81, 10
HID, REPORT = 0x21, 0x22
"""Descriptor types (7.1)."""
INTERFACE_IN, CLASS_IN, CLASS_OUT = 0x81, 0xA1, 0x21
GET_REPORT, GET_IDLE, SET_IDLE = 1, 2, 10
INPUT_REPORT = 0x0100
"""Report type 1, no report ID."""
NO_CARD = Tracks()


class HidStripeDevice:
    """The device end: the carrier of the transfers calls it, and it never waits. `head` builds reports of `layout`."""

    def __init__(
        self, head: VirtualStripeHead, layout: Layout = VENDOR, identity: Identity = SURESWIPE
    ) -> None:
        self._head = head
        self._layout = layout
        self.identity = identity
        self._standard = StandardRequests(identity, lambda: self.configuration_descriptor, self._forget)
        self._said = b""

    @property
    def hid_descriptor(self) -> bytes:
        """HID 1.11, no country, one report descriptor (6.2.1)."""
        return struct.pack("<BBHBBBH", 9, HID, 0x0111, 0, 1, REPORT, len(self._layout.descriptor()))

    @property
    def configuration_descriptor(self) -> bytes:
        """One interface of class 03 that no BIOS knows, the HID descriptor, one endpoint."""
        interface = struct.pack("<9B", 9, 4, 0, 0, 1, 0x03, 0, 0, 0)
        endpoint = struct.pack("<BBBBHB", 7, 5, REPORTS_IN, 3, PACKET, INTERVAL)
        return configuration(interface + self.hid_descriptor + endpoint)

    def control(self, setup: bytes, data: bytes = b"") -> bytes:  # noqa: ARG002 - no request has OUT data
        """Run one control transfer; return the data of its IN stage."""
        request = Setup.parse(setup)
        if request.kind & TYPE_BITS == CLASS_TYPE:
            return self._class_request(request)[: request.length]
        if (request.kind, request.request) == (INTERFACE_IN, GET_DESCRIPTOR):
            return self._class_descriptor(request.value)[: request.length]
        return self._standard.answer(request)

    def transfer_out(self, endpoint: int, data: bytes) -> None:  # noqa: ARG002 - there is none to take it
        raise Stall(f"there is no OUT endpoint {endpoint}")

    def transfer_in(self, endpoint: int, most: int) -> bytes | None:
        """Hand over at most `most` bytes of the report whose turn it is; None where no swipe waits."""
        if endpoint != REPORTS_IN & 0x0F:
            raise Stall(f"there is no IN endpoint {endpoint}")
        self._said += self._head.take()
        if not self._said:
            return None
        rest = len(self._said) % self._layout.size or self._layout.size
        size = min(most, rest)
        data, self._said = self._said[:size], self._said[size:]
        return data

    def _class_request(self, setup: Setup) -> bytes:
        if (setup.kind, setup.request, setup.value) == (CLASS_IN, GET_REPORT, INPUT_REPORT):
            return self._layout.build(NO_CARD)
        if (setup.kind, setup.request) == (CLASS_IN, GET_IDLE):
            return b"\0"
        if (setup.kind, setup.request, setup.value) == (CLASS_OUT, SET_IDLE, 0):
            return b""
        raise Stall(f"class request {setup.request:02X} with value {setup.value:04X} is unknown to this head")

    def _class_descriptor(self, value: int) -> bytes:
        known = {REPORT << 8: self._layout.descriptor(), HID << 8: self.hid_descriptor}
        if value not in known:
            raise Stall(f"this interface has no descriptor {value:04X}")
        return known[value]

    def _forget(self) -> None:
        """Drop a half-sent report: a new configuration begins without one."""
        self._head.take()
        self._said = b""
