"""The bodies of events and their signatures, against those that the vendor's verifiers accept and refuse."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from terminal_sim.pos.square.webhooks.events import (
    EVENT_TYPES,
    SUBJECTS,
    ObjectNews,
    event_body,
    event_headers,
    event_id,
    signature,
)
from terminal_sim.secret import Secret

VECTORS = json.loads((Path(__file__).parents[2] / "vectors/pos/square_webhooks.json").read_text("utf-8"))
VALID = VECTORS["valid"]
BEGAN = datetime.fromisoformat("2026-01-07 10:11:31")
REFUSED = VECTORS["must_be_refused"]


def names(vectors: list[dict[str, Any]]) -> list[str]:
    return [vector["name"] for vector in vectors]


def is_written_so(vector: dict[str, Any]) -> bool:
    """Whether the service writes this body: others are of the same meaning, with spaces, escapes or members in another order."""
    (inner,) = json.loads(vector["body"])["data"]["object"].values()
    text = json.dumps(inner, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text in vector["body"]


WRITTEN_SO = [vector for vector in VALID if is_written_so(vector)]


@pytest.mark.parametrize("vector", VALID, ids=names(VALID))
def test_a_signature_that_the_vendor_accepts_is_ours(vector: dict[str, Any]) -> None:
    key = Secret(vector["signature_key"])
    assert signature(key, vector["notification_url"], vector["body"].encode()) == vector["signature"]


@pytest.mark.parametrize("vector", REFUSED, ids=names(REFUSED))
def test_a_signature_that_the_vendor_refuses_is_not_ours(vector: dict[str, Any]) -> None:
    key = Secret(vector["signature_key"])
    assert signature(key, vector["notification_url"], vector["body"].encode()) != vector["signature"]


def test_most_bodies_that_were_seen_are_written_as_the_service_writes() -> None:
    assert len(WRITTEN_SO) == 7


@pytest.mark.parametrize("vector", WRITTEN_SO, ids=names(WRITTEN_SO))
def test_a_body_that_was_seen_is_written_byte_for_byte(vector: dict[str, Any]) -> None:
    seen = json.loads(vector["body"])
    (member,) = seen["data"]["object"]
    subject = next(one for one in SUBJECTS if seen["type"] in one.types)
    shuffled = dict(reversed(seen["data"]["object"][member].items()))
    news = ObjectNews(
        subject=subject,
        type=seen["type"],
        merchant=seen["merchant_id"],
        location="L1",
        created=seen["created_at"],
        id=seen["data"]["id"],
        value=shuffled,
    )
    assert event_body(news, seen["event_id"]).decode() == vector["body"]


def test_a_retry_has_the_signature_of_the_first_try_and_says_what_it_is() -> None:
    key, url, body, began = Secret("key"), "http://127.0.0.1:9/hook", b"{}", BEGAN
    first = event_headers(key, url, body, began)
    again = event_headers(key, url, body, began, retry=2, reason="http_timeout")
    assert first["square-initial-delivery-timestamp"] == "2026-01-07T10:11:31Z"
    assert first["square-environment"] == "Sandbox"
    assert "square-retry-number" not in first
    assert again == first | {"square-retry-number": "2", "square-retry-reason": "http_timeout"}


def test_the_older_signature_is_that_of_hmac_sha1() -> None:
    headers = event_headers(Secret("key"), "http://127.0.0.1:9/hook", b"{}", BEGAN)
    assert headers["x-square-signature"] == "DzQDEn1INsimv+QNP/NDVLYOvZg="


def test_events_have_names_of_their_own_which_the_seed_brings_about_again() -> None:
    made = [event_id(7, number) for number in range(1, 1000)]
    assert len(set(made)) == len(made)
    assert made == [event_id(7, number) for number in range(1, 1000)]
    assert event_id(8, 1) not in made


def test_each_type_belongs_to_one_subject() -> None:
    assert len(set(EVENT_TYPES)) == len(EVENT_TYPES) == 11
