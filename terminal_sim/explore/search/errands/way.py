"""What errands are made of: the ways through the menus of a profile, and one payment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from terminal_sim.bench import Duration, Profile
from terminal_sim.explore.search.act import PRESS, TAP, WAIT, Act
from terminal_sim.oracles.chart import is_listed

Errand = tuple[Act, ...]

SECOND = Duration.parse("1s")
CHIP: Act = ("insert", "visa-credit")
PRESENTED: tuple[Act, ...] = (CHIP, ("tap-card", "visa-credit"), ("swipe", "visa-stripe"))
TO_A_NUMBER: Errand = ((TAP, "digital-receipt"), (PRESS, "5145551234", "OK"))
DONE: Errand = ((WAIT, "2s"), (PRESS, "OK"), ("remove", "card"))


@dataclass(frozen=True, slots=True)
class MenuWay:
    """The acts from the home screen to an entry of a menu, and the flow that it starts, "" where it opens a menu.

    `passcodes` are the names of those that are typed on the way, in their order.
    """

    flow: str
    acts: Errand
    passcodes: tuple[str, ...] = ()


def menu_ways(profile: Profile) -> Iterator[MenuWay]:
    """The ways to each entry of each menu that is reached from the home screen; what the profile's switches leave out is not there."""
    home = profile.home
    ahead: list[tuple[str, MenuWay, frozenset[str]]] = [
        (menu, MenuWay("", ((PRESS, digits, "OK"),)), frozenset()) for digits, menu in home.shortcuts.items()
    ]
    for entry in home.entries:
        way = MenuWay(entry.flow, ((TAP, entry.id),))
        yield way
        if entry.menu:
            ahead.append((entry.menu, way, frozenset()))
    while ahead:
        name, way, been = ahead.pop(0)
        menu = profile.menus[name]
        way = _typing(profile, way, menu.passcode)
        for entry in (one for one in menu.entries if is_listed(profile, one.needs)):
            chosen = replace(way, flow=entry.flow, acts=(*way.acts, (TAP, entry.id)))
            there = _typing(profile, chosen, _asked(profile, entry.flow, entry.passcode))
            yield there
            if entry.menu and entry.menu not in been:
                ahead.append((entry.menu, there, been | {name}))


def _asked(profile: Profile, flow: str, changes: str) -> str:
    """The passcode that a flow asks for first, "" for none; its entry says which one it `changes`."""
    if flow == "refund":
        return profile.refunds.passcode
    return changes or next(iter(profile.passcodes)) if flow == "change-passcode" else ""


def _typing(profile: Profile, way: MenuWay, passcode: str) -> MenuWay:
    """The way with a passcode typed behind it, where one is asked for."""
    if not passcode:
        return way
    typed: Act = (PRESS, profile.passcodes[passcode].code, "OK")
    return replace(way, acts=(*way.acts, typed), passcodes=(*way.passcodes, passcode))


def ways_to(ways: list[MenuWay], *flows: str) -> list[Errand]:
    """The acts of the ways to one of these flows."""
    return [way.acts for way in ways if way.flow in flows]


def allowing(profile: Profile, ways: list[MenuWay]) -> Errand:
    """The way to allow offline payments and home again, none where the terminal has no such settings."""
    settings = ways_to(ways, "offline-settings") if profile.offline.settings else []
    return (*settings[0], (TAP, "allow"), (TAP, "home")) if settings else ()


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
