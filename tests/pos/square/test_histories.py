"""Whatever sellers, a buyer, the network and the power do: what the service says was paid is what the host has booked."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.pos.square.kit import SquareShop, shop
from tests.pos.square.test_power import come_back
from tests.pos.square.test_refunds import charged

CHECKOUTS, REFUNDS = "/v2/terminals/checkouts", "/v2/refunds"
ACTS = (
    "checkout",
    "checkout with a tip",
    "checkout to be completed",
    "cancel the last",
    "cancel the first",
    "refund a part",
    "take a payment back",
    "ping",
    "insert",
    "take the card",
    "red key",
    "green key",
    "declined",
    "partial",
    "late",
    "network",
    "power",
    "a second",
    "a minute",
)


class History:
    """What happens in a shop with two sellers, each of whom asks twice for what he wants."""

    def __init__(self, square: SquareShop) -> None:
        self.square = square
        self.made: list[str] = []
        self.link = True

    def do(self, act: str) -> None:
        square, terminal = self.square, self.square.terminal
        match act:
            case "checkout":
                self.checkout({})
            case "checkout with a tip":
                self.checkout({"tip_money": {"amount": 50, "currency": "CAD"}})
            case "checkout to be completed":
                options = {"autocomplete": False, "accept_partial_authorization": True}
                self.checkout({"payment_options": options})
            case "cancel the last" if self.made:
                square.call("POST", f"{CHECKOUTS}/{self.made[-1]}/cancel")
            case "cancel the first" if self.made:
                square.call("POST", f"{CHECKOUTS}/{self.made[0]}/cancel")
            case "refund a part" | "take a payment back":
                self.give_back(whole=act != "refund a part")
            case "ping":
                body = {
                    "idempotency_key": square.key(),
                    "action": {"type": "PING", "device_id": terminal.name},
                }
                square.good("POST", "/v2/terminals/actions", body)
            case "insert" if terminal.is_on and not terminal.card_in_slot:
                terminal.insert("visa-credit")
            case "take the card" if terminal.card_in_slot:
                terminal.remove_card()
            case "red key" if terminal.is_on:
                terminal.press("CANCEL")
            case "green key" if terminal.is_on:
                terminal.press("OK")
            case "declined":
                square.bench.host_answers(["declined:51"])
            case "partial":
                square.bench.host_answers(["partial:300"])
            case "late":
                square.bench.host_answers(["late:5s"])
            case "network":
                self.link = not self.link
                terminal.network(self.link)
            case "power" if terminal.is_on:
                terminal.power_cut()
            case "power":
                terminal.power_on()
            case "a second":
                square.wait(1)
            case "a minute":
                square.wait(60)
            case _:
                pass

    def checkout(self, more: dict[str, object]) -> None:
        body = {
            "idempotency_key": self.square.key(),
            "checkout": {
                "amount_money": {"amount": 1000, "currency": "CAD"},
                "device_options": {"device_id": self.square.terminal.name},
                **more,
            },
        }
        first, again = (self.square.good("POST", CHECKOUTS, body)["checkout"]["id"] for _ in range(2))
        assert first == again
        self.made.append(first)

    def give_back(self, *, whole: bool) -> None:
        for payment in self.square.good("GET", "/v2/payments?limit=1").get("payments", ()):
            total = payment["total_money"]["amount"]
            if payment["status"] == "APPROVED":
                ending = "cancel" if whole else "complete"
                self.square.good("POST", f"/v2/payments/{payment['id']}/{ending}")
                return
            body = {
                "idempotency_key": self.square.key(),
                "payment_id": payment["id"],
                "amount_money": {"amount": total if whole else 100, "currency": "CAD"},
            }
            self.square.call("POST", REFUNDS, body)

    def end(self) -> None:
        """Everything comes to its end, and is counted."""
        square = self.square
        if not self.link:
            square.terminal.network(True)
        for _ in range(len(self.made) + 2):
            come_back(square)
        square.wait(1800)
        come_back(square)
        for name in self.made:
            assert square.now({"id": name})["status"] in ("COMPLETED", "CANCELED")
        payments = square.good("GET", "/v2/payments").get("payments", [])
        kept = sum(
            one["total_money"]["amount"] - one.get("refunded_money", {"amount": 0})["amount"]
            for one in payments
            if one["status"] != "CANCELED"
        )
        assert charged(square) == kept
        pending = [
            one for one in square.good("GET", REFUNDS).get("refunds", ()) if one["status"] == "PENDING"
        ]
        assert pending == []
        assert square.bench.violations(resolved=True) == []


def happens(acts: list[str]) -> None:
    with shop() as square:
        history = History(square)
        for act in acts:
            history.do(act)
        history.end()


@examples(15, suppress=list(HealthCheck))
@given(st.lists(st.sampled_from(ACTS), max_size=25))
def test_what_the_service_says_was_paid_is_what_the_host_has_booked(acts: list[str]) -> None:
    happens(acts)


@pytest.mark.soak
@settings(max_examples=1000, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(ACTS), max_size=40))
def test_a_thousand_histories_are_booked_as_the_service_says(acts: list[str]) -> None:
    happens(acts)
