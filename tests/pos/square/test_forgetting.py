"""What devices were asked for is forgotten thirty days after it was made, where it is over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from terminal_sim.pos.square.objects.base import ObjectKind
from terminal_sim.pos.square.service.book import ServiceBook
from tests.pos.square.kit import SquareShop, shop
from tests.pos.square.test_refunds import refund

CHECKOUTS = "/v2/terminals/checkouts"
THIRTY_DAYS = 30 * 24 * 3600


def cancelled(square: SquareShop, key: str = "k") -> Any:
    """A checkout that was made with this key, and that the buyer has cancelled."""
    body = {
        "idempotency_key": key,
        "checkout": {
            "amount_money": {"amount": 100, "currency": "CAD"},
            "device_options": {"device_id": square.terminal.name},
        },
    }
    checkout = square.good("POST", CHECKOUTS, body)["checkout"]
    square.terminal.press("CANCEL")
    return checkout


def book(square: SquareShop) -> ServiceBook:
    return square.service.service.book


def test_what_is_over_can_be_asked_for_during_thirty_days() -> None:
    with shop() as square:
        checkout = cancelled(square)
        square.wait(THIRTY_DAYS)
        assert square.now(checkout)["status"] == "CANCELED"
        square.wait(1)
        assert square.error("GET", f"{CHECKOUTS}/{checkout['id']}")[:2] == (404, "NOT_FOUND")


def test_nothing_of_what_is_forgotten_stays_in_memory_and_no_search_finds_it() -> None:
    with shop() as square:
        cancelled(square)
        assert book(square).requests
        old = square.bench.now.civil.isoformat()
        square.wait(THIRTY_DAYS + 1)
        search = {"query": {"filter": {"created_at": {"start_at": f"{old}Z"}}}}
        assert square.good("POST", f"{CHECKOUTS}/search", search) == {}
        left = book(square)
        assert list(left.all(ObjectKind.CHECKOUT)) == []
        assert (left.keys, left.asked, left.requests, left.waiting) == ({}, {}, {}, {})


def test_a_key_of_what_is_forgotten_makes_something_new_which_a_restart_knows(tmp_path: Path) -> None:
    with shop(state=tmp_path) as square:
        first = cancelled(square)
        square.wait(THIRTY_DAYS + 1)
        second = cancelled(square)
        assert second["id"] != first["id"]
    with shop(state=tmp_path) as square:
        assert cancelled(square)["id"] == second["id"]
        assert square.error("GET", f"{CHECKOUTS}/{first['id']}")[:2] == (404, "NOT_FOUND")
        assert [one.id for one in book(square).all(ObjectKind.CHECKOUT)] == [second["id"]]
        assert {request.partition("/")[0] for request in book(square).requests} == {second["id"]}


def test_what_a_terminal_out_of_reach_has_still_to_answer_for_is_not_forgotten() -> None:
    with shop() as square:
        checkout = square.checkout()
        square.terminal.network(False)
        square.wait(THIRTY_DAYS + 3600)
        assert square.now(checkout)["status"] == "IN_PROGRESS"
        square.terminal.network(True)
        square.wait(1)
        assert square.error("GET", f"{CHECKOUTS}/{checkout['id']}")[:2] == (404, "NOT_FOUND")
        assert square.bench.violations(resolved=True) == []


def test_money_goes_back_when_the_checkout_of_the_payment_is_forgotten() -> None:
    with shop() as square:
        checkout = square.checkout(800)
        square.card()
        (name,) = square.now(checkout)["payment_ids"]
        square.wait(THIRTY_DAYS + 3600)
        assert square.error("GET", f"{CHECKOUTS}/{checkout['id']}")[:2] == (404, "NOT_FOUND")
        payment = square.payment(name)
        assert payment["terminal_checkout_id"] == checkout["id"]
        made = refund(square, payment, 800)
        square.wait(10)
        assert square.good("GET", f"/v2/refunds/{made['id']}")["refund"]["status"] == "COMPLETED"
