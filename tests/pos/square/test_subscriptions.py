"""Webhook subscriptions: who is told of what, with which key, until when."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from terminal_sim.bench import Bench, BenchMisuse
from terminal_sim.pos.square.webhooks.events import EVENT_TYPES
from tests.pos.square.kit import SquareShop, shop
from tests.pos.square.postal import FAILED, TAKEN, Mailbox, is_well_signed

PATH = "/v2/webhooks/subscriptions"
URL = "http://127.0.0.1:9777/hook"


class WebhookShop:
    """A shop whose subscribers have a mailbox."""

    def __init__(self, square: SquareShop) -> None:
        self.square = square
        self.mail = Mailbox()
        square.service.webhooks.courier = self.mail

    def subscribe(self, *event_types: str, **more: Any) -> Any:
        """A subscription to these types, to all where there are none."""
        subscription = {"event_types": event_types or EVENT_TYPES, "notification_url": URL, **more}
        return self.square.good("POST", PATH, {"subscription": subscription})["subscription"]

    def one(self, subscription: Any) -> str:
        return f"{PATH}/{subscription['id']}"


@pytest.fixture
def hooks() -> Iterator[WebhookShop]:
    with shop() as square:
        yield WebhookShop(square)


def test_a_subscriber_hears_of_a_checkout_from_its_begin_to_its_payment(hooks: WebhookShop) -> None:
    made = hooks.subscribe()
    checkout = hooks.square.checkout(note="à l'été")
    hooks.square.card()
    assert hooks.mail.told() == [
        ("terminal.checkout.created", "PENDING"),
        ("terminal.checkout.updated", "IN_PROGRESS"),
        ("payment.created", "COMPLETED"),
        ("terminal.checkout.updated", "COMPLETED"),
    ]
    assert all(is_well_signed(letter, made["signature_key"]) for letter in hooks.mail.letters)
    last = json.loads(hooks.mail.letters[-1].body)
    assert last["data"]["object"]["checkout"] == hooks.square.now(checkout)
    assert last["data"]["id"] == checkout["id"]
    assert len({json.loads(letter.body)["event_id"] for letter in hooks.mail.letters}) == 4


def test_only_what_was_asked_for_is_told(hooks: WebhookShop) -> None:
    hooks.subscribe("payment.created", "order.created")
    hooks.square.checkout()
    hooks.square.card()
    assert hooks.mail.told() == [("payment.created", "COMPLETED")]


def test_the_end_of_a_checkout_that_nobody_took_is_told(hooks: WebhookShop) -> None:
    hooks.square.terminal.network(False)
    hooks.subscribe("terminal.checkout.updated")
    hooks.square.checkout()
    hooks.square.wait(301)
    assert hooks.mail.told() == [("terminal.checkout.updated", "CANCELED")]


def test_a_subscription_is_told_as_it_was_made(hooks: WebhookShop) -> None:
    made = hooks.subscribe("payment.created", name="till")
    assert made == {
        "id": made["id"],
        "name": "till",
        "enabled": True,
        "event_types": ["payment.created"],
        "notification_url": URL,
        "api_version": "2026-09-16",
        "signature_key": made["signature_key"],
        "created_at": "2026-01-15T09:00:00.000Z",
        "updated_at": "2026-01-15T09:00:00.000Z",
    }
    assert hooks.square.good("GET", hooks.one(made)) == {"subscription": made}
    assert hooks.square.good("GET", PATH) == {"subscriptions": [made]}


def test_a_disabled_subscription_hears_nothing_and_is_listed_on_request(hooks: WebhookShop) -> None:
    hooks.mail.result = FAILED
    made = hooks.subscribe()
    hooks.square.checkout()
    assert hooks.square.service.webhooks.deliveries.waiting
    change = {"subscription": {"enabled": False, "name": "off"}}
    changed = hooks.square.good("PUT", hooks.one(made), change)["subscription"]
    assert (changed["enabled"], changed["name"], changed["notification_url"]) == (False, "off", URL)
    assert not hooks.square.service.webhooks.deliveries.waiting, "what waited for it is dropped"
    assert hooks.square.good("GET", PATH) == {}
    assert hooks.square.good("GET", f"{PATH}?include_disabled=true")["subscriptions"] == [changed]
    before = len(hooks.mail.letters)
    hooks.square.card()
    hooks.square.wait(3600)
    assert len(hooks.mail.letters) == before


def test_a_deleted_subscription_is_gone_with_what_waits_for_it(hooks: WebhookShop) -> None:
    hooks.mail.result = FAILED
    made = hooks.subscribe()
    hooks.square.checkout()
    assert hooks.square.good("DELETE", hooks.one(made)) == {}
    for method in ("GET", "DELETE"):
        assert hooks.square.error(method, hooks.one(made))[:2] == (404, "NOT_FOUND")
    before = len(hooks.mail.letters)
    hooks.square.wait(3600)
    assert len(hooks.mail.letters) == before


def test_a_new_key_signs_from_the_next_try_on(hooks: WebhookShop) -> None:
    hooks.mail.result = FAILED
    made = hooks.subscribe("terminal.checkout.created")
    hooks.square.checkout()
    body = {"idempotency_key": "k1"}
    renewed = hooks.square.good("POST", f"{hooks.one(made)}/signature-key", body)["signature_key"]
    assert renewed != made["signature_key"]
    assert hooks.square.good("POST", f"{hooks.one(made)}/signature-key", body)["signature_key"] == renewed
    hooks.mail.result = TAKEN
    hooks.square.wait(60)
    first, again = hooks.mail.letters
    assert first.body == again.body
    assert is_well_signed(first, made["signature_key"])
    assert is_well_signed(again, renewed)


def test_an_idempotency_key_makes_one_subscription(hooks: WebhookShop) -> None:
    body = {
        "idempotency_key": "w1",
        "subscription": {"event_types": ["payment.created"], "notification_url": URL},
    }
    first = hooks.square.good("POST", PATH, body)
    assert hooks.square.good("POST", PATH, body) == first
    body["subscription"] = {"event_types": ["payment.updated"], "notification_url": URL}
    assert hooks.square.error("POST", PATH, body) == (400, "IDEMPOTENCY_KEY_REUSED", "idempotency_key")


@pytest.mark.parametrize(
    ("meaning", "subscription", "code", "field"),
    [
        ("no types", {"notification_url": URL}, "MISSING_REQUIRED_PARAMETER", "event_types"),
        ("an empty list", {"event_types": [], "notification_url": URL}, "VALUE_EMPTY", "event_types"),
        ("no type", {"event_types": ["x"], "notification_url": URL}, "INVALID_VALUE", "event_types"),
        ("nowhere", {"event_types": ["a.b"]}, "MISSING_REQUIRED_PARAMETER", "notification_url"),
        ("a date", {"api_version": "now"}, "INVALID_VALUE", "api_version"),
        ("a long name", {"name": "n" * 65}, "VALUE_TOO_LONG", "name"),
        *(
            (url, {"notification_url": url}, "INVALID_VALUE", "notification_url")
            for url in (
                "https://127.0.0.1:9777/hook",
                "http://example.com/hook",
                "http://127.0.0.1.example.com/hook",
                "http://user@127.0.0.1/hook",
                "http://127.0.0.1/hook#part",
                "http://127.0.0.1:0/hook",
                "http://127.0.0.1:99999/hook",
                "http://[::2]/hook",
                "http://127.0.0.1/a b",
                "http:///hook",
                "file:///etc/passwd",
                "hook",
                "http://127.0.0.1/\r\nx: y",
            )
        ),
    ],
)
def test_what_nobody_can_be_told_by_is_refused(
    meaning: str, subscription: dict[str, Any], code: str, field: str, hooks: WebhookShop
) -> None:
    full = {"event_types": ["payment.created"], "notification_url": URL} | subscription
    sent = subscription if meaning in ("no types", "nowhere") else full
    refused = hooks.square.error("POST", PATH, {"subscription": sent})
    assert refused == (400, code, f"subscription.{field}"), meaning


def test_an_update_that_is_refused_changes_nothing(hooks: WebhookShop) -> None:
    made = hooks.subscribe()
    change = {"subscription": {"notification_url": "https://example.com"}}
    assert hooks.square.error("PUT", hooks.one(made), change)[0] == 400
    assert hooks.square.good("GET", hooks.one(made))["subscription"] == made


def test_pages_of_subscriptions_go_on_behind_each_other(hooks: WebhookShop) -> None:
    made = [hooks.subscribe()["id"] for _ in range(5)]
    seen, cursor = [], ""
    while True:
        said = hooks.square.good("GET", f"{PATH}?limit=2{cursor}")
        seen += [one["id"] for one in said["subscriptions"]]
        if "cursor" not in said:
            break
        cursor = f"&cursor={said['cursor']}"
    assert seen == made


@pytest.mark.parametrize("result", [TAKEN, FAILED], ids=["taken", "failed"])
def test_a_test_of_a_subscription_tells_what_the_subscriber_answers(result: Any, hooks: WebhookShop) -> None:
    made = hooks.subscribe("terminal.checkout.updated", "payment.created")
    checkout = hooks.square.checkout()
    hooks.mail.letters.clear()
    hooks.mail.result = result
    said = hooks.square.good("POST", f"{hooks.one(made)}/test", {"event_type": "terminal.checkout.updated"})
    (letter,) = hooks.mail.letters
    assert is_well_signed(letter, made["signature_key"])
    assert said["status_code"] == said["subscription_test_result"]["status_code"] == result.status
    assert said["payload"] == json.loads(letter.body)
    assert said["payload"]["data"]["id"] == checkout["id"]
    hooks.square.wait(3600)
    assert [one.body for one in hooks.mail.letters].count(letter.body) == 1, "it is sent once"


def test_a_test_of_what_is_not_subscribed_is_refused(hooks: WebhookShop) -> None:
    made = hooks.subscribe("order.created")
    refused = hooks.square.error("POST", f"{hooks.one(made)}/test", {"event_type": "payment.created"})
    assert refused == (400, "INVALID_VALUE", "event_type")


def test_the_types_of_events_are_listed(hooks: WebhookShop) -> None:
    assert hooks.square.good("GET", "/v2/webhooks/event-types")["event_types"] == list(EVENT_TYPES)


def test_deliveries_and_keys_outlive_the_bench(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with shop(state=state) as square:
        first = WebhookShop(square)
        first.mail.result = FAILED
        made = first.subscribe("terminal.checkout.created")
        square.checkout()
        assert len(first.mail.letters) == 1
    with shop(state=state) as square:
        second = WebhookShop(square)
        assert square.good("GET", second.one(made))["subscription"] == made
        square.wait(60)
        (letter,) = second.mail.letters
    assert letter.body == first.mail.letters[0].body
    assert letter.headers["square-retry-number"] == "1"
    assert is_well_signed(letter, made["signature_key"])
    key_file = state / "api" / f"{made['id']}.key"
    assert key_file.stat().st_mode & 0o777 == 0o600
    kept = b"".join(file.read_bytes() for file in state.rglob("*") if file.is_file() and file != key_file)
    assert made["signature_key"].encode() not in kept


def test_the_same_seed_tells_the_same_events() -> None:
    def events(seed: int) -> list[str]:
        with shop(seed=seed) as square:
            hooks = WebhookShop(square)
            hooks.subscribe()
            square.checkout()
            square.card()
            return [letter.body.decode() for letter in hooks.mail.letters]

    assert events(3) == events(3)
    assert events(3) != events(4)


def test_what_nobody_has_subscribed_to_is_not_kept(hooks: WebhookShop) -> None:
    hooks.square.checkout()
    assert hooks.square.service.webhooks.deliveries.last == 0


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("twice", ["PENDING", "PENDING", "IN_PROGRESS"]),
        ("lost", ["IN_PROGRESS"]),
        ("late", ["IN_PROGRESS", "PENDING"]),
        ("out-of-order", ["IN_PROGRESS", "PENDING"]),
    ],
)
def test_a_fault_by_its_name_meets_the_next_event(fault: str, told: list[str], hooks: WebhookShop) -> None:
    hooks.subscribe("terminal.checkout.created", "terminal.checkout.updated")
    hooks.square.terminal.fault("webhook", fault)
    hooks.square.checkout()
    hooks.square.wait(61)
    assert [state for _, state in hooks.mail.told()] == told


def test_a_terminal_whose_service_is_not_served_has_no_such_fault() -> None:
    with Bench(trace=False) as bench:
        terminal = bench.add_terminal("square-terminal")
        with pytest.raises(BenchMisuse, match="has no service that tells points of sale of events"):
            terminal.fault("webhook", "twice")


def test_nothing_is_told_while_the_service_is_down_and_all_when_it_is_up(hooks: WebhookShop) -> None:
    hooks.mail.result = FAILED
    hooks.subscribe("terminal.checkout.created")
    hooks.square.checkout()
    hooks.square.terminal.service(False)
    hooks.square.wait(3600)
    assert len(hooks.mail.letters) == 1
    hooks.mail.result = TAKEN
    hooks.square.terminal.service(True)
    assert [letter.headers.get("square-retry-number") for letter in hooks.mail.letters] == [None, "1"]


def test_a_refund_and_an_action_are_told_as_well(hooks: WebhookShop) -> None:
    hooks.subscribe("terminal.action.created", "terminal.action.updated", "refund.created", "refund.updated")
    square = hooks.square
    checkout = square.checkout()
    square.card()
    square.wait(10)
    (payment,) = square.now(checkout)["payment_ids"]
    money = {"amount": 100, "currency": "CAD"}
    square.good(
        "POST", "/v2/refunds", {"idempotency_key": "r1", "payment_id": payment, "amount_money": money}
    )
    square.wait(10)
    action = {"type": "PING", "device_id": square.terminal.name}
    square.good("POST", "/v2/terminals/actions", {"idempotency_key": "a1", "action": action})
    square.wait(10)
    assert hooks.mail.told() == [
        ("refund.created", "PENDING"),
        ("refund.updated", "COMPLETED"),
        ("terminal.action.created", "PENDING"),
        ("terminal.action.updated", "COMPLETED"),
    ]
