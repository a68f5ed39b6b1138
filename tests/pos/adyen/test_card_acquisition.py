"""A card is acquired first and paid with later: CardAcquisition, the payment that names it, and EnableService that lets it go."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.pos.adyen.kit import SECOND, Asked, Spoken, spoken
from tests.pos.adyen.test_device_calls import SENT, answer_of, recorded

SALE = {"SaleTransactionID": {"TransactionID": "T-1", "TimeStamp": "2026-01-15T09:00:00+00:00"}}


def acquire(shop: Spoken, service_id: str = "C1", **wanted: Any) -> Asked:
    body = {"SaleData": SALE, "CardAcquisitionTransaction": wanted}
    return shop.ask("CardAcquisition", body, "Till1", service_id)


def named(acquiring: Asked) -> dict[str, str]:
    found: dict[str, str] = acquiring.body["POIData"]["POITransactionID"]
    return found


def pay_with(shop: Spoken, card: dict[str, str], amount: float, service_id: str = "P1") -> Asked:
    body = {
        "SaleData": SALE,
        "PaymentTransaction": {"AmountsReq": {"Currency": "CAD", "RequestedAmount": amount}},
        "PaymentData": {"CardAcquisitionReference": card},
    }
    return shop.ask("Payment", body, "Till1", service_id)


def release(shop: Spoken) -> Asked:
    body = SENT["enable service, abort of a card acquisition"]["SaleToPOIRequest"]["EnableServiceRequest"]
    return shop.ask("EnableService", body, "Till1", "E1")


def charged(shop: Spoken) -> list[int]:
    return [entry.amount for entry in shop.bench.acquirer.entries() if entry.amount]


@pytest.mark.parametrize("profile", ["v400m", "s1f2"])
def test_an_acquired_chip_is_paid_with_by_the_payment_that_names_it(profile: str) -> None:
    with spoken(profile) as shop:
        acquiring = acquire(shop)
        shop.terminal.insert("visa-credit")
        assert acquiring.result == ("Success", "")
        card = acquiring.body["PaymentInstrumentData"]["CardData"]
        assert card == {
            "PaymentBrand": "visa",
            "MaskedPan": "411111 **** 1111",
            "EntryMode": ["ICC"],
            "CardCountryCode": "124",
            "SensitiveCardData": {"CardSeqNumb": "01"},
        }
        assert "." not in named(acquiring)["TransactionID"]
        assert charged(shop) == []
        paying = pay_with(shop, named(acquiring), 5.0)
        shop.bench.advance(5 * SECOND)
        assert paying.result == ("Success", "")
        assert charged(shop) == [500]
        assert shop.bench.violations() == []


def test_a_recorded_acquisition_is_answered_with_the_members_that_were_recorded() -> None:
    with spoken() as shop:
        acquiring = recorded(shop, "card acquisition")
        shop.terminal.insert("visa-credit")
        expected = json.loads(json.dumps(answer_of("card acquisition")))
        del expected["PaymentInstrumentData"]["CardData"]["SensitiveCardData"]["ExpiryDate"]  # none is kept

        def shape(value: Any) -> Any:
            return {name: shape(one) for name, one in value.items()} if isinstance(value, dict) else None

        assert shape(acquiring.body) == shape(expected)
        said = acquiring.body["Response"]["AdditionalResponse"]
        assert {pair.split("=")[0] for pair in said.split("&")} == {
            pair.split("=")[0] for pair in expected["Response"]["AdditionalResponse"].split("&")
        }


def test_one_tap_is_enough_for_the_total_and_another_amount_wants_a_second() -> None:
    for amount, screen in ((5.0, "approved"), (6.0, "present-card")):
        with spoken() as shop:
            acquiring = acquire(shop, TotalAmount=5)
            shop.terminal.tap("visa-credit")
            paying = pay_with(shop, named(acquiring), amount)
            shop.bench.advance(2 * SECOND)
            assert shop.terminal.view().screen.id == screen
            if paying.replies == []:
                shop.terminal.tap("visa-credit")
                shop.bench.advance(5 * SECOND)
            assert paying.result == ("Success", "")
            assert charged(shop) == [int(amount * 100)]


def test_while_a_card_is_held_everything_else_is_busy_with_its_name() -> None:
    with spoken() as shop:
        acquiring = acquire(shop)
        shop.terminal.insert("visa-credit")
        busy = shop.pay("5.00", "P1")
        assert busy.result == ("Failure", "Busy")
        assert "serviceId=C1" in busy.body["Response"]["AdditionalResponse"]
        assert pay_with(shop, named(acquiring), 5.0, "P2").replies == []


def test_a_reference_that_is_none_or_has_ended_is_not_found() -> None:
    with spoken() as shop:
        unknown = {"TransactionID": "v4W5001767780664002", "TimeStamp": "2026-01-15T09:00:00+00:00"}
        assert pay_with(shop, unknown, 5.0, "P1").result == ("Failure", "NotFound")
        acquiring = acquire(shop)
        shop.terminal.insert("visa-credit")
        shop.terminal.remove_card()
        shop.bench.advance(60 * SECOND)
        assert pay_with(shop, named(acquiring), 5.0, "P2").result == ("Failure", "NotFound")
        assert charged(shop) == []


def test_a_card_is_let_go_with_the_text_that_was_recorded() -> None:
    with spoken() as shop:
        assert release(shop).result == ("Failure", "NotFound")
        acquiring = acquire(shop)
        shop.terminal.swipe("visa-stripe")
        assert release(shop).body == {"Response": {"Result": "Success"}}
        assert shop.terminal.view().screen.id == "pos-display"
        assert "Cancelled" in shop.terminal.view().text
        assert pay_with(shop, named(acquiring), 5.0).result == ("Failure", "NotFound")
        assert release(shop).result == ("Failure", "NotFound")


def test_an_acquisition_is_aborted_while_it_waits_for_a_card() -> None:
    with spoken() as shop:
        acquiring = acquire(shop)
        reference = {"MessageCategory": "CardAcquisition", "ServiceID": "C1"}
        shop.ask("Abort", {"MessageReference": reference, "AbortReason": "MerchantAbort"}, "Till1", "A")
        assert acquiring.result == ("Failure", "Aborted")
        again = acquire(shop, "C2")
        release(shop)
        assert again.result == ("Failure", "Aborted")


@pytest.mark.parametrize(
    ("wanted", "condition"),
    [
        ({"AllowedPaymentBrand": ["mc"]}, "PaymentRestriction"),
        ({"ForceEntryMode": ["Scanned"]}, "UnavailableDevice"),
        ({"TotalAmount": 0.001}, "NotAllowed"),
    ],
)
def test_what_a_card_must_be_holds_for_acquisitions(wanted: dict[str, Any], condition: str) -> None:
    with spoken() as shop:
        acquiring = acquire(shop, **wanted)
        if acquiring.replies == []:
            shop.terminal.insert("visa-credit")
        assert acquiring.result == ("Failure", condition)


def test_a_status_repeats_the_answer_and_a_power_cut_forgets_the_card() -> None:
    with spoken() as shop:
        acquiring = acquire(shop)
        assert shop.status("C1", category="CardAcquisition").result == ("Failure", "InProgress")
        shop.terminal.insert("visa-credit")
        repeated = shop.status("C1", category="CardAcquisition").body["RepeatedMessageResponse"]
        assert repeated["RepeatedResponseMessageBody"]["CardAcquisitionResponse"] == acquiring.body
        shop.terminal.power_cut()
        shop.terminal.power_on()
        assert pay_with(shop, named(acquiring), 5.0).result == ("Failure", "NotFound")
        shop.bench.advance(60 * SECOND)
        waiting = acquire(shop, "C2", ForceEntryMode=["MagStripe"])
        shop.terminal.power_cut()
        assert waiting.replies == [None]
        shop.terminal.power_on()
        repeated = shop.status("C2", category="CardAcquisition").body["RepeatedMessageResponse"]
        ended = repeated["RepeatedResponseMessageBody"]["CardAcquisitionResponse"]
        assert ended["Response"]["ErrorCondition"] == "Aborted"
