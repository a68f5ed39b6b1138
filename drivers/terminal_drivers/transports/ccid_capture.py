"""CCID messages as USB packets in a capture, whatever carried them, so that Wireshark shows USBCCID and ISO 7816;
and such a capture as the link of a reader.

1. Commands are bulk OUT transfers, answers bulk IN, notifications interrupt IN, of a made-up device whose
   descriptors come first.
2. A recording answers the host that sends the recorded commands; another command is `Misuse`.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from terminal_drivers.base import FrameError, Misuse, ReaderLost
from terminal_drivers.control_pipe import Identity
from terminal_drivers.readers.ccid.codec import INTERRUPT
from terminal_drivers.readers.ccid.descriptor import LENGTH, TYPE, ClassDescriptor
from terminal_drivers.readers.ccid.reader import Link
from terminal_drivers.readers.ccid.usb import (
    BULK_IN,
    BULK_OUT,
    INTERRUPT_IN,
    configuration_descriptor,
)
from terminal_drivers.transports.capture import CaptureFile, packets
from terminal_drivers.transports.pcapng import LinkType, Packet
from terminal_drivers.transports.usbmon import IN, Transfer, Urb, enumeration, transfer

NAME = "ccid"
CONTROL_TRANSFERS = 3
LONGEST_MESSAGE = 65_556
NOBODY = Identity(0, 0, strings=("", "", ""))
"""A capture claims to be nobody's reader."""


class CapturedLink:
    """A link whose messages go into a capture; closing it leaves the capture open for the others."""

    def __init__(self, link: Link, capture: CaptureFile, features: Sequence[int], name: str = NAME) -> None:
        self._link = link
        self._capture = capture
        self._interface = capture.interface(LinkType.USB_LINUX_MMAPPED, name)
        self._number = CONTROL_TRANSFERS
        described = ClassDescriptor(
            max_slot_index=len(features) - 1, features=features[0], max_message=LONGEST_MESSAGE
        )
        configuration = configuration_descriptor(described.build())
        for urb in enumeration(NOBODY.device_descriptor(), configuration, capture.now()):
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
        if configuration[at : at + 2] == bytes((LENGTH, TYPE)):
            said = ClassDescriptor.parse(configuration[at : at + LENGTH])
            return (said.features,) * (said.max_slot_index + 1)
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
