"""Somebody who does anything at a point of sale: nothing crashes, and every invariant holds when all works again."""

from __future__ import annotations

from random import Random

import pytest

from terminal_sim.bench import BenchMisuse
from terminal_sim.core.screen import Button, Choice, Tab
from tests.offline.shop import DAY, DEVICES, HOUR, SECOND, Shop, shop

CARDS = (
    "visa-credit",
    "visa-online-pin",
    "mastercard-pin",
    "interac-debit",
    "visa-declined",
    "mute",
    "visa-stripe",
)
TYPED = ("1", "500", "9999", "1234", "4111111111111111", "0330", "737", "7783320001001635", "5145550123")
ANSWERS = ("approved", "declined", "timeout", "garbage", "late:5s", "partial:300")
WAITS = (SECOND, 5 * SECOND, 31 * SECOND, 121 * SECOND, HOUR, DAY)


def touch(at: Shop, random: Random) -> None:
    if at.terminal.board.firmware is None:
        at.terminal.power_on()
    targets = [
        element.id
        for element in at.terminal.firmware.screen().elements
        if isinstance(element, Button | Choice | Tab) and element.id != "factory-reset"
    ]
    if targets:
        at.terminal.touch(random.choice(targets))


def do(at: Shop, random: Random) -> None:
    terminal, act = (
        at.terminal,
        random.choice(("touch",) * 6 + ("type", "type", "card", "card", "wait", "wait", "break", "cut")),
    )
    if act == "touch":
        touch(at, random)
    elif act == "type":
        for key in random.choice(TYPED):
            terminal.press(key)
        terminal.press("OK")
    elif act == "card":
        if terminal.board.readers.card_in:
            terminal.remove_card()
        else:
            how = random.choice((terminal.insert, terminal.tap, terminal.swipe))
            try:
                how(random.choice(CARDS))
            except BenchMisuse:
                return  # that card has no such face
    elif act == "wait":
        at.pass_time(random.choice(WAITS))
    elif act == "cut":
        if random.random() < 0.5:
            terminal.fault("power-cut-after", str(random.randint(1, 12)))
        else:
            terminal.power_cut()
    else:
        up = random.random() < 0.5
        breaks = [
            lambda: terminal.network(up),
            lambda: terminal.service(up),
            lambda: at.bench.host_answers([random.choice(ANSWERS)]),
            lambda: terminal.order("Coffee", 100),
        ]
        if at.profile.app:
            breaks += [
                lambda: terminal.fault("app", "open" if up else "closed"),
                lambda: terminal.fault("reader-link", "up" if up else "down"),
            ]
        random.choice(breaks)()
    if terminal.board.firmware is None:
        terminal.board.power.fuse = 0
        terminal.power_on()


def heal(at: Shop) -> None:
    terminal = at.terminal
    terminal.board.power.fuse = 0
    if terminal.board.firmware is None:
        terminal.power_on()
    if at.profile.app:
        terminal.fault("app", "open")
        terminal.fault("reader-link", "up")
    if terminal.board.readers.card_in:
        terminal.remove_card()
    terminal.network(True)
    terminal.service(True)
    at.pass_time(26 * HOUR)


@pytest.mark.parametrize("seed", range(80))
def test_a_walk_of_any_kind_ends_well(seed: int) -> None:
    random = Random(seed)
    with shop(DEVICES[seed % len(DEVICES)]) as at:
        for _ in range(60):
            do(at, random)
            at.terminal.view().text  # noqa: B018 - whatever shows can be drawn
        heal(at)
        assert at.wrong(resolved=True) == []
        assert at.terminal.view().screen.id in ("home", "orders", "signed-out")
