"""Dialogues over the vendors' interfaces leave in memory what their rows say, and nothing besides."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable

import pytest

from tests.pos.adyen.kit import SECOND, Spoken, spoken
from tests.pos.square.kit import SquareShop, shop

SIZES = [16, pytest.param(2_000, marks=pytest.mark.soak)]
KEPT = 26_000  # bytes of a dialogue: its rows in the three journals of a bench that has no folder, the acquirer's book, the request and the objects that can be asked for


def growth(dialogue: Callable[[int], None], count: int) -> float:
    """By how many bytes a dialogue the memory grows in the second half of `count` of them."""
    for number in range(count // 2):
        dialogue(number)
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for number in range(count // 2, count):
            dialogue(number)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return (after - before) / (count - count // 2)


def by_the_terminal_api(shop: Spoken, number: int) -> None:
    paying = shop.pay("5.00", f"P{number}", ticket=f"T-{number}")
    shop.terminal.insert("visa-credit")
    shop.bench.advance(5 * SECOND)
    if shop.terminal.card_in_slot:
        shop.terminal.remove_card()
    shop.bench.advance(5 * SECOND)
    assert paying.result == ("Success", "")


def by_a_checkout(square: SquareShop, _: int) -> None:
    checkout = square.checkout(500)
    square.card()
    square.wait(10)
    assert square.now(checkout)["status"] == "COMPLETED"


@pytest.mark.parametrize("count", SIZES)
def test_dialogues_of_the_terminal_api_leave_their_rows_only(count: int) -> None:
    with spoken() as shop:
        assert growth(lambda number: by_the_terminal_api(shop, number), count) < KEPT


@pytest.mark.parametrize("count", SIZES)
def test_checkouts_leave_their_rows_only(count: int) -> None:
    with shop() as square:
        assert growth(lambda number: by_a_checkout(square, number), count) < KEPT
