"""A host link over TCP and the acquirer's end of it, both on one thread: the test says when the acquirer reads and answers."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from terminal_sim.host.acquirer import Acquirer
from terminal_sim.host.link import Arrival

HEADER = 2  # bytes of length before each message
WAIT = 10.0  # seconds until a test that waits in vain fails


def framed(message: bytes) -> bytes:
    return len(message).to_bytes(HEADER, "big") + message


class Frames:
    """Messages in a stream of bytes, whole ones only."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> None:
        self._buffer += data

    def take(self) -> bytes | None:
        end = HEADER + int.from_bytes(self._buffer[:HEADER], "big")
        if len(self._buffer) < max(end, HEADER):
            return None
        message, self._buffer = self._buffer[HEADER:end], self._buffer[end:]
        return message


class TcpLink:
    """A `HostLink`: one connection, made with the first message. What comes is held until `receive`."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.up = True
        self.slow = 0
        self._address = address
        self._socket: socket.socket | None = None
        self._frames = Frames()

    def send(self, message: bytes) -> Sequence[Arrival]:
        try:
            if self._socket is None:
                self._socket = socket.create_connection(self._address, WAIT)
        except OSError:
            return [Arrival(problem="unreachable")]
        self._socket.sendall(framed(message))
        return ()

    def release(self) -> None:
        """Nothing waits: what was sent has left."""

    def receive(self) -> Sequence[Arrival]:
        if self._socket is not None:
            self._socket.setblocking(False)
            try:
                while data := self._socket.recv(4096):
                    self._frames.feed(data)
            except BlockingIOError:
                pass
            finally:
                self._socket.settimeout(WAIT)
        arrived = []
        while (message := self._frames.take()) is not None:
            arrived.append(Arrival(delay=self.slow, message=message))
        return arrived

    def await_bytes(self) -> None:
        """Blocks until bytes are there to be received. Raises `TimeoutError`."""
        if self._socket is None:
            raise LookupError("nothing was sent")
        self._socket.recv(1, socket.MSG_PEEK)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()


class TcpAcquirer:
    """The acquirer behind a listening socket on 127.0.0.1; it takes one connection."""

    def __init__(self, acquirer: Acquirer) -> None:
        self._acquirer = acquirer
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(WAIT)
        self._connection: socket.socket | None = None
        self._frames = Frames()

    @property
    def address(self) -> tuple[str, int]:
        host, port = self._listening.getsockname()
        return str(host), int(port)

    def answer(self) -> list[bytes]:
        """Reads one request and returns the frame of its reply, unsent and in two parts; nothing where the acquirer is silent."""
        if self._connection is None:
            self._connection, _ = self._listening.accept()
            self._connection.settimeout(WAIT)
        while (request := self._frames.take()) is None:
            data = self._connection.recv(4096)
            if not data:
                raise ConnectionError("the terminal hung up")
            self._frames.feed(data)
        reply = self._acquirer.respond(request).reply
        if reply is None:
            return []
        frame = framed(reply)
        return [frame[: len(frame) // 2], frame[len(frame) // 2 :]]

    def send(self, data: bytes) -> None:
        if self._connection is None:
            raise LookupError("no terminal has connected")
        self._connection.sendall(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for one in (self._connection, self._listening):
            if one is not None:
                one.close()
