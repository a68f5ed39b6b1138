"""A served bench in a thread of the tests, and clients that talk to it over loopback as other programs do."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any

from websockets.sync.client import ClientConnection, connect

from terminal_sim.web.served import BenchOptions
from terminal_sim.web.serving import ServedAddress, serving
from tests.patience import PATIENCE

API = "/api/v1"


class Client:
    """Asks over HTTP. An answer is its status and its body, read as JSON where it is."""

    def __init__(self, address: ServedAddress) -> None:
        self.address = address

    def ask(
        self, method: str, path: str, body: object = None, *, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        status, _, found = self.ask_raw(method, path, body, headers=headers)
        return status, found

    def ask_raw(
        self, method: str, path: str, body: object = None, *, headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, str], Any]:
        said = {"Authorization": f"Bearer {self.address.token}"}
        data: bytes | None = None
        if isinstance(body, bytes):
            data = body
        elif body is not None:
            data = json.dumps(body).encode()
            said["Content-Type"] = "application/json"
        connection = HTTPConnection(self.address.host, self.address.port, timeout=PATIENCE)
        try:
            connection.request(method, path, data, {**said, **(headers or {})})
            answer = connection.getresponse()
            raw = answer.read()
            about = {name.lower(): value for name, value in answer.getheaders()}
        finally:
            connection.close()
        is_json = "json" in about.get("content-type", "") and "jsonl" not in about.get("content-type", "")
        return answer.status, about, json.loads(raw) if is_json else raw

    def get(self, path: str) -> Any:
        status, found = self.ask("GET", API + path)
        assert status == 200, found
        return found

    def post(self, path: str, body: object) -> Any:
        status, found = self.ask("POST", API + path, body)
        assert status in (200, 201), found
        return found

    def acts(self, *lines: str, terminal: str = "v400m-1") -> Any:
        return self.post(f"/terminals/{terminal}/acts", {"lines": list(lines)})

    @contextmanager
    def socket(self, **headers: str) -> Iterator[Socket]:
        with connect(
            f"ws://{self.address.host}:{self.address.port}{API}/ws",
            subprotocols=["terminal-sim.1", f"bearer.{self.address.token}"],  # type: ignore[list-item]
            additional_headers=headers,
            proxy=None,
            compression=None,
        ) as opened:
            yield Socket(opened)


class Socket:
    """Asks over a WebSocket, and keeps what it is sent besides answers."""

    def __init__(self, opened: ClientConnection) -> None:
        self.opened = opened
        self.events: list[dict[str, Any]] = []
        self.screens: list[dict[str, Any]] = []
        self.lost: list[dict[str, Any]] = []
        self._seq = 0

    def say(self, **said: object) -> int:
        self._seq += 1
        self.opened.send(json.dumps({"seq": self._seq, **said}))
        return self._seq

    def ask(self, **said: object) -> dict[str, Any]:
        """The answer, `done` or `refused`."""
        return self.answer(self.say(**said))

    def answer(self, seq: int) -> dict[str, Any]:
        while True:
            message = self.next()
            if message.get("seq") == seq:
                return message

    def next(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.opened.recv(timeout=PATIENCE))
        self.events += message.get("events", [])
        self.screens += [message["screen"]] if "screen" in message else []
        self.lost += [message["lost"]] if "lost" in message else []
        return message


@contextmanager
def served(*profiles: str, **options: Any) -> Iterator[Client]:
    """A bench with these terminals, served until the block ends."""
    ready = threading.Event()
    addresses: list[ServedAddress] = []
    stop: list[Any] = []
    failed: list[BaseException] = []

    async def serve() -> None:
        ended = asyncio.Event()
        async with serving(BenchOptions(**options), profiles=profiles, version="0") as service:
            addresses.append(service.address)
            stop.append((asyncio.get_running_loop(), ended))
            ready.set()
            await ended.wait()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:  # noqa: BLE001 - it is raised again in the test
            failed.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=run, name="served bench")
    thread.start()
    ready.wait(PATIENCE)
    try:
        if addresses:
            yield Client(addresses[0])
    finally:
        for loop, ended in stop:
            loop.call_soon_threadsafe(ended.set)
        thread.join(PATIENCE)
    if failed:
        raise failed[0]
