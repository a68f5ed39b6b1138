"""Deliveries of events: what is tried when, what a restart and faults do, and random histories of it all."""

from __future__ import annotations

from random import Random

import pytest

from terminal_sim.pos.square.webhooks.deliveries import DeliveryRow, DeliveryState, PostResult
from terminal_sim.pos.square.webhooks.fault import ComingWebhookFault, WebhookFault
from tests.pos.square.postal import (
    FAILED,
    SECOND,
    SILENT,
    TAKEN,
    Post,
    checkout_of,
    event_of,
    is_well_signed,
    taken,
)

MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def one_subscriber() -> Post:
    return Post(keys={"a": "key of a"})


def states(post: Post) -> list[DeliveryState]:
    """The newest state of each delivery."""
    newest = {row.key: row.state for row in post.rows if isinstance(row, DeliveryRow)}
    return list(newest.values())


def test_an_event_goes_to_each_subscriber_at_once_and_once() -> None:
    post = Post()
    post.tell()
    assert [one.letter.subscription for one in post.sent] == ["a", "b"]
    for _ in range(2):
        post.answer(TAKEN)
    post.advance(2 * DAY)
    assert len(post.sent) == 2
    assert states(post) == [DeliveryState.TAKEN] * 2


def test_what_nobody_asked_for_leaves_no_row() -> None:
    post = Post(keys={})
    post.tell()
    assert post.rows == []


@pytest.mark.parametrize(
    ("meaning", "result", "reason"),
    [
        ("an error", FAILED, "http_error"),
        ("a redirection", PostResult.answered(302), "http_error"),
        ("silence", SILENT, "http_timeout"),
    ],
)
def test_what_is_not_taken_is_tried_eleven_times_more_within_a_day(
    meaning: str, result: PostResult, reason: str
) -> None:
    post = one_subscriber()
    post.tell()
    while post.under_way():
        post.answer(result)
        post.advance(post.webhooks.next_due() or post.mono)
    minutes = [one.at // MINUTE for one in post.sent]
    assert minutes == [0, 1, 3, 7, 15, 31, 63, 123, 243, 483, 963, 1443], meaning
    assert [one.letter.headers.get("square-retry-number") for one in post.sent] == [
        None,
        *map(str, range(1, 12)),
    ]
    assert {one.letter.headers.get("square-retry-reason") for one in post.sent} == {None, reason}
    assert len({one.letter.body for one in post.sent}) == 1
    assert states(post) == [DeliveryState.GIVEN_UP]
    said = result.status or reason
    assert post.notes[-1] == f"webhook terminal.checkout.created to a, try 12: {said}"
    assert not post.webhooks.deliveries.events, "what is over is forgotten"


def test_time_does_not_pass_a_try_that_nobody_answers() -> None:
    post = one_subscriber()
    post.tell()
    post.advance(4 * MINUTE)
    assert [one.at // SECOND for one in post.sent] == [0, 60, 180]
    assert [one.answer for one in post.sent] == [SILENT, SILENT, SILENT]


def test_what_was_under_way_at_the_end_of_a_bench_begins_anew() -> None:
    post = one_subscriber()
    post.tell()
    post.answer(FAILED)
    post.advance(MINUTE)
    first, again = post.sent
    post.open()
    assert [one.letter for one in post.under_way()] == [again.letter]
    assert again.letter.body == first.letter.body
    post.answer(TAKEN)
    post.open()
    post.advance(2 * DAY)
    assert len(post.sent) == 3


def test_what_waits_for_long_goes_out_at_the_begin_of_the_next_bench() -> None:
    post = one_subscriber()
    post.tell()
    post.answer(FAILED)
    post.mono = 3 * DAY
    post.open()
    post.answer(FAILED)
    post.advance(post.mono + 119 * SECOND)
    assert len(post.sent) == 2, "the next gap is counted from now"
    post.advance(post.mono + SECOND)
    assert len(post.sent) == 3


def test_nothing_leaves_a_service_that_is_down() -> None:
    post = one_subscriber()
    post.is_down = True
    post.tell()
    post.advance(HOUR)
    assert not post.sent
    post.is_down = False
    post.advance(post.mono)
    assert len(post.sent) == 1


@pytest.mark.parametrize(
    ("fault", "arrivals"),
    [
        (WebhookFault.TWICE, [("checkout 1", 0), ("checkout 1", 0), ("checkout 2", 0)]),
        (WebhookFault.LOST, [("checkout 2", 0)]),
        (WebhookFault.LATE, [("checkout 2", 0), ("checkout 1", 60)]),
        (WebhookFault.OUT_OF_ORDER, [("checkout 2", 0), ("checkout 1", 0)]),
    ],
    ids=lambda value: value.value if isinstance(value, WebhookFault) else "",
)
def test_a_fault_meets_the_next_delivery(fault: WebhookFault, arrivals: list[tuple[str, int]]) -> None:
    post = one_subscriber()
    post.webhooks.fault = ComingWebhookFault(fault)
    post.tell()
    post.tell()
    for _ in range(3):
        while post.under_way():
            post.answer(TAKEN)
        post.advance(post.mono + MINUTE)
    assert [(checkout_of(one.letter), one.at // SECOND) for one in post.sent] == arrivals


def test_the_number_of_a_fault_says_which_delivery_it_meets() -> None:
    post = one_subscriber()
    post.webhooks.fault = ComingWebhookFault(WebhookFault.LOST, 3)
    for _ in range(4):
        post.tell()
    assert [checkout_of(one.letter) for one in post.sent] == ["checkout 1", "checkout 2", "checkout 4"]


def test_what_waits_to_be_overtaken_goes_out_after_a_minute() -> None:
    post = one_subscriber()
    post.webhooks.fault = ComingWebhookFault(WebhookFault.OUT_OF_ORDER)
    post.tell()
    post.advance(MINUTE)
    assert [one.at for one in post.sent] == [MINUTE]


def test_a_subscription_that_is_gone_drops_what_waits_for_it() -> None:
    post = Post()
    post.tell()
    post.store(list(post.webhooks.dropped("a")))
    post.answer(FAILED)
    post.answer(FAILED)
    post.advance(HOUR)
    assert [one.letter.subscription for one in post.sent if one.at] == ["b"] * 5


class History:
    """What happens to deliveries, drawn from a seed."""

    def __init__(self, seed: int) -> None:
        self.draw = Random(seed)
        self.post = Post(seed=seed)
        self.struck: set[str] = set()
        self.overtaken = False

    def act(self) -> None:
        acts = (
            (self.tell, 5),
            (self.answer, 8),
            (self.wait, 3),
            (self.restart, 1),
            (self.fault, 1),
            (self.outage, 1),
        )
        self.draw.choices([act for act, _ in acts], [weight for _, weight in acts])[0]()

    def tell(self) -> None:
        self.post.tell()

    def answer(self) -> None:
        under_way = self.post.under_way()
        if under_way:
            self.post.answer(self.draw.choice((TAKEN, TAKEN, FAILED)), self.draw.randrange(len(under_way)))

    def wait(self) -> None:
        self.post.advance(self.post.mono + self.draw.choice((SECOND, 30 * SECOND, 5 * MINUTE, 6 * HOUR)))

    def restart(self) -> None:
        self.post.open()

    def fault(self) -> None:
        fault = self.draw.choice(list(WebhookFault))
        self.overtaken = True
        self.post.webhooks.fault = ComingWebhookFault(fault, self.draw.randint(1, 3))

    def outage(self) -> None:
        self.post.is_down = not self.post.is_down

    def heal(self) -> None:
        """Everybody answers from now on, for two days."""
        post = self.post
        post.is_down = False
        post.webhooks.fault = None
        ends = post.mono + 2 * DAY
        while True:
            while post.under_way():
                post.answer(TAKEN)
            due = post.webhooks.next_due()
            if due is None or due > ends:
                return
            post.advance(max(due, post.mono))


def check(history: History) -> None:
    """No event is lost, tries come in order with the bytes of the first, and each signature is good."""
    post = history.post
    newest = {row.key: row for row in post.rows if isinstance(row, DeliveryRow)}
    assert all(row.state is not DeliveryState.WAITING for row in newest.values())
    assert not post.webhooks.deliveries.waiting
    for subscription, key in post.keys.items():
        counted = taken(post, subscription)
        for (number, to, copy), row in newest.items():
            if to == subscription and row.state is DeliveryState.TAKEN:
                counted[f"checkout {number}"] -= 1
                assert counted[f"checkout {number}"] >= 0, f"copy {copy} was taken"
        bodies: dict[str, bytes] = {}
        tries: dict[str, list[int]] = {}
        for one in post.letters(subscription):
            assert is_well_signed(one.letter, key)
            name = event_of(one.letter)
            assert bodies.setdefault(name, one.letter.body) == one.letter.body
            tries.setdefault(name, []).append(int(one.letter.headers.get("square-retry-number", "0")))
        kept = [row for row in newest.values() if row.subscription == subscription]
        assert {row.number for row in kept} == set(range(1, post.told + 1))
        assert len(tries) == post.told - sum(row.state is DeliveryState.LOST for row in kept)
        if not any(row.copy for row in kept):
            assert all(numbers == sorted(numbers) for numbers in tries.values())
        if not history.overtaken:
            first = [
                checkout_of(one.letter)
                for one in post.letters(subscription)
                if one.letter.headers.get("square-retry-number") is None
            ]
            assert list(dict.fromkeys(first)) == [f"checkout {number + 1}" for number in range(post.told)]


@pytest.mark.parametrize(
    "block", [0, *(pytest.param(number, marks=pytest.mark.soak) for number in range(1, 100))]
)
def test_whatever_happens_each_event_reaches_its_subscribers(block: int) -> None:
    for seed in range(100 * block, 100 * (block + 1)):
        history = History(seed)
        for _ in range(20):
            history.act()
        history.heal()
        check(history)
