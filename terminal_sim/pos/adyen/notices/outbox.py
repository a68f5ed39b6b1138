"""Notifications on their way to one URL: sent one after the other, and again until they are accepted.

Rules:
1. A notification is accepted by an answer of status 200 to 299 with the body `[accepted]`, within ten seconds.
2. One that is not is sent again after a minute of virtual time, then after two, four and so on up to an hour; those behind it wait.
3. Nothing leaves while the terminal has no link. What waits is kept as long as the interface is served, and no longer.
"""

from __future__ import annotations

from base64 import b64encode
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Protocol
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from terminal_sim.errors import BenchMisuse
from terminal_sim.loopback import is_loopback

ACCEPTED = b"[accepted]"
_MINUTE = 60_000_000
_LONGEST = 60 * _MINUTE


class NotifiedUrl(Struct, frozen=True):
    """Where notifications go, without user and password, which are in the `headers`."""

    url: str
    headers: Mapping[str, str]

    @staticmethod
    def parse(text: str) -> NotifiedUrl:
        """`http://USER:PASSWORD@127.0.0.1:9000/path`. Raises `BenchMisuse` for what is no address of this machine."""
        parts = urlsplit(text)
        try:
            port = parts.port or 80
        except ValueError:
            port = 0
        if parts.scheme != "http" or not parts.hostname or not port:
            raise BenchMisuse(f"{text!r}: notifications go to http://127.0.0.1:PORT/PATH")
        if not is_loopback(parts.hostname):
            raise BenchMisuse(f"{text!r}: notifications leave this machine for nowhere")
        headers = {"content-type": "application/json"}
        if parts.username:
            told = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            headers["authorization"] = f"Basic {b64encode(told.encode()).decode()}"
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        query = f"?{parts.query}" if parts.query else ""
        return NotifiedUrl(f"http://{host}:{port}{parts.path or '/'}{query}", headers)


class NotificationCourier(Protocol):
    """Takes notifications over the network."""

    def post(self, to: NotifiedUrl, body: bytes) -> Future[bool]:
        """Whether it was accepted in time; cancelled where it was given up."""
        ...


class Outbox:
    """See the module. `mono` is virtual time in microseconds, `reachable` whether the terminal has its link. It lives beside a bench (`runtime.beside`)."""

    def __init__(self, to: NotifiedUrl, mono: Callable[[], int], reachable: Callable[[], bool]) -> None:
        self.to = to
        self.courier: NotificationCourier | None = None
        self._mono = mono
        self._reachable = reachable
        self._waiting: deque[bytes] = deque()
        self._under_way: Future[bool] | None = None
        self._tries = 0
        self._not_before = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, text: bytes) -> None:
        """Have `text` told behind all that waits."""
        self._waiting.append(text)

    def next_due(self) -> int | None:
        waits = self._waiting and self._under_way is None and self._not_before > self._mono()
        return self._not_before if waits else None

    def go_on(self) -> None:
        """Take what came of the one that was sent, and send the next where its time has come."""
        while True:
            if self._under_way is not None:
                if not self._under_way.done():
                    return
                self._take(self._under_way)
            if self.courier is None or not self._waiting:
                return
            if self._mono() < self._not_before or not self._reachable():
                return
            self._under_way = self.courier.post(self.to, self._waiting[0])

    def _take(self, sent: Future[bool]) -> None:
        self._under_way = None
        if not sent.cancelled() and sent.exception() is None and sent.result():
            self._waiting.popleft()
            self._tries, self._not_before = 0, 0
        else:
            gap = min(_MINUTE << min(self._tries, 6), _LONGEST)
            self._tries += 1
            self._not_before = self._mono() + gap
