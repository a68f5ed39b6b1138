"""CCID over the endpoints of a USB device (USB CCID rev 1.1, 3 and 5.3): device end, host end, descriptors.

1. A message is the data of one bulk transfer, as it is. A packet shorter than wMaxPacketSize ends a transfer;
   behind a message of whole packets comes an empty one.
2. A transfer that ends before dwLength says so, or goes beyond it, is answered as a wrong dwLength (bError 1).
3. Notifications wait for the interrupt endpoint; ABORT comes on the control pipe.
4. What a device does not know on its control pipe is a `Stall`, and so is an endpoint that it does not have.
"""

import struct
from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

from terminal_drivers.base import FrameError, Misuse, ReaderLost
from terminal_drivers.control_pipe import (
    CLASS_TYPE,
    IN,
    TYPE_BITS,
    Identity,
    Setup,
    Stall,
    StandardRequests,
    configuration,
)
from terminal_drivers.readers.ccid.codec import HEADER, data_length
from terminal_drivers.readers.ccid.virtual import VirtualCcid

BULK_OUT, BULK_IN, INTERRUPT_IN = 0x01, 0x82, 0x83
PACKET, INTERRUPT_PACKET, INTERRUPT_INTERVAL = 64, 8, 0x10
ABORT, GET_CLOCK_FREQUENCIES, GET_DATA_RATES = 1, 2, 3
CLASS_OUT, CLASS_IN = 0x21, 0xA1

GEMPC_TWIN = Identity(0x08E6, 0x3437, strings=("terminal-sim", "Virtual CCID reader", "0001"))
"""A reader that libccid knows."""


def configuration_descriptor(class_descriptor: bytes) -> bytes:
    """One configuration, one interface of class 0B, the class descriptor, three endpoints."""
    interface = struct.pack("<9B", 9, 4, 0, 0, 3, 0x0B, 0, 0, 0)
    bulk = b"".join(struct.pack("<BBBBHB", 7, 5, each, 2, PACKET, 0) for each in (BULK_OUT, BULK_IN))
    last = struct.pack("<BBBBHB", 7, 5, INTERRUPT_IN, 3, INTERRUPT_PACKET, INTERRUPT_INTERVAL)
    return configuration(interface + class_descriptor + bulk + last)


class CcidUsbDevice:
    """The device end: the carrier of the transfers calls it, and it never waits."""

    def __init__(self, reader: VirtualCcid, identity: Identity = GEMPC_TWIN) -> None:
        self._reader = reader
        self.identity = identity
        self._standard = StandardRequests(identity, lambda: self.configuration_descriptor, self._forget)
        self._out = b""
        self._in: deque[bytes] = deque()
        self._rest = b""
        self._empty_packet = False
        self._interrupts: deque[bytes] = deque()

    @property
    def device_descriptor(self) -> bytes:
        return self.identity.device_descriptor()

    @property
    def configuration_descriptor(self) -> bytes:
        return configuration_descriptor(self._reader.descriptor.build())

    def transfer_out(self, endpoint: int, data: bytes) -> None:
        """Take a transfer to the endpoint of that number; `Stall` where there is none."""
        if endpoint != BULK_OUT:
            raise Stall(f"there is no OUT endpoint {endpoint}")
        self.bulk_out(data)

    def transfer_in(self, endpoint: int, most: int) -> bytes | None:
        """Hand over a transfer from the endpoint of that number; None where nothing waits, `Stall` where there is none."""
        if endpoint | IN == BULK_IN:
            return self.bulk_in(most)
        if endpoint | IN == INTERRUPT_IN:
            return self.interrupt()
        raise Stall(f"there is no IN endpoint {endpoint}")

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
        request = Setup.parse(setup)
        if request.kind & TYPE_BITS == CLASS_TYPE:
            return self._class_request(request)[: request.length]
        return self._standard.answer(request)

    def _class_request(self, setup: Setup) -> bytes:
        descriptor = self._reader.descriptor
        if (setup.kind, setup.request) == (CLASS_OUT, ABORT):
            self._reader.abort(setup.value & 0xFF, setup.value >> 8)
            return b""
        if (setup.kind, setup.request) == (CLASS_IN, GET_CLOCK_FREQUENCIES):
            return descriptor.default_clock.to_bytes(4, "little")
        if (setup.kind, setup.request) == (CLASS_IN, GET_DATA_RATES):
            return descriptor.data_rate.to_bytes(4, "little")
        raise Stall(f"class request {setup.request:02X} is unknown to a CCID")

    def _forget(self) -> None:
        """Empty the endpoints and drop every answer: a new configuration begins with none."""
        self._reader.reset()
        self._out = self._rest = b""
        self._in.clear()
        self._interrupts.clear()
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
