"""Whoever is called by the service or by a terminal may answer what he likes, for as long as he likes: it is no acceptance, and it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future

import pytest

from terminal_sim.pos.adyen.notices.outbox import NotifiedUrl
from terminal_sim.pos.servers.notifications import LoopbackCourier
from terminal_sim.pos.servers.webhooks import WebhookCourier
from terminal_sim.pos.square.webhooks.deliveries import PostResult
from terminal_sim.pos.square.webhooks.webhooks import Letter

WITHIN = 0.3  # seconds of the wall for an answer: what never ends ends then
Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


def says(text: bytes) -> Answer:
    """The answer is this, and then the end."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(text)

    return answer


def goes_on(start: bytes, piece: bytes) -> Answer:
    """The answer never ends."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while not writer.transport.is_closing():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.001)

    return answer


async def resets(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


ANSWERS = [
    pytest.param(says(b""), id="nothing"),
    pytest.param(resets, id="reset"),
    pytest.param(says(b"HTTP/1.1 200 OK\r\nContent-Le"), id="half a head"),
    pytest.param(says(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n[acc"), id="half a body"),
    pytest.param(says(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"), id="a negative length"),
    pytest.param(says(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"), id="two lengths"),
    pytest.param(says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), id="no size"),
    pytest.param(says(b"HTTP/1.1 9999999 OK\r\n\r\n"), id="no status"),
    pytest.param(says(b"HTTP/1.1 200 OK\r\n" + b"A: " + b"x" * 200_000 + b"\r\n\r\n"), id="a long header"),
    pytest.param(says(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500)), id="TLS"),
    pytest.param(says(bytes(range(256)) * 2_000), id="garbage"),
    pytest.param(says(b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n"), id="elsewhere"),
    pytest.param(says(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"), id="another protocol"),
    pytest.param(goes_on(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), id="continue for ever"),
    pytest.param(goes_on(b"HTTP/1.1 500 No\r\n", b"A: b\r\n"), id="headers for ever"),
    pytest.param(goes_on(b"HTTP/1.1 500 No\r\nContent-Length: 10\r\n\r\n", b""), id="silence"),
    pytest.param(goes_on(b"HTTP/1.1 500 No\r\n\r\n", b"x" * 60_000), id="a body for ever"),
]  # fmt: skip


async def called(answer: Answer, call: Callable[[str], Awaitable[object]]) -> object:
    """What `call` makes of a receiver that answers so; nothing is left open by it."""

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await answer(writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(receive, "127.0.0.1", 0)
    try:
        return await call(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook")
    finally:
        server.close()


@pytest.mark.parametrize("answer", ANSWERS)
def test_no_answer_of_a_subscriber_is_taken_for_acceptance(answer: Answer) -> None:
    async def post(url: str) -> PostResult | None:
        courier = WebhookCourier(lambda: None, within=WITHIN)
        await courier.begin()
        posted: Future[PostResult | None] = courier.post(
            Letter(subscription="s", url=url, headers={"x-signature": "AAAA"}, body=b"{}")
        )
        result = await asyncio.wrap_future(posted)
        await courier.close()
        return result

    result = asyncio.run(called(answer, post))
    assert isinstance(result, PostResult)
    assert result.reason is not None


@pytest.mark.parametrize("answer", ANSWERS)
def test_no_answer_of_a_point_of_sale_is_taken_for_acceptance(answer: Answer) -> None:
    async def post(url: str) -> bool:
        courier = LoopbackCourier(lambda: None, within=WITHIN)
        accepted = await asyncio.wrap_future(courier.post(NotifiedUrl.parse(url), b"{}"))
        await courier.close()
        return accepted

    assert asyncio.run(called(answer, post)) is False
