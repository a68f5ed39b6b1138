"""A sale with each bundled card, by each way in which it can be presented, on each standalone terminal that reads it so."""

from __future__ import annotations

import pytest

from terminal_sim import profile as profiles
from terminal_sim.cards import catalogue
from tests.contracts.drive import NAMES, Drive, stock

# How a card is presented, and the face of the card and the entry of the profile that this takes.
FACES = {"insert": "chip", "tap": "contactless", "swipe": "stripe"}
SECONDS_TO_A_RESULT = 1


def presentations(card: str) -> list[str]:
    with Drive(stock(NAMES[0])) as drive:
        made = drive.bench.card(card)
        return [how for how, face in FACES.items() if getattr(made, face) is not None]


CASES = [
    (name, how, card)
    for card in catalogue.names()
    for how in presentations(card)
    for name in NAMES
    if getattr(profiles.load(name).entries, FACES[how])
]


@pytest.mark.parametrize(("name", "how", "card"), CASES)
def test_a_sale_with_the_card_ends_at_home_with_the_books_in_order(name: str, how: str, card: str) -> None:
    with Drive(stock(name)) as drive:
        drive.sale(how, card)
        pin = drive.bench.card(card).personality.pin
        if drive.screen == "enter-pin" and pin is not None:
            drive.type(pin.reveal())
        drive.pass_time(SECONDS_TO_A_RESULT)
        assert not drive.at_home
        drive.finish()
        assert drive.at_home
        drive.heal()
        assert drive.faults() == []
