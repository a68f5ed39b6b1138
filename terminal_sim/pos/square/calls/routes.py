"""The calls of the service by method and path, and the answer to each: a status and a body."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from urllib.parse import unquote

import msgspec
from msgspec import Struct

from terminal_sim.pos.square.calls import (
    actions,
    checkouts,
    device_codes,
    devices,
    locations,
    payments,
    refunds,
    subscriptions,
    terminal_refunds,
)
from terminal_sim.pos.square.calls.call import (
    Answered,
    AwaitedAnswer,
    ServedService,
    ServiceCall,
    ServiceRoute,
)
from terminal_sim.pos.square.objects.problems import (
    ServiceRefusal,
    no_such_path,
    not_durable,
    unauthorized,
    unavailable,
    wrong_method,
    wrong_version,
)
from terminal_sim.pos.square.service.service import VERSION, NotDurable
from terminal_sim.secret import Secret

ROUTES: tuple[ServiceRoute, ...] = (
    *checkouts.ROUTES,
    *terminal_refunds.ROUTES,
    *actions.ROUTES,
    *payments.ROUTES,
    *refunds.ROUTES,
    *device_codes.ROUTES,
    *devices.ROUTES,
    *locations.ROUTES,
    *subscriptions.ROUTES,
)
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_BEARER = "bearer "


class ServiceRequest(Struct, frozen=True, kw_only=True):
    """A request of HTTP: the path is percent-encoded as it came, names of headers are in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


class ServiceAnswer(Struct, frozen=True):
    """What goes back, beside the version that the client asked for."""

    status: int
    body: bytes
    version: str


class LaterAnswer(Struct, frozen=True):
    """An answer that waits for what a subscriber says."""

    awaited: AwaitedAnswer
    version: str

    def made(self) -> ServiceAnswer:
        """The answer, once the subscriber has answered."""
        said = self.awaited.told(self.awaited.sending.result())
        return ServiceAnswer(200, msgspec.json.encode(said), self.version)


def answer(served: ServedService, request: ServiceRequest, token: Secret[str]) -> ServiceAnswer | LaterAnswer:
    """The answer to `request`, of which all that it changes is durable. `token` is what clients must have."""
    version = request.headers.get("square-version", VERSION)
    try:
        said = _answered(served, request, token, version)
        if isinstance(said, AwaitedAnswer):
            return LaterAnswer(said, version)
        return ServiceAnswer(200, msgspec.json.encode(said), version)
    except ServiceRefusal as refused:
        return ServiceAnswer(
            refused.status, refused.body, version if _VERSION.fullmatch(version) else VERSION
        )


def _answered(served: ServedService, request: ServiceRequest, token: Secret[str], version: str) -> Answered:
    if served.service.world.is_down:
        raise unavailable()
    _check_token(request.headers.get("authorization", ""), token)
    if not _VERSION.fullmatch(version):
        raise wrong_version()
    route, path = _route(request.method, request.path)
    served.service.book.forget(served.service.mono)
    try:
        return route.serve(served, ServiceCall(path=path, query=request.query, body=request.body))
    except NotDurable:
        raise not_durable() from None


def _check_token(authorization: str, token: Secret[str]) -> None:
    given = authorization[len(_BEARER) :] if authorization[: len(_BEARER)].lower() == _BEARER else ""
    if not hmac.compare_digest(given.encode(), token.reveal().encode()):
        raise unauthorized()


def _route(method: str, path: str) -> tuple[ServiceRoute, Mapping[str, str]]:
    parts = [unquote(part) for part in path.rstrip("/").split("/")]
    fitting = [
        (route, named) for route in ROUTES if (named := _named(route.pattern.split("/"), parts)) is not None
    ]
    if not fitting:
        raise no_such_path()
    for route, named in fitting:
        if route.method == method:
            return route, named
    raise wrong_method()


def _named(pattern: list[str], parts: list[str]) -> Mapping[str, str] | None:
    """The named parts of the path, None where it is another one."""
    if len(pattern) != len(parts):
        return None
    named: dict[str, str] = {}
    for wanted, given in zip(pattern, parts, strict=True):
        if wanted.startswith("{"):
            named[wanted[1:-1]] = given
        elif wanted != given:
            return None
    return named
