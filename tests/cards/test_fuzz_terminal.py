"""A terminal that does anything to a card meets a status word and a card that keeps its rules."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from terminal_sim.cards import catalogue
from terminal_sim.cards.catalogue import VirtualCard
from tests.cards.fuzz_terminal import FuzzTerminal

Cards = Callable[[str], VirtualCard]
QUICK = (
    "visa-credit",
    "mastercard-offline",
    "mastercard-near",
    "debit-two-accounts",
    "visa-worn",
    "mastercard-magstripe-mode",
)
TALKING = [name for name in catalogue.names() if name not in ("mute", "gift-card", "visa-stripe")]
LONG = 65_536
MOST_SECONDS = 0.05


@pytest.mark.parametrize("name", QUICK)
def test_a_card_keeps_its_rules_whatever_a_terminal_does(name: str) -> None:
    FuzzTerminal(name, seed=1).walk(150)


@pytest.mark.soak
@pytest.mark.parametrize("name", TALKING)
def test_every_card_keeps_its_rules_in_a_long_walk(name: str) -> None:
    for seed in range(3):
        FuzzTerminal(name, seed).walk(2_000)


@pytest.mark.parametrize("head", ["00A40400", "80AE8000", "8424000210", "00", "80A80000FF83", ""])
@pytest.mark.parametrize("face", ["chip", "contactless"])
def test_sixty_four_thousand_bytes_are_refused_at_once(card: Cards, face: str, head: str) -> None:
    tested = getattr(card("mastercard-offline"), face)
    command = bytes.fromhex(head).ljust(LONG, b"\x83")
    took = []
    for _ in range(3):
        began = time.process_time()
        answer = tested.transmit(command)
        took.append(time.process_time() - began)
    assert len(answer) == 2
    assert min(took) < MOST_SECONDS
