"""The tabs of a point of sale: the one whose place is open is marked, whatever was open before."""

from __future__ import annotations

import pytest

from terminal_sim.core.screen import Tab
from tests.offline.shop import SECOND, Shop, shop


def marked(at: Shop) -> list[str]:
    return [e.id for e in at.terminal.firmware.screen().elements if isinstance(e, Tab) and e.current]


def touch(at: Shop, *targets: str) -> list[str]:
    for target in targets:
        at.terminal.touch(target)
    return marked(at)


@pytest.mark.parametrize(
    ("touched", "open_"),
    [
        ((), "home"),
        (("orders",), "orders"),
        (("transactions",), "transactions"),
        (("transactions", "filter"), "transactions"),
        (("more",), "more"),
        (("more", "settings", "checkout"), "more"),
        (("more", "settings", "back"), "more"),
        (("more", "back"), "home"),
        (("more", "settings", "home"), "home"),
    ],
)
def test_the_tab_of_the_place_that_is_open_is_marked(touched: tuple[str, ...], open_: str) -> None:
    with shop("square-terminal") as at:
        assert touch(at, *touched) == [open_]


@pytest.mark.parametrize("tab", ["more", "transactions", "orders"])
def test_a_charge_after_another_tab_was_left_is_made_at_the_checkout(tab: str) -> None:
    with shop("square-terminal") as at:
        touch(at, tab, "back")
        for key in ("1", "0", "0", "0", "OK"):
            at.terminal.press(key)
        assert at.told() == "present-card"
        assert marked(at) == ["home"]
        at.terminal.insert("visa-credit")
        at.pass_time(SECOND)
        assert at.told() == "approved"
        assert marked(at) == ["home"]


def test_the_status_page_belongs_to_the_checkout() -> None:
    with shop("square-terminal") as at:
        touch(at, "more", "back")
        at.terminal.service(False)
        assert touch(at, "status") == ["home"]


def test_what_is_voided_belongs_to_the_transactions() -> None:
    with shop("square-terminal") as at:
        at.charge()
        touch(at, "transactions", "txn-1", "void")
        at.pass_time(SECOND)
        assert at.told() == "approved"
        assert marked(at) == ["transactions"]
