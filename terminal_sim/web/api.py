"""The API under `/api/v1`: its table of operations, made for one served bench."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.script.line_of import FIELDS, parameters, said
from terminal_sim.verbs import Verb
from terminal_sim.verbs.signature import NEGATION, ValueKind
from terminal_sim.web.bodies import Acts, ClockChange, NewTerminal
from terminal_sim.web.handlers import Handlers
from terminal_sim.web.listings import listings
from terminal_sim.web.operations import SAID_VERBS, Media, Operation, Query
from terminal_sim.web.problem import ProblemKind
from terminal_sim.web.served import ServedBench

PREFIX = "/api/v1"
_AT = "/terminals/{terminal}"
_BODY = (ProblemKind.NOT_JSON, ProblemKind.BAD_VALUE)
_NAMED = (ProblemKind.NOT_FOUND,)
_AFTER = Query("after", "the newest that is known already, by its number; 0 for all")
_DISPLAY = Query("display", "the display, by its name in the profile; the first one by default", text=True)


def operations(served: ServedBench) -> tuple[Operation, ...]:
    """Every operation, in the order in which the document shows them."""
    return (*_operations(Handlers(served)), *listings(served))


def _operations(do: Handlers) -> Iterator[Operation]:
    yield Operation(
        id="bench",
        method="GET",
        path="/bench",
        handler=do.bench,
        summary="The clock, the next deadline, the newest event, and what breaks an invariant",
    )
    yield Operation(
        id="changeClock",
        method="POST",
        path="/bench/clock",
        handler=do.change_clock,
        body=ClockChange,
        problems=(*_BODY, ProblemKind.REFUSED),
        summary="Lets virtual time pass, jump to the next deadline, run by the wall or stand still; or sets the wall clock",
    )
    yield Operation(
        id="terminals",
        method="GET",
        path="/terminals",
        handler=do.terminals,
        summary="The terminals of the bench",
    )
    yield Operation(
        id="addTerminal",
        method="POST",
        path="/terminals",
        handler=do.add_terminal,
        body=NewTerminal,
        status=201,
        problems=(*_BODY, ProblemKind.REFUSED),
        summary="Sets up a terminal",
    )
    yield Operation(
        id="terminal",
        method="GET",
        path=_AT,
        handler=do.terminal,
        problems=_NAMED,
        summary="How a terminal stands",
    )
    yield Operation(
        id="acts",
        method="POST",
        path=f"{_AT}/acts",
        handler=do.acts,
        body=Acts,
        problems=(*_NAMED, *_BODY, ProblemKind.REFUSED),
        summary="Does lines of the script language in order, up to the first that is refused; acts and expectations wait in virtual time",
    )
    yield Operation(
        id="lines",
        method="POST",
        path="/lines",
        handler=do.lines,
        takes_text=True,
        query=(Query("terminal", "the terminal; the first one by default", text=True),),
        problems=(*_NAMED, ProblemKind.BAD_VALUE, ProblemKind.REFUSED),
        summary="The same with the lines as plain text",
    )
    for name, verb in SAID_VERBS.items():
        yield Operation(
            id=verb.method,
            method="POST",
            path=f"{_AT}/verbs/{name}",
            handler=do.verb(verb),
            schema=schema_of(verb),
            problems=(*_NAMED, *_BODY, ProblemKind.REFUSED),
            summary=verb.doc.partition("\n")[0],
        )
    yield Operation(
        id="screen",
        method="GET",
        path=f"{_AT}/screen",
        handler=do.screen,
        query=(_DISPLAY,),
        problems=(*_NAMED, ProblemKind.BAD_VALUE, ProblemKind.REFUSED),
        summary="The settled screen as elements and text",
    )
    for ending, media, handler in (("txt", Media.TEXT, do.screen_text), ("svg", Media.SVG, do.screen_svg)):
        yield Operation(
            id=f"screen_{ending}",
            method="GET",
            path=f"{_AT}/screen.{ending}",
            handler=handler,
            query=(_DISPLAY,),
            answer=media,
            problems=(*_NAMED, ProblemKind.BAD_VALUE, ProblemKind.REFUSED),
            summary=f"The settled screen as {media.bare}",
        )
    for ending, media, handler in (("svg", Media.SVG, do.device_svg), ("png", Media.PNG, do.device_png)):
        yield Operation(
            id=f"device_{ending}",
            method="GET",
            path=f"{_AT}/device.{ending}",
            handler=handler,
            answer=media,
            problems=_NAMED,
            summary=f"The whole device as {media.bare}: housing, displays, keys, lights",
        )
    yield Operation(
        id="receipts",
        method="GET",
        path=f"{_AT}/receipts",
        handler=do.receipts,
        problems=_NAMED,
        summary="What the printer has printed",
    )
    yield Operation(
        id="receipt_svg",
        method="GET",
        path=f"{_AT}/receipts/{{number}}.svg",
        handler=do.receipt_svg,
        answer=Media.SVG,
        problems=_NAMED,
        summary="One receipt as a picture",
    )
    yield Operation(
        id="recording",
        method="GET",
        path=f"{_AT}/recording",
        handler=do.recording,
        query=(Query("as", "keys, or pytest for a Python test; keys by default", text=True),),
        answer=Media.TEXT,
        problems=(*_NAMED, ProblemKind.BAD_VALUE),
        summary="What was done at the terminal, as a script that does it again",
    )
    yield Operation(
        id="journal",
        method="GET",
        path=f"{_AT}/journal",
        handler=do.journal,
        query=(_AFTER,),
        problems=(*_NAMED, ProblemKind.BAD_VALUE),
        summary="The rows of the terminal's journal",
    )
    yield Operation(
        id="report",
        method="GET",
        path=f"{_AT}/report",
        handler=do.report,
        problems=_NAMED,
        summary="The payment transactions report",
    )
    yield Operation(
        id="hostMessages",
        method="GET",
        path="/host/messages",
        handler=do.host_messages,
        summary="Every request that reached the acquirer, masked",
    )
    yield Operation(
        id="trace",
        method="GET",
        path="/trace",
        handler=do.trace,
        query=(_AFTER, Query("limit", "how many at most; 1,000 by default", maximum=10_000)),
        answer=Media.LINES,
        problems=(ProblemKind.BAD_VALUE,),
        summary="Events, one object of JSON a line; X-First-Event is the oldest that is kept",
    )
    yield Operation(
        id="events",
        method="GET",
        path="/events",
        handler=do.events,
        query=(_AFTER,),
        answer=Media.EVENTS,
        problems=(ProblemKind.BAD_VALUE,),
        summary="Events as they happen, as server-sent events with their numbers as ids",
    )
    yield Operation(
        id="entry",
        method="GET",
        path="/trace/{number}",
        handler=do.entry,
        problems=_NAMED,
        summary="One event with its bytes decoded",
    )


def schema_of(verb: Verb) -> dict[str, object]:
    """The JSON Schema of a verb's arguments."""
    number = {ValueKind.COUNT}
    properties: dict[str, object] = {}
    required = []
    for parameter in parameters(verb):
        one: dict[str, object] = {
            "type": ["string", "integer"] if parameter.kind in number else "string",
            "description": parameter.kind.value,
        }
        if parameter.choices:
            one["enum"] = [*parameter.choices]
        if parameter is verb.rest:
            one = {"type": "array", "items": one, "minItems": 1 if parameter.required else 0}
        properties[said(parameter)] = one
        required += [said(parameter)] if parameter.required else []
    if verb.fields:
        properties[FIELDS] = {
            "type": "object",
            "description": f"fields of {verb.fields} rows with the values that they must have",
            "additionalProperties": {"type": ["string", "integer"]},
        }
    if verb.negatable:
        properties[NEGATION] = {"type": "boolean", "description": "true: it must not be so"}
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
