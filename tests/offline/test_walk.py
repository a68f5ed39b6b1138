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
    if at.seat.station.terminal is None:
        at.seat.power_on()
    targets = [
        element.id
        for element in at.seat.terminal.screen().elements
        if isinstance(element, Button | Choice | Tab) and element.id != "factory-reset"
    ]
    if targets:
        at.seat.touch(random.choice(targets))


def do(at: Shop, random: Random) -> None:
    seat, act = (
        at.seat,
        random.choice(("touch",) * 6 + ("type", "type", "card", "card", "wait", "wait", "break", "cut")),
    )
    if act == "touch":
        touch(at, random)
    elif act == "type":
        for key in random.choice(TYPED):
            seat.press(key)
        seat.press("OK")
    elif act == "card":
        if seat.station.card_in:
            seat.remove_card()
        else:
            how = random.choice((seat.insert, seat.tap, seat.swipe))
            try:
                how(random.choice(CARDS))
            except BenchMisuse:
                return  # that card has no such face
    elif act == "wait":
        at.pass_time(random.choice(WAITS))
    elif act == "cut":
        if random.random() < 0.5:
            seat.fault("power-cut-after", str(random.randint(1, 12)))
        else:
            seat.power_cut()
    else:
        up = random.random() < 0.5
        breaks = [
            lambda: seat.network(up),
            lambda: seat.service(up),
            lambda: at.bench.host_answers([random.choice(ANSWERS)]),
            lambda: seat.order("Coffee", 100),
        ]
        if at.profile.app:
            breaks += [
                lambda: seat.fault("app", "open" if up else "closed"),
                lambda: seat.fault("reader-link", "up" if up else "down"),
            ]
        random.choice(breaks)()
    if seat.station.terminal is None:
        seat.station.fuse = 0
        seat.power_on()


def heal(at: Shop) -> None:
    seat = at.seat
    seat.station.fuse = 0
    if seat.station.terminal is None:
        seat.power_on()
    if at.profile.app:
        seat.fault("app", "open")
        seat.fault("reader-link", "up")
    if seat.station.card_in:
        seat.remove_card()
    seat.network(True)
    seat.service(True)
    at.pass_time(26 * HOUR)


@pytest.mark.parametrize("seed", range(80))
def test_a_walk_of_any_kind_ends_well(seed: int) -> None:
    random = Random(seed)
    with shop(DEVICES[seed % len(DEVICES)]) as at:
        for _ in range(60):
            do(at, random)
            at.seat.view().text  # noqa: B018 - whatever shows can be drawn
        heal(at)
        assert at.wrong(settled=True) == []
        assert at.seat.view().screen.id in ("home", "signed-out")
