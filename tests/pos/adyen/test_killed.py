"""The simulator is killed at each step of a dialogue: what the folder had then is opened again, and point of sale, journal and host agree."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.pos.adyen.kit import SECOND, Spoken, spoken
from tests.pos.adyen.test_power import come_back, outcome

TENTH = SECOND // 10
CENTS = 800


def ask(shop: Spoken) -> None:
    shop.pay("8.00", "P1")


def insert(shop: Spoken) -> None:
    """The card is read, and the acquirer is asked, whose answer takes 300 ms."""
    shop.terminal.insert("visa-credit")
    shop.bench.advance(TENTH)


def hear(shop: Spoken) -> None:
    """The acquirer has answered, and the payment is over."""
    shop.bench.advance(5 * SECOND)


def remove(shop: Spoken) -> None:
    shop.terminal.remove_card()
    shop.bench.advance(10 * SECOND)


def give_back(shop: Spoken) -> None:
    status = shop.status("P1").body["RepeatedMessageResponse"]["RepeatedResponseMessageBody"]
    shop.reverse(status["PaymentResponse"]["POIData"]["POITransactionID"], "R1")
    shop.bench.advance(TENTH)


STEPS: Mapping[str, Callable[[Spoken], None]] = {
    "nothing was asked": lambda _: None,
    "a payment was asked for": ask,
    "the acquirer was asked": insert,
    "the payment was answered": hear,
    "the card was taken out": remove,
    "a refund was asked for": give_back,
    "the refund was answered": hear,
}
ALWAYS = ("the acquirer was asked", "a refund was asked for")


@pytest.mark.parametrize(
    "step", [pytest.param(step, marks=() if step in ALWAYS else pytest.mark.soak) for step in STEPS]
)
def test_what_a_kill_leaves_is_opened_and_all_agree(step: str, tmp_path: Path) -> None:
    with spoken(state=tmp_path / "killed") as shop:
        for name, act in STEPS.items():
            act(shop)
            if name == step:
                break
        shutil.copytree(tmp_path / "killed", tmp_path / "left")
        told = shop.api.dialogues.named("Till1", "P1")
        answer = told.answer if told is not None else ""
    with spoken(state=tmp_path / "left") as shop:
        come_back(shop)
        payment, refund = outcome(shop, "P1"), outcome(shop, "R1", "Reversal")
        charged = sum(entry.amount for entry in shop.bench.acquirer.entries())
        assert charged == (CENTS if payment == "Success" else 0) - (CENTS if refund == "Success" else 0)
        if answer:
            kept = shop.api.dialogues.named("Till1", "P1")
            assert kept is not None
            assert kept.answer == answer, "an answer that was given is the one that is repeated"
        begun = payment != "NotFound"
        again = shop.pay("8.00", "P1")
        assert (again.result == ("Failure", "NotAllowed")) if begun else again.replies == []
        assert shop.bench.violations() == []
