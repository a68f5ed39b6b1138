"""Money of a payment goes back, whole and in parts, and never more than was paid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.pos.square.kit import SquareShop, shop


def paid(square: SquareShop, amount: int = 1000, card: str = "visa-credit", **more: Any) -> Any:
    """A payment that a card has made, and the device at its first screen again."""
    checkout = square.checkout(amount, **more)
    square.card(card)
    square.wait(10)
    (name,) = square.now(checkout)["payment_ids"]
    return square.payment(name)


def refund(square: SquareShop, payment: Any, amount: int) -> Any:
    body = {
        "idempotency_key": square.key(),
        "payment_id": payment["id"],
        "amount_money": {"amount": amount, "currency": "CAD"},
    }
    return square.good("POST", "/v2/refunds", body)["refund"]


def charged(square: SquareShop) -> int:
    return sum(entry.amount for entry in square.bench.acquirer.entries())


def test_a_payment_goes_back_in_parts_up_to_what_was_paid() -> None:
    with shop() as square:
        payment = paid(square)
        first = refund(square, payment, 300)
        assert first["status"] == "PENDING"
        square.wait(10)
        assert square.good("GET", f"/v2/refunds/{first['id']}")["refund"]["status"] == "COMPLETED"
        body = {
            "idempotency_key": square.key(),
            "payment_id": payment["id"],
            "amount_money": {"amount": 701, "currency": "CAD"},
        }
        assert square.error("POST", "/v2/refunds", body) == (
            400,
            "REFUND_AMOUNT_INVALID",
            "amount_money.amount",
        )
        second = refund(square, payment, 700)
        square.wait(10)
        now = square.payment(payment["id"])
        assert now["refunded_money"] == {"amount": 1000, "currency": "CAD"}
        assert now["refund_ids"] == [first["id"], second["id"]]
        assert charged(square) == 0
        assert square.bench.violations(resolved=True) == []
        listed = square.good("GET", "/v2/refunds?sort_order=ASC")["refunds"]
        assert [one["id"] for one in listed] == [first["id"], second["id"]]


def test_a_refund_for_a_device_that_is_off_waits_and_counts_meanwhile() -> None:
    with shop() as square:
        payment = paid(square)
        square.terminal.power_cut()
        made = refund(square, payment, 1000)
        body = {
            "idempotency_key": square.key(),
            "payment_id": payment["id"],
            "amount_money": {"amount": 1, "currency": "CAD"},
        }
        assert square.error("POST", "/v2/refunds", body)[1] == "REFUND_AMOUNT_INVALID"
        square.wait(3600)
        assert square.good("GET", f"/v2/refunds/{made['id']}")["refund"]["status"] == "PENDING"
        square.terminal.power_on()
        square.wait(60)
        assert square.good("GET", f"/v2/refunds/{made['id']}")["refund"]["status"] == "COMPLETED"
        assert charged(square) == 0


def test_a_refund_that_the_terminal_cannot_do_fails() -> None:
    with shop() as square:
        payment = paid(square)
        square.terminal.touch("transactions")
        square.terminal.touch("txn-1")
        square.terminal.touch("void")
        square.wait(10)
        assert charged(square) == 0, "the seller has voided it at the terminal"
        square.terminal.touch("home")
        made = refund(square, payment, 1000)
        square.wait(30)
        assert square.good("GET", f"/v2/refunds/{made['id']}")["refund"]["status"] == "FAILED"
        assert charged(square) == 0


def test_a_card_that_has_to_be_there_is_refunded_by_its_device_and_no_other_card_is() -> None:
    with shop() as square:
        visa = paid(square)
        interac = paid(square, 2000, "interac-debit")
        body: dict[str, Any] = {
            "idempotency_key": square.key(),
            "refund": {
                "payment_id": interac["id"],
                "amount_money": {"amount": 500, "currency": "CAD"},
                "reason": "Returning items",
                "device_id": square.terminal.name,
            },
        }
        made = square.good("POST", "/v2/terminals/refunds", body)["refund"]
        assert made["status"] == "PENDING"
        square.wait(10)
        done = square.good("GET", f"/v2/terminals/refunds/{made['id']}")["refund"]
        assert done["status"] == "COMPLETED"
        money = square.good("GET", f"/v2/refunds/{done['refund_id']}")["refund"]
        assert (money["status"], money["terminal_refund_id"]) == ("COMPLETED", made["id"])
        assert square.payment(interac["id"])["refund_ids"] == [money["id"]]
        body = {"idempotency_key": square.key(), "refund": body["refund"] | {"payment_id": visa["id"]}}
        assert square.error("POST", "/v2/terminals/refunds", body) == (
            400,
            "BAD_REQUEST",
            "refund.payment_id",
        )
        plain = {
            "idempotency_key": square.key(),
            "payment_id": interac["id"],
            "amount_money": {"amount": 100, "currency": "CAD"},
        }
        assert square.error("POST", "/v2/refunds", plain)[1] == "CARD_PRESENCE_REQUIRED"


@pytest.mark.parametrize("decision", ["complete", "cancel"])
def test_an_approved_payment_is_completed_or_taken_back(decision: str) -> None:
    with shop() as square:
        payment = paid(square, payment_options={"autocomplete": False})
        assert payment["status"] == "APPROVED"
        plain = {
            "idempotency_key": square.key(),
            "payment_id": payment["id"],
            "amount_money": {"amount": 100, "currency": "CAD"},
        }
        assert square.error("POST", "/v2/refunds", plain)[1] == "REFUND_ERROR_PAYMENT_NEEDS_COMPLETION"
        decided = square.good("POST", f"/v2/payments/{payment['id']}/{decision}")["payment"]
        assert decided["status"] == {"complete": "COMPLETED", "cancel": "CANCELED"}[decision]
        square.wait(30)
        assert charged(square) == {"complete": 1000, "cancel": 0}[decision]
        assert square.error("POST", f"/v2/payments/{payment['id']}/complete")[1] == "BAD_REQUEST"


@pytest.mark.parametrize(
    ("action", "status", "left"), [("CANCEL", "CANCELED", 0), ("COMPLETE", "COMPLETED", 1000)]
)
def test_an_approved_payment_that_nobody_decides_on_is_decided_when_its_delay_is_over(
    action: str, status: str, left: int
) -> None:
    with shop() as square:
        options = {"autocomplete": False, "delay_duration": "P1DT1M", "delay_action": action}
        payment = paid(square, payment_options=options)
        assert (payment["delay_duration"], payment["delay_action"]) == ("P1DT1M", action)
        assert payment["delayed_until"] > payment["created_at"]
        square.wait(24 * 3600)
        assert square.payment(payment["id"])["status"] == "APPROVED"
        square.terminal.service(False)
        square.wait(120)
        square.terminal.service(True)
        square.wait(30)
        assert square.payment(payment["id"])["status"] == status
        assert charged(square) == left


def test_a_delay_goes_on_where_the_bench_starts_anew(tmp_path: Path) -> None:
    with shop(state=tmp_path) as square:
        payment = paid(square, payment_options={"autocomplete": False, "delay_duration": "PT1H"})
        square.wait(60)
    with shop(state=tmp_path) as square:
        square.wait(1500)
        assert square.payment(payment["id"])["status"] == "APPROVED"
        square.wait(2200)
        assert square.payment(payment["id"])["status"] == "CANCELED"
        assert charged(square) == 0


def test_a_payment_that_is_approved_waits_a_day_and_a_half_and_one_in_no_delay_is_refused() -> None:
    with shop() as square:
        payment = paid(square, payment_options={"autocomplete": False})
        assert (payment["delay_duration"], payment["delay_action"]) == ("PT36H", "CANCEL")
        square.wait(36 * 3600 + 30)
        assert square.payment(payment["id"])["status"] == "CANCELED"
        for delay in ("PT59S", "36", "P", "PT", "P1W1D", "-PT5M"):
            body = {
                "idempotency_key": square.key(),
                "checkout": {
                    "amount_money": {"amount": 100, "currency": "CAD"},
                    "device_options": {"device_id": square.terminal.name},
                    "payment_options": {"autocomplete": False, "delay_duration": delay},
                },
            }
            refused = square.error("POST", "/v2/terminals/checkouts", body)
            assert refused == (400, "INVALID_VALUE", "checkout.payment_options.delay_duration"), delay


def test_a_part_that_was_approved_pays_only_where_the_seller_wants_parts() -> None:
    with shop() as square:
        checkout = square.checkout(1000)
        square.bench.host_answers(["partial:400"])
        square.card()
        assert square.now(checkout)["status"] == "IN_PROGRESS"
        square.wait(30)
        assert charged(square) == 0, "the part goes back"
        assert square.screen == "present-card"
        square.card()
        assert square.now(checkout)["status"] == "COMPLETED"
        assert charged(square) == 1000
    with shop() as square:
        options = {"autocomplete": False, "accept_partial_authorization": True}
        square.bench.host_answers(["partial:400"])
        payment = paid(square, 1000, payment_options=options)
        assert payment["approved_money"] == {"amount": 400, "currency": "CAD"}


def test_payments_are_listed_by_what_they_are() -> None:
    with shop() as square:
        first, second = paid(square, 100), paid(square, 200)
        listed = square.good("GET", "/v2/payments?location_id=LTERMINALSIM1&limit=1")
        assert [one["id"] for one in listed["payments"]] == [second["id"]]
        more = square.good("GET", f"/v2/payments?limit=1&location_id=LTERMINALSIM1&cursor={listed['cursor']}")
        assert [one["id"] for one in more["payments"]] == [first["id"]]
        assert "cursor" not in more
        assert [one["id"] for one in square.good("GET", "/v2/payments?total=100")["payments"]] == [
            first["id"]
        ]
        assert square.good("GET", "/v2/payments?card_brand=AMERICAN_EXPRESS") == {}
        assert square.error("GET", "/v2/payments?limit=0") == (400, "VALUE_TOO_LOW", "limit")
        assert square.error("GET", "/v2/payments?colour=red")[1] == "UNKNOWN_QUERY_PARAMETER"
