"""Screens and receipts of many kinds, on two terminals and in two languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from terminal_sim import profile
from terminal_sim.core.config import Profile
from terminal_sim.core.money import Money
from terminal_sim.core.screen import (
    Banner,
    Button,
    Choice,
    Input,
    Pad,
    Page,
    Screen,
    Shown,
    Tab,
    TextLine,
    Title,
    Tone,
)
from terminal_sim.core.text import say
from terminal_sim.display.texts import Texts
from terminal_sim.display.view import View, view

AT = datetime(2026, 1, 15, 14, 3, 9)  # noqa: DTZ001 - civil time
CONFIRM = Button("confirm", say("confirm"), "OK")
CANCEL = Button("cancel", say("cancel"), "CANCEL")
TABS = ("checkout", "orders", "transactions", "more")


def row(number: int) -> Choice:
    time = say("time", at=AT)
    text = say("history-row", time=time, amount=Money(number * 123_450, "CAD"), last4="1111")
    return Choice(f"txn-{number}", text, say("state-COMPLETED" if number % 2 else "state-REVERSAL_PENDING"))


SCREENS = {
    "home": Screen(
        "home",
        (
            Banner("banner-network", say("banner-network")),
            Choice("payment", say("payment"), tile=True),
            Choice("transactions", say("transactions"), tile=True),
            Choice("admin", say("admin"), tile=True),
        ),
    ),
    "amount": Screen(
        "amount",
        (
            Title("amount", say("amount")),
            Input("amount", Shown.MONEY, Money(9_999_999, "CAD")),
            TextLine(say("amount-too-high", max=Money(500_000, "CAD")), "amount-too-high", Tone.BAD),
            Pad(),
            CONFIRM,
            CANCEL,
        ),
    ),
    "present-card": Screen(
        "present-card",
        (
            TextLine(say("sum", amount=Money(1000, "CAD")), "sum"),
            TextLine(say("present-card"), "present-card", Tone.BIG),
            CANCEL,
        ),
    ),
    "history": Screen(
        "history",
        (Title("history", say("history")), *map(row, range(1, 7)), Page(1, 6, 12), CANCEL),
    ),
    "transaction": Screen(
        "transaction", (Choice("void", say("void")), Choice("receipts", say("receipts")), CANCEL)
    ),
    "crowded": Screen("crowded", tuple(TextLine(say("banner-network")) for _ in range(40))),
    "long-word": Screen(
        "long-word", (Title("x", "x" * 200), TextLine("y" * 200), Choice("z", "z" * 90, "w" * 90))
    ),
    "dark": Screen("dark"),
    "tabs": Screen(
        "tabs",
        (
            Input("amount", Shown.MONEY, Money(1250, "CAD")),
            Pad(),
            Button("charge", say("charge", amount=Money(1250, "CAD")), "OK"),
            *(Tab(name, say(name), name == "checkout") for name in TABS),
        ),
    ),
}


@pytest.fixture(scope="session")
def texts() -> Texts:
    return Texts.load()


@pytest.fixture(params=["v400m", "s1f2", "narrow"])
def terminal(request: pytest.FixtureRequest) -> Profile:
    """Two bundled profiles, and one with the smallest display."""
    if request.param != "narrow":
        return profile.load(request.param)
    loaded = profile.load("s1f2")
    small = replace(loaded.displays["main"], width=128, height=160, columns=16)
    return replace(loaded, displays={"main": small}, drawing=None)


@pytest.fixture(params=["en-CA", "fr-CA"])
def locale(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=SCREENS)
def screen(request: pytest.FixtureRequest) -> Screen:
    return SCREENS[request.param]


@pytest.fixture(scope="session")
def show(texts: Texts) -> Callable[..., View]:
    """`show("home", model="v400m", locale="fr-CA")`: one of the screens above."""

    def shown(name: str, *, model: str = "s1f2", locale: str = "en-CA") -> View:
        return view(SCREENS[name], profile.load(model), texts, locale)

    return shown
