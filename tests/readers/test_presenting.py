"""Cards as a tester presents them: what one act does with a card, and what it leaves alone."""

from __future__ import annotations

import pytest

from terminal_sim.bench import Bench
from tests.contracts.drive import TEXTS


@pytest.mark.parametrize("reader", ["virtual", "pty", "vivotech+virtual:"])
def test_a_tap_leaves_the_card_in_the_slot_where_it_is(reader: str) -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m", reader=reader)
        till.insert("visa-credit")
        till.tap("interac-debit")
        bench.advance(1_000_000)
        assert till.board.readers.card_in
        till.remove_card()
        assert not till.board.readers.card_in


@pytest.mark.parametrize("reader", ["virtual", "vivotech+virtual:"])
def test_a_tapped_card_that_is_torn_away_leaves_the_one_in_the_slot(reader: str) -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("square-terminal", reader=reader)
        till.press("5")
        till.touch("charge")
        till.touch("clearpay")
        till.insert("visa-credit")
        till.tear_after("gpo")
        till.tap("phone")
        assert till.view().screen.id == "card-removed"
        bench.advance(1_000_000)
        assert till.board.readers.card_in


@pytest.mark.parametrize("reader", ["virtual", "vivotech+virtual:"])
@pytest.mark.parametrize(
    ("first", "asks", "second"),
    [("phone-locked", "present-card", "phone"), ("visa-second-tap", "present-again", "visa-second-tap")],
)
def test_a_card_that_is_wanted_once_more_is_noticed_by_every_reader(
    reader: str, first: str, asks: str, second: str
) -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("square-terminal", reader=reader)
        till.press("1")
        till.press("OK")
        till.tap(first)
        bench.advance(2_000_000)
        assert till.view().screen.id == asks
        till.tap(second)
        bench.advance(1_000_000)
        assert till.view().screen.id == "approved"
