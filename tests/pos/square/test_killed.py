"""The simulator is killed at each step of a checkout and its refund: what the folder had then is opened again, and the buyer has paid once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.pos.square.kit import SquareShop, shop
from tests.pos.square.test_power import come_back
from tests.pos.square.test_refunds import charged

CENTS = 800


class Sale:
    """A checkout of a seller, and its refund; the same call again has the same key."""

    def __init__(self, square: SquareShop) -> None:
        self.square = square

    def ask(self) -> Any:
        checkout = {
            "amount_money": {"amount": CENTS, "currency": "CAD"},
            "device_options": {"device_id": self.square.terminal.name},
        }
        body = {"idempotency_key": "sale", "checkout": checkout}
        return self.square.good("POST", "/v2/terminals/checkouts", body)["checkout"]

    def give_back(self) -> Any:
        body = {
            "idempotency_key": "refund",
            "payment_id": self.ask()["payment_ids"][0],
            "amount_money": {"amount": CENTS, "currency": "CAD"},
        }
        return self.square.good("POST", "/v2/refunds", body)["refund"]

    def insert(self) -> None:
        """The acquirer is asked, and answers after 300 ms."""
        self.square.terminal.insert("visa-credit")
        self.square.wait(0.1)

    def hear(self) -> None:
        self.square.wait(5)

    def remove(self) -> None:
        self.square.terminal.remove_card()
        self.square.wait(10)


STEPS: Mapping[str, Callable[[Sale], object]] = {
    "nothing was asked": lambda _: None,
    "a checkout was made": Sale.ask,
    "the acquirer was asked": Sale.insert,
    "the checkout was paid": Sale.hear,
    "the card was taken out": Sale.remove,
    "a refund was made": Sale.give_back,
    "the money was given back": Sale.hear,
}
ALWAYS = ("the acquirer was asked", "a refund was made")


@pytest.mark.parametrize(
    "step", [pytest.param(step, marks=() if step in ALWAYS else pytest.mark.soak) for step in STEPS]
)
def test_what_a_kill_leaves_is_opened_and_the_buyer_has_paid_once(step: str, tmp_path: Path) -> None:
    with shop(state=tmp_path / "killed") as square:
        for name, act in STEPS.items():
            act(Sale(square))
            if name == step:
                break
        shutil.copytree(tmp_path / "killed", tmp_path / "left")
    with shop(state=tmp_path / "left") as square:
        sale = Sale(square)
        sale.ask()
        come_back(square)
        assert sale.ask()["status"] == "COMPLETED"
        assert charged(square) in (CENTS, 0)
        made = sale.give_back()
        come_back(square)
        assert square.good("GET", f"/v2/refunds/{made['id']}")["refund"]["status"] == "COMPLETED"
        assert charged(square) == 0
        assert square.bench.violations(resolved=True) == []
