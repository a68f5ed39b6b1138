"""Leaving: signing out, another point of sale, a factory reset, the app deleted, and what is there when somebody is back."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import Profile
from terminal_sim.explore.search.act import PRESS, TAP
from terminal_sim.explore.search.errands.way import Errand, MenuWay, allowing, paid, starts, ways_to


def accounts(profile: Profile, ways: list[MenuWay]) -> Iterator[Errand]:
    """Each way to leave, with a power cut behind it, and with the settings looked at once somebody is signed in again."""
    settings = ways_to(ways, "offline-settings")
    changed: list[Errand] = []
    if settings and profile.offline.settings:
        limited: Errand = (*settings[0], (TAP, "offline-limit"), (PRESS, "5000", "OK"))
        changed = [
            allowing(profile, ways),
            (*limited, (TAP, "home")),
            (*limited, (TAP, "allow"), (TAP, "home")),
        ]
    for leave in ways_to(ways, "sign-out", "switch-pos", "factory-reset", "delete-app"):
        left: Errand = (*leave, (PRESS, "OK"))
        yield (*left, ("power", "cut"), ("power", "on"), (TAP, "sign-in"))
        yield (*leave, (PRESS, "CANCEL"))
        for start in starts(profile):
            yield (*left, (TAP, "sign-in"), *paid(start, 1000))
        for change in changed:
            yield (*change, *left, (TAP, "sign-in"), *settings[0])
