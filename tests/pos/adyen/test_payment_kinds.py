"""What else a point of sale can ask for: a number that is typed, money to a card, a payment with a tip."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pos.adyen.kit import SECOND, Asked, Spoken, spoken

MOTO_KEYS = (*"4242424242424242", "OK", *"1230", "OK", *"123", "OK")


def ask(shop: Spoken, service_id: str = "P1", *, amount: float = 20, **more: Any) -> Asked:
    amounts = {"Currency": "CAD", "RequestedAmount": amount, **more.pop("amounts", {})}
    body = {
        "SaleData": {
            "SaleTransactionID": {"TransactionID": "T-1", "TimeStamp": "2026-01-15T09:00:00+00:00"},
            **more.pop("sale_data", {}),
        },
        "PaymentTransaction": {"AmountsReq": amounts},
        **more,
    }
    return shop.ask("Payment", body, "Till1", service_id)


def test_with_the_option_moto_the_number_is_typed_at_the_terminal() -> None:
    with spoken() as shop:
        asked = ask(shop, sale_data={"SaleToAcquirerData": "tenderOption=MOTO"})
        assert shop.terminal.view().screen.id == "card-number"
        for key in MOTO_KEYS:
            shop.terminal.press(key)
        for _ in range(4):  # the address, and what the acquirer says of it
            shop.terminal.press("OK")
            shop.bench.advance(3 * SECOND)
        shop.bench.advance(60 * SECOND)
        assert asked.result == ("Success", "")
        (entry,) = asked.body["PaymentResult"]["PaymentInstrumentData"]["CardData"]["EntryMode"]
        assert entry == "Keyed"
        assert [row.kind for row in shop.terminal.journal() if row.kind in ("sale", "moto")][-1] == "moto"


def test_an_abort_takes_a_number_that_is_being_typed_back() -> None:
    with spoken() as shop:
        asked = ask(shop, sale_data={"SaleToAcquirerData": "tenderOption=MOTO"})
        shop.terminal.press("4")
        shop.abort("P1")
        assert asked.result == ("Failure", "Aborted")
        assert shop.bench.host_messages() == []


def test_money_goes_to_a_card_without_an_earlier_payment_where_the_profile_allows_it() -> None:
    with spoken(terminal_options={"refunds.unreferenced": True}) as shop:
        asked = ask(shop, PaymentData={"PaymentType": "Refund"})
        shop.terminal.insert("visa-credit")
        shop.bench.advance(5 * SECOND)
        assert asked.result == ("Success", "")
        assert "transactionType=REFUND" in asked.body["Response"]["AdditionalResponse"]
        assert [entry.amount for entry in shop.bench.acquirer.entries()] == [-2000]


@pytest.mark.parametrize(
    ("more", "condition"),
    [
        ({"PaymentData": {"PaymentType": "Refund"}}, "UnavailableService"),
        ({"PaymentData": {"PaymentType": "Instalment"}}, "UnavailableService"),
        ({"amount": 0}, "NotAllowed"),
        ({"amount": 1.005}, "NotAllowed"),
        ({"amounts": {"Currency": "EUR"}}, "NotAllowed"),
        ({"sale_data": {"SaleToAcquirerData": "no pair"}}, "MessageFormat"),
    ],
)
def test_what_the_terminal_does_not_do_is_refused_before_anything_begins(
    more: dict[str, Any], condition: str
) -> None:
    with spoken() as shop:
        asked = ask(shop, **more)
        assert asked.result == ("Failure", condition)
        assert shop.status("P1").result == ("Failure", "NotFound")
        assert shop.terminal.view().screen.id == "home"


def test_a_tip_is_part_of_the_amount_and_told_again() -> None:
    with spoken() as shop:
        asked = ask(shop, amount=23, amounts={"TipAmount": 3})
        shop.terminal.insert("visa-credit")
        shop.bench.advance(5 * SECOND)
        assert asked.body["PaymentResult"]["AmountsResp"] == {
            "AuthorizedAmount": 23,
            "Currency": "CAD",
            "TipAmount": 3,
        }
        assert "posAmountGratuityValue=300" in asked.body["Response"]["AdditionalResponse"]
