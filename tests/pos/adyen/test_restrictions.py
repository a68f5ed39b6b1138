"""What a payment may be made with: the brands and the ways in that a point of sale allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from terminal_sim.bench import TerminalUnderTest
from tests.pos.adyen.kit import SECOND, Asked, Spoken, spoken


def restricted(shop: Spoken, **conditions: Any) -> Asked:
    body = {
        "SaleData": {"SaleTransactionID": {"TransactionID": "T-1", "TimeStamp": "2026-01-15T09:00:00+00:00"}},
        "PaymentTransaction": {
            "AmountsReq": {"Currency": "CAD", "RequestedAmount": 10.0},
            "TransactionConditions": conditions,
        },
    }
    return shop.ask("Payment", body, "Till1", "P1")


Present = Callable[[TerminalUnderTest], object]
CHIP: Present = lambda terminal: terminal.insert("visa-credit")  # noqa: E731
TAP: Present = lambda terminal: terminal.tap("visa-credit")  # noqa: E731
STRIPE: Present = lambda terminal: terminal.swipe("visa-stripe")  # noqa: E731
ONLINE_PIN: Present = lambda terminal: terminal.insert("visa-online-pin")  # noqa: E731


@pytest.mark.parametrize(
    ("present", "brands", "result"),
    [
        (CHIP, ["mc", "visa"], ("Success", "")),
        (TAP, ["visa"], ("Success", "")),
        (STRIPE, ["visa"], ("Success", "")),
        (CHIP, ["mc", "alipay"], ("Failure", "PaymentRestriction")),
        (TAP, ["amex"], ("Failure", "PaymentRestriction")),
        (STRIPE, ["mc"], ("Failure", "PaymentRestriction")),
        (ONLINE_PIN, ["mc"], ("Failure", "PaymentRestriction")),
    ],
)
def test_only_cards_of_the_brands_that_are_allowed_pay(
    present: Present, brands: list[str], result: tuple[str, str]
) -> None:
    with spoken() as shop:
        paying = restricted(shop, AllowedPaymentBrand=brands)
        present(shop.terminal)
        shop.bench.advance(5 * SECOND)
        assert paying.result == result
        assert len(shop.bench.host_messages()) == int(result[0] == "Success")
        assert shop.bench.violations() == []


def test_a_number_that_is_typed_is_of_an_allowed_brand_as_well() -> None:
    with spoken() as shop:
        paying = restricted(shop, AllowedPaymentBrand=["mc"], ForceEntryMode=["Keyed"])
        assert shop.terminal.view().screen.id == "card-number"
        for key in (*"4111111111111111", "OK"):
            shop.terminal.press(key)
        assert paying.result == ("Failure", "PaymentRestriction")
        assert shop.bench.host_messages() == []


@pytest.mark.parametrize(
    ("entries", "says", "present"),
    [
        (["ICC"], "Insert card", CHIP),
        (["MagStripe", "Keyed"], "Swipe card", STRIPE),
        (["Contactless"], "Tap card", TAP),
        (["Tapped", "ICC"], "Tap or insert card", TAP),
    ],
)
def test_only_the_ways_in_that_are_allowed_are_asked_for(
    entries: list[str], says: str, present: Present
) -> None:
    with spoken() as shop:
        paying = restricted(shop, ForceEntryMode=entries)
        assert says in shop.terminal.view().text
        present(shop.terminal)
        shop.bench.advance(5 * SECOND)
        assert paying.result == ("Success", "")


def test_a_card_in_a_way_that_is_not_allowed_is_not_read() -> None:
    with spoken() as shop:
        paying = restricted(shop, ForceEntryMode=["Contactless"])
        shop.terminal.insert("visa-credit")
        shop.bench.advance(5 * SECOND)
        assert (paying.replies, shop.terminal.view().screen.id) == ([], "present-card")


@pytest.mark.parametrize(("profile", "entries"), [("v400m", ["Scanned"]), ("s1f2", ["File", "Mobile"])])
def test_a_way_in_that_the_terminal_lacks_is_refused(profile: str, entries: list[str]) -> None:
    with spoken(profile) as shop:
        assert restricted(shop, ForceEntryMode=entries).result == ("Failure", "UnavailableDevice")
    with spoken("v400m", terminal_options={"entries.stripe": False}) as shop:
        assert restricted(shop, ForceEntryMode=["MagStripe"]).result == ("Failure", "UnavailableDevice")
