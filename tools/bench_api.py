"""What the API costs in CPU beside a raw ASGI application that does the same at the same bench, and how long a look back takes."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench_rig import Figure

from terminal_sim.web.acting import act, say
from terminal_sim.web.app import application
from terminal_sim.web.branch import ServedBranch
from terminal_sim.web.guard import Access, Application, Message, Receive, Scope, Send
from terminal_sim.web.operations import SAID_VERBS
from terminal_sim.web.served import BenchOptions, ServedBench

CPU_AIM, BACK_AIM = 2.0, 10.0  # times, ms
EVENTS = 10_000
_TERMINAL = "v400m-1"
_KEY = f"/api/v1/terminals/{_TERMINAL}/verbs/press-blindly"
_HOME = 'expect screen "Start" within 5min'
_SALE = ("press OK 1250 OK", "insert visa-credit", 'expect screen "Approved"', "remove card", _HOME)


def api(quick: bool) -> list[Figure]:
    return asyncio.run(_measured(quick))


async def _measured(quick: bool) -> list[Figure]:
    served = await ServedBench.open(BenchOptions())
    try:
        await served.do(lambda: served.add("v400m"))
        client = AsgiClient(application(served, _ACCESS, version="0", server="http://127.0.0.1:80"))
        raw = AsgiClient(_raw(served))
        cost, alone = await _in_turns(client, raw, 100 if quick else 400)
        branch = served.branch()
        events = EVENTS // 10 if quick else EVENTS
        await served.do(lambda: _sell(branch, events))
        back = await _looking_back(client, branch.history.last, 20 if quick else 100)
        kept = branch.history.last
    finally:
        served.end()
        await served.close()
    times = cost / alone
    return [
        Figure(
            "CPU of the API over raw ASGI", f"{times:.2f} times", f"<= {CPU_AIM:.0f}", times <= CPU_AIM,
            (f"a key: {cost * 1e3:.2f} ms, of which {alone * 1e3:.2f} ms are the verb on the bench's thread",),
        ),
        Figure(
            "a device as it was at an event", f"{back:.1f} ms (median)", f"< {BACK_AIM:.0f} ms", back < BACK_AIM,
            (f"any of {kept} events, with its drawing",),
        ),
    ]  # fmt: skip


_ACCESS = Access.at("T", ["127.0.0.1"], 80)
_HEADERS = [
    (b"host", b"127.0.0.1:80"),
    (b"authorization", b"Bearer T"),
    (b"content-type", b"application/json"),
]


@dataclass(frozen=True, slots=True)
class AsgiClient:
    """Asks an application in this process, without a line between."""

    app: Application

    async def ask(self, method: str, path: str, query: str = "", body: bytes = b"") -> None:
        """Raises `RuntimeError` where the answer is none with 200."""
        scope: dict[str, Any] = {
            "type": "http", "http_version": "1.1", "method": method, "path": path, "raw_path": path.encode(), "query_string": query.encode(),
            "headers": _HEADERS, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "scheme": "http", "root_path": "",
        }  # fmt: skip
        said: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            said.append(message)

        await self.app(scope, receive, send)
        if said[0]["status"] != 200:
            raise RuntimeError(f"{method} {path}: {said}")


def _raw(served: ServedBench) -> Application:
    """An application that does nothing but the verb."""
    branch = served.branch()
    terminal = branch.terminal(_TERMINAL)
    verb = SAID_VERBS["press-blindly"]

    async def raw(_: Scope, receive: Receive, send: Send) -> None:
        given = json.loads((await receive())["body"])
        found = await served.do(lambda: say(branch, terminal, verb, given))
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(found).encode()})

    return raw


async def _in_turns(client: AsgiClient, raw: AsgiClient, rounds: int) -> tuple[float, float]:
    """CPU seconds of a key over the API and over the raw application, the medians of rounds in turns."""
    costs: tuple[list[float], list[float]] = [], []
    for number in range(rounds):
        body = json.dumps({"keys": ["CLEAR" if number % 2 else "1"]}).encode()
        for one, taken in zip((client, raw), costs, strict=True):
            taken.append(await _cpu(one, body))
    return median(costs[0]), median(costs[1])


async def _cpu(client: AsgiClient, body: bytes) -> float:
    began = time.process_time()
    await client.ask("POST", _KEY, body=body)
    return time.process_time() - began


def _sell(branch: ServedBranch, events: int) -> None:
    act(branch, branch.terminal(_TERMINAL), ["wait 5min", _HOME])
    while branch.history.last < events:
        act(branch, branch.terminal(_TERMINAL), _SALE)


async def _looking_back(client: AsgiClient, last: int, rounds: int) -> float:
    """Milliseconds until the drawing of the device at an event is there, the median over events all through the past."""
    took = []
    for number in range(rounds):
        event = 1 + number * 7919 % last
        began = time.perf_counter()
        await client.ask("GET", f"/api/v1/terminals/{_TERMINAL}/device.svg", query=f"at={event}")
        took.append(time.perf_counter() - began)
    return median(took) * 1e3
