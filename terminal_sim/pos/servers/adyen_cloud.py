"""The platform's Terminal API for all terminals of a bench behind HTTPS: `POST /sync` holds the call, `POST /async` does not.

Messages are in clear, and who sends them has the platform's key. A request for a terminal that is off, or whose link is down, is rejected.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import count

from msgspec import Struct

from terminal_sim.pos.adyen.common import MessageHeader
from terminal_sim.pos.adyen.exchange import HttpReply
from terminal_sim.pos.adyen.platform import TAKEN, UNAUTHORIZED, addressee, not_an_object, not_connected
from terminal_sim.pos.adyen.terminal_api import TerminalApi
from terminal_sim.pos.adyen.values import Category
from terminal_sim.pos.servers.http import HttpRequest, HttpResponse
from terminal_sim.pos.servers.on_bench import OnBench, settle
from terminal_sim.secret import Secret

_KEY = "x-api-key"
_SYNC, _ASYNC = "/sync", "/async"
_FIRST_NOTIFICATION = 100_000_001


class Connected(Struct, frozen=True):
    """A terminal that the platform knows; `is_on` is asked on the thread of the bench."""

    api: TerminalApi
    is_on: Callable[[], bool]


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
        if request.path not in (_SYNC, _ASYNC):
            return HttpResponse(status=404, body=b"")
        if request.method != "POST":
            return HttpResponse(status=405, body=b"", headers={"allow": "POST"})
        given = request.headers.get(_KEY, "").encode()
        if not hmac.compare_digest(given, self._key.reveal().encode()):
            return _as_http(UNAUTHORIZED)
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[HttpReply | None] = loop.create_future()

        def reply(given: HttpReply | None) -> None:
            settle(loop, answered, given)

        waits = request.path == _SYNC
        self._on_bench(lambda: self._receive(request.body, reply, waits=waits))
        said = await answered
        return None if said is None else _as_http(said)

    def _receive(self, text: bytes, reply: Callable[[HttpReply | None], None], *, waits: bool) -> None:
        header = addressee(text)
        if header is None:
            reply(not_an_object(text, next(self._notified), self._now()))
            return
        terminal = self._terminals.get(header.poiid)
        if terminal is None or not terminal.is_on() or not terminal.api.is_connected:
            reply(not_connected(header, text, next(self._notified), self._now()))
            return
        if waits:
            terminal.api.receive(text, lambda said: reply(_as_sync(header, said)), sealed=False)
        else:
            reply(TAKEN)
            terminal.api.receive(text, terminal.api.tell_later, sealed=False)


def _as_sync(header: MessageHeader, said: HttpReply | None) -> HttpReply | None:
    """An abort has no answer of the terminal; the platform says that it was taken."""
    aborted = header.message_category is Category.ABORT and said is not None and not said.body
    return TAKEN if aborted else said


def _as_http(reply: HttpReply) -> HttpResponse:
    media = "text/plain" if reply is TAKEN else "application/json"
    return HttpResponse(status=reply.status, body=reply.body, media=media)
