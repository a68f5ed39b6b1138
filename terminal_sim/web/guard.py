"""Who may talk to the bench: the outermost ASGI application, for HTTP and for WebSocket, before any other code reads the request.

1. `Host` must be an address at which the bench listens: a name that a stranger's DNS points here (DNS rebinding) is refused with 421.
2. A browser's `Origin` must be the bench's own, and `Sec-Fetch-Site` must not be `cross-site` or `same-site`: 403.
3. Everything below `/api/` wants the token, in `Authorization: Bearer TOKEN` or in the WebSocket's subprotocol `bearer.TOKEN`, never in the URL: 401. After
   `BAD_TOKENS` wrong ones within a minute all are refused for the rest of it: 429.
4. A body has at most `LARGEST_BODY` bytes: 413.
5. Every answer forbids the page to load, send or be framed by anything but the bench itself.
"""

from __future__ import annotations

import hmac
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

from terminal_sim.web.problem import MEDIA_TYPE, ApiProblem, ProblemKind

LARGEST_BODY = 1 << 20  # bytes
BAD_TOKENS = 20
_WINDOW = 60.0  # s
API = "/api/"
BEARER = "bearer."
PROTOCOL = "terminal-sim.1"

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html terminal-sim-drawing"
)
_HEADERS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
]


@dataclass(frozen=True, slots=True)
class Access:
    """`hosts` are the values of `Host` that are right; `secure` says that the bench is served by TLS."""

    token: str
    hosts: frozenset[str]
    secure: bool = False

    @classmethod
    def at(cls, token: str, addresses: Iterable[str], port: int, *, secure: bool = False) -> Access:
        """Access at these addresses and, where one of them is the loopback's, at `localhost`."""
        named = {f"[{address}]" if ":" in address else address for address in addresses}
        if named & {"127.0.0.1", "[::1]"}:
            named.add("localhost")
        return cls(token, frozenset(f"{name}:{port}" for name in named), secure)

    def is_own_origin(self, origin: str) -> bool:
        scheme, _, host = origin.partition("://")
        return scheme == ("https" if self.secure else "http") and host in self.hosts


class Guard:
    """Hands a request on to `inner` or refuses it."""

    def __init__(self, inner: Application, access: Access) -> None:
        self._inner = inner
        self._access = access
        self._bad: deque[float] = deque()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._inner(scope, receive, send)
            return
        try:
            self._check(scope)
        except ApiProblem as problem:
            await refuse(scope, send, problem)
            return
        if scope["type"] == "http":
            await self._inner(scope, _bounded(receive), _guarded(send))
        else:
            await self._inner(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        host = _only(headers, b"host")
        if host not in self._access.hosts:
            raise ApiProblem(
                ProblemKind.FOREIGN_HOST,
                "this bench is not served under that name; use the address that it printed",
            )
        origin = _only(headers, b"origin")
        if origin is not None and not self._access.is_own_origin(origin):
            raise ApiProblem(ProblemKind.FOREIGN_ORIGIN, "a page of another origin may not use this bench")
        if scope["type"] == "websocket" and origin is None and _only(headers, b"sec-fetch-site") is not None:
            raise ApiProblem(ProblemKind.FOREIGN_ORIGIN, "a browser says where its page comes from")
        if _only(headers, b"sec-fetch-site") not in (None, "same-origin", "none"):
            raise ApiProblem(ProblemKind.FOREIGN_ORIGIN, "a page of another site may not use this bench")
        if scope["path"].startswith(API):
            self._check_token(headers, scope["type"] == "websocket")
        length = _only(headers, b"content-length")
        if length is not None and (not length.isdecimal() or int(length) > LARGEST_BODY):
            raise ApiProblem(ProblemKind.TOO_LARGE, f"a request has at most {LARGEST_BODY} bytes")

    def _check_token(self, headers: list[tuple[bytes, bytes]], by_protocol: bool) -> None:
        now = monotonic()
        while self._bad and self._bad[0] < now - _WINDOW:
            self._bad.popleft()
        if len(self._bad) >= BAD_TOKENS:
            raise ApiProblem(ProblemKind.TOO_MANY, "too many requests came with a wrong token; wait a minute")
        given = _offered(headers) if by_protocol else _bearer(headers)
        if given is None or not hmac.compare_digest(given.encode(), self._access.token.encode()):
            self._bad.append(now)
            raise ApiProblem(
                ProblemKind.NO_TOKEN,
                "this needs the token of the bench: open the link that `terminal-sim serve` printed",
            )


async def refuse(scope: Scope, send: Send, problem: ApiProblem) -> None:
    """Answers with the problem; a WebSocket is refused before its handshake is accepted."""
    body = problem.as_bytes()
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        *_HEADERS,
    ]
    if scope["type"] == "websocket":
        kind = "websocket.http.response"
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008})
            return
    else:
        kind = "http.response"
    await send({"type": f"{kind}.start", "status": problem.kind.status, "headers": headers})
    await send({"type": f"{kind}.body", "body": body})


def _only(headers: list[tuple[bytes, bytes]], name: bytes) -> str | None:
    """The value of a header that may be said once. A second one is an attempt to be two things at once, and is nobody's."""
    found = [value for key, value in headers if key == name]
    return (
        "".join(value.decode("latin-1") for value in found) if len(found) == 1 else ("\n" if found else None)
    )


def _bearer(headers: list[tuple[bytes, bytes]]) -> str | None:
    scheme, _, token = (_only(headers, b"authorization") or "").partition(" ")
    return token if scheme.lower() == "bearer" else None


def _offered(headers: list[tuple[bytes, bytes]]) -> str | None:
    """The token among the subprotocols of a WebSocket: `terminal-sim.1, bearer.TOKEN`."""
    offered = [word.strip() for word in (_only(headers, b"sec-websocket-protocol") or "").split(",")]
    if PROTOCOL not in offered:
        return None
    return next((word.removeprefix(BEARER) for word in offered if word.startswith(BEARER)), None)


def _bounded(receive: Receive) -> Receive:
    """A body that comes without its length is cut off where it is too large."""
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > LARGEST_BODY:
            raise ApiProblem(ProblemKind.TOO_LARGE, f"a request has at most {LARGEST_BODY} bytes")
        return message

    return bounded


def _guarded(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            said = {name for name, _ in message["headers"]}
            message["headers"] = [*message["headers"], *(pair for pair in _HEADERS if pair[0] not in said)]
        await send(message)

    return guarded
