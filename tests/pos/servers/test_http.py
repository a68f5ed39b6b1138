"""The HTTP server of the interfaces: what a client may do, and what it may not."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import pytest

from terminal_sim.pos.servers.http import (
    MOST_BYTES,
    MOST_CONNECTIONS,
    HttpRequest,
    HttpResponse,
    HttpServer,
)
from tests.patience import PATIENCE

Client = Callable[[int], Awaitable[bytes]]


async def echo(request: HttpRequest) -> HttpResponse | None:
    """The request told back; a path `/gone` has no answer."""
    if request.path == "/gone":
        return None
    told = f"{request.method} {request.path} {request.query} ".encode() + request.body
    return HttpResponse(status=200, body=told, media="text/plain")


def served(client: Client, *, read: float = 5.0) -> bytes:
    """What the client got from a server."""

    async def run() -> bytes:
        server = HttpServer(echo, read=read)
        port = await server.listen("127.0.0.1", 0)
        try:
            return await client(port)
        finally:
            await server.close()

    return asyncio.run(run())


def sends(text: bytes) -> Client:
    """A client that sends `text`, and reads until the end."""

    async def client(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(text)
        try:
            return await asyncio.wait_for(reader.read(), PATIENCE)
        except ConnectionResetError:
            return b"reset"
        finally:
            writer.close()

    return client


def post(body: bytes, *headers: bytes, path: bytes = b"/nexo/") -> bytes:
    length = b"Content-Length: %d" % len(body)
    lines = (b"POST " + path + b" HTTP/1.1", b"Host: x", b"Connection: close", length, *headers, b"", body)
    return b"\r\n".join(lines)


def test_a_request_is_read_whole_and_answered() -> None:
    said = served(sends(post(b"hello", path=b"/a%20b?c=d")))
    assert said.startswith(b"HTTP/1.1 200")
    assert said.endswith(b"POST /a%20b c=d hello")


def test_a_body_in_chunks_is_one_body() -> None:
    text = (
        b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
    )
    assert served(sends(text)).endswith(b"POST /  hello")


def test_a_connection_serves_one_request_after_the_other() -> None:
    first = b"POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
    said = served(sends(first + post(b"", path=b"/2")))
    assert said.count(b"HTTP/1.1 200") == 2


def test_an_answer_of_none_ends_the_connection_without_one() -> None:
    assert served(sends(post(b"", path=b"/gone"))) in (b"", b"reset")


@pytest.mark.parametrize(
    "text",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
        b"GET\r\n\r\n",
        b"POST / HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -3\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1_0\r\n\r\n0123456789",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\n" + b"A: " + b"b" * 100_000 + b"\r\n\r\n",
        bytes(range(256)) * 40,
    ],
)
def test_what_is_no_http_is_refused_or_cut_off(text: bytes) -> None:
    said = served(sends(text))
    assert said in (b"", b"reset") or said.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5"))


def test_a_body_that_is_too_long_is_refused_before_it_is_read() -> None:
    said = served(sends(post(b"x" * (MOST_BYTES + 10))))
    assert said.startswith(b"HTTP/1.1 413") or said in (b"", b"reset")


def test_a_request_that_does_not_come_is_not_waited_for() -> None:
    assert served(sends(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe"), read=0.2) == b""


def test_two_hundred_idle_connections_leave_room_for_one_more_and_too_many_are_cut_off() -> None:
    async def client(port: int) -> bytes:
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(200)]
        said = await sends(post(b"hello"))(port)
        more = [
            await asyncio.open_connection("127.0.0.1", port) for _ in range(MOST_CONNECTIONS - len(idle) + 5)
        ]
        ended = await asyncio.wait_for(_first_end(more), PATIENCE)
        for _, writer in idle + more:
            writer.close()
        return said + ended

    said = served(client)
    assert b"HTTP/1.1 200" in said
    assert said.endswith(b"ended")


async def _first_end(connections: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]) -> bytes:
    async def end(reader: asyncio.StreamReader) -> bytes:
        with contextlib.suppress(ConnectionResetError):
            await reader.read()
        return b"ended"

    tasks = [asyncio.create_task(end(reader)) for reader, _ in connections]
    done, waiting = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    return next(iter(done)).result()
