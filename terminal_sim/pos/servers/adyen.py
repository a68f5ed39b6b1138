"""The local Terminal API of one terminal behind HTTPS: `POST /nexo/`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from terminal_sim.pos.adyen.terminal_api import TerminalApi
from terminal_sim.pos.adyen.wire.exchange import HttpReply
from terminal_sim.pos.servers.http import HttpRequest, HttpResponse
from terminal_sim.pos.servers.on_bench import OnBench, settle

_PATHS = ("/nexo", "/nexo/")


class LocalTerminalApi:
    """What a server of `api` does with a request; `is_on` says whether the terminal has power, asked on the thread of the bench."""

    def __init__(self, api: TerminalApi, is_on: Callable[[], bool], on_bench: OnBench) -> None:
        self._api = api
        self._is_on = is_on
        self._on_bench = on_bench

    async def serve(self, request: HttpRequest) -> HttpResponse | None:
        """The answer, which comes when the dialogue is over; None where the terminal has lost its power."""
        if request.path not in _PATHS:
            return HttpResponse(status=404, body=b"")
        if request.method != "POST":
            return HttpResponse(status=405, body=b"", headers={"allow": "POST"})
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[HttpReply | None] = loop.create_future()

        def reply(given: HttpReply | None) -> None:
            settle(loop, answered, given)

        def receive() -> None:
            if self._is_on():
                self._api.receive(request.body, reply)
            else:
                reply(None)

        self._on_bench(receive)
        given = await answered
        return None if given is None else HttpResponse(status=given.status, body=given.body)
