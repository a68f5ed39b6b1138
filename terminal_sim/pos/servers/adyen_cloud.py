"""The platform's Terminal API for all terminals of a bench behind HTTPS: `POST /sync` holds the call, `POST /async` does not; so it is with the paths of the Cloud device API.

Messages are in clear, or sealed for their terminal, and who sends them has the platform's key. A request for a terminal that is off, or whose link is down, is rejected.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import count

from msgspec import Struct

from terminal_sim.pos.adyen.messages.common import MessageHeader
from terminal_sim.pos.adyen.messages.values import Category
from terminal_sim.pos.adyen.platform.replies import (
    NO_SUCH_DEVICE,
    OTHER_DEVICE,
    TAKEN,
    UNAUTHORIZED,
    addressee,
    connected_devices,
    connected_terminals,
    device_status,
    is_sealed,
    not_an_object,
    not_connected,
)
from terminal_sim.pos.adyen.platform.routes import PlatformCall, routed
from terminal_sim.pos.adyen.terminal_api import TerminalApi
from terminal_sim.pos.adyen.wire.exchange import HttpReply, Reply
from terminal_sim.pos.servers.http import HttpRequest, HttpResponse
from terminal_sim.pos.servers.on_bench import OnBench, settle
from terminal_sim.secret import Secret

_KEY = "x-api-key"
_FIRST_NOTIFICATION = 100_000_001


class Connected(Struct, frozen=True):
    """A terminal that the platform knows; `is_on` is asked on the thread of the bench."""

    api: TerminalApi
    is_on: Callable[[], bool]

    @property
    def in_reach(self) -> bool:
        """Whether it has power and its link is up."""
        return self.is_on() and self.api.is_connected


class CloudTerminalApi:
    """See the module. `terminals` are by their POIID, `now` is civil time, asked on the thread of the bench."""

    def __init__(
        self,
        terminals: Mapping[str, Connected],
        key: Secret[str],
        now: Callable[[], datetime],
        on_bench: OnBench,
    ) -> None:
        self._terminals = terminals
        self._key = key
        self._now = now
        self._on_bench = on_bench
        self._notified = count(_FIRST_NOTIFICATION)

    async def serve(self, request: HttpRequest) -> HttpResponse | None:
        """The answer, which comes when the dialogue is over, or at once; None where the terminal lost its power meanwhile."""
        found = routed(request.path)
        if found is None:
            return HttpResponse(status=404, body=b"")
        route, device = found
        if request.method != route.method:
            return HttpResponse(status=405, body=b"", headers={"allow": route.method})
        given = request.headers.get(_KEY, "").encode()
        if not hmac.compare_digest(given, self._key.reveal().encode()):
            return _as_http(UNAUTHORIZED)
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[HttpReply | None] = loop.create_future()

        def reply(given: HttpReply | None) -> None:
            settle(loop, answered, given)

        self._on_bench(lambda: self._serve(route.call, device, request.body, reply))
        said = await answered
        return None if said is None else _as_http(said)

    def _serve(self, call: PlatformCall, device: str, text: bytes, reply: Reply) -> None:
        match call:
            case PlatformCall.SYNC | PlatformCall.ASYNC:
                self._receive(device, text, reply, waits=call is PlatformCall.SYNC)
            case PlatformCall.CONNECTED_TERMINALS:
                reply(connected_terminals(self._in_reach()))
            case PlatformCall.CONNECTED_DEVICES:
                reply(connected_devices(self._in_reach()))
            case PlatformCall.DEVICE_STATUS:
                terminal = self._terminals.get(device)
                reply(NO_SUCH_DEVICE if terminal is None else device_status(device, online=terminal.in_reach))

    def _in_reach(self) -> list[str]:
        return [poiid for poiid, terminal in self._terminals.items() if terminal.in_reach]

    def _receive(self, device: str, text: bytes, reply: Reply, *, waits: bool) -> None:
        """Serve a message; `device` is the terminal of its path, where that names one."""
        header = addressee(text)
        if header is None:
            reply(not_an_object(text, next(self._notified), self._now()))
            return
        if device and device != header.poiid:
            reply(OTHER_DEVICE)
            return
        terminal = self._terminals.get(header.poiid)
        if terminal is None or not terminal.in_reach:
            reply(not_connected(header, text, next(self._notified), self._now()))
            return
        sealed = is_sealed(text)
        if waits:
            terminal.api.receive(text, lambda said: reply(_as_sync(header, said)), sealed=sealed)
        else:
            reply(TAKEN)
            terminal.api.receive(text, terminal.api.tell_later, sealed=sealed)


def _as_sync(header: MessageHeader, said: HttpReply | None) -> HttpReply | None:
    """An abort has no answer of the terminal; the platform says that it was taken."""
    aborted = header.message_category is Category.ABORT and said is not None and not said.body
    return TAKEN if aborted else said


def _as_http(reply: HttpReply) -> HttpResponse:
    media = "text/plain" if reply is TAKEN else "application/json"
    return HttpResponse(status=reply.status, body=reply.body, media=media)
