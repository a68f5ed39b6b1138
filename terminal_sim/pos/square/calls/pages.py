"""Pages of objects: filters, the order of creation, and a cursor that goes on behind the last one that was told.

Rules:
1. Objects are in the order of (created_at, sequence), which never changes: what comes new meanwhile moves none to another place.
2. A cursor belongs to the query that it came from: with another one it is refused.
3. Without a time, those of the last 24 hours are meant.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Protocol

import msgspec
from msgspec import Meta, Struct, to_builtins

from terminal_sim.pos.square.objects.base import ApiObject, ObjectKind
from terminal_sim.pos.square.objects.problems import ServiceRefusal
from terminal_sim.pos.square.objects.values import ErrorCode, SortOrder
from terminal_sim.pos.square.service.book import StoredObject
from terminal_sim.pos.square.service.service import SquareService, timestamp

MOST = 100
WINDOW, YEAR = timedelta(hours=24), timedelta(days=365)
Limit = Annotated[int, Meta(ge=1, le=MOST)]


class SquareTimeRange(ApiObject, frozen=True, kw_only=True):
    """From `start_at` up to `end_at`, both included, RFC 3339."""

    start_at: str | None = None
    end_at: str | None = None


class SearchSort(ApiObject, frozen=True, kw_only=True):
    """In which order."""

    sort_order: SortOrder | None = None


class Cursor(Struct, frozen=True, array_like=True):
    """Where a page ended: the digest of its query, and creation and sequence of its last object."""

    query: str
    created_at: str
    sequence: int


class ObjectPage(Struct, frozen=True):
    """Some of the objects that were asked for, and where the next page begins; None behind the last one."""

    objects: Sequence[StoredObject]
    cursor: str | None


def page(
    candidates: Iterable[StoredObject],
    fits: Callable[[StoredObject], bool],
    *,
    query: Any,
    order: SortOrder | None,
    limit: int | None,
    cursor: str | None,
) -> ObjectPage:
    """The page behind `cursor` of the candidates that fit. `query` is what the cursor is bound to. Raises `ServiceRefusal`."""
    digest = hashlib.sha256(msgspec.json.encode(query, order="deterministic")).hexdigest()[:16]
    ascending = order is SortOrder.ASC
    found = sorted((one for one in candidates if fits(one)), key=_place, reverse=not ascending)
    if cursor is not None:
        behind = _read(cursor, digest)
        found = [one for one in found if (_place(one) > behind if ascending else _place(one) < behind)]
    told = found[: limit or MOST]
    last = told[-1] if len(found) > len(told) else None
    return ObjectPage(told, None if last is None else _written(Cursor(digest, *_place(last))))


def window(times: SquareTimeRange | None, now: datetime, place: str) -> tuple[str, str]:
    """The times between which objects are asked for, as the service writes them. Raises `ServiceRefusal`."""
    start = _moment(times.start_at if times is not None else None, f"{place}.start_at")
    end = _moment(times.end_at if times is not None else None, f"{place}.end_at")
    if start is not None and end is not None and start > end:
        raise ServiceRefusal(ErrorCode.INVALID_TIME_RANGE, "start_at is behind end_at.", place)
    begins = start if start is not None else (end or now) - WINDOW
    return timestamp(begins), timestamp(end if end is not None else datetime.max)  # noqa: DTZ901


def _moment(text: str | None, place: str) -> datetime | None:
    """The time in UTC, without saying so."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ServiceRefusal(ErrorCode.INVALID_TIME, "The value is no RFC 3339 time.", place) from None
    aware = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    try:
        return aware.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        raise ServiceRefusal(ErrorCode.INVALID_TIME, "The value is no RFC 3339 time.", place) from None


def _place(stored: StoredObject) -> tuple[str, int]:
    return stored.value.created_at, stored.sequence


def _written(cursor: Cursor) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def _read(text: str, digest: str) -> tuple[str, int]:
    refusal = ServiceRefusal(ErrorCode.INVALID_CURSOR, "The cursor is none of this query.", "cursor")
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        cursor = msgspec.json.decode(raw, type=Cursor)
    except (ValueError, msgspec.DecodeError):
        raise refusal from None
    if cursor.query != digest:
        raise refusal
    return cursor.created_at, cursor.sequence


class ListQuery(Protocol):
    """What the query of a list has."""

    @property
    def begin_time(self) -> str | None: ...
    @property
    def end_time(self) -> str | None: ...
    @property
    def sort_order(self) -> SortOrder | None: ...
    @property
    def cursor(self) -> str | None: ...
    @property
    def limit(self) -> int | None: ...


def listed(
    name: str,
    service: SquareService,
    kind: ObjectKind,
    query: ListQuery,
    fits: Callable[[StoredObject], bool],
) -> dict[str, Any]:
    """The answer to a list: those of this kind that fit, of the last year where no time is given. Raises `ServiceRefusal`."""
    begins = _moment(query.begin_time, "begin_time") or service.world.now.civil - YEAR
    ends = _moment(query.end_time, "end_time") or datetime.max  # noqa: DTZ901
    first, last = timestamp(begins), timestamp(ends)
    found = page(
        service.book.all(kind),
        lambda stored: first <= stored.value.created_at <= last and fits(stored),
        query={
            field: value for field, value in to_builtins(query).items() if field not in ("cursor", "limit")
        },
        order=query.sort_order,
        limit=query.limit,
        cursor=query.cursor,
    )
    return paged(name, found)


def paged(name: str, found: ObjectPage) -> dict[str, Any]:
    """The answer with a page: the list `name`, which an empty page has not, and the cursor where there is a next page."""
    answer: dict[str, Any] = {}
    if found.objects:
        answer[name] = [one.value for one in found.objects]
    if found.cursor is not None:
        answer["cursor"] = found.cursor
    return answer
