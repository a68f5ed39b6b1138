"""What errands are made of: the ways through the menus of a profile, and one payment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from terminal_sim.bench import Duration, Profile
from terminal_sim.explore.search.act import PRESS, TAP, WAIT, Act
from terminal_sim.oracles.chart import is_listed

Errand = tuple[Act, ...]

SECOND = Duration.parse("1s")
CHIP: Act = ("insert", "visa-credit")
PRESENTED: tuple[Act, ...] = (CHIP, ("tap-card", "visa-credit"), ("swipe", "visa-stripe"))
DONE: Errand = ((WAIT, "2s"), (PRESS, "OK"), ("remove", "card"))


@dataclass(frozen=True, slots=True)
class MenuWay:
    """The acts from the home screen to an entry of a menu, and the flow that it starts, "" where it opens a menu."""

    flow: str
    acts: Errand


def menu_ways(profile: Profile) -> Iterator[MenuWay]:
    """The ways to each entry of each menu that is reached from the home screen; what the profile's switches leave out is not there."""
    home = profile.home
    ahead: list[tuple[str, Errand, frozenset[str]]] = [
        (menu, ((PRESS, digits, "OK"),), frozenset()) for digits, menu in home.shortcuts.items()
    ]
    for entry in home.entries:
        way: Errand = ((TAP, entry.id),)
        yield MenuWay(entry.flow, way)
        if entry.menu:
            ahead.append((entry.menu, way, frozenset()))
    while ahead:
        name, way, been = ahead.pop(0)
        menu = profile.menus[name]
        if menu.passcode:
            way = (*way, (PRESS, profile.passcodes[menu.passcode].code, "OK"))
        for entry in (one for one in menu.entries if is_listed(profile, one.needs)):
            there = (*way, (TAP, entry.id))
            if entry.flow == "refund" and profile.refunds.passcode:
                there = (*there, (PRESS, profile.passcodes[profile.refunds.passcode].code, "OK"))
            if entry.flow == "change-passcode":
                there = (*there, (PRESS, next(iter(profile.passcodes.values())).code, "OK"))
            yield MenuWay(entry.flow, there)
            if entry.menu and entry.menu not in been:
                ahead.append((entry.menu, there, been | {name}))


def ways_to(ways: list[MenuWay], *flows: str) -> list[Errand]:
    """The acts of the ways to one of these flows."""
    return [way.acts for way in ways if way.flow in flows]


def starts(profile: Profile) -> Iterator[Errand]:
    """How a payment begins at the home screen."""
    if profile.home.style == "tabs":
        yield ()
    else:
        yield from (((TAP, entry.id),) for entry in profile.home.entries if entry.flow == "sale")


def paid(start: Errand, amount: int | str, presented: Act = CHIP, *between: Act) -> Errand:
    """One payment up to its result, and home again."""
    return (*start, (PRESS, str(amount), "OK"), presented, *between, *DONE)


def typed_card(number: str, code: str = "737") -> Errand:
    """A card whose number, expiry and security code are typed."""
    return (PRESS, number, "OK"), (PRESS, "0330", "OK"), (PRESS, code, "OK")


def profile_times(profile: Profile) -> list[tuple[str, Duration]]:
    """The time-outs of the profile by their names, each length once."""
    found = {getattr(profile.timeouts, name): name for name in ("card", "entry", "menu", "result")}
    return [(name, length) for length, name in found.items()]


def codes(profile: Profile) -> set[str]:
    """The passcodes as the terminal was delivered."""
    return {passcode.code for passcode in profile.passcodes.values()}
