"""The operations that say what has happened: the trace, one entry of it with its bytes, and events as they come."""

from __future__ import annotations

import json
from collections.abc import Iterator

from terminal_sim.web.answering import Answering
from terminal_sim.web.entries import detailed, flat
from terminal_sim.web.operations import (
    HttpAnswer,
    HttpCall,
    Media,
    Operation,
    OperationReach,
    Query,
    answered,
)
from terminal_sim.web.problem import ApiProblem, ProblemKind
from terminal_sim.web.served import ServedBench
from terminal_sim.web.stream import stream

_AFTER = Query("after", "the newest that is known already, by its number; 0 for all")


def happenings(served: ServedBench) -> Iterator[Operation]:
    """Every one, in the order in which the document shows them."""
    tell = Happenings(served)
    yield Operation(
        id="trace",
        method="GET",
        path="/trace",
        handler=tell.trace,
        reach=OperationReach.BRANCH,
        query=(_AFTER, Query("limit", "how many at most; 1,000 by default", maximum=10_000)),
        answer=Media.LINES,
        summary="Events, one object of JSON a line; X-First-Event is the oldest that is kept",
    )
    yield Operation(
        id="events",
        method="GET",
        path="/events",
        handler=tell.events,
        reach=OperationReach.BRANCH,
        query=(_AFTER,),
        answer=Media.EVENTS,
        summary="Events as they happen, as server-sent events with their numbers as ids",
    )
    yield Operation(
        id="entry",
        method="GET",
        path="/trace/{number}",
        handler=tell.entry,
        reach=OperationReach.BRANCH,
        summary="One event with its bytes decoded",
    )


class Happenings(Answering):
    """What each of them says."""

    async def trace(self, call: HttpCall) -> HttpAnswer:
        history = self._served.branch(call.branch).history
        limit = int(call.query.get("limit", 1_000))
        entries = list(history.after(int(call.query.get("after", 0))))[:limit]
        text = "".join(json.dumps(flat(entry), ensure_ascii=False) + "\n" for entry in entries)
        return HttpAnswer(text.encode(), Media.LINES, headers={"x-first-event": str(history.first)})

    async def entry(self, call: HttpCall) -> HttpAnswer:
        history = self._served.branch(call.branch).history
        number = call.path["number"]
        known = number.isascii() and number.isdigit() and len(number) < 16
        entry = history.entry(int(number)) if known else None
        if entry is None:
            raise ApiProblem(
                ProblemKind.NOT_FOUND,
                f"there is no event {number}; there are {history.first} to {history.last}",
            )
        return answered(detailed(entry))

    async def events(self, call: HttpCall) -> HttpAnswer:
        branch = self._served.branch(call.branch)
        text = str(call.query.get("after", call.headers.get("last-event-id", "0")))
        if not (text.isascii() and text.isdigit() and len(text) < 17):
            raise ApiProblem(
                ProblemKind.BAD_VALUE, "Last-Event-ID is the number of an event", field="Last-Event-ID"
            )
        return HttpAnswer(stream(branch, int(text)), Media.EVENTS)
