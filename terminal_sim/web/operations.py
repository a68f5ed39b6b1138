"""The operations of the API, each once: the table from which the routes and the OpenAPI document are made."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from msgspec import Struct

from terminal_sim.verbs import VERBS
from terminal_sim.web.problem import ProblemKind

SAID_VERBS = {"-".join(verb.words).replace("!", "-blindly"): verb for verb in VERBS.values()}
"""The verbs by the names that paths and messages give them: `press`, `press-blindly`, `expect-screen`."""


class Media(Enum):
    """What an answer is."""

    JSON = "application/json"
    TEXT = "text/plain; charset=utf-8"
    SVG = "image/svg+xml"
    PNG = "image/png"
    XML = "application/xml"
    HTML = "text/html; charset=utf-8"
    PCAPNG = "application/x-pcapng"
    ZIP = "application/zip"
    LINES = "application/jsonl"
    EVENTS = "text/event-stream"

    @property
    def bare(self) -> str:
        return self.value.partition(";")[0]


@dataclass(frozen=True, slots=True)
class Query:
    """A parameter of the query. `maximum` bounds a number; a `text` is any."""

    name: str
    meaning: str
    text: bool = False
    maximum: int = 2**53


AFTER = Query("after", "the newest that is known already, by its number; 0 for all")
TERMINAL = "/terminals/{terminal}"
"""The path of one terminal, with which those of all that it has begin."""


class OperationReach(Enum):
    """What of a served bench an operation is about, and so which parameters it has besides its own."""

    ALL = ()
    BRANCH = (Query("branch", "the branch; the live one by default", text=True),)
    MOMENT = (
        *BRANCH,
        Query("at", "as it was when this event had happened; as it is now by default"),
    )


@dataclass(frozen=True, slots=True)
class HttpCall:
    """One request, read: `path` and `query` by their names, and the body as its bytes."""

    path: dict[str, str]
    query: dict[str, str | int]
    body: bytes
    headers: Mapping[str, str]

    @property
    def branch(self) -> str:
        """The name of the branch, "" for the live one."""
        return str(self.query.get("branch", ""))

    @property
    def at(self) -> int | None:
        """The event whose moment is asked for, None for now."""
        at = self.query.get("at")
        return None if at is None else int(at)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What a request is answered with: at once, or as a stream."""

    body: bytes | AsyncIterator[bytes]
    media: Media = Media.JSON
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def answered(found: object, status: int = 200) -> HttpAnswer:
    """An answer of JSON."""
    return HttpAnswer(json.dumps(found, ensure_ascii=False, default=str).encode(), status=status)


Handler = Callable[[HttpCall], Awaitable[HttpAnswer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`body` is the type of a body of JSON, `schema` its schema where it is made from something else, `takes_text` that it is lines of text.

    `answer` is what it is answered with, `also` what else where a parameter asks for it. `problems` are its own; those of its parameters and of its path come by themselves.
    """

    id: str
    method: str
    path: str
    summary: str
    handler: Handler
    body: type[Struct] | None = None
    schema: dict[str, object] | None = None
    takes_text: bool = False
    query: tuple[Query, ...] = ()
    reach: OperationReach = OperationReach.ALL
    answer: Media = Media.JSON
    also: tuple[Media, ...] = ()
    status: int = 200
    problems: tuple[ProblemKind, ...] = ()

    @property
    def parameters(self) -> tuple[Query, ...]:
        """All of its query."""
        return (*self.query, *self.reach.value)

    @property
    def refusals(self) -> frozenset[ProblemKind]:
        """All that it may refuse a request with, besides what every operation may."""
        own = {*self.problems, ProblemKind.BAD_VALUE}  # a parameter that it has not
        if "{" in self.path or self.reach is not OperationReach.ALL:
            own.add(ProblemKind.NOT_FOUND)
        if self.reach is OperationReach.MOMENT:
            own.add(ProblemKind.REFUSED)
        return frozenset(own)
