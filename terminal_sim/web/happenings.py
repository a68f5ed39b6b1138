"""The operations that say what has happened: the trace, one entry of it with its bytes, and events as they come."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping

import msgspec

from terminal_sim.bench import TraceEntry
from terminal_sim.bench.masked_capture import masked_capture
from terminal_sim.explore.trace_filter import FilteredEntry, TraceFilter, WrongFilter, label
from terminal_sim.web.answering import Answering
from terminal_sim.web.branch import ServedBranch
from terminal_sim.web.entries import detailed, flat
from terminal_sim.web.operations import (
    AFTER,
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
from terminal_sim.web.trace_page import trace_page

MOST = 100_000  # entries of an answer
_FORMS = ("jsonl", "html", "pcapng")
_AT_ONCE = 500  # entries that are looked at in one go


def happenings(served: ServedBench) -> Iterator[Operation]:
    """Every one, in the order in which the document shows them."""
    tell = Happenings(served)
    yield Operation(
        id="trace",
        method="GET",
        path="/trace",
        handler=tell.trace,
        reach=OperationReach.BRANCH,
        query=(
            AFTER,
            Query("limit", "how many at most; 1,000 by default", maximum=MOST),
            Query("filter", "which, in the filter language: `kind:apdu,host sw:6A83 n>60`", text=True),
            Query("as", "jsonl, html, or pcapng with the masked bytes; jsonl by default", text=True),
        ),
        answer=Media.LINES,
        also=(Media.HTML, Media.PCAPNG),
        summary="Events, one object of JSON a line, or as a file to keep; X-First-Event is the oldest that is kept",
    )
    yield Operation(
        id="events",
        method="GET",
        path="/events",
        handler=tell.events,
        reach=OperationReach.BRANCH,
        query=(AFTER,),
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
        branch = self._served.branch(call.branch)
        form = str(call.query.get("as", "jsonl"))
        if form not in _FORMS:
            raise ApiProblem(ProblemKind.BAD_VALUE, f"a trace comes as {', '.join(_FORMS)}", field="as")
        headers = {"x-first-event": str(branch.history.first)}
        found = await self._found(branch, call)
        if form == "jsonl":
            return HttpAnswer(
                b"".join(msgspec.json.encode(flat(each)) + b"\n" for each in found),
                Media.LINES,
                headers=headers,
            )
        headers["content-disposition"] = f'attachment; filename="trace.{form}"'
        if form == "pcapng":
            return HttpAnswer(masked_capture(found), Media.PCAPNG, headers=headers)
        return HttpAnswer(
            trace_page(map(flat, found), f"Trace of {branch.name}").encode(), Media.HTML, headers=headers
        )

    async def _found(self, branch: ServedBranch, call: HttpCall) -> list[TraceEntry]:
        """The entries that are asked for. The server answers others in between, however long the trace is."""
        try:
            wanted = TraceFilter.of(str(call.query.get("filter", "")))
        except WrongFilter as wrong:
            raise ApiProblem(ProblemKind.BAD_VALUE, str(wrong), field="filter") from None
        limit = int(call.query.get("limit", 1_000))
        seats = {each.terminal.name: name for name, each in branch.terminals.items()}
        found: list[TraceEntry] = []
        for looked_at, entry in enumerate(branch.history.after(int(call.query.get("after", 0))), 1):
            if len(found) == limit:
                break
            if _is_wanted(branch, entry, wanted, seats):
                found.append(entry)
            if looked_at % _AT_ONCE == 0:
                await asyncio.sleep(0)
        return found

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


def _is_wanted(
    branch: ServedBranch, entry: TraceEntry, wanted: TraceFilter, seats: Mapping[str, str]
) -> bool:
    if wanted.kinds and entry.kind not in wanted.kinds:
        return False
    if not wanted.tests:
        return True
    act = branch.history.entry(entry.cause)
    line = label(flat(act)) if act is not None else ""
    return wanted.admits(FilteredEntry(flat(entry), line, seats.get(entry.terminal, "")))
