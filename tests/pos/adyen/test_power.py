"""Power is cut after each effect of a dialogue, and point of sale, terminal, journal and host agree on what became of it."""

from __future__ import annotations

import pytest

from tests.pos.adyen.kit import SECOND, Asked, Spoken, spoken

EFFECTS = 60  # more than any dialogue here has


def card(shop: Spoken) -> None:
    if shop.terminal.is_on and shop.terminal.view().screen.id == "present-card":
        shop.terminal.insert("visa-credit")
    shop.bench.advance(5 * SECOND)


def come_back(shop: Spoken) -> None:
    """The power comes back, however late it fails, and everything has time to come to its end."""
    for _ in range(2):
        if not shop.terminal.is_on:
            shop.terminal.power_on()
        if shop.terminal.card_in_slot:
            shop.terminal.remove_card()
        shop.bench.advance(3600 * SECOND)


def outcome(shop: Spoken, service_id: str, category: str = "Payment") -> str:
    """What the status says: the result of the repeated answer, or that there was no such request."""
    status = shop.status(service_id, category=category)
    if status.result == ("Failure", "NotFound"):
        return "NotFound"
    assert status.result == ("Success", ""), status.body
    body = status.body["RepeatedMessageResponse"]["RepeatedResponseMessageBody"][f"{category}Response"]
    result: str = body["Response"]["Result"]
    return result


@pytest.mark.parametrize("effects", range(1, EFFECTS, 1))
def test_a_payment_that_loses_power_ends_as_journal_and_host_say(effects: int) -> None:
    with spoken() as shop:
        shop.terminal.fault("power-cut-after", f"{effects}")
        paying = shop.pay("12.50", "P1")
        card(shop)
        come_back(shop)
        assert len(paying.replies) == 1, "each request is answered once, or its connection ends"
        said = outcome(shop, "P1")
        charged = sum(entry.amount for entry in shop.bench.acquirer.entries())
        if paying.replies[0] is not None:
            assert paying.body["Response"]["Result"] == said
        assert charged == (1250 if said == "Success" else 0)
        again = shop.pay("12.50", "P1")
        if said == "NotFound":
            assert again.replies == [], "it was never begun, and begins now"
        else:
            assert again.result == ("Failure", "NotAllowed")
        assert shop.bench.violations() == []


@pytest.mark.parametrize("effects", range(1, EFFECTS, 3))
def test_a_reversal_that_loses_power_ends_as_journal_and_host_say(effects: int) -> None:
    with spoken() as shop:
        paying = shop.pay("8.00", "P1")
        card(shop)
        come_back(shop)
        named = paying.body["POIData"]["POITransactionID"]
        shop.terminal.fault("power-cut-after", f"{effects}")
        reversing: Asked = shop.reverse(named, "R1")
        shop.bench.advance(5 * SECOND)
        come_back(shop)
        assert len(reversing.replies) == 1
        said = outcome(shop, "R1", "Reversal")
        charged = sum(entry.amount for entry in shop.bench.acquirer.entries())
        assert charged == (0 if said == "Success" else 800)
        assert shop.bench.violations(resolved=True) == []
