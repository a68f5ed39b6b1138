"""USB packets as the Linux kernel's monitor records them (link type 220, USB_LINUX_MMAPPED), both ways.

1. A transfer is two records with the same id: it is submitted (`S`) and completes (`C`). Data goes out with the
   first and comes in with the second.
2. Wireshark learns from a recorded GET DESCRIPTOR what the packets of a device are; `enumeration` gives those
   three transfers.
3. The header is 64 bytes, written little-endian: a record does not show its byte order.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from terminal_drivers.base import FrameError
from terminal_drivers.captures.dialogue import Received, Sent
from terminal_drivers.captures.pcapng import Packet

HEADER = struct.Struct("<QBBBBHBBqiiII8siiII")
SUBMIT, COMPLETE = ord("S"), ord("C")
IN = 0x80
IN_PROGRESS = -115  # EINPROGRESS, the status of what is only submitted
PRESENT, NO_SETUP = 0, ord("-")
NO_DATA = {True: ord("<"), False: ord(">")}

BUS, DEVICE = 1, 2

GET_DESCRIPTOR, SET_CONFIGURATION = 6, 9
DESCRIPTOR_DEVICE, DESCRIPTOR_CONFIGURATION = 1, 2


class Transfer(IntEnum):
    """The kind of a transfer."""

    INTERRUPT = 1
    CONTROL = 2
    BULK = 3


@dataclass(frozen=True, slots=True)
class Urb:
    """One record: `endpoint` with bit 7 for IN; `setup` of a control transfer, else empty; `time` in ns."""

    number: int
    complete: bool
    transfer: Transfer
    endpoint: int
    data: bytes = b""
    setup: bytes = b""
    length: int = 0
    time: int = 0

    def build(self) -> bytes:
        seconds, rest = divmod(self.time, 10**9)
        head = HEADER.pack(
            self.number,
            COMPLETE if self.complete else SUBMIT,
            self.transfer,
            self.endpoint,
            DEVICE,
            BUS,
            PRESENT if self.setup else NO_SETUP,
            PRESENT if self.data else NO_DATA[bool(self.endpoint & IN)],
            seconds,
            rest // 1000,
            0 if self.complete else IN_PROGRESS,
            max(self.length, len(self.data)),
            len(self.data),
            self.setup,
            0,
            0,
            0,
            0,
        )
        return head + self.data

    @classmethod
    def parse(cls, record: bytes) -> "Urb":
        """Read one record; `FrameError` where it is none."""
        if len(record) < HEADER.size:
            raise FrameError("a USB record has a header of 64 bytes")
        (
            number,
            kind,
            transfer,
            endpoint,
            _,
            _,
            setup_flag,
            _,
            seconds,
            micro,
            _,
            length,
            captured,
            setup,
            *_,
        ) = HEADER.unpack_from(record)
        data = record[HEADER.size :]
        known = transfer in Transfer._value2member_map_ and kind in (SUBMIT, COMPLETE)
        if not known or captured != len(data):
            raise FrameError("this is no USB record of a control, bulk or interrupt transfer")
        return cls(
            number,
            kind == COMPLETE,
            Transfer(transfer),
            endpoint,
            data,
            setup if setup_flag == PRESENT else b"",
            length,
            seconds * 10**9 + micro * 1000,
        )


def transfer(
    number: int, kind: Transfer, endpoint: int, data: bytes, setup: bytes = b"", time: int = 0
) -> Iterator[Urb]:
    """Return the two records of a transfer that carries `data` in the direction of its endpoint."""
    inbound = bool(endpoint & IN)
    length = len(data)
    yield Urb(number, False, kind, endpoint, b"" if inbound else data, setup, length, time)
    yield Urb(number, True, kind, endpoint, data if inbound else b"", b"", length, time)


def enumeration(device: bytes, configuration: bytes, time: int = 0) -> Iterator[Urb]:
    """Return the transfers by which a host learns what a device is: its two descriptors, and SET CONFIGURATION."""
    for number, (kind, descriptor) in enumerate(
        ((DESCRIPTOR_DEVICE, device), (DESCRIPTOR_CONFIGURATION, configuration)), 1
    ):
        setup = struct.pack("<BBHHH", IN, GET_DESCRIPTOR, kind << 8, 0, len(descriptor))
        yield from transfer(number, Transfer.CONTROL, IN, descriptor, setup, time)
    setup = struct.pack("<BBHHH", 0, SET_CONFIGURATION, configuration[5], 0, 0)
    yield from transfer(3, Transfer.CONTROL, 0, b"", setup, time)


def turn(packet: Packet, line: str, place: int) -> Sent | Received | None:
    """Return the turn that a USB packet is: a command, received bytes, or None for neither; `FrameError`: no USB packet."""
    urb = Urb.parse(packet.data)
    if not urb.data or urb.transfer is Transfer.CONTROL:
        return None
    return Received(line, urb.data, place) if urb.endpoint & IN else Sent(line, urb.data, place)
