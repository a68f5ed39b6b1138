"""Dialogues over the vendors' interfaces leave in memory what their rows say, and nothing besides."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable

import pytest

from terminal_sim.pos.adyen.wire.seal import SharedKey
from terminal_sim.secret import Secret
from tests.pos.adyen.kit import SECOND, Spoken, spoken
from tests.pos.square.kit import HEADERS, SquareShop, shop

SIZES = [16, pytest.param(2_000, marks=pytest.mark.soak)]
KEPT = 26_000  # bytes of a dialogue: its rows in the three journals of a bench that has no folder, the acquirer's book, the request and the objects that can be asked for

NOTHING = 200  # bytes a request: lists that grow by more than one place


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


def by_a_broken_seal(shop: Spoken, number: int) -> None:
    (reply,) = shop.send(f'{{"SaleToPOIRequest": {{"NexoBlob": "{number}"}}}}').replies
    assert reply is not None
    assert reply.status == 401


REFUSED = [
    ("GET", "/v2/nothing", HEADERS, 404),
    ("DELETE", "/v2/locations", HEADERS, 405),
    ("GET", "/v2/locations", {}, 401),
    ("GET", "/v2/locations", {**HEADERS, "square-version": "now"}, 400),
    ("POST", "/v2/terminals/checkouts", HEADERS, 400),
]


def by_refused_calls(square: SquareShop, _: int) -> None:
    for method, path, headers, status in REFUSED:
        assert square.call(method, path, {"much": "x" * 1_000}, headers)[0] == status


def test_what_is_refused_leaves_nothing() -> None:
    with spoken() as shop_:
        shop_.api.keys = (SharedKey("key", 1, Secret("a-Passphrase-4-tests")),)
        assert growth(lambda number: by_a_broken_seal(shop_, number), 60) < NOTHING
    with shop() as square:
        assert growth(lambda number: by_refused_calls(square, number), 60) < NOTHING
