"""A line over TCP: the end that connects to a reader, and a virtual device that is served on loopback.

1. A frame is one write and leaves at once (TCP_NODELAY): two writes would wait for each other's acknowledgement.
2. Card data crosses this line in clear, so an address beyond loopback must be allowed on purpose; our own server
   never listens beyond it.
3. With `quick_ack` what arrives is acknowledged before the read, as a peer needs that sends a frame in two
   writes (vpcd does: 44 ms a frame otherwise).
"""

import ipaddress
import socket
from collections.abc import Callable

from terminal_drivers.base import CardRemoved, LineDevice, Misuse, ReaderLost, Transport, UnsafeAddress
from terminal_drivers.transports.listening import LOOPBACK, ListeningSocket
from terminal_drivers.transports.turns import Turns, check_platform

CONNECT_TIMEOUT = 5.0
WRITE_TIMEOUT = 5.0
CHUNK = 4096
QUICK_ACK: int | None = getattr(socket, "TCP_QUICKACK", None)  # Linux


class TcpTransport:
    """A connected stream socket."""

    def __init__(self, connected: socket.socket, *, quick_ack: bool = False) -> None:
        self._socket: socket.socket | None = connected
        self._quick_ack = QUICK_ACK if quick_ack else None
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def read(self, n: int, timeout: float) -> bytes:
        line = self._open()
        try:
            if self._quick_ack is not None:
                # The kernel forgets it again: it is a hint for the next acknowledgement only.
                line.setsockopt(socket.IPPROTO_TCP, self._quick_ack, 1)
            line.settimeout(timeout)
            data = line.recv(n)
        except (TimeoutError, BlockingIOError):
            return b""
        except OSError as error:
            raise ReaderLost(f"the connection is gone: {error}") from error
        if not data:
            raise ReaderLost("the far end has closed the connection")
        return data

    def write(self, data: bytes) -> None:
        line = self._open()
        try:
            line.settimeout(WRITE_TIMEOUT)
            line.sendall(data)
        except OSError as error:
            raise ReaderLost(f"the connection is gone: {error}") from error

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _open(self) -> socket.socket:
        if self._socket is None:
            raise Misuse("this connection is closed: open it again")
        return self._socket


def _connected(host: str, port: int, beyond_loopback: bool) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # a name with an empty or too long part is not even looked up
        raise ReaderLost(f"there is no host {host}: {error}") from error
    fault: OSError | None = None
    for family, kind, protocol, _, address in found:
        if not beyond_loopback:
            _require_loopback(host, address[0])
        opened = socket.socket(family, kind, protocol)
        try:
            opened.settimeout(CONNECT_TIMEOUT)
            opened.connect(address)
        except OSError as error:
            opened.close()
            fault = error
        else:
            return opened
    raise ReaderLost(f"no server answers at {host}:{port}: {fault}")


def check_this_machine(host: str) -> None:
    """Raises `UnsafeAddress` where a host that can be found is not this machine."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return  # whoever connects to it says so
    for _, _, _, _, address in found:
        _require_loopback(host, address[0])


def _require_loopback(host: str, address: str | int) -> None:
    if not ipaddress.ip_address(address).is_loopback:
        raise UnsafeAddress(
            f"{host} is not this machine, and card data would cross the network in clear:"
            " allow it on purpose, with ?beyond=loopback behind the address"
        )


def connect(host: str, port: int, *, beyond_loopback: bool = False, quick_ack: bool = False) -> TcpTransport:
    """Connect to a reader. `UnsafeAddress`: not on loopback and not allowed; `ReaderLost`: no server listens there."""
    return TcpTransport(_connected(host, port, beyond_loopback), quick_ack=quick_ack)


class TcpLine:
    """A device of ours behind a socket until `close`: `port` is served on loopback to one host at a time, which
    may come back; with `call` the device connects to its host instead.

    One thread moves bytes; the lock makes `act` and the device take turns. `CardRemoved` from the device hangs up.
    """

    def __init__(
        self, device: LineDevice, port: int = 0, *, quick_ack: bool = False, call: str | None = None
    ) -> None:
        check_platform()
        self._device = device
        self._quick_ack = QUICK_ACK if quick_ack else None
        self._server: ListeningSocket | None = None
        host: socket.socket | None = None
        if call is None:
            self._server = ListeningSocket(port, backlog=1)
            port = self._server.address[1]
        else:
            host = _connected(call, port, False)
            host.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            host.setblocking(False)
        self.port = port
        self._turns = Turns(f"device at port {port}", lambda: self._serve(host))
        self._turns.start()

    def open(self) -> Transport:
        return connect(LOOPBACK, self.port)

    def act(self, what: Callable[[], None]) -> None:
        self._turns.act(what)

    def close(self) -> None:
        self._turns.close()
        if self._server is not None:
            self._server.close()

    def _serve(self, host: socket.socket | None) -> None:
        said = b""
        self._watch(host)
        while True:
            readable = self._turns.wait()
            with self._turns.lock:
                if self._turns.is_over(readable):
                    break
                if host is None and self._server is not None and self._server.fileno() in readable:
                    host = self._accepted(self._server)
                if host is None:
                    continue
                try:
                    if host.fileno() in readable:
                        self._device.feed(self._received(host))
                    said += self._device.take()
                    if said:
                        said = said[host.send(said) :]
                except BlockingIOError:
                    pass  # the host reads slowly: `wait` returns when there is room
                except (OSError, CardRemoved):
                    self._turns.forget(host.fileno())
                    host.close()
                    # What the device said to one host does not reach the next.
                    host, said = None, b""
                self._watch(host, writes=bool(said))
        if host is not None:
            host.close()

    def _watch(self, host: socket.socket | None, *, writes: bool = False) -> None:
        """Watch the connection to the host, or the listening socket where no host is connected."""
        watched = self._server if host is None else host
        if watched is not None:
            self._turns.watch(watched.fileno(), writes=writes)

    def _accepted(self, server: ListeningSocket) -> socket.socket | None:
        """One host at a time: the others wait at the port until this one has left."""
        host = server.accept()
        if host is not None:
            host.setblocking(False)
            self._turns.forget(server.fileno())
        return host

    def _received(self, host: socket.socket) -> bytes:
        if self._quick_ack is not None:
            host.setsockopt(socket.IPPROTO_TCP, self._quick_ack, 1)
        data = host.recv(CHUNK)
        if not data:
            raise ConnectionResetError
        return data
