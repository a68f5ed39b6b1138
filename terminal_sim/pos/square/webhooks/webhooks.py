"""The service's side of webhooks: what events a change brings about, and their deliveries until they come to an end.

Rules:
1. Event and deliveries are durable in one commit with the change that they tell of, and what became of a try before the next one.
2. A try begins at the instant at which it is due; the next one is counted from there, whatever time a subscriber takes.
3. Virtual time does not pass a try by more than `ANSWER_WITHIN` before its result is in.
4. A delivery that was under way when the bench was closed begins anew: subscribers hear of an event once or more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from terminal_sim.core.moment import Instant
from terminal_sim.core.rows.schema import JournalRow
from terminal_sim.pos.square.webhooks.deliveries import (
    ANSWER_WITHIN,
    Deliveries,
    DeliveryRow,
    DeliveryState,
    EventRow,
    PostResult,
    after_try,
    first_deliveries,
)
from terminal_sim.pos.square.webhooks.events import ObjectNews, event_body, event_headers, event_id
from terminal_sim.pos.square.webhooks.fault import ComingWebhookFault, WebhookFault
from terminal_sim.secret import Secret


class WebhookAddress(Struct, frozen=True, kw_only=True):
    """Where a subscription has its events sent, and the key that signs them."""

    subscription: str
    url: str
    key: Secret[str]


class Letter(Struct, frozen=True, kw_only=True):
    """A try as it leaves; letters of one subscription leave in order."""

    subscription: str
    url: str
    headers: dict[str, str]
    body: bytes


class Sending(Protocol):
    """A letter on its way."""

    def done(self) -> bool:
        """Whether the result is in. Any thread may ask."""
        ...

    def result(self) -> PostResult | None:
        """What came of it; None where the courier was closed before."""
        ...


class AwaitedSending(Sending, Protocol):
    """A letter on its way that calls back."""

    def add_done_callback(self, call: Callable[[Any], object], /) -> None:
        """Have `call` made with this as soon as the result is in, at once where it is, on whatever thread."""
        ...


class Courier(Protocol):
    """Takes letters to subscribers."""

    def post(self, letter: Letter) -> AwaitedSending:
        """Begin to. The result is in within `ANSWER_WITHIN` of the wall."""
        ...


class Subscribers(Protocol):
    """Who is told of events."""

    def of(self, event_type: str, /) -> Sequence[str]:
        """The subscriptions that are enabled for events of this type, oldest first."""
        ...

    def address(self, subscription: str) -> WebhookAddress:
        """Where its events go now."""
        ...


class WebhookWorld(Protocol):
    """What is around the deliveries."""

    @property
    def now(self) -> Instant: ...
    @property
    def seed(self) -> int: ...
    @property
    def is_down(self) -> bool:
        """Whether the service has an outage: nothing leaves it then."""
        ...

    def store(self, rows: Sequence[JournalRow]) -> bool:
        """Make `rows` durable at once and let them count; False where that is not certain."""
        ...

    def note(self, text: str) -> None:
        """A line for the trace."""
        ...


class _Flight(Struct, frozen=True):
    row: DeliveryRow
    began: int
    sending: Sending


class Webhooks:
    """See the module. `deliveries` is the fold over the rows of before, `rest` lets a moment of the wall pass in which subscribers may call the service.

    `fault` is what the next deliveries meet. Nothing leaves until there is a `courier`.
    """

    def __init__(
        self,
        world: WebhookWorld,
        subscribers: Subscribers,
        deliveries: Deliveries,
        rest: Callable[[], object],
    ) -> None:
        self.deliveries = deliveries
        self.fault: ComingWebhookFault | None = None
        self.courier: Courier | None = None
        self._world = world
        self._subscribers = subscribers
        self._rest = rest
        self._flights: list[_Flight] = []
        self._rests = False
        self._numbered = deliveries.last

    # Events.

    def tell(self, news: ObjectNews) -> list[JournalRow]:
        """The rows of an event, none where nobody has asked for events of its type."""
        told = self._subscribers.of(news.type)
        if not told:
            return []
        self._numbered = number = max(self._numbered, self.deliveries.last) + 1
        name = event_id(self._world.seed, number)
        body = event_body(news, name)
        now = self._world.now
        event = EventRow(
            number=number, event=name, type=news.type, body=body.decode(), began=now.civil_second
        )
        rows: list[JournalRow] = [event]
        for subscription in told:
            rows += first_deliveries(number, subscription, now.mono, self._coming())
        return rows

    def _coming(self) -> WebhookFault | None:
        """What the delivery that begins now meets."""
        coming = self.fault
        if coming is None:
            return None
        self.fault = ComingWebhookFault(coming.fault, coming.count - 1) if coming.count > 1 else None
        return coming.fault if coming.count == 1 else None

    def dropped(self, subscription: str) -> Iterator[DeliveryRow]:
        """The rows that end all deliveries to a subscription that is gone or disabled."""
        for row in self.deliveries.of(subscription):
            yield replace(row, state=DeliveryState.DROPPED, held=0)

    # Deliveries.

    def start(self) -> None:
        """Let all set out that is due. Nothing is waited for."""
        if self.courier is None or self._world.is_down:
            return
        now = self._world.now.mono
        for row in self.deliveries.set_out(now):
            sending = self.courier.post(self._letter(row))
            self._flights.append(_Flight(row, now, sending))

    def _letter(self, row: DeliveryRow) -> Letter:
        event = self.deliveries.events[row.number]
        to = self._subscribers.address(row.subscription)
        body = event.body.encode()
        return Letter(
            subscription=row.subscription,
            url=to.url,
            headers=event_headers(to.key, to.url, body, event.began, retry=row.tries, reason=row.reason),
            body=body,
        )

    def collect(self) -> None:
        """Store the results that are in, in the order in which the tries began, and let what follows from them set out."""
        while self._flights and self._flights[0].sending.done():
            flight = self._flights.pop(0)
            result = flight.sending.result()
            if result is not None and self.deliveries.waiting.get(flight.row.key) == flight.row:
                self._end(flight, result)
        self.start()

    def _end(self, flight: _Flight, result: PostResult) -> None:
        row = flight.row
        if result.reason is not None:
            said = str(result.status) if result.status else result.reason.value
            told = self.deliveries.events[row.number].type
            self._world.note(f"webhook {told} to {row.subscription}, try {row.tries + 1}: {said}")
        ended = after_try(row, result, flight.began)
        self._world.store([ended, *self.deliveries.overtaken(row, flight.began)])

    def test_letter(self, subscription: str, news: ObjectNews) -> Letter:
        """A letter with news that are no event of the service: it is not stored, and sent once by `post`."""
        to, now = self._subscribers.address(subscription), self._world.now
        body = event_body(news, event_id(self._world.seed, -now.mono))
        headers = event_headers(to.key, to.url, body, now.civil_second)
        return Letter(subscription=subscription, url=to.url, headers=headers, body=body)

    def post(self, letter: Letter) -> AwaitedSending | None:
        """Send a letter of `test_letter`; None where there is no courier."""
        return None if self.courier is None else self.courier.post(letter)

    def next_due(self) -> int | None:
        """When the next one sets out, or the result of one that is under way must be in; in microseconds of virtual time."""
        if self.courier is None:
            return None
        due = None if self._world.is_down else self.deliveries.next_due()
        ends = self._flights[0].began + ANSWER_WITHIN if self._flights else None
        return min((at for at in (due, ends) if at is not None), default=None)

    def go_on(self) -> None:
        """Wait for the results that must be in by now, store those that are in, and let all set out that is due."""
        if not self._rests:
            self._rests = True
            try:
                self._wait()
            finally:
                self._rests = False
        self.collect()

    def _wait(self) -> None:
        while self._flights and self._flights[0].began + ANSWER_WITHIN <= self._world.now.mono:
            if self._flights[0].sending.done():
                self.collect()
            else:
                self._rest()
