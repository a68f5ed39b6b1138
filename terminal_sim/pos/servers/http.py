"""HTTP/1.1 over TCP or TLS for few connections that may last minutes, with what a framework does not give: an end without an answer.

1. A request is read whole within `READ` seconds and `MOST_BYTES`, then handed to `serve`; there is no limit on how long the answer takes.
2. A client that hangs up stops nothing: the answer is made all the same, and is not sent.
3. Beyond `MOST_CONNECTIONS`, those whose TLS has not begun among them, a connection is closed at once.
4. What a call meets on its line (`ApiLine`) happens here, whichever interface is behind: the interface itself learns nothing of it.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

import h11
from msgspec import Struct

from terminal_sim.pos.api_fault import ApiFault
from terminal_sim.pos.servers.api_line import ApiLine

READ = 30.0  # seconds for a whole request
MOST_BYTES = 1 << 20
MOST_CONNECTIONS = 256
_PIECE = 65_536
_HANDSHAKE = 20.0
_BREATH = 0.1  # seconds until the next try to accept a connection
_RESET_AT_ONCE = struct.pack(
    "ii", 1, 0
)  # SO_LINGER: what is under way is thrown away, and the other side told so


class HttpRequest(Struct, frozen=True, kw_only=True):
    """`path` has no query and is percent-encoded as it came; names of `headers` are in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


class HttpResponse(Struct, frozen=True, kw_only=True):
    """An answer; `headers` go beside length and type."""

    status: int
    body: bytes
    media: str = "application/json"
    headers: Mapping[str, str] = {}


Serve = Callable[[HttpRequest], Awaitable[HttpResponse | None]]
LineOf = Callable[[HttpRequest], ApiLine | None]
"""The line over which a request comes, None where nothing can be wrong with it."""
UNAVAILABLE = HttpResponse(status=503, body=b"")


class HttpServer:
    """Serves `serve`, whose answer None ends the connection without one. It is made and used on one event loop.

    A request has `read` seconds to arrive. `unavailable` is the answer where `line_of` has a line on which the service is not there.
    """

    def __init__(
        self,
        serve: Serve,
        tls: ssl.SSLContext | None = None,
        *,
        read: float = READ,
        line_of: LineOf = lambda _: None,
        unavailable: HttpResponse = UNAVAILABLE,
    ) -> None:
        self._serve = serve
        self._tls = tls
        self._read_within = read
        self._line_of = line_of
        self._unavailable = unavailable
        self._answering: set[asyncio.Future[HttpResponse | None]] = set()
        self._listening: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def listen(self, host: str, port: int) -> int:
        """Begin, and return the port: the one that the system chose where `port` is 0. Raises `OSError`."""
        self._listening = socket.create_server((host, port))
        self._listening.setblocking(False)
        self._accepting = asyncio.create_task(self._accept(self._listening))
        found: int = self._listening.getsockname()[1]
        return found

    async def close(self) -> None:
        """Hang up everywhere."""
        ending: set[asyncio.Future[Any]] = {*self._connections, *self._answering}
        if self._accepting is not None:
            ending.add(self._accepting)
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        if self._listening is not None:
            self._listening.close()

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, _ = await loop.sock_accept(listening)
            except OSError:  # the client is gone already, or the system has no descriptor left
                await asyncio.sleep(_BREATH)
                continue
            if len(self._connections) >= MOST_CONNECTIONS:
                accepted.close()
                continue
            connection = asyncio.create_task(self._connected(accepted))
            self._connections.add(connection)
            connection.add_done_callback(self._connections.discard)

    async def _connected(self, accepted: socket.socket) -> None:
        try:
            reader, writer = await self._opened(accepted)
        except (OSError, TimeoutError):
            accepted.close()  # TLS has not come about
            return
        try:
            await self._talk(reader, writer)
        except (OSError, TimeoutError, h11.ProtocolError, asyncio.IncompleteReadError):
            pass  # the other side is gone, or does not speak HTTP
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _opened(self, accepted: socket.socket) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """The two ends of a connection whose TLS, where there is one, has begun. Raises `OSError`."""
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=_PIECE, loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        within = None if self._tls is None else _HANDSHAKE
        transport, _ = await loop.connect_accepted_socket(
            lambda: protocol, accepted, ssl=self._tls, ssl_handshake_timeout=within
        )
        return reader, asyncio.StreamWriter(transport, protocol, reader, loop)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = h11.Connection(h11.SERVER)
        while True:
            try:
                async with asyncio.timeout(self._read_within):
                    request = await _read(line, reader, writer)
            except h11.RemoteProtocolError as wrong:
                if line.our_state in (h11.IDLE, h11.SEND_RESPONSE):
                    refusal = HttpResponse(
                        status=wrong.error_status_hint, body=b"", headers={"connection": "close"}
                    )
                    await _send(line, writer, refusal)
                return
            if request is None:
                return
            api_line = self._line_of(request)
            fault = api_line.met() if api_line is not None else None
            if fault is ApiFault.RESET:
                self._answer_nobody(request)
                _reset(writer)
                return
            answer = self._unavailable if fault is ApiFault.UNAVAILABLE else await self._serve(request)
            if answer is None or fault is ApiFault.ANSWER_LOST:
                writer.transport.abort()
                return
            if api_line is not None and fault is ApiFault.SLOW:
                await api_line.later()
            sent = _sent(line, answer)
            writer.write(sent[: _half(sent)] if fault is ApiFault.HALF else sent)
            await writer.drain()
            if fault is ApiFault.HALF:
                return
            if line.our_state is h11.MUST_CLOSE or line.their_state is h11.MUST_CLOSE:
                return
            line.start_next_cycle()
            await asyncio.sleep(0)  # others have their turn, and whether the client has hung up is noticed

    def _answer_nobody(self, request: HttpRequest) -> None:
        """Have `request` served though nobody waits for the answer."""
        answering = asyncio.ensure_future(self._serve(request))
        self._answering.add(answering)
        answering.add_done_callback(self._answering.discard)


def _reset(writer: asyncio.StreamWriter) -> None:
    """End the connection so that the other side reads a reset, not an end."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_ONCE)
    writer.transport.abort()


async def _read(
    line: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> HttpRequest | None:
    """The next request, or None at the end. Raises `h11.RemoteProtocolError` for what is none, or too long."""
    head: h11.Request | None = None
    body = bytearray()
    while True:
        event = line.next_event()
        if event is h11.NEED_DATA:
            if line.they_are_waiting_for_100_continue:
                writer.write(line.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
            line.receive_data(await reader.read(_PIECE))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > MOST_BYTES:
                raise h11.RemoteProtocolError("the body is too long", error_status_hint=413)
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            target, _, query = head.target.decode("ascii", "replace").partition("?")
            return HttpRequest(
                method=head.method.decode("ascii"),
                path=target,
                query=query,
                headers={name.decode("ascii"): value.decode("latin-1") for name, value in head.headers},
                body=bytes(body),
            )
        else:  # the connection is over, or paused behind a request that asked for its end
            return None


async def _send(line: h11.Connection, writer: asyncio.StreamWriter, answer: HttpResponse) -> None:
    writer.write(_sent(line, answer))
    await writer.drain()


def _sent(line: h11.Connection, answer: HttpResponse) -> bytes:
    """The bytes of `answer`."""
    headers = [
        (name.encode("ascii"), value.encode("latin-1"))
        for name, value in (
            ("content-length", str(len(answer.body))),
            *((("content-type", answer.media),) if answer.body else ()),
            *answer.headers.items(),
        )
    ]
    events = (
        h11.Response(status_code=answer.status, headers=headers),
        h11.Data(data=answer.body),
        h11.EndOfMessage(),
    )
    return b"".join(line.send(event) or b"" for event in events)


def _half(sent: bytes) -> int:
    """Where an answer is cut off: in the middle of its body, or of its head where it has none."""
    body = sent.index(b"\r\n\r\n") + 4
    return (body + len(sent)) // 2 if body < len(sent) else body // 2
