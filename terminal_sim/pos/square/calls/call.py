"""What a call is: the part of the path that names something, the query, the body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from terminal_sim.pos.square.objects.base import ApiObject
from terminal_sim.pos.square.objects.subscriptions import SignatureKeys
from terminal_sim.pos.square.service.service import SquareService
from terminal_sim.pos.square.webhooks.deliveries import PostResult
from terminal_sim.pos.square.webhooks.webhooks import AwaitedSending, Webhooks
from terminal_sim.pos.square.work.queues import DeviceQueues


class ServiceCall(Struct, frozen=True, kw_only=True):
    """`path` has the named parts of the path, decoded; `query` is as it came."""

    path: Mapping[str, str]
    query: str
    body: bytes


class ServedService(Struct, frozen=True):
    """What calls act on."""

    service: SquareService
    queues: DeviceQueues
    webhooks: Webhooks
    keys: SignatureKeys


class AwaitedAnswer(Struct, frozen=True):
    """An answer that is made of what becomes of `sending`, by `told`, on whatever thread."""

    sending: AwaitedSending
    told: Callable[[PostResult | None], Mapping[str, Any]]


Answered = ApiObject | Mapping[str, Any] | AwaitedAnswer
Serve = Callable[[ServedService, ServiceCall], Answered]


class ServiceRoute(Struct, frozen=True):
    """A call of the service: `pattern` has its named parts in braces."""

    method: str
    pattern: str
    serve: Serve
