"""Serving a bench: a socket bound to one address, a token and uvicorn."""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from terminal_sim.web.app import application
from terminal_sim.web.guard import Access
from terminal_sim.web.listening import ListenAt
from terminal_sim.web.served import BenchOptions, ServedBench

_TOKEN_BYTES = 32

if TYPE_CHECKING:
    import uvicorn


@dataclass(frozen=True, slots=True)
class ServedAddress:
    """Where a bench is served; by TLS where it has a certificate."""

    host: str
    port: int
    token: str
    certificate: Path | None = None

    @property
    def url(self) -> str:
        named = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'http' if self.certificate is None else 'https'}://{named}:{self.port}"

    @property
    def link(self) -> str:
        """The page with the token in its fragment, which no browser sends to a server."""
        return f"{self.url}/#token={self.token}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchService:
    """A bench that is being served."""

    address: ServedAddress
    bench: ServedBench
    server: uvicorn.Server

    async def wait(self) -> None:
        """Returns when the server has been told to stop."""
        while not self.server.should_exit:
            await asyncio.sleep(0.1)


@asynccontextmanager
async def serving(
    options: BenchOptions,
    *,
    at: ListenAt | None = None,
    profiles: Sequence[str] = (),
    version: str,
    page: bool = True,
) -> AsyncIterator[BenchService]:
    """Serves a bench with these terminals on it until the block ends, on this machine alone by default; its API without the page where `page` says so.

    Raises `OSError`, `Unsafe`, and what `Bench` raises.
    """
    at = at or ListenAt()
    at.check()
    listener = _listener(at)
    try:
        bench = await ServedBench.open(options)
    except BaseException:
        listener.close()
        raise
    try:
        for name in profiles:
            await bench.do(partial(bench.add, name))
        port = listener.getsockname()[1]
        address = ServedAddress(at.address, port, secrets.token_urlsafe(_TOKEN_BYTES), at.certificate)
        access = Access.at(address.token, [at.address], port, secure=at.is_secure)
        app = application(bench, access, version=version, server=address.url, page=page)
        server = _server(app, at)
        running = asyncio.create_task(server.serve([listener]))
        try:
            while not server.started and not running.done():
                await asyncio.sleep(0.005)
            yield BenchService(address=address, bench=bench, server=server)
        finally:
            bench.end()
            server.should_exit = True
            await running
    finally:
        listener.close()
        await bench.close()


def _listener(at: ListenAt) -> socket.socket:
    """A socket that says it is TCP: asyncio switches Nagle's algorithm off for those alone, and an answer in two parts would wait 40 ms."""
    family = socket.AF_INET if at.ip.version == 4 else socket.AF_INET6
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((at.address, at.port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def _server(app: object, at: ListenAt) -> uvicorn.Server:
    # Imported here: the commands that find a bench need no server.
    import uvicorn

    settings = uvicorn.Config(
        app,  # type: ignore[arg-type]
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        ws="websockets-sansio",
        ws_max_size=1 << 20,
        ws_max_queue=32,
        ws_per_message_deflate=False,
        ssl_certfile=at.certificate,
        ssl_keyfile=at.key,
        lifespan="off",
        limit_concurrency=1_000,
        timeout_graceful_shutdown=2,
        timeout_keep_alive=30,
        h11_max_incomplete_event_size=64 << 10,
    )
    return uvicorn.Server(settings)
