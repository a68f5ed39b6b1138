"""The courier of webhooks: what reaches a subscriber on this machine, and what is made of its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextlib import suppress

import pytest

from terminal_sim.pos.servers.http import HttpRequest, HttpResponse, HttpServer
from terminal_sim.pos.servers.webhooks import WebhookCourier
from terminal_sim.pos.square.webhooks.deliveries import PostResult, RetryReason
from terminal_sim.pos.square.webhooks.webhooks import Letter

PATIENT = 60.0
Act = Callable[["Subscriber", WebhookCourier], Awaitable[None]]


class Subscriber:
    """Takes letters; the path `/status/N` is answered with N, `/gone` is hung up on, and `/silent` never answered."""

    def __init__(self) -> None:
        self.came: list[HttpRequest] = []
        self.port = 0

    async def serve(self, request: HttpRequest) -> HttpResponse | None:
        self.came.append(request)
        if request.path == "/gone":
            return None
        if request.path == "/silent":
            await asyncio.Event().wait()
        status = int(request.path.rpartition("/")[2])
        headers = {"location": "/status/200"} if status == 302 else {}
        return HttpResponse(status=status, body=b"" if status == 204 else b"ok", headers=headers)

    def letter(self, path: str, body: bytes = b"{}", subscription: str = "a") -> Letter:
        return Letter(
            subscription=subscription,
            url=f"http://127.0.0.1:{self.port}{path}",
            headers={"content-type": "application/json", "x-square-signature": "signed"},
            body=body,
        )


def with_subscriber(act: Act, *, within: float = PATIENT) -> int:
    """Do `act` beside a subscriber and a courier, and say how often the courier has called."""
    called: list[None] = []

    async def run() -> None:
        subscriber = Subscriber()
        server = HttpServer(subscriber.serve)
        subscriber.port = await server.listen("127.0.0.1", 0)
        courier = WebhookCourier(lambda: called.append(None), within=within)
        await courier.begin()
        try:
            await act(subscriber, courier)
        finally:
            await courier.close()
            await server.close()

    asyncio.run(run())
    return len(called)


async def ended(posted: Future[PostResult | None]) -> PostResult | None:
    return await asyncio.wait_for(asyncio.wrap_future(posted), PATIENT)


@pytest.mark.parametrize(
    ("path", "result"),
    [
        ("/status/200", PostResult(200)),
        ("/status/204", PostResult(204)),
        ("/status/302", PostResult(302, RetryReason.HTTP_ERROR)),
        ("/status/500", PostResult(500, RetryReason.HTTP_ERROR)),
        ("/gone", PostResult(0, RetryReason.OTHER)),
    ],
)
def test_only_a_good_status_takes_an_event(path: str, result: PostResult) -> None:
    async def act(subscriber: Subscriber, courier: WebhookCourier) -> None:
        assert await ended(courier.post(subscriber.letter(path))) == result
        assert len(subscriber.came) == 1

    assert with_subscriber(act) == 1


def test_the_bytes_that_were_signed_arrive_with_their_headers_at_the_address_as_it_is_written() -> None:
    async def act(subscriber: Subscriber, courier: WebhookCourier) -> None:
        body = '{"note":"à l\'été"}'.encode()
        await ended(courier.post(subscriber.letter("/status/200?shop=1&x=%20", body)))
        (came,) = subscriber.came
        assert (came.method, came.path, came.query, came.body) == (
            "POST",
            "/status/200",
            "shop=1&x=%20",
            body,
        )
        assert came.headers["x-square-signature"] == "signed"
        assert came.headers["host"] == f"127.0.0.1:{subscriber.port}"

    with_subscriber(act)


def test_silence_is_a_time_out() -> None:
    async def act(subscriber: Subscriber, courier: WebhookCourier) -> None:
        silent = courier.post(subscriber.letter("/silent"))
        assert await ended(silent) == PostResult(0, RetryReason.HTTP_TIMEOUT)

    assert with_subscriber(act, within=0.1) == 1


def test_a_subscriber_that_is_silent_holds_up_no_other_one() -> None:
    async def act(subscriber: Subscriber, courier: WebhookCourier) -> None:
        silent = courier.post(subscriber.letter("/silent"))
        other = courier.post(subscriber.letter("/status/200", subscription="b"))
        assert await ended(other) == PostResult(200)
        assert not silent.done()

    with_subscriber(act)


def test_nobody_at_the_address_is_another_reason() -> None:
    async def act(_: Subscriber, courier: WebhookCourier) -> None:
        letter = Letter(subscription="a", url="http://127.0.0.1:1/hook", headers={}, body=b"{}")
        assert await ended(courier.post(letter)) == PostResult(0, RetryReason.OTHER)

    with_subscriber(act)


def test_letters_of_one_subscription_arrive_in_their_order() -> None:
    async def act(subscriber: Subscriber, courier: WebhookCourier) -> None:
        posted = [
            courier.post(subscriber.letter("/status/200", f"{number}".encode())) for number in range(40)
        ]
        for one in posted:
            await ended(one)
        assert [came.body for came in subscriber.came] == [f"{number}".encode() for number in range(40)]

    assert with_subscriber(act) == 40


def test_a_courier_that_is_closed_knows_of_no_result() -> None:
    async def act(subscriber: Subscriber, courier: WebhookCourier) -> None:
        under_way = [courier.post(subscriber.letter("/silent")) for _ in range(3)]
        while not subscriber.came:
            await asyncio.sleep(0)
        await courier.close()
        assert [one.result(PATIENT) for one in under_way] == [None] * 3
        assert courier.post(subscriber.letter("/status/200")).result(PATIENT) is None

    with_subscriber(act)


def test_a_courier_that_has_not_begun_delivers_nothing() -> None:
    courier = WebhookCourier(lambda: None)
    assert courier.post(Subscriber().letter("/status/200")).result(PATIENT) is None


@pytest.mark.parametrize(
    ("meaning", "said", "result"),
    [
        ("no HTTP", b"hello\r\n\r\n", PostResult(0, RetryReason.OTHER)),
        ("nothing", b"", PostResult(0, RetryReason.OTHER)),
        ("half a head", b"HTTP/1.1 200 OK\r\ncontent-", PostResult(0, RetryReason.OTHER)),
        ("half a body", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc", PostResult(0, RetryReason.OTHER)),
        ("a body without end", b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (1 << 21), PostResult(200)),
        ("a head without end", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 50_000, PostResult(0, RetryReason.OTHER)),
        ("another protocol", b"HTTP/1.1 101 Switching Protocols\r\n\r\n", PostResult(0, RetryReason.OTHER)),
        ("a hint before it", b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", PostResult(204)),
    ],
)  # fmt: skip
def test_whatever_a_subscriber_says_is_taken_or_a_reason(
    meaning: str, said: bytes, result: PostResult
) -> None:
    gone = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(said)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        gone.set()

    async def run() -> PostResult | None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        courier = WebhookCourier(lambda: None, within=PATIENT)
        await courier.begin()
        letter = Letter(subscription="a", url=f"http://127.0.0.1:{port}/hook", headers={}, body=b"{}")
        ended_so = await ended(courier.post(letter))
        await courier.close()
        server.close()
        await gone.wait()
        return ended_so

    assert asyncio.run(run()) == result, meaning
