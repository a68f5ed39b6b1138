"""CCID over the endpoints of a USB device (USB CCID rev 1.1, 3 and 5.3): device end, host end, descriptors.

1. A message is the data of one bulk transfer, as it is. A packet shorter than wMaxPacketSize ends a transfer;
   behind a message of whole packets comes an empty one.
2. A transfer that ends before dwLength says so, or goes beyond it, is answered as a wrong dwLength (bError 1).
3. Notifications wait for the interrupt endpoint; ABORT comes on the control pipe.
4. What a device does not know on its control pipe is a `Stall`.
"""

import struct
from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

from terminal_drivers.base import DriverError, FrameError, Misuse, ReaderLost
from terminal_drivers.readers.ccid.codec import HEADER, data_length, encode
from terminal_drivers.readers.ccid.messages import CommandStatus, IccStatus, SlotStatus, status
from terminal_drivers.readers.ccid.slot import AT_LENGTH
from terminal_drivers.readers.ccid.virtual import VirtualCcid

BULK_OUT, BULK_IN, INTERRUPT_IN = 0x01, 0x82, 0x83
PACKET, INTERRUPT_PACKET, INTERRUPT_INTERVAL = 64, 8, 0x10
LANGUAGE = 0x0409

GET_STATUS, CLEAR_FEATURE, GET_DESCRIPTOR = 0, 1, 6
GET_CONFIGURATION, SET_CONFIGURATION, GET_INTERFACE, SET_INTERFACE = 8, 9, 10, 11
ABORT, GET_CLOCK_FREQUENCIES, GET_DATA_RATES = 1, 2, 3
DEVICE, CONFIGURATION, STRING = 1, 2, 3
CLASS_OUT, CLASS_IN = 0x21, 0xA1
TYPE_BITS, CLASS_TYPE = 0x60, 0x20
ENDPOINT_HALT = 0


class Stall(DriverError):
    """The device does not know this request of the control pipe."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What the device descriptor says: who made it. The default is a reader that libccid knows."""

    vendor: int = 0x08E6
    product: int = 0x3437
    release: int = 0x0200
    strings: tuple[str, str, str] = ("terminal-sim", "Virtual CCID reader", "0001")
    """Manufacturer, product and serial number."""

    def device_descriptor(self) -> bytes:
        head = struct.pack("<BBHBBBB", 18, DEVICE, 0x0200, 0, 0, 0, PACKET)
        return head + struct.pack("<HHHBBBB", self.vendor, self.product, self.release, 1, 2, 3, 1)


def configuration_descriptor(class_descriptor: bytes) -> bytes:
    """One configuration, one interface of class 0B, the class descriptor, three endpoints."""
    interface = struct.pack("<9B", 9, 4, 0, 0, 3, 0x0B, 0, 0, 0)
    bulk = b"".join(struct.pack("<BBBBHB", 7, 5, each, 2, PACKET, 0) for each in (BULK_OUT, BULK_IN))
    last = struct.pack("<BBBBHB", 7, 5, INTERRUPT_IN, 3, INTERRUPT_PACKET, INTERRUPT_INTERVAL)
    body = interface + class_descriptor + bulk + last
    return struct.pack("<BBHBBBBB", 9, CONFIGURATION, 9 + len(body), 1, 1, 0, 0x80, 50) + body


@dataclass(frozen=True, slots=True)
class _Setup:
    kind: int
    request: int
    value: int
    index: int
    length: int


class CcidUsbDevice:
    """The device end: whoever carries the transfers calls it, and it never waits."""

    def __init__(self, reader: VirtualCcid, identity: Identity | None = None) -> None:
        self._reader = reader
        self.identity = Identity() if identity is None else identity
        self._out = b""
        self._in: deque[bytes] = deque()
        self._rest = b""
        self._empty_packet = False
        self._interrupts: deque[bytes] = deque()
        self._configured = 0

    @property
    def device_descriptor(self) -> bytes:
        return self.identity.device_descriptor()

    @property
    def configuration_descriptor(self) -> bytes:
        return configuration_descriptor(self._reader.descriptor.build())

    def bulk_out(self, data: bytes) -> None:
        """Take a transfer to the bulk OUT endpoint, or some packets of one."""
        self._out += data
        ended = len(data) % PACKET != 0 or not data
        if len(self._out) < HEADER:
            if ended:
                self._out = b""  # less than a header: there is no bSeq to answer
            return
        try:
            size = HEADER + data_length(self._out, self._reader.descriptor.max_message - HEADER)
        except FrameError:
            size = 0
            self._out = self._out[:HEADER]  # the rest of the transfer is not kept, only waited for
        if not ended and (not size or len(self._out) < size):
            return
        message, self._out = self._out, b""
        if len(message) != size:
            failed = status(IccStatus.INACTIVE, CommandStatus.FAILED)
            self._in.append(encode(SlotStatus(message[5], message[6], failed, AT_LENGTH, 0)))
        else:
            self._in.extend(self._reader.answers(message))

    def bulk_in(self, most: int) -> bytes | None:
        """Hand over at most `most` bytes of the next message; None where nothing waits (the device NAKs)."""
        if not self._rest:
            if self._empty_packet:
                self._empty_packet = False
                return b""
            self._in.extend(self._reader.late_answers())
            if not self._in:
                return None
            self._rest = self._in.popleft()
        data, self._rest = self._rest[:most], self._rest[most:]
        # The transfer ends by itself where the host has room for more than comes.
        self._empty_packet = not self._rest and len(data) == most and most % PACKET == 0
        return data

    def interrupt(self) -> bytes | None:
        """Hand over the next notification; None where nothing waits."""
        self._interrupts.extend(self._reader.notifications())
        return self._interrupts.popleft() if self._interrupts else None

    def control(self, setup: bytes, data: bytes = b"") -> bytes:  # noqa: ARG002 - no request has OUT data
        """Run one control transfer: 8 setup bytes, the data of its OUT stage; return the data of its IN
        stage.
        """
        if len(setup) != 8:
            raise Misuse("a setup packet has 8 bytes")
        request = _Setup(*struct.unpack("<BBHHH", setup))
        kind = request.kind & TYPE_BITS
        if kind == CLASS_TYPE:
            return self._class_request(request)[: request.length]
        if kind:
            raise Stall(f"request {request.request:02X} of a vendor is unknown")
        return self._standard_request(request)[: request.length]

    def _class_request(self, setup: _Setup) -> bytes:
        descriptor = self._reader.descriptor
        if (setup.kind, setup.request) == (CLASS_OUT, ABORT):
            self._reader.abort(setup.value & 0xFF, setup.value >> 8)
            return b""
        if (setup.kind, setup.request) == (CLASS_IN, GET_CLOCK_FREQUENCIES):
            return descriptor.default_clock.to_bytes(4, "little")
        if (setup.kind, setup.request) == (CLASS_IN, GET_DATA_RATES):
            return descriptor.data_rate.to_bytes(4, "little")
        raise Stall(f"class request {setup.request:02X} is unknown to a CCID")

    def _standard_request(self, setup: _Setup) -> bytes:
        if setup.request == GET_DESCRIPTOR and setup.kind & 0x80:
            return self._descriptor(setup.value >> 8, setup.value & 0xFF)
        if setup.request == GET_STATUS and setup.kind & 0x80:
            return b"\0\0"
        if setup.request == GET_CONFIGURATION and setup.kind & 0x80:
            return bytes((self._configured,))
        if setup.request == GET_INTERFACE and setup.kind & 0x80:
            return b"\0"
        if setup.request == SET_CONFIGURATION and setup.value in (0, 1):
            self._configured = setup.value
            self._forget()
            return b""
        if setup.request == SET_INTERFACE and not setup.value:
            self._forget()
            return b""
        if setup.request == CLEAR_FEATURE and setup.value == ENDPOINT_HALT:
            return b""
        raise Stall(f"standard request {setup.request:02X} with value {setup.value:04X} is unknown")

    def _descriptor(self, kind: int, number: int) -> bytes:
        if kind == DEVICE:
            return self.device_descriptor
        if kind == CONFIGURATION and not number:
            return self.configuration_descriptor
        if kind == STRING and number <= len(self.identity.strings):
            text = self.identity.strings[number - 1].encode("utf-16-le") if number else b""
            body = text if number else LANGUAGE.to_bytes(2, "little")
            return bytes((2 + len(body), STRING)) + body
        raise Stall(f"there is no descriptor {kind:02X} number {number}")

    def _forget(self) -> None:
        """A new configuration begins with empty endpoints."""
        self._out = self._rest = b""
        self._in.clear()
        self._empty_packet = False


class Pipes(Protocol):
    """The host end of a USB device's endpoints. A device that is gone raises `ReaderLost`."""

    def bulk_out(self, data: bytes) -> None:
        """Send one bulk OUT transfer, and the empty packet where it is due."""
        ...

    def bulk_in(self, most: int, timeout: float) -> bytes | None:
        """Return one bulk IN transfer of at most `most` bytes; None after `timeout` s without one."""
        ...

    def interrupt_in(self, timeout: float) -> bytes | None:
        """Return one interrupt transfer; None after `timeout` s without one."""
        ...

    def control(self, setup: bytes, data: bytes = b"") -> bytes:
        """Run one control transfer."""
        ...

    def close(self) -> None: ...


@dataclass(slots=True)
class DirectPipes:
    """The pipes of a device in the same process; no time passes on them."""

    device: CcidUsbDevice
    closed: bool = field(default=False, init=False)

    def _open(self) -> CcidUsbDevice:
        if self.closed:
            raise Misuse("these pipes are closed: open the device again")
        return self.device

    def bulk_out(self, data: bytes) -> None:
        device = self._open()
        device.bulk_out(data)
        if len(data) % PACKET == 0:
            device.bulk_out(b"")

    def bulk_in(self, most: int, timeout: float) -> bytes | None:  # noqa: ARG002 - no time passes
        return self._open().bulk_in(most)

    def interrupt_in(self, timeout: float) -> bytes | None:  # noqa: ARG002 - no time passes
        return self._open().interrupt()

    def control(self, setup: bytes, data: bytes = b"") -> bytes:
        return self._open().control(setup, data)

    def close(self) -> None:
        self.closed = True


STALE_TRANSFERS = 64


class CcidUsbLink:
    """The host end: carries CCID messages over the pipes of a device."""

    def __init__(self, pipes: Pipes, max_message: int) -> None:
        self._pipes = pipes
        self._max_message = max_message

    def send(self, message: bytes) -> None:
        """Send one command. What waits on bulk IN can be no answer to it and goes."""
        if len(message) > self._max_message:
            raise Misuse(f"this reader takes messages of at most {self._max_message} bytes")
        for _ in range(STALE_TRANSFERS):
            if self._pipes.bulk_in(self._room, 0) is None:
                break
        else:
            raise ReaderLost("the reader sends without being asked: unplug it and plug it in again")
        self._pipes.bulk_out(message)

    @property
    def _room(self) -> int:
        """More than any message, in whole packets: so each transfer ends with its message."""
        return (self._max_message // PACKET + 1) * PACKET

    def receive(self, timeout: float) -> bytes | None:
        """Return the next message; `FrameError` where a transfer is no message."""
        notification = self._pipes.interrupt_in(0)
        if notification is not None:
            return notification
        message = self._pipes.bulk_in(self._room, timeout)
        if message is None:
            return None
        if len(message) < HEADER or len(message) != HEADER + data_length(message, self._max_message - HEADER):
            raise FrameError(f"the reader sends {len(message)} bytes that are no CCID message")
        return message

    def listen(self, timeout: float) -> bytes | None:
        return self._pipes.interrupt_in(timeout)

    def abort(self, slot: int, seq: int) -> None:
        """Announce PC_to_RDR_Abort on the control pipe (5.3.1)."""
        self._pipes.control(struct.pack("<BBHHH", CLASS_OUT, ABORT, seq << 8 | slot, 0, 0))

    def close(self) -> None:
        self._pipes.close()
