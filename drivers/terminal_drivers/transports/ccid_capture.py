"""CCID messages as USB packets in a capture, whatever carried them, so that Wireshark shows USBCCID and ISO 7816;
and such a capture as the link of a reader.

1. Commands are bulk OUT transfers, answers bulk IN, notifications interrupt IN, of a made-up device whose
   descriptors come first.
2. A recording answers the host that sends the recorded commands; another command is `Misuse`.
"""

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

from terminal_drivers.base import FrameError, Misuse, ReaderLost
from terminal_drivers.readers.ccid.codec import INTERRUPT
from terminal_drivers.readers.ccid.reader import Link
from terminal_drivers.transports.capture import CaptureFile, packets
from terminal_drivers.transports.pcapng import LinkType, Packet
from terminal_drivers.transports.usbmon import IN, Transfer, Urb, enumeration, transfer

NAME = "ccid"
BULK_OUT, BULK_IN, INTERRUPT_IN = 0x01, 0x82, 0x83
CONTROL_TRANSFERS = 3
MAX_PACKET = 64
LONGEST_MESSAGE = 65_556
CLOCK, RATE, MAX_RATE = 4000, 10_753, 344_086  # kHz, bit/s: the card's default at that clock, and the fastest


def _device() -> bytes:
    # No vendor and product: a capture claims to be nobody's reader.
    return struct.pack("<BBHBBBBHHHBBBB", 18, 1, 0x0200, 0, 0, 0, MAX_PACKET, 0, 0, 0, 0, 0, 0, 1)


def _configuration(features: Sequence[int]) -> bytes:
    """Configuration, interface, CCID class descriptor (USB CCID rev 1.1, table 5.1-1) and endpoints."""
    interface = struct.pack("<BBBBBBBBB", 9, 4, 0, 0, 3, 0x0B, 0, 0, 0)
    slots = struct.pack("<BBHBBI", 54, 0x21, 0x0110, len(features) - 1, 7, 3)
    rates = struct.pack("<IIBIIBIII", CLOCK, CLOCK, 0, RATE, MAX_RATE, 0, 254, 0, 0)
    rest = struct.pack("<IIBBHBB", features[0], LONGEST_MESSAGE, 0xFF, 0xFF, 0, 0, 1)
    endpoints = b"".join(
        struct.pack("<BBBBHB", 7, 5, endpoint, kind, MAX_PACKET, interval)
        for endpoint, kind, interval in ((BULK_OUT, 2, 0), (BULK_IN, 2, 0), (INTERRUPT_IN, 3, 16))
    )
    body = interface + slots + rates + rest + endpoints
    return struct.pack("<BBHBBBBB", 9, 2, 9 + len(body), 1, 1, 0, 0x80, 50) + body


class CapturedLink:
    """A link whose messages go into a capture; closing it leaves the capture open for the others."""

    def __init__(self, link: Link, capture: CaptureFile, features: Sequence[int], name: str = NAME) -> None:
        self._link = link
        self._capture = capture
        self._interface = capture.interface(LinkType.USB_LINUX_MMAPPED, name)
        self._number = CONTROL_TRANSFERS
        for urb in enumeration(_device(), _configuration(features), capture.now()):
            capture.packet(self._interface, urb.build())

    def send(self, message: bytes) -> None:
        self._record(Transfer.BULK, BULK_OUT, message)
        self._link.send(message)

    def receive(self, timeout: float) -> bytes | None:
        return self._heard(self._link.receive(timeout))

    def listen(self, timeout: float) -> bytes | None:
        return self._heard(self._link.listen(timeout))

    def close(self) -> None:
        self._link.close()

    def _heard(self, message: bytes | None) -> bytes | None:
        if message:
            if message[0] in INTERRUPT:
                self._record(Transfer.INTERRUPT, INTERRUPT_IN, message)
            else:
                self._record(Transfer.BULK, BULK_IN, message)
        return message

    def _record(self, kind: Transfer, endpoint: int, message: bytes) -> None:
        self._number += 1
        for urb in transfer(self._number, kind, endpoint, message, time=self._capture.now()):
            self._capture.packet(self._interface, urb.build())


class ReplayLink:
    """The recorded reader as a link."""

    def __init__(self, recorded: Iterator[Packet]) -> None:
        self._messages = [
            (urb.endpoint & IN == 0, urb.data)
            for urb in (Urb.parse(packet.data) for packet in recorded)
            if urb.data and urb.transfer is not Transfer.CONTROL
        ]
        self._at = 0

    def send(self, message: bytes) -> None:
        while self._at < len(self._messages) and not self._messages[self._at][0]:
            self._at += 1  # what the recorded host did not read in time either, or this one does not want
        if self._at == len(self._messages):
            raise ReaderLost("the recording is over: this command was never recorded")
        if self._messages[self._at][1] != message:
            raise Misuse(f"the host does not do what was recorded: message {self._at + 1} is another command")
        self._at += 1

    def receive(self, timeout: float) -> bytes | None:  # noqa: ARG002 - no time passes in a recording
        if self._at == len(self._messages) or self._messages[self._at][0]:
            return None
        self._at += 1
        return self._messages[self._at - 1][1]

    def listen(self, timeout: float) -> bytes | None:
        if self._at < len(self._messages) and self._messages[self._at][1][0] in INTERRUPT:
            return self.receive(timeout)
        return None

    def close(self) -> None:
        self._at = len(self._messages)


def _dw_features(configuration: bytes) -> tuple[int, ...]:
    """dwFeatures for each slot, from a recorded configuration descriptor."""
    at = 0
    while at + 2 <= len(configuration) and configuration[at] >= 2:
        if configuration[at : at + 2] == b"\x36\x21" and at + 54 <= len(configuration):
            slots = configuration[at + 4] + 1
            return (int.from_bytes(configuration[at + 40 : at + 44], "little"),) * slots
        at += configuration[at]
    raise FrameError("the capture has no CCID class descriptor: begin it before the reader is plugged in")


def replay(path: Path, name: str = NAME) -> tuple[ReplayLink, tuple[int, ...]]:
    """Open a recorded CCID reader: its link, and dwFeatures of each slot."""
    recorded = list(packets(path, name))
    descriptors = b""
    for packet in recorded:
        urb = Urb.parse(packet.data)
        if urb.transfer is Transfer.CONTROL and urb.complete and urb.data[1:2] == b"\x02":
            descriptors = urb.data
            break
    return ReplayLink(iter(recorded)), _dw_features(descriptors)
