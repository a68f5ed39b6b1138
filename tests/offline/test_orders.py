"""Online orders: none lost, none twice, in order, whatever happens while they arrive."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from terminal_sim.bench import BenchMisuse
from terminal_sim.core.events import PaymentRequested
from terminal_sim.core.money import Money
from terminal_sim.core.payment_request import PaymentRequest
from tests.offline.shop import HOUR, SECOND, Shop, shop


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


def announced(at: Shop) -> str:
    """What the home screen says of orders that nobody has looked at."""
    return next((item.text for item in at.terminal.view().items if item.id == "orders-arrived"), "")


def test_the_home_screen_says_that_orders_came_until_they_were_looked_at() -> None:
    with shop("square-terminal") as at:
        assert announced(at) == ""
        at.terminal.order("Coffee", 100)
        assert announced(at) == "1 new order"
        at.terminal.order("Cake", 200)
        assert announced(at) == "2 new orders"
        at.terminal.touch("orders")
        at.terminal.touch("home")
        assert announced(at) == ""


def test_orders_that_nobody_looked_at_are_announced_after_a_power_cut_too() -> None:
    with shop("square-terminal") as at:
        at.terminal.order("Coffee", 100)
        at.terminal.touch("orders")
        at.terminal.order("Cake", 200)
        at.terminal.touch("home")
        at.terminal.order("Bread", 300)
        at.terminal.power_cut()
        at.terminal.power_on()
        assert announced(at) == "1 new order"
        assert at.kinds("order") == ["order", "order.seen", "order", "order.seen", "order"]


def test_the_orders_stay_while_one_looks_at_them_and_grow() -> None:
    with shop("square-terminal") as at:
        at.terminal.touch("orders")
        at.pass_time(HOUR)
        at.terminal.order("Coffee", 100)
        view = at.terminal.view()
        assert view.screen.id == "orders"
        assert "order-1" in {item.id for item in view.items}
        at.pass_time(HOUR)
        assert at.terminal.view().screen.id == "orders"


def test_the_list_of_orders_gives_way_to_the_point_of_sale() -> None:
    with shop("square-terminal") as at:
        at.terminal.touch("orders")
        at.terminal.post(
            PaymentRequested(PaymentRequest(id="R", amount=Money(500, at.profile.currency), ticket="T"))
        )
        at.bench.settle()
        assert at.terminal.view().screen.id == "present-card"
