"""Every route, HTTP and WebSocket, against requests that are not for this bench: refused before anything of them is used."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from terminal_sim.web.api import PREFIX, operations
from terminal_sim.web.guard import Access, Guard, Message, Scope

TOKEN = "T" * 43
HOST = "127.0.0.1:8000"
OURS = {"host": HOST, "authorization": f"Bearer {TOKEN}"}
HOSTILE: dict[str, tuple[dict[str, str | list[str]], int]] = {
    "no token": ({"authorization": []}, 401),
    "a wrong token": ({"authorization": "Bearer AAAA"}, 401),
    "a token that is longer than ours": ({"authorization": f"Bearer {TOKEN}T"}, 401),
    "a token that begins like ours": ({"authorization": f"Bearer {TOKEN[:-1]}"}, 401),
    "a token of another scheme": ({"authorization": f"Basic {TOKEN}"}, 401),
    "a token without a scheme": ({"authorization": TOKEN}, 401),
    "a token that is no ASCII": ({"authorization": "Bearer \xff\xfe"}, 401),
    "two tokens": ({"authorization": [f"Bearer {TOKEN}", "Bearer AAAA"]}, 401),
    "no host": ({"host": []}, 421),
    "two hosts": ({"host": [HOST, "evil.example"]}, 421),
    "a name that a stranger's DNS points here": ({"host": "evil.example"}, 421),
    "a name that ends like ours": ({"host": f"evil.{HOST}"}, 421),
    "a host with another port": ({"host": "127.0.0.1:1"}, 421),
    "a host without its port": ({"host": "127.0.0.1"}, 421),
    "every address": ({"host": "0.0.0.0:8000"}, 421),
    "our address written otherwise": ({"host": "2130706433:8000"}, 421),
    "an empty host": ({"host": ""}, 421),
    "a host with a user": ({"host": f"me@{HOST}"}, 421),
    "a host with a path": ({"host": f"{HOST}/api"}, 421),
    "a host that begins like ours": ({"host": "127.0.0.1.evil.example:8000"}, 421),
    "the origin of another page": ({"origin": "http://evil.example"}, 403),
    "an origin that is none": ({"origin": "null"}, 403),
    "an empty origin": ({"origin": ""}, 403),
    "an origin of another scheme": ({"origin": f"https://{HOST}"}, 403),
    "an origin of another port": ({"origin": "http://127.0.0.1:1"}, 403),
    "an origin that begins like ours": ({"origin": f"http://{HOST}.evil.example"}, 403),
    "two origins": ({"origin": [f"http://{HOST}", "http://evil.example"]}, 403),
    "another site's request": ({"sec-fetch-site": "cross-site"}, 403),
    "a sibling site's request": ({"sec-fetch-site": "same-site"}, 403),
    "a fetch site that nobody knows": ({"sec-fetch-site": "elsewhere"}, 403),
}


def routes() -> list[tuple[str, str]]:
    """Every route of the API, with a name for each part of its path, and the WebSocket's."""
    table = operations(served=None)  # type: ignore[arg-type]  # the table names its handlers and calls none
    found = [(each.method, PREFIX + each.path.replace("{", "").replace("}", "")) for each in table]
    return [*found, ("GET", f"{PREFIX}/openapi.json"), ("WEBSOCKET", f"{PREFIX}/ws")]


def answers(headers: dict[str, str | list[str]]) -> set[int]:
    """The statuses with which a guard answers each route; 0 where it lets the request through."""

    async def all_of_them() -> set[int]:
        return {await asked(method, path, headers) for method, path in ROUTES}

    return asyncio.run(all_of_them())


async def asked(method: str, path: str, headers: dict[str, str | list[str]]) -> int:
    """The status that a guard answers with; 0 where it let the request through."""
    said: list[Message] = []

    async def send(message: Message) -> None:
        said.append(message)

    async def receive() -> Message:
        raise AssertionError("the guard reads nothing of a request that it refuses")

    given = {**OURS, **headers}
    if method == "WEBSOCKET":
        tokens = given.pop("authorization")
        offered = [tokens] if isinstance(tokens, str) else tokens
        given["sec-websocket-protocol"] = [
            f"terminal-sim.1, bearer.{one.removeprefix('Bearer ') if one.startswith('Bearer ') else 'none'}"
            for one in offered
        ]
    pairs = [
        (name.encode(), value.encode("latin-1"))
        for name, values in given.items()
        for value in ([values] if isinstance(values, str) else values)
    ]
    scope: dict[str, Any] = {
        "type": "websocket" if method == "WEBSOCKET" else "http",
        "method": method,
        "path": path,
        "headers": pairs,
        "extensions": {"websocket.http.response": {}},
    }
    await guard()(scope, receive, send)
    return int(said[0]["status"]) if said else 0


def guard() -> Guard:
    async def inner(_: Scope, __: object, ___: object) -> None:
        """Whatever comes here was let through."""

    return Guard(inner, Access.at(TOKEN, ["127.0.0.1"], 8000))


ROUTES = routes()


def test_every_route_is_open_to_who_has_the_token() -> None:
    assert answers({}) == {0}
    assert answers({"origin": f"http://{HOST}"}) == {0}
    assert answers({"host": "localhost:8000"}) == {0}


@pytest.mark.parametrize("how", HOSTILE)
def test_no_route_is_open_to_a_stranger(how: str) -> None:
    headers, status = HOSTILE[how]
    assert answers(headers) == {status}


def test_the_page_itself_needs_no_token_but_a_right_host() -> None:
    assert asyncio.run(asked("GET", "/", {"authorization": []})) == 0
    assert asyncio.run(asked("GET", "/page/app.js", {"authorization": [], "host": "evil.example"})) == 421
