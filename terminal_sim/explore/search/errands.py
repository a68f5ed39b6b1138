"""Ways that a person goes on purpose: to each entry of the menus, a plain payment, and the same again as often as a number of the profile says."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import Profile
from terminal_sim.explore.search.act import PRESS, TAP, WAIT, Act

Errand = tuple[Act, ...]


def errands(profile: Profile) -> tuple[Errand, ...]:
    """Every errand of a terminal of this profile, from its home screen."""
    ways = list(menu_ways(profile))
    found = [*ways, *payments(profile), *_repeated(profile, ways)]
    return tuple(dict.fromkeys(found))


def menu_ways(profile: Profile) -> Iterator[Errand]:
    """The ways to each entry of each menu that is reached from the home screen."""
    home = profile.home
    ahead: list[tuple[str, Errand, frozenset[str]]] = [
        (menu, ((PRESS, digits, "OK"),), frozenset()) for digits, menu in home.shortcuts.items()
    ]
    for entry in home.entries:
        way: Errand = ((TAP, entry.id),)
        yield way
        if entry.menu:
            ahead.append((entry.menu, way, frozenset()))
    while ahead:
        name, way, been = ahead.pop(0)
        menu = profile.menus[name]
        if menu.passcode:
            way = (*way, (PRESS, profile.passcodes[menu.passcode].code, "OK"))
        for entry in menu.entries:
            there = (*way, (TAP, entry.id))
            if entry.needs == "unreferenced-refunds" and profile.refunds.passcode:
                there = (*there, (PRESS, profile.passcodes[profile.refunds.passcode].code, "OK"))
            yield there
            if entry.menu and entry.menu not in been:
                ahead.append((entry.menu, there, been | {name}))


def payments(profile: Profile) -> Iterator[Errand]:
    """Plain payments: with a chip, a tap and a stripe, up to the result and home again."""
    home: Errand = ((WAIT, "2s"), (PRESS, "OK"), ("remove", "card"))
    for start in starts(profile):
        for amount in ("1000", "1250"):
            for presented in (
                ("insert", "visa-credit"),
                ("tap-card", "visa-credit"),
                ("swipe", "visa-stripe"),
            ):
                yield (*start, (PRESS, amount, "OK"), presented, *home)


def starts(profile: Profile) -> Iterator[Errand]:
    """How a payment begins at the home screen."""
    if profile.home.style == "tabs":
        yield ()
    else:
        yield from (((TAP, entry.id),) for entry in profile.home.entries if entry.flow == "sale")


def _repeated(profile: Profile, ways: list[Errand]) -> Iterator[Errand]:
    """A wrong passcode once more than it may be typed; a payment once more than the queue has room for."""
    for way in ways:
        at = next((at for at, act in enumerate(way) if act[0] == PRESS and act[1] in _codes(profile)), None)
        if at is None:
            continue
        for passcode in profile.passcodes.values():
            wrong: Errand = ((PRESS, "1111", "OK"),) * passcode.tries
            yield (*way[:at], *wrong)
            yield (*way[:at], *wrong[:-1], way[at])
            yield (*way[:at], *wrong, (WAIT, str(passcode.lock)), way[at])
        break
    queue = profile.offline.queue_count
    if profile.offline.enabled:
        allow: Errand = ()
        if profile.offline.settings and not profile.offline.allowed:
            allow = (
                *next((way for way in ways if way[-1] == (TAP, "offline-payments")), ()),
                (TAP, "allow"),
                (TAP, "home"),
            )
        for start in starts(profile):
            taken: Errand = (
                *start,
                (PRESS, "1000", "OK"),
                ("insert", "visa-credit"),
                (PRESS, "OK"),
                ("remove", "card"),
            )
            for down in (("network", "down"), ("service", "down")):
                yield (*allow, down, *taken)
                yield (*allow, down, *(taken * 2), (down[0], "up"), (WAIT, "2s"))
                if queue:
                    yield (*allow, down, *(taken * (queue + 1)))


def _codes(profile: Profile) -> set[str]:
    return {passcode.code for passcode in profile.passcodes.values()}
