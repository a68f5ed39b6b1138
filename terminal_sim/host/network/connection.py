"""One connection of a terminal to its host, without waiting: each call does what can be done at once.

A message that waits for a connection that cannot be had was never sent. One of which a byte has left may have arrived: it counts
as sent, and so a connection that ends then is silence and not "unreachable".
"""

from __future__ import annotations

import socket
import ssl
from collections import deque
from enum import Enum
from errno import EISCONN
from time import monotonic
from typing import Any

from terminal_sim.host.link import CONNECT_TIMEOUT
from terminal_sim.host.network.framing import FrameBuffer, FramedMessage, Framing, FramingError

_PIECE = 65_536  # bytes that are read at once
_MICROS = 1_000_000


class Stage(Enum):
    """How far a connection is."""

    CONNECTING = "connecting"
    SECURING = "securing"  # the TLS handshake
    OPEN = "open"
    CLOSED = "closed"


class Connection:
    """Begins to connect when it is made. `why` says why it is closed, and `cut` has what came of a message that stayed unfinished."""

    def __init__(self, host: str, port: int, framing: Framing, tls: ssl.SSLContext | None) -> None:
        self.stage = Stage.CONNECTING
        self.why = ""
        self.cut = b""
        self._frames = FrameBuffer(framing)
        self._framing = framing
        self._unsent: deque[tuple[int, bytes]] = deque()
        self._begun = False  # whether a byte of the first unsent message has left
        self._until = monotonic() + CONNECT_TIMEOUT / _MICROS
        self._tls = tls
        self._secured: ssl.SSLSocket | None = None
        self._host = host
        self._to: tuple[Any, ...] = ()  # the address that is tried, in the form of its family
        self._socket: socket.socket | None = None
        try:
            self._ways = deque(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            self.end(error.strerror or str(error))
        else:
            self._try_next("it has no address")

    @property
    def descriptor(self) -> int:
        """For `select`; -1 once it is closed."""
        stream = self._secured or self._socket
        return -1 if stream is None else stream.fileno()

    @property
    def wants_to_write(self) -> bool:
        """Whether it goes on when the socket can be written."""
        return self.stage is Stage.CONNECTING or (self.stage is Stage.OPEN and bool(self._unsent))

    def send(self, number: int, message: bytes) -> None:
        """Send as soon as it can be done; `number` names the message in `unsent`. Raises `FramingError` for one that is too long."""
        self._unsent.append((number, self._framing.framed(message)))
        self.go_on()

    def unsent(self) -> list[int]:
        """The messages of which no byte has left, in their order."""
        return [number for number, _ in list(self._unsent)[1 if self._begun else 0 :]]

    def go_on(self) -> None:
        """Do what can be done at once: connect, agree on TLS, write what waits."""
        if self.stage is Stage.CONNECTING:
            self._connect()
        if self.stage is Stage.SECURING:
            self._secure()
        if self.stage is Stage.OPEN:
            self._write()
        elif self.stage is not Stage.CLOSED and monotonic() > self._until:
            self.end(f"no connection within {CONNECT_TIMEOUT // _MICROS} s")

    def received(self) -> list[FramedMessage]:
        """The whole messages that have come, without waiting."""
        self.go_on()
        found: list[FramedMessage] = []
        while self.stage is Stage.OPEN:
            try:
                while (framed := self._frames.take()) is not None:
                    found.append(framed)
                data = self._stream.recv(_PIECE)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                break
            except FramingError as wrong:
                self.cut = self._frames.begun
                self.end(str(wrong))
            except OSError as error:
                self.cut = self._frames.begun
                self.end(error.strerror or str(error))
            else:
                self._frames.feed(data)
                if not data:
                    self.cut = self._frames.begun
                    self.end("the host closed the connection")
        return found

    def close(self) -> None:
        """Release the descriptor."""
        self.end("closed by the terminal")

    def end(self, why: str) -> None:
        """Close it for the reason `why`, unless it is closed already."""
        if self.stage is not Stage.CLOSED:
            self.stage, self.why = Stage.CLOSED, why
            self._release()

    @property
    def _stream(self) -> socket.socket:
        """What messages go through. Raises `OSError` where nothing is connected."""
        stream = self._secured or self._socket
        if stream is None:
            raise OSError("nothing is connected")
        return stream

    def _release(self) -> None:
        for each in (self._secured, self._socket):
            if each is not None:
                each.close()
        self._secured = self._socket = None

    def _try_next(self, why: str) -> None:
        """Connect to the next address of the name; where none is left, `why` is what ended the last."""
        self._release()
        if not self._ways:
            self.end(why)
            return
        family, kind, protocol, _, self._to = self._ways.popleft()
        try:
            self._socket = socket.socket(family, kind, protocol)
        except OSError as error:
            self._try_next(error.strerror or str(error))
            return
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._connect()

    def _connect(self) -> None:
        """Ask again how the connecting goes: the system says so by the error of a further `connect`."""
        if self._socket is None:
            return
        try:
            self._socket.connect(self._to)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != EISCONN:
                self._try_next(error.strerror or str(error))
                return
        if self._tls is None:
            self.stage = Stage.OPEN
            return
        self._secured = self._tls.wrap_socket(
            self._socket, server_hostname=self._host, do_handshake_on_connect=False
        )
        self._socket = None  # `wrap_socket` has taken its descriptor over
        self.stage = Stage.SECURING

    def _secure(self) -> None:
        if self._secured is None:
            return
        try:
            self._secured.do_handshake()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        except ssl.SSLCertVerificationError as wrong:
            self.end(f"its certificate is refused: {wrong.verify_message}")
        except OSError as error:
            self.end(f"no TLS: {error.strerror or error}")
        else:
            self.stage = Stage.OPEN

    def _write(self) -> None:
        while self._unsent:
            number, data = self._unsent[0]
            try:
                sent = self._stream.send(data)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return
            except OSError as error:
                self.end(error.strerror or str(error))
                return
            self._begun = sent < len(data)
            if self._begun:
                self._unsent[0] = number, data[sent:]
            else:
                self._unsent.popleft()
