"""The device ids that act by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from terminal_sim.pos.square.sandbox import SHOPPERS
from tests.pos.square.kit import SquareShop, shop

PAYS = "9fa747a2-25ff-48ee-b078-04381f7c828f"
TIPS = "22cd266c-6246-4c06-9983-67f0c26346b0"
GIFT_CARD = "4mp4e78c-88ed-4d55-a269-8008dfe14e9"
INTERAC = "388b5a08-a77c-48ef-ad2a-4a790e6f2789"
INTERAC_TIPS = "2b0b734b-b187-47f0-9d6f-288745210bdb"
CANCELS = "841100b9-ee60-4537-9bcf-e30b2ba5e215"
TIMES_OUT = "0a956d49-619a-4530-8e5e-8eac603ffc5e"
AWAY = "da40d603-c2ea-4a65-8cfd-f42e36dab0c7"


@pytest.fixture
def square() -> Iterator[SquareShop]:
    with shop() as made:
        yield made


def checkout(square: SquareShop, device: str, amount: int = 1000, **more: Any) -> Any:
    return square.checkout(amount, device_options={"device_id": device}, **more)


@pytest.mark.parametrize(
    ("device", "amount", "status", "reason"),
    [
        (PAYS, 1000, "COMPLETED", None),
        (PAYS, 2500, "COMPLETED", None),
        (PAYS, 2501, "CANCELED", "BUYER_CANCELED"),
        (TIPS, 1000, "COMPLETED", None),
        (GIFT_CARD, 1000, "COMPLETED", None),
        (INTERAC, 1000, "COMPLETED", None),
        (INTERAC_TIPS, 1000, "COMPLETED", None),
        (CANCELS, 1000, "CANCELED", "BUYER_CANCELED"),
        (TIMES_OUT, 1000, "CANCELED", "TIMED_OUT"),
        (AWAY, 1000, "CANCELED", "TIMED_OUT"),
    ],
)
def test_a_shopper_acts_by_himself(
    device: str, amount: int, status: str, reason: str | None, square: SquareShop
) -> None:
    made = checkout(square, device, amount)
    assert made["status"] == "PENDING"
    square.wait(301)
    ended = square.now(made)
    assert (ended["status"], ended.get("cancel_reason")) == (status, reason)


def test_a_shopper_takes_some_seconds(square: SquareShop) -> None:
    made = checkout(square, PAYS)
    assert square.now(made)["status"] == "IN_PROGRESS"
    square.wait(2.9)
    assert square.now(made)["status"] == "IN_PROGRESS"
    square.wait(0.1)
    assert square.now(made)["status"] == "COMPLETED"


def test_time_runs_out_at_once_where_the_id_says_so(square: SquareShop) -> None:
    made = checkout(square, TIMES_OUT)
    assert square.now(made)["cancel_reason"] == "TIMED_OUT"


def test_a_device_that_is_away_leaves_its_checkout_pending(square: SquareShop) -> None:
    made = checkout(square, AWAY)
    square.wait(299)
    assert square.now(made)["status"] == "PENDING"


@pytest.mark.parametrize(
    ("device", "brand", "entry", "tip"),
    [
        (PAYS, "VISA", "EMV", 0),
        (TIPS, "VISA", "EMV", 200),
        (GIFT_CARD, "SQUARE_GIFT_CARD", "SWIPED", 0),
        (INTERAC, "INTERAC", "EMV", 0),
        (INTERAC_TIPS, "INTERAC", "EMV", 200),
    ],
)
def test_the_payment_of_a_shopper_says_how_he_paid(
    device: str, brand: str, entry: str, tip: int, square: SquareShop
) -> None:
    made = checkout(square, device)
    square.wait(3)
    (name,) = square.now(made)["payment_ids"]
    payment = square.good("GET", f"/v2/payments/{name}")["payment"]
    assert payment["card_details"]["card"]["card_brand"] == brand
    assert payment["card_details"]["entry_method"] == entry
    assert payment["amount_money"]["amount"] == 1000
    assert payment["total_money"]["amount"] == 1000 + tip
    assert payment.get("tip_money", {"amount": 0})["amount"] == tip


def test_a_seller_cancels_what_a_shopper_has_begun(square: SquareShop) -> None:
    made = checkout(square, PAYS)
    square.cancel(made)
    square.wait(0)
    ended = square.now(made)
    assert (ended["status"], ended["cancel_reason"]) == ("CANCELED", "SELLER_CANCELED")


def test_shoppers_are_served_one_after_the_other(square: SquareShop) -> None:
    first, second = checkout(square, PAYS), checkout(square, PAYS)
    assert (square.now(first)["status"], square.now(second)["status"]) == ("IN_PROGRESS", "PENDING")
    square.wait(20)
    assert (square.now(first)["status"], square.now(second)["status"]) == ("COMPLETED", "COMPLETED")


def test_a_shopper_is_asked_anew_after_a_restart(tmp_path: Any) -> None:
    with shop(state=tmp_path / "state") as square:
        made = checkout(square, PAYS)
    with shop(state=tmp_path / "state") as square:
        square.wait(10)
        assert square.now(made)["status"] == "COMPLETED"


def test_interac_is_for_canadian_money_only() -> None:
    assert [one.id for one in SHOPPERS if one.currency == "CAD"] == [INTERAC, INTERAC_TIPS]
    assert len({one.id for one in SHOPPERS}) == len(SHOPPERS) == 12


def paid(square: SquareShop, device: str) -> Any:
    """The payment of a checkout at this device."""
    made = checkout(square, device)
    square.wait(10)
    (name,) = square.now(made)["payment_ids"]
    return square.good("GET", f"/v2/payments/{name}")["payment"]


@pytest.mark.parametrize("device", [PAYS, TIPS])
def test_what_a_shopper_has_paid_goes_back_without_him(device: str, square: SquareShop) -> None:
    payment = paid(square, device)
    body = {
        "idempotency_key": "r1",
        "payment_id": payment["id"],
        "amount_money": {"amount": 400, "currency": "CAD"},
    }
    refund = square.good("POST", "/v2/refunds", body)["refund"]
    square.wait(10)
    assert square.good("GET", f"/v2/refunds/{refund['id']}")["refund"]["status"] == "COMPLETED"
    now = square.good("GET", f"/v2/payments/{payment['id']}")["payment"]
    assert now["refunded_money"] == {"amount": 400, "currency": "CAD"}


@pytest.mark.parametrize(
    ("device", "status", "reason"),
    [
        ("f72dfb8e-4d65-4e56-aade-ec3fb8d33291", "COMPLETED", None),
        ("aafea9fa-350c-4ab2-b033-b2fbb672e712", "CANCELED", "BUYER_CANCELED"),
        ("e371fb66-29a2-45a6-a928-f8de0e864242", "CANCELED", "TIMED_OUT"),
        ("7647344e-aea2-4cff-ac53-513644de434d", "CANCELED", "TIMED_OUT"),
    ],
)
def test_a_refund_to_an_interac_card_ends_as_the_id_says(
    device: str, status: str, reason: str | None, square: SquareShop
) -> None:
    payment = paid(square, INTERAC)
    body = {
        "idempotency_key": "r1",
        "refund": {
            "payment_id": payment["id"],
            "amount_money": {"amount": 400, "currency": "CAD"},
            "reason": "Return",
            "device_id": device,
        },
    }
    refund = square.good("POST", "/v2/terminals/refunds", body)["refund"]
    square.wait(301)
    ended = square.good("GET", f"/v2/terminals/refunds/{refund['id']}")["refund"]
    assert (ended["status"], ended.get("cancel_reason")) == (status, reason)


def test_a_checkout_at_an_id_for_refunds_is_taken_by_nobody(square: SquareShop) -> None:
    made = checkout(square, "f72dfb8e-4d65-4e56-aade-ec3fb8d33291")
    square.wait(301)
    assert square.now(made)["cancel_reason"] == "TIMED_OUT"
