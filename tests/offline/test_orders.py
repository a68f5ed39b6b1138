"""Online orders: none lost, none twice, in order, whatever happens while they arrive."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from terminal_sim.bench import BenchMisuse
from tests.offline.shop import HOUR, SECOND, shop


def test_an_order_that_a_power_cut_interrupts_is_brought_again() -> None:
    for effects in range(1, 8):
        with shop("square-register") as at:
            at.terminal.service(False)
            for n in (1, 2, 3):
                at.terminal.order(f"Order {n}", 100 * n)
            at.terminal.fault("power-cut-after", str(effects))
            at.terminal.service(True)
            if at.terminal.board.firmware is None:
                at.terminal.power_on()
            at.terminal.board.power.fuse = 0
            assert [order.text for order in at.durable.orders] == ["Order 1", "Order 2", "Order 3"]


@pytest.mark.parametrize("seed", range(40))
def test_orders_of_a_restless_day_appear_in_order_and_once(seed: int) -> None:
    random = Random(seed)
    with shop("square-terminal") as at:
        placed = 0
        for _ in range(30):
            act = random.choice(("order", "order", "service", "network", "cut", "wait"))
            if act == "order":
                placed += 1
                at.terminal.order(f"Order {placed}", placed)
            elif act == "cut":
                at.terminal.power_cut()
                at.terminal.power_on()
            elif act == "wait":
                at.pass_time(HOUR)
            else:
                getattr(at.terminal, act)(random.random() < 0.5)
            reachable = at.terminal.board.link.up
            assert [order.number for order in at.durable.orders] == list(range(1, len(at.durable.orders) + 1))
            assert not reachable or len(at.durable.orders) == placed
        at.terminal.network(True)
        at.terminal.service(True)
        at.pass_time(SECOND)
        assert [order.text for order in at.durable.orders] == [f"Order {n + 1}" for n in range(placed)]


def test_orders_go_on_where_a_kept_bench_ended(tmp_path: Path) -> None:
    with shop("square-terminal", state=tmp_path) as at:
        at.terminal.order("Coffee", 100)
    with shop("square-terminal", state=tmp_path) as at:
        at.terminal.power_cut()
        at.terminal.order("Cake", 200)
        at.terminal.power_on()
        assert [(order.number, order.text) for order in at.durable.orders] == [(1, "Coffee"), (2, "Cake")]


def test_a_terminal_without_orders_says_so() -> None:
    with shop("s1f2") as at, pytest.raises(BenchMisuse, match="s1f2 takes no online orders"):
        at.terminal.order("Coffee", 100)


def test_an_order_of_nothing_is_refused() -> None:
    with shop("square-stand") as at, pytest.raises(BenchMisuse, match="minor units"):
        at.terminal.order("Coffee", 0)
