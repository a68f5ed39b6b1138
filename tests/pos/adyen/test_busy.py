"""What a point of sale hears that comes while nobody's dialogue runs and the terminal takes no request all the same."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest

from tests.pos.adyen.kit import SECOND, Spoken, spoken


def paid(shop: Spoken) -> None:
    """A payment is over and announced; its card is in the slot."""
    shop.pay("5.00", "P1")
    shop.terminal.insert("visa-credit")
    shop.bench.advance(2 * SECOND)
    assert shop.terminal.view().screen.id in ("approved", "out-of-paper")


def told(shop: Spoken) -> str:
    """The message to a payment that is asked for now."""
    refused = shop.pay("5.00", "P2")
    assert refused.result == ("Failure", "Busy")
    return "".join(parse_qs(refused.body["Response"]["AdditionalResponse"])["message"])


def diagnosed(shop: Spoken) -> str:
    """How the terminal is, by the answer to a Diagnosis."""
    said: str = shop.ask("Diagnosis", {}, "Till1", "D").body["POIStatus"]["GlobalStatus"]
    return said


def test_a_diagnosis_says_whether_a_payment_would_be_taken() -> None:
    with spoken() as shop:
        assert diagnosed(shop) == "OK"
        paid(shop)
        assert diagnosed(shop) == "Busy", "its card is in the slot"
        shop.terminal.remove_card()
        assert shop.terminal.view().screen.id != "home"
        assert diagnosed(shop) == "OK", "a result gives way"
        shop.pay("5.00", "P2")
        assert diagnosed(shop) == "Busy"
        shop.terminal.press("CANCEL")
        shop.bench.advance(10 * SECOND)
        for key in ("8", "OK"):
            shop.terminal.press(key)
        assert diagnosed(shop) == "Busy"


def test_a_card_that_is_left_in_the_slot_is_what_the_till_is_told_of() -> None:
    with spoken() as shop:
        paid(shop)
        assert told(shop) == "A card is in the slot"
        shop.terminal.remove_card()
        assert shop.pay("5.00", "P3").replies == []


def test_a_receipt_that_waits_for_paper_is_what_the_till_is_told_of() -> None:
    with spoken() as shop:
        shop.terminal.paper("out")
        paid(shop)
        assert told(shop) == "The receipt waits for paper"


def test_a_receipt_that_is_offered_is_what_the_till_is_told_of() -> None:
    with spoken(terminal_options={"receipts.customer": "prompt"}) as shop:
        paid(shop)
        shop.terminal.press("OK")
        assert shop.terminal.view().screen.id == "customer-receipt"
        assert told(shop) == "A receipt is offered"


@pytest.mark.parametrize("keys", [("8", "OK"), ("OK", "5")], ids=["menu", "sale"])
def test_who_is_at_the_terminal_is_called_as_the_vendor_calls_it(keys: tuple[str, ...]) -> None:
    with spoken() as shop:
        for key in keys:
            shop.terminal.press(key)
        assert told(shop) == "ADMIN_MENU"
