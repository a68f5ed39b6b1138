"""The server side of USB/IP, which lends a virtual USB device to other hosts (Linux, Documentation/usb/usbip_protocol.rst).

1. Only loopback is served. One thread carries the transfers; a lock makes `act` and the device take turns.
2. All fields are big-endian. A list request is answered and the connection goes on; after an import it carries URBs.
   One host at a time has the device, and each one finds it without a configuration.
3. An IN transfer waits until its endpoint has something or it is unlinked; nothing else waits.
4. Lengths come from the peer: one beyond `LONGEST` ends the connection.
5. A flood of connections takes neither all descriptors of the process nor the device: at most `MOST_CONNECTIONS` stay open.
"""

import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from terminal_drivers.base import DriverError, FrameError
from terminal_drivers.transports.listening import ListeningSocket
from terminal_drivers.transports.turns import Turns, check_platform

VERSION = 0x0111
OP_LIST, OP_IMPORT, OP_REPLY = 0x8005, 0x8003, 0x7FFF
SUBMIT, UNLINK, SUBMITTED, UNLINKED = 1, 2, 3, 4
FULL_SPEED = 2
SLOWEST_PEER = 5.0  # seconds for a peer to take what is sent
BUS, DEVICE, BUS_ID = 1, 1, b"1-1"
PIPE_ERROR, OVERFLOW, CONNECTION_RESET = -32, -75, -104
"""What Linux calls a stall, more than there is room for, and a transfer that was given up."""
NO_DEVICE, BUSY = 1, 2  # status of a failed import

OPERATION = struct.Struct(">HHI")
RECORD = struct.Struct(">256s32sIIIHHHBBBBBB")
INTERFACE = struct.Struct(">BBBx")
SUBMISSION = struct.Struct(">IIIIIIIiiI8s")
REPLY = struct.Struct(">IIIIIiIiiI8x")
UNLINK_REPLY = struct.Struct(">IIIIIi24x")

LONGEST = 1 << 17
MOST_CONNECTIONS = 16
CHUNK = 1 << 16
GET_DEVICE, GET_CONFIGURATION = bytes.fromhex("8006000100001200"), bytes.fromhex("800600020000FF00")
NO_CONFIGURATION = bytes.fromhex("0009000000000000")


class UsbDevice(Protocol):
    """The device end of a USB device; it never waits. A `DriverError` is a stall."""

    def control(self, setup: bytes, data: bytes = b"") -> bytes:
        """Run one control transfer."""
        ...

    def transfer_out(self, endpoint: int, data: bytes) -> None:
        """Take one transfer to an endpoint, by its number without direction."""
        ...

    def transfer_in(self, endpoint: int, most: int) -> bytes | None:
        """Hand over one transfer of an endpoint, for which the host has room for `most` bytes; None where nothing waits."""
        ...


@dataclass(slots=True)
class _Urb:
    """An IN transfer that waits."""

    sequence: int
    endpoint: int
    room: int


@dataclass(slots=True)
class _Connection:
    peer: socket.socket
    received: bytes = b""
    imported: bool = False
    waiting: list[_Urb] = field(default_factory=list)


class UsbIpServer:
    """Serves one device on a port of loopback until `close`; port 0 takes a free one, `Misuse` says that it is taken."""

    def __init__(self, device: UsbDevice, port: int = 0) -> None:
        self._device = device
        check_platform()
        self._server = ListeningSocket(port)
        self.port = self._server.address[1]
        self._connections: list[_Connection] = []
        self._turns = Turns(f"USB/IP server on port {self.port}", self._serve)
        self._turns.watch(self._server.fileno())
        self._turns.start()

    @property
    def attachment(self) -> str:
        """What plugs the device into a Linux host (usbip(8))."""
        return (
            "# to plug it in: sudo modprobe vhci-hcd\n"
            f"usbip --tcp-port {self.port} attach --remote 127.0.0.1 --busid {BUS_ID.decode()}\n"
        )

    def act(self, what: Callable[[], None]) -> None:
        """Run `what`, which changes the device, while no transfer runs; then complete what waits for it."""
        self._turns.act(what)

    def close(self) -> None:
        """Unplug the device: every connection ends."""
        self._turns.close()
        for each in self._connections:
            each.peer.close()
        self._server.close()

    def _serve(self) -> None:
        while True:
            readable = self._turns.wait()
            with self._turns.lock:
                if self._turns.is_over(readable):
                    return
                for connection in list(self._connections):
                    self._carry(connection, has_more=connection.peer.fileno() in readable)
                if self._server.fileno() in readable:
                    self._accept()

    def _accept(self) -> None:
        """The oldest connection that has not imported the device makes room for a new one."""
        peer = self._server.accept()
        if peer is None:
            return
        peer.settimeout(SLOWEST_PEER)
        if len(self._connections) == MOST_CONNECTIONS:
            self._drop(next(one for one in self._connections if not one.imported))
        self._turns.watch(peer.fileno())
        self._connections.append(_Connection(peer))

    def _carry(self, connection: _Connection, *, has_more: bool) -> None:
        try:
            if has_more:
                data = connection.peer.recv(CHUNK)
                if not data:
                    raise ConnectionResetError
                connection.received += data
                while self._take(connection):
                    pass
            self._complete(connection)
        except (OSError, FrameError):
            self._drop(connection)

    def _drop(self, connection: _Connection) -> None:
        self._turns.forget(connection.peer.fileno())
        connection.peer.close()
        self._connections.remove(connection)

    # Messages.

    def _take(self, connection: _Connection) -> bool:
        """Do one message, if a whole one is there."""
        data = connection.received
        used = self._urb(connection, data) if connection.imported else self._operation(connection, data)
        connection.received = data[used:]
        return used > 0

    def _operation(self, connection: _Connection, data: bytes) -> int:
        if len(data) < OPERATION.size:
            return 0
        version, code, _ = OPERATION.unpack_from(data)
        if version != VERSION or code not in (OP_LIST, OP_IMPORT):
            raise FrameError(f"no USB/IP request: version {version:04X}, code {code:04X}")
        head = struct.pack(">HH", VERSION, code & OP_REPLY)
        if code == OP_LIST:
            record, interfaces = self._describe()
            connection.peer.sendall(head + struct.pack(">II", 0, 1) + record + interfaces)
            return OPERATION.size
        size = OPERATION.size + 32
        if len(data) < size:
            return 0
        if data[OPERATION.size : size].rstrip(b"\0") != BUS_ID:
            connection.peer.sendall(head + struct.pack(">I", NO_DEVICE))
        elif any(one.imported for one in self._connections):
            connection.peer.sendall(head + struct.pack(">I", BUSY))
        else:
            connection.imported = True
            self._device.control(NO_CONFIGURATION)
            connection.peer.sendall(head + struct.pack(">I", 0) + self._describe()[0])
        return size

    def _describe(self) -> tuple[bytes, bytes]:
        """The device's record, and its interfaces."""
        device = self._device.control(GET_DEVICE)
        configuration = self._device.control(GET_CONFIGURATION)
        vendor, product, release = struct.unpack_from("<HHH", device, 8)
        record = RECORD.pack(
            b"/sys/devices/virtual/" + BUS_ID, BUS_ID, BUS, DEVICE, FULL_SPEED, vendor, product, release,
            *device[4:7], configuration[5], device[17], configuration[4],
        )  # fmt: skip
        interfaces, at = b"", 0
        while at < len(configuration) and configuration[at]:
            if configuration[at + 1] == 4:
                interfaces += INTERFACE.pack(*configuration[at + 5 : at + 8])
            at += configuration[at]
        return record, interfaces

    def _urb(self, connection: _Connection, data: bytes) -> int:
        if len(data) < SUBMISSION.size:
            return 0
        command, sequence, _, is_in, endpoint, _, length, _, _, _, setup = SUBMISSION.unpack_from(data)
        if command == UNLINK:
            # The number of the transfer that is given up stands where the flags of a submission are.
            self._unlink(connection, sequence, SUBMISSION.unpack_from(data)[5])
            return SUBMISSION.size
        if command != SUBMIT or length > LONGEST or is_in not in (0, 1):
            raise FrameError(f"no USB/IP command: {command:08X} with {length} bytes")
        size = SUBMISSION.size + (0 if is_in else length)
        if len(data) < size:
            return 0
        sent = data[SUBMISSION.size : size]
        if not endpoint:
            self._control(connection, sequence, setup, sent, is_in=bool(is_in))
        elif is_in:
            connection.waiting.append(_Urb(sequence, endpoint, length))
        else:
            self._out(connection, sequence, endpoint, sent)
        return size

    def _out(self, connection: _Connection, sequence: int, endpoint: int, sent: bytes) -> None:
        try:
            self._device.transfer_out(endpoint, sent)
        except DriverError:
            _done(connection, sequence, PIPE_ERROR, 0)
            return
        _done(connection, sequence, 0, len(sent))

    def _control(
        self, connection: _Connection, sequence: int, setup: bytes, sent: bytes, *, is_in: bool
    ) -> None:
        try:
            answer = self._device.control(setup, sent)
        except DriverError:
            _done(connection, sequence, PIPE_ERROR, 0)
            return
        _done(connection, sequence, 0, len(answer) if is_in else len(sent), answer if is_in else b"")

    def _unlink(self, connection: _Connection, sequence: int, given_up: int) -> None:
        left = [urb for urb in connection.waiting if urb.sequence != given_up]
        status = CONNECTION_RESET if len(left) < len(connection.waiting) else 0
        connection.waiting = left
        connection.peer.sendall(UNLINK_REPLY.pack(UNLINKED, sequence, 0, 0, 0, status))

    def _complete(self, connection: _Connection) -> None:
        """Hand over what the endpoints have, each in the order in which it was asked for."""
        dry: set[int] = set()
        for urb in list(connection.waiting):
            if urb.endpoint in dry:
                continue
            try:
                data = self._device.transfer_in(urb.endpoint, urb.room)
            except DriverError:
                data, status = b"", PIPE_ERROR
            else:
                status = 0
            if data is None:
                dry.add(urb.endpoint)
                continue
            if len(data) > urb.room:
                # Its host has no place for it: the kernel gives the whole connection up over a reply that is too long.
                data, status = b"", OVERFLOW
            connection.waiting.remove(urb)
            _done(connection, urb.sequence, status, len(data), data)


def _done(connection: _Connection, sequence: int, status: int, length: int, data: bytes = b"") -> None:
    connection.peer.sendall(REPLY.pack(SUBMITTED, sequence, 0, 0, 0, status, length, 0, 0, 0) + data)
