"""Square's service behind HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from terminal_sim.pos.servers.http import HttpRequest, HttpResponse
from terminal_sim.pos.servers.on_bench import OnBench, settle
from terminal_sim.pos.square.calls.routes import LaterAnswer, ServiceAnswer, ServiceRequest


class SquareDoor:
    """What a server of the service does with a request; `answer` is called on the thread of the bench."""

    def __init__(
        self, answer: Callable[[ServiceRequest], ServiceAnswer | LaterAnswer], on_bench: OnBench
    ) -> None:
        self._answer = answer
        self._on_bench = on_bench

    async def serve(self, request: HttpRequest) -> HttpResponse | None:
        """The answer, which comes as soon as the bench has time for it; None where it could not be made."""
        asked = ServiceRequest(
            method=request.method,
            path=request.path,
            query=request.query,
            headers=request.headers,
            body=request.body,
        )
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[ServiceAnswer | None] = loop.create_future()

        def receive() -> None:
            given = None
            try:
                given = self._answer(asked)
            finally:
                if isinstance(given, LaterAnswer):
                    later = given
                    later.awaited.sending.add_done_callback(lambda _: settle(loop, answered, later.made()))
                else:
                    settle(loop, answered, given)

        self._on_bench(receive)
        given = await answered
        if given is None:
            return None
        return HttpResponse(status=given.status, body=given.body, headers={"square-version": given.version})
