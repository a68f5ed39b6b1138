"""The vendor's own library (PyPI, squareup), unchanged, drives a virtual Square Terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from terminal_sim.bench import Bench, TerminalUnderTest
from terminal_sim.bench.served_apis import ServedApis
from tests.interop.library_process import LibraryProcess
from tests.interop.square_sellers import python_seller, told

SECOND = 1_000_000


class SquareShop:
    """A terminal, its buyer, and a seller on the library."""

    def __init__(
        self, bench: Bench, terminal: TerminalUnderTest, served: ServedApis, library: LibraryProcess
    ) -> None:
        self.bench, self.terminal = bench, terminal
        self._served, self._library = served, library

    def call(self, call: str, **arguments: Any) -> Any:
        """The answer to a call of the client, or its status and errors."""
        asked = self._library.ask({"call": call, "arguments": arguments})
        self._served.until(asked.done, 60)
        return told(asked.result())

    def checkout(self, key: str, amount: int = 1250, **more: Any) -> Any:
        checkout = {
            "amount_money": {"amount": amount, "currency": "CAD"},
            "device_options": {"device_id": self.terminal.name},
            **more,
        }
        return self.call("terminal.checkouts.create", idempotency_key=key, checkout=checkout)

    def card(self) -> None:
        self.terminal.insert("visa-credit")
        self.bench.advance(5 * SECOND)
        self.terminal.remove_card()


@pytest.fixture
def square() -> Iterator[SquareShop]:
    with Bench() as bench:
        terminal = bench.add_terminal("square-terminal")
        with bench.serve_pos() as served:
            library = python_seller(served.square.url, served.square.token)
            try:
                yield SquareShop(bench, terminal, served, library)
            finally:
                library.close()


def test_the_library_takes_a_checkout_from_its_creation_to_the_payment(square: SquareShop) -> None:
    made = square.checkout("k1", reference_id="T-1")["checkout"]
    assert made["status"] == "PENDING"
    again = square.checkout("k1", reference_id="T-1")["checkout"]
    assert (again["id"], again["status"]) == (made["id"], "IN_PROGRESS")
    status, errors = square.checkout("k1", amount=5)
    assert (status, errors[0]["code"]) == (400, "IDEMPOTENCY_KEY_REUSED")
    square.card()
    done = square.call("terminal.checkouts.get", checkout_id=made["id"])["checkout"]
    assert done["status"] == "COMPLETED"
    payment = square.call("payments.get", payment_id=done["payment_ids"][0])["payment"]
    assert payment["total_money"] == {"amount": 1250, "currency": "CAD"}
    found = square.call("terminal.checkouts.search", query={"filter": {"status": "COMPLETED"}})
    assert [one["id"] for one in found["checkouts"]] == [made["id"]]
    cancelled = square.checkout("k2")["checkout"]
    assert square.call("terminal.checkouts.cancel", checkout_id=cancelled["id"])["checkout"]["status"] in (
        "CANCEL_REQUESTED",
        "CANCELED",
    )
    status, errors = square.call("terminal.checkouts.get", checkout_id="nobody")
    assert (status, errors[0]["code"]) == (404, "NOT_FOUND")
    status, errors = square.checkout("k3", amount=100, reference_id="x" * 41)
    assert errors[0]["field"] == "checkout.reference_id"


def test_refunds_actions_and_lists_go_through_the_library(square: SquareShop) -> None:
    made = square.checkout("k1")["checkout"]
    square.card()
    payment = square.call("terminal.checkouts.get", checkout_id=made["id"])["checkout"]["payment_ids"][0]
    too_much = {"amount": 1251, "currency": "CAD"}
    status, errors = square.call(
        "refunds.refund_payment", idempotency_key="r1", payment_id=payment, amount_money=too_much
    )
    assert (status, errors[0]["category"], errors[0]["code"]) == (
        400,
        "REFUND_ERROR",
        "REFUND_AMOUNT_INVALID",
    )
    part = {"amount": 250, "currency": "CAD"}
    refund = square.call(
        "refunds.refund_payment", idempotency_key="r2", payment_id=payment, amount_money=part
    )["refund"]
    assert refund["status"] == "PENDING"
    square.bench.advance(10 * SECOND)
    assert square.call("refunds.get", refund_id=refund["id"])["refund"]["status"] == "COMPLETED"
    (listed,) = square.call("payments.list", location_id="LTERMINALSIM1")
    assert (listed["id"], listed["refunded_money"]) == (payment, part)
    ping = {"type": "PING", "device_id": square.terminal.name}
    action = square.call("terminal.actions.create", idempotency_key="a1", action=ping)["action"]
    square.bench.advance(SECOND)
    done = square.call("terminal.actions.get", action_id=action["id"])["action"]
    assert (done["status"], done["device_metadata"]["battery_percentage"]) == ("COMPLETED", "100")
    found = square.call("terminal.actions.search", query={"filter": {"type": "PING"}})
    assert [one["id"] for one in found["action"]] == [action["id"]]
