"""Events on their way to subscribers: what is stored of each delivery, when it is tried again, and what waits, as a fold over the rows."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

from terminal_sim.core.rows.schema import JournalRow, RowError
from terminal_sim.pos.square.webhooks.fault import WebhookFault

_SECOND = 1_000_000
_MINUTE = 60 * _SECOND
_HOUR = 60 * _MINUTE
GAPS = (
    *(minutes * _MINUTE for minutes in (1, 2, 4, 8, 16, 32)),
    *(hours * _HOUR for hours in (1, 2, 4, 8, 8)),
)
"""How long after the begin of a try that failed the next one follows, in microseconds: eleven more tries within 24 hours."""
ANSWER_WITHIN = 10 * _SECOND
"""A subscriber that has not answered by then has not taken the event."""
HELD_BACK = _MINUTE
"""By how much a delivery is late on request."""


class DeliveryState(Enum):
    """`WAITING` is the only one that is no end: `GIVEN_UP` after the last try, `DROPPED` with its subscription, `LOST` on request."""

    WAITING = "waiting"
    TAKEN = "taken"
    GIVEN_UP = "given-up"
    DROPPED = "dropped"
    LOST = "lost"


class RetryReason(Enum):
    """Why a try failed, in the vendor's words."""

    HTTP_TIMEOUT = "http_timeout"
    HTTP_ERROR = "http_error"
    OTHER = "other"


class PostResult(Struct, frozen=True):
    """What came of a try: the status of HTTP, 0 without an answer, and why it failed."""

    status: int
    reason: RetryReason | None = None

    @staticmethod
    def answered(status: int) -> PostResult:
        """Only 200 to 299 is an answer that takes the event; a redirection is none."""
        return PostResult(status, None if 200 <= status < 300 else RetryReason.HTTP_ERROR)


class EventRow(JournalRow, Struct, frozen=True, kw_only=True):
    """Subscribers are to be told: `body` is what leaves, byte for byte in UTF-8. `number` counts the events, `began` is civil time in whole seconds."""

    KINDS: ClassVar[tuple[str, ...]] = ("webhook-event",)

    number: int
    event: str
    type: str
    body: str
    began: datetime


DeliveryKey = tuple[int, str, int]


class DeliveryRow(JournalRow, Struct, frozen=True, kw_only=True):
    """The delivery of the event `number` to `subscription` is so from now on: it is tried at the virtual time `due`, after `tries` tries that failed.

    `reason` is why the last one failed. `copy` is 1 for a second delivery of the same event, `held` 1 as long as it waits for a later event to overtake it.
    """

    KINDS: ClassVar[tuple[str, ...]] = ("webhook-delivery",)

    number: int
    subscription: str
    state: DeliveryState
    due: int
    tries: int = 0
    reason: str = ""
    copy: int = 0
    held: int = 0

    @property
    def key(self) -> DeliveryKey:
        return self.number, self.subscription, self.copy


def first_deliveries(
    number: int, subscription: str, now: int, fault: WebhookFault | None
) -> Iterator[DeliveryRow]:
    """How the event `number` sets out for `subscription` at the virtual time `now`, met by `fault`."""
    row = DeliveryRow(number=number, subscription=subscription, state=DeliveryState.WAITING, due=now)
    match fault:
        case WebhookFault.LATE:
            yield replace(row, due=now + HELD_BACK)
        case WebhookFault.OUT_OF_ORDER:
            yield replace(row, due=now + HELD_BACK, held=1)
        case WebhookFault.LOST:
            yield replace(row, state=DeliveryState.LOST)
        case WebhookFault.TWICE:
            yield row
            yield replace(row, copy=1)
        case None:
            yield row


def after_try(row: DeliveryRow, result: PostResult, began: int) -> DeliveryRow:
    """The delivery `row` after a try that began at the virtual time `began`."""
    if result.reason is None:
        return replace(row, state=DeliveryState.TAKEN, held=0)
    failed = replace(row, tries=row.tries + 1, reason=result.reason.value, held=0)
    if row.tries == len(GAPS):
        return replace(failed, state=DeliveryState.GIVEN_UP)
    return replace(failed, due=began + GAPS[row.tries])


class Deliveries:
    """The fold over the rows. `waiting` are the deliveries that have not come to their end, by their keys; `events` what they carry.

    An event that no delivery waits for is forgotten. `last` is the number of the newest.
    """

    def __init__(self) -> None:
        self.waiting: dict[DeliveryKey, DeliveryRow] = {}
        self.events: dict[int, EventRow] = {}
        self.last = 0
        self._carried: dict[int, int] = {}
        self._held: dict[DeliveryKey, DeliveryRow] = {}
        self._order: list[tuple[int, DeliveryKey]] = []

    def apply(self, row: JournalRow) -> None:
        """Take a stored row, if it is one of these. Raises `RowError` for a delivery of no event."""
        if isinstance(row, EventRow):
            self._forget(self.last)
            self.last = row.number
            self.events[row.number] = row
            self._carried[row.number] = 0
        elif isinstance(row, DeliveryRow):
            self._deliver(row)

    def _deliver(self, row: DeliveryRow) -> None:
        if row.number not in self.events:
            raise RowError(f"there is no event {row.number} to be delivered")
        waited, waits = row.key in self.waiting, row.state is DeliveryState.WAITING
        self._carried[row.number] += waits - waited
        self._held.pop(row.key, None)
        if waits:
            self.waiting[row.key] = row
            heapq.heappush(self._order, (row.due, row.key))
            if row.held:
                self._held[row.key] = row
        elif waited:
            del self.waiting[row.key]
            self._forget(row.number)

    def _forget(self, number: int) -> None:
        if self._carried.get(number) == 0:
            del self._carried[number], self.events[number]

    def next_due(self) -> int | None:
        """The virtual time at which the next one sets out; None where all that waits has set out."""
        while self._order:
            due, key = self._order[0]
            row = self.waiting.get(key)
            if row is not None and row.due == due:
                return due
            heapq.heappop(self._order)
        return None

    def set_out(self, now: int) -> list[DeliveryRow]:
        """Those that are to be tried by `now`, in the order in which they fell due. Each is given once, until a row of it says when it is tried again."""
        found = []
        while (due := self.next_due()) is not None and due <= now:
            _, key = heapq.heappop(self._order)
            found.append(self.waiting[key])
        return found

    def of(self, subscription: str) -> list[DeliveryRow]:
        """What waits for this subscription, oldest first."""
        return [row for row in self.waiting.values() if row.subscription == subscription]

    def overtaken(self, row: DeliveryRow, now: int) -> list[DeliveryRow]:
        """What was held back until `row` was tried: it is due now."""
        return [
            replace(held, due=now, held=0)
            for held in self._held.values()
            if held.subscription == row.subscription and held.number < row.number
        ]
