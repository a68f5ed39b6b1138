"""A post office for tests: a courier whose subscribers answer as a test says, beside a clock that the test moves."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from terminal_sim.core.moment import Instant
from terminal_sim.core.rows.schema import JournalRow
from terminal_sim.pos.square.webhooks.deliveries import (
    ANSWER_WITHIN,
    Deliveries,
    DeliveryRow,
    EventRow,
    PostResult,
    RetryReason,
)
from terminal_sim.pos.square.webhooks.events import CHECKOUT, SIGNATURE, ObjectNews
from terminal_sim.pos.square.webhooks.webhooks import Letter, WebhookAddress, Webhooks
from terminal_sim.secret import Secret

SECOND = 1_000_000
ROW_CLASSES = {kind: row for row in (EventRow, DeliveryRow) for kind in row.KINDS}
BEGINNING = 1_767_780_690_471_000  # 2026-01-07 10:11:30.471
TAKEN = PostResult.answered(200)
FAILED = PostResult.answered(503)
SILENT = PostResult(0, RetryReason.HTTP_TIMEOUT)


@dataclass
class Sent:
    """A letter under way; `answer` ends it."""

    letter: Letter
    at: int
    answer: PostResult | None = None
    gone: bool = False

    def done(self) -> bool:
        return self.gone or self.answer is not None

    def add_done_callback(self, _: Callable[[Any], object], /) -> None:
        raise AssertionError("nobody waits for an event")

    def result(self) -> PostResult | None:
        return self.answer


@dataclass
class Post:
    """Everything around the deliveries: the clock, the rows that are durable, the subscribers with their keys, the letters."""

    mono: int = 0
    seed: int = 1
    is_down: bool = False
    rows: list[JournalRow] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=lambda: {"a": "key of a", "b": "key of b"})
    sent: list[Sent] = field(default_factory=list)
    told: int = 0
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        """Begin anew from the rows, as a bench does; what was under way is not known any more."""
        for one in self.under_way():
            one.gone = True
        deliveries = Deliveries()
        for row in self.rows:
            flat = row.flat()
            deliveries.apply(ROW_CLASSES[flat.kind].of(flat))
        self.webhooks = Webhooks(self, self, deliveries, self.rest)
        self.webhooks.courier = self
        self.webhooks.start()

    # World.

    @property
    def now(self) -> Instant:
        return Instant(self.mono, BEGINNING + self.mono)

    def store(self, rows: Sequence[JournalRow]) -> bool:
        self.rows += rows
        for row in rows:
            self.webhooks.deliveries.apply(row)
        return True

    def note(self, text: str) -> None:
        self.notes.append(text)

    # Subscribers and courier.

    def of(self, _: str) -> Sequence[str]:
        return list(self.keys)

    def address(self, subscription: str) -> WebhookAddress:
        url = f"http://127.0.0.1:9777/{subscription}"
        return WebhookAddress(subscription=subscription, url=url, key=Secret(self.keys[subscription]))

    def post(self, letter: Letter) -> Sent:
        sent = Sent(letter, self.mono)
        self.sent.append(sent)
        return sent

    # What a test does.

    def tell(self) -> None:
        """Something happens that subscribers hear of."""
        self.told += 1
        news = ObjectNews(
            subject=CHECKOUT,
            type="terminal.checkout.created",
            merchant="M",
            location="L",
            created="2026-01-07T10:11:30.471Z",
            id=f"checkout {self.told}",
            value={"note": "à l'été", "id": f"checkout {self.told}"},
        )
        self.store(self.webhooks.tell(news))
        self.webhooks.start()

    def under_way(self) -> list[Sent]:
        return [one for one in self.sent if not one.done()]

    def answer(self, result: PostResult, which: int = 0) -> None:
        """One of the letters under way ends so."""
        self.under_way()[which].answer = result
        self.webhooks.collect()

    def rest(self) -> None:
        """A moment of the wall: the oldest letter has waited for long enough."""
        late = next((one for one in self.under_way() if one.at + ANSWER_WITHIN <= self.mono), None)
        if late is not None:
            late.answer = SILENT

    def advance(self, until: int) -> None:
        """Let virtual time pass, from one instant of the deliveries to the next."""
        while (due := self.webhooks.next_due()) is not None and due <= until:
            self.mono = max(self.mono, due)
            self.webhooks.go_on()
        self.mono = until

    def letters(self, subscription: str) -> list[Sent]:
        return [one for one in self.sent if one.letter.subscription == subscription]


def event_of(letter: Letter) -> str:
    name: str = json.loads(letter.body)["event_id"]
    return name


def checkout_of(letter: Letter) -> str:
    name: str = json.loads(letter.body)["data"]["id"]
    return name


def is_well_signed(letter: Letter, key: str) -> bool:
    """Whether a subscriber that has `key` accepts the letter, told without the code under test."""
    expected = b64encode(hmac.digest(key.encode(), letter.url.encode() + letter.body, "sha256")).decode()
    return letter.headers[SIGNATURE] == expected


def taken(post: Post, subscription: str) -> Counter[str]:
    """How often each checkout's event was taken."""
    return Counter(
        checkout_of(one.letter) for one in post.letters(subscription) if one.answer == TAKEN and not one.gone
    )


@dataclass
class Mailbox:
    """A courier whose letters arrive at once; `result` is what is answered."""

    result: PostResult = TAKEN
    letters: list[Letter] = field(default_factory=list)

    def post(self, letter: Letter) -> Sent:
        self.letters.append(letter)
        return Sent(letter, 0, self.result)

    def told(self) -> list[tuple[str, str]]:
        """The types of the events, and the states of their objects."""
        found = []
        for letter in self.letters:
            body = json.loads(letter.body)
            (value,) = body["data"]["object"].values()
            found.append((body["type"], value.get("status", "")))
        return found
