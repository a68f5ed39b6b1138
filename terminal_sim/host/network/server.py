"""The virtual acquirer behind a listening socket, for any number of terminals and processes.

1. The answers of one connection leave as each is due; several may be under way.
2. An answer leaves after its message is durable in the books: those that are decided in one turn of the loop share one flush.
3. A connection that does not keep to the frames, or sends nothing for `IDLE` seconds, is closed; so is one beyond `MOST` at a time.
4. When the books cannot be written any more no answer leaves, and `ended` says why.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from msgspec import Struct, structs

from terminal_sim.errors import StorageFailed
from terminal_sim.host.acquirer import Acquirer, Answer
from terminal_sim.host.network.address import HostAddress
from terminal_sim.host.network.faults import ConnectionFault
from terminal_sim.host.network.framing import FrameBuffer, FramedMessage, FramingError
from terminal_sim.host.network.tls import server_context
from terminal_sim.host.seen import SeenMessage

MOST = 256  # connections at a time
IDLE = 600.0  # seconds
_TURNS = 10
_HANDSHAKE = 20.0  # seconds of TLS
_MICROS = 1_000_000
_PIECE = 65_536  # bytes that are read at once
_NOISE = bytes(12)  # shorter than any message of the dialect
_RESETS = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST


class ServedMessage(Struct, frozen=True, kw_only=True):
    """What came over a connection from `peer`: a message that was decided, or what could not be read; `note` says why."""

    peer: str
    message: SeenMessage | None = None
    note: str = ""
    fault: ConnectionFault | None = None


class AcquirerServer:
    """`listen` begins, and `seen` gets each message once it is decided. It is made and used on one event loop. Raises `BenchMisuse` for TLS files."""

    def __init__(
        self, acquirer: Acquirer, address: HostAddress, seen: Callable[[ServedMessage], None]
    ) -> None:
        self.address = address
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.seen = seen
        self._acquirer = acquirer
        self._tls = server_context(address)
        self._server: asyncio.Server | None = None
        self._faults: deque[ConnectionFault] = deque()
        self._connections: dict[asyncio.Task[None], _TerminalConnection] = {}
        self._stored: asyncio.Future[bool] | None = None

    async def listen(self) -> HostAddress:
        """Where it is reached, with the port that the system chose where the address has port 0. Raises `OSError`."""
        address = self.address
        self._server = await asyncio.start_server(self._connected, address.host, address.port, limit=_PIECE)
        port: int = self._server.sockets[0].getsockname()[1]
        self.address = structs.replace(address, port=port)
        return self.address

    async def close(self) -> None:
        """Hang up everywhere. What was decided is durable."""
        if self._server is not None:
            # asyncio loses the socket of a connection that it takes while its server closes. So none is taken any more, and those that
            # were get their tasks, before the server closes.
            for listening in self._server.sockets:
                with suppress(NotImplementedError):
                    asyncio.get_running_loop().remove_reader(listening.fileno())
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            self._server.close()
        for connection in self._connections.values():
            connection.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await asyncio.sleep(0)  # the transports that were aborted close in the next turn of the loop

    def end(self, why: str = "") -> None:
        """Let `ended` come true: the server is to be closed, with the reason where there is one."""
        if not self.ended.done():
            self.ended.set_result(why)

    def strike(self, fault: ConnectionFault) -> None:
        """Let `fault` strike an answer: the next one, or the one behind those of faults that wait already."""
        self._faults.append(fault)

    def decide(self, message: bytes, peer: str) -> tuple[Answer, ConnectionFault | None]:
        """What the acquirer answers, which must not leave before `durable`, and the fault that strikes it."""
        answer = self._acquirer.decide(message)
        fault = self._faults.popleft() if answer.message is not None and self._faults else None
        self.seen(ServedMessage(peer=peer, message=answer.message, note=answer.note, fault=fault))
        return answer, fault

    async def durable(self) -> bool:
        """Waits until all that was decided so far is durable; False where it cannot be any more."""
        loop = asyncio.get_running_loop()
        if self._stored is None:
            self._stored = loop.create_future()
            loop.call_soon(self._store, self._stored)
        return await asyncio.shield(self._stored)

    def _store(self, stored: asyncio.Future[bool]) -> None:
        self._stored = None
        try:
            self._acquirer.make_durable()
        except StorageFailed as failed:
            stored.set_result(False)
            self.end(str(failed))
        else:
            stored.set_result(True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or len(self._connections) >= MOST:
            writer.transport.abort()
            return
        connection = self._connections[task] = _TerminalConnection(self, reader, writer)
        try:
            if self._tls is None or await connection.secure(self._tls):
                await connection.serve()
        except asyncio.CancelledError:
            pass  # by `close`: asyncio of Python 3.11 would write of it as of a fault
        finally:
            del self._connections[task]
            connection.close()


class _TerminalConnection:
    """One terminal's connection: requests come one behind the other, and each has a task of its own that answers it."""

    def __init__(
        self, server: AcquirerServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._answers: set[asyncio.Task[None]] = set()
        host, port, *_ = writer.get_extra_info("peername")
        self._peer = f"{host}:{port}"

    async def secure(self, tls: ssl.SSLContext) -> bool:
        """Agree on TLS with the terminal; False where that cannot be. A connection is ours before it is secure, so that it is closed in any case."""
        try:
            await self._writer.start_tls(tls, ssl_handshake_timeout=_HANDSHAKE)
        except (OSError, TimeoutError) as wrong:  # `ssl.SSLError` among them
            self._server.seen(ServedMessage(peer=self._peer, note=f"hung up: no TLS: {wrong}"))
            return False
        return True

    async def serve(self) -> None:
        """Take requests until the terminal hangs up, or does not keep to the frames."""
        frames = FrameBuffer(self._server.address.framing)
        with suppress(OSError, TimeoutError):
            while data := await asyncio.wait_for(self._reader.read(_PIECE), IDLE):
                frames.feed(data)
                try:
                    while (framed := frames.take()) is not None:
                        self._begin(framed)
                except FramingError as wrong:
                    self._server.seen(ServedMessage(peer=self._peer, note=f"hung up: {wrong}"))
                    return

    def close(self) -> None:
        """Hang up at once; answers that have not left do not leave."""
        for answer in self._answers:
            answer.cancel()
        self._writer.transport.abort()

    def _begin(self, framed: FramedMessage) -> None:
        answer, fault = self._server.decide(framed.message, self._peer)
        task = asyncio.get_running_loop().create_task(self._answer(framed, answer, fault))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _answer(self, framed: FramedMessage, answer: Answer, fault: ConnectionFault | None) -> None:
        if not await self._server.durable() or answer.reply is None:
            return
        await asyncio.sleep(answer.delay / _MICROS)
        reply = _NOISE if fault is ConnectionFault.NOISE else answer.reply
        frame = self._server.address.framing.framed(reply, framed.answering_tpdu)
        with suppress(OSError):
            await self._send(frame, fault)

    async def _send(self, frame: bytes, fault: ConnectionFault | None) -> None:
        match fault:
            case ConnectionFault.SILENT:
                return
            case ConnectionFault.CLOSED:
                self._writer.close()
            case ConnectionFault.RESET:
                self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESETS)
                self._writer.transport.abort()
            case ConnectionFault.HALF:
                self._writer.write(frame[: len(frame) // 2])
                self._writer.close()
            case ConnectionFault.PIECES:
                for byte in frame:
                    self._writer.write(bytes((byte,)))
                    await self._writer.drain()
                    await asyncio.sleep(0)
            case ConnectionFault.TWICE:
                self._writer.write(frame + frame)
                await self._writer.drain()
            case ConnectionFault.NOISE | None:
                self._writer.write(frame)
                await self._writer.drain()
