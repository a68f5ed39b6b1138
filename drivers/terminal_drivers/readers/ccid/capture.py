"""CCID messages as USB packets in a capture, whatever carried them, so that Wireshark shows USBCCID and ISO 7816;
and such a capture as the link of a reader.

1. Commands are bulk OUT transfers, answers bulk IN, notifications interrupt IN, of a made-up device whose
   descriptors come first.
2. A recording answers the host that sends the recorded commands (`dialogue`); another command is `Misuse`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from terminal_drivers.base import FrameError
from terminal_drivers.captures import usbmon
from terminal_drivers.captures.capture import Capture, RecordedLine, failing, recorded
from terminal_drivers.captures.dialogue import Dialogue
from terminal_drivers.captures.pcapng import CaptureInterface, LinkType, Packet
from terminal_drivers.captures.usbmon import Transfer, Urb, enumeration, transfer
from terminal_drivers.control_pipe import Identity
from terminal_drivers.readers.ccid.codec import INTERRUPT, decode
from terminal_drivers.readers.ccid.descriptor import ClassDescriptor, find
from terminal_drivers.readers.ccid.link import CcidLine, ControlPipe, Link
from terminal_drivers.readers.ccid.usb import (
    BULK_IN,
    BULK_OUT,
    INTERRUPT_IN,
    configuration_descriptor,
)

NAME = "ccid"
CONTROL_TRANSFERS = 3
LONGEST_MESSAGE = 65_556
DW_FEATURES = "dwFeatures"
FEATURES = re.compile(r"[0-9A-F]{8}", re.ASCII)
NO_DESCRIPTOR = "the capture has no CCID class descriptor: begin it before the reader is plugged in"
UNIDENTIFIED = Identity(0, 0, strings=("", "", ""))
"""The captured device names no vendor and no product."""


class CapturedLink:
    """A link whose messages go into a capture; closing it leaves the capture open for the others.

    `features` are dwFeatures of each slot: a USB descriptor has room for one, so all go into the interface's description.
    """

    def __init__(
        self,
        link: Link,
        capture: Capture,
        features: Sequence[int],
        name: str = NAME,
        descriptor: ClassDescriptor | None = None,
    ) -> None:
        self._link = link
        self._capture = capture
        self._name = name
        said = " ".join(f"{each:08X}" for each in features)
        self._interface = capture.interface(LinkType.USB_LINUX_MMAPPED, name, f"{DW_FEATURES} {said}")
        self._number = CONTROL_TRANSFERS
        described = replace(
            descriptor or ClassDescriptor(max_message=LONGEST_MESSAGE),
            max_slot_index=len(features) - 1,
            features=features[0],
        )
        configuration = configuration_descriptor(described.build())
        for urb in enumeration(UNIDENTIFIED.device_descriptor(), configuration, capture.now()):
            capture.packet(self._interface, urb.build())

    def send(self, message: bytes) -> None:
        self._record(Transfer.BULK, BULK_OUT, message)
        with failing(self._capture, self._name):
            self._link.send(message)

    def receive(self, timeout: float) -> bytes | None:
        with failing(self._capture, self._name):
            return self._record_answer(self._link.receive(timeout))

    def listen(self, timeout: float) -> bytes | None:
        with failing(self._capture, self._name):
            return self._record_answer(self._link.listen(timeout))

    def close(self) -> None:
        self._link.close()

    def _record_answer(self, message: bytes | None) -> bytes | None:
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


class CapturedUsbLink(CapturedLink):
    """A captured link with a control pipe that announces an abort; the announcement itself is not captured."""

    pipe: ControlPipe

    def abort(self, slot: int, seq: int) -> None:
        with failing(self._capture, self._name):
            self.pipe.abort(slot, seq)


def captured(
    link: Link, capture: Capture, features: Sequence[int], name: str, descriptor: ClassDescriptor
) -> CapturedLink:
    """A link that can do what `link` can, and goes into a capture."""
    if not isinstance(link, ControlPipe):
        return CapturedLink(link, capture, features, name, descriptor)
    over_usb = CapturedUsbLink(link, capture, features, name, descriptor)
    over_usb.pipe = link
    return over_usb


def command_name(message: bytes) -> str:
    """The name of a CCID message."""
    try:
        return type(decode(message)).__name__
    except FrameError:
        return "bytes"


class ReplayLink:
    """A recorded reader as a link."""

    def __init__(self, dialogue: Dialogue, line: str) -> None:
        self._dialogue = dialogue
        self._recorded = line

    def send(self, message: bytes) -> None:
        self._dialogue.send(self._recorded, message, command_name)

    def receive(self, timeout: float) -> bytes | None:  # noqa: ARG002 - no time passes in a recording
        return self._dialogue.receive(self._recorded) or None

    def listen(self, timeout: float) -> bytes | None:  # noqa: ARG002
        return self._dialogue.receive(self._recorded, lambda message: message[0] in INTERRUPT) or None

    def close(self) -> None:
        """Nothing is held."""


def described(
    interface: CaptureInterface, packets: Iterable[Packet]
) -> tuple[ClassDescriptor, tuple[int, ...]]:
    """The class descriptor of a recorded reader, and dwFeatures of each slot."""
    for packet in packets:
        urb = Urb.parse(packet.data)
        if urb.transfer is Transfer.CONTROL and urb.complete and urb.data[1:2] == b"\x02":
            # A host first asks for the head of the configuration alone, which gives the length of the whole.
            said = find(urb.data)
            if said is not None:
                everywhere = (said.features,) * (said.max_slot_index + 1)
                return said, _dw_features(interface.description) or everywhere
    raise FrameError(NO_DESCRIPTOR)


def _dw_features(description: str) -> tuple[int, ...]:
    """What `CapturedLink` wrote into the description; nothing where other software did."""
    word, *features = description.split(" ")
    if word != DW_FEATURES or not all(FEATURES.fullmatch(each) for each in features):
        return ()
    return tuple(int(each, 16) for each in features)


class CcidLines:
    """The lines of CCID readers, captured as USB packets whatever carries them."""

    def captured(self, line: CcidLine, capture: Capture, name: str) -> CcidLine:
        return replace(line, link=captured(line.link, capture, line.features, name, line.descriptor))

    def replayed(self, recorded: RecordedLine) -> CcidLine:
        descriptor, features = described(recorded.interface, recorded.packets)
        return CcidLine(ReplayLink(recorded.dialogue, recorded.name), features, descriptor)


LINES = CcidLines()


def replay(path: Path, name: str = NAME) -> CcidLine:
    """Open a recorded CCID reader by the name that it was captured under."""
    interface, packets = recorded(path, name)
    turns = [usbmon.turn(packet, name, number) for number, packet in enumerate(packets, 1)]
    link = ReplayLink(Dialogue(filter(None, turns), f"interface {name} of {path}"), name)
    descriptor, features = described(interface, packets)
    return CcidLine(link, features, descriptor)
