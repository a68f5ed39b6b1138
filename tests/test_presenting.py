"""Cards as a tester presents them: what one act does with a card, and what it leaves alone."""

from __future__ import annotations

import pytest

from terminal_sim.bench import Bench
from tests.contracts.drive import TEXTS


@pytest.mark.parametrize("reader", ["virtual", "pty", "vivotech+virtual:"])
def test_a_tap_leaves_the_card_in_the_slot_where_it_is(reader: str) -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.seat("v400m", reader=reader)
        till.insert("visa-credit")
        till.tap("interac-debit")
        bench.advance(1_000_000)
        assert till.station.card_in
        till.remove_card()
        assert not till.station.card_in
