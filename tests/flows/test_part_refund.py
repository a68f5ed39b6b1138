"""A point of sale gives a part of a payment back: the acquirer hears which payment, and never more than was paid goes back."""

from __future__ import annotations

import pytest

from tests.pos.adyen.kit import SECOND, Spoken, spoken


def paid(shop: Spoken, amount: str = "10.00") -> dict[str, str]:
    """A payment, by the name that its answer has."""
    paying = shop.pay(amount, "P1")
    shop.terminal.insert("visa-credit")
    shop.bench.advance(5 * SECOND)
    shop.terminal.remove_card()
    assert paying.result == ("Success", "")
    named: dict[str, str] = paying.body["POIData"]["POITransactionID"]
    return named


def give_back(shop: Spoken, named: dict[str, str], amount: float, service_id: str) -> tuple[str, str]:
    body = {
        "OriginalPOITransaction": {"POITransactionID": named},
        "ReversalReason": "MerchantCancel",
        "ReversedAmount": amount,
    }
    asked = shop.ask("Reversal", body, "Till1", service_id)
    shop.bench.advance(5 * SECOND)
    return asked.result


def booked(shop: Spoken) -> list[int]:
    return [entry.amount for entry in shop.bench.acquirer.entries() if entry.amount]


def test_parts_are_given_back_up_to_what_was_paid() -> None:
    with spoken() as shop:
        named = paid(shop)
        assert give_back(shop, named, 3.5, "R1") == ("Success", "")
        assert give_back(shop, named, 6.51, "R2") == ("Failure", "NotAllowed")
        assert give_back(shop, named, 6.5, "R3") == ("Success", "")
        assert give_back(shop, named, 0.01, "R4") == ("Failure", "NotAllowed")
        assert booked(shop) == [1000, -350, -650]
        assert shop.bench.violations(resolved=True) == []


def test_a_payment_of_which_a_part_went_back_is_not_voided_any_more() -> None:
    with spoken() as shop:
        named = paid(shop)
        assert give_back(shop, named, 3.5, "R1") == ("Success", "")
        whole = shop.reverse(named, "R2")
        assert whole.result == ("Failure", "NotAllowed")
        assert booked(shop) == [1000, -350]


def test_a_void_in_vain_of_a_payment_of_which_a_part_went_back_says_so() -> None:
    with spoken() as shop:
        named = paid(shop)
        assert give_back(shop, named, 3.5, "R1") == ("Success", "")
        shop.bench.advance(40 * SECOND)
        for key in ("9", "OK", "0", "8", "5", "6", "OK"):
            shop.terminal.press(key)
        for target in ("transactions", "history", "history-transactions", "txn-2", "void"):
            shop.terminal.touch(target)
        assert "already-refunded" in shop.terminal.view().ids
        assert "already-voided" not in shop.terminal.view().ids


def test_the_whole_of_an_untouched_payment_is_voided() -> None:
    with spoken() as shop:
        named = paid(shop)
        assert give_back(shop, named, 10, "R1") == ("Success", "")
        assert [row.kind for row in shop.terminal.journal() if row.kind in ("void", "refund")][-1] == "void"
        assert booked(shop) == [1000, -1000]


def test_a_part_that_the_acquirer_declines_can_be_asked_for_again() -> None:
    with spoken() as shop:
        named = paid(shop)
        shop.bench.host_answers(["declined:05"])
        assert give_back(shop, named, 3.5, "R1") == ("Failure", "Refusal")
        assert give_back(shop, named, 10, "R2") == ("Success", "")
        assert booked(shop) == [1000, -1000]


def test_a_part_without_an_answer_is_reversed_and_then_can_be_asked_for_again() -> None:
    with spoken() as shop:
        named = paid(shop)
        shop.bench.host_answers(["timeout"])
        body = {
            "OriginalPOITransaction": {"POITransactionID": named},
            "ReversalReason": "MerchantCancel",
            "ReversedAmount": 4,
        }
        asked = shop.ask("Reversal", body, "Till1", "R1")
        shop.bench.advance(300 * SECOND)
        assert asked.result == ("Failure", "UnreachableHost")
        assert sum(booked(shop)) == 1000
        assert give_back(shop, named, 4, "R2") == ("Success", "")
        assert sum(booked(shop)) == 600
        assert shop.bench.violations(resolved=True) == []


@pytest.mark.parametrize("effects", range(1, 30))
def test_power_lost_at_any_effect_of_it_gives_back_once_or_not_at_all(effects: int) -> None:
    with spoken() as shop:
        named = paid(shop)
        shop.terminal.fault("power-cut-after", str(effects))
        give = {
            "OriginalPOITransaction": {"POITransactionID": named},
            "ReversalReason": "MerchantCancel",
            "ReversedAmount": 4,
        }
        shop.ask("Reversal", give, "Till1", "R1")
        for _ in range(2):
            shop.bench.advance(300 * SECOND)
            if not shop.terminal.is_on:
                shop.terminal.power_on()
        shop.bench.advance(300 * SECOND)
        status = shop.status("R1", category="Reversal")
        gone = 0
        if status.result == ("Success", ""):
            repeated = status.body["RepeatedMessageResponse"]["RepeatedResponseMessageBody"]
            gone = 400 if repeated["ReversalResponse"]["Response"]["Result"] == "Success" else 0
        assert sum(booked(shop)) == 1000 - gone
        assert shop.bench.violations(resolved=True) == []
