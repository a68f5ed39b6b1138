"""The service behind its port, without any library."""

from __future__ import annotations

import json
from concurrent.futures import Future
from http.client import HTTPConnection
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest

from terminal_sim.bench import Bench, BenchMisuse
from terminal_sim.bench.served_apis import ServedApis
from tests.patience import PATIENCE


def ask(
    served: ServedApis, method: str, path: str, body: object = None, **headers: str
) -> tuple[int, Any, str]:
    """Status, body and version of the answer to one request."""
    answer: Future[tuple[int, Any, str]] = Future()

    def send() -> None:
        line = HTTPConnection(urlsplit(served.square.url).netloc, timeout=PATIENCE)
        line.request(
            method,
            path,
            None if body is None else json.dumps(body),
            {"Authorization": f"Bearer {served.square.token}"} | headers,
        )
        found = line.getresponse()
        said = json.loads(found.read())
        answer.set_result((found.status, said, found.headers["Square-Version"]))
        line.close()

    asking = Thread(target=send)
    asking.start()
    served.until(answer.done, 60)
    asking.join()
    return answer.result()


def test_a_checkout_is_paid_over_http() -> None:
    with Bench() as bench:
        terminal = bench.add_terminal("square-terminal")
        with bench.serve_pos() as served:
            assert served.square.devices == {terminal.name: terminal.name}
            assert served.square.token_file.stat().st_mode & 0o777 == 0o600
            body = {
                "idempotency_key": "k1",
                "checkout": {
                    "amount_money": {"amount": 700, "currency": "CAD"},
                    "device_options": {"device_id": f"device:{terminal.name}"},
                },
            }
            headers = {"Square-Version": "2025-01-23"}
            status, made, version = ask(served, "POST", "/v2/terminals/checkouts", body, **headers)
            assert (status, version) == (200, "2025-01-23")
            terminal.insert("visa-credit")
            bench.advance(5_000_000)
            path = f"/v2/terminals/checkouts/{made['checkout']['id']}"
            assert ask(served, "GET", path)[1]["checkout"]["status"] == "COMPLETED"


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "code"),
    [
        ("GET", "/v2/terminals/checkouts/x", {"Authorization": "Bearer other"}, 401, "UNAUTHORIZED"),
        ("GET", "/v2/terminals/checkouts/x", {"Authorization": "Basic abc"}, 401, "UNAUTHORIZED"),
        (
            "GET",
            "/v2/terminals/checkouts/x",
            {"Square-Version": "today"},
            400,
            "INVALID_SQUARE_VERSION_FORMAT",
        ),
        ("GET", "/v2/terminals", {}, 404, "NOT_FOUND"),
        ("GET", "/nexo/", {}, 404, "NOT_FOUND"),
        ("DELETE", "/v2/terminals/checkouts/x", {}, 405, "METHOD_NOT_ALLOWED"),
    ],
)
def test_what_is_no_call_is_refused(
    method: str, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    with Bench() as bench:
        bench.add_terminal("square-terminal")
        with bench.serve_pos() as served:
            found, said, _ = ask(served, method, path, **headers)
            assert (found, said["errors"][0]["code"]) == (status, code)


def test_a_bench_without_such_a_terminal_has_no_service() -> None:
    with Bench() as bench:
        bench.add_terminal("v400m")
        with bench.serve_pos(sealed=False) as served, pytest.raises(BenchMisuse, match="square-terminal"):
            _ = served.square
