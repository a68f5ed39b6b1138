"""Payments under two circumstances at once, and under one that came while nobody could see it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from terminal_sim.bench import Profile
from terminal_sim.explore.search.act import PRESS, Act
from terminal_sim.explore.search.errands.way import CHIP, DONE, Errand, MenuWay, allowing, starts

_UNSEEN: tuple[tuple[Act, Act], ...] = (
    (("power", "off"), ("power", "on")),
    (("fault", "app", "closed"), ("fault", "app", "open")),
)


def circumstances(profile: Profile, ways: list[MenuWay]) -> Iterator[Errand]:
    """A payment under each pair of circumstances, in both orders, and under each that came, or went, while the terminal was off or its app closed."""
    around = list(_around(profile))
    allow = allowing(profile, ways)
    for start in starts(profile):
        begun: Errand = (*start, (PRESS, "1000", "OK"), CHIP, *DONE)
        for (one, mended), (other, mended_too) in permutations(around, 2):
            yield (*allow, one, other, *begun, mended, mended_too)
            yield (*allow, one, other, mended, *begun, mended_too)
        for away, back in _UNSEEN if profile.app else _UNSEEN[:1]:
            for one, mended in around:
                yield (*allow, away, one, back, *begun, mended)
                yield (*allow, one, away, mended, back, *begun)


def _around(profile: Profile) -> Iterator[tuple[Act, Act]]:
    """What can be so around a terminal of this profile before a payment begins, and what mends it."""
    yield ("network", "down"), ("network", "up")
    yield ("service", "down"), ("service", "up")
    if profile.battery is not None:
        yield ("battery", f"{max(profile.battery.critical - 1, 0)}%"), ("battery", "100%")
    if profile.app:
        yield ("fault", "reader-link", "down"), ("fault", "reader-link", "up")
    if profile.printer is not None:
        yield ("paper", "out"), ("paper", "in")
    if "standalone" in profile.features:
        yield ("account", "standalone", "off"), ("account", "standalone", "on")
    for link in profile.links[1:2]:
        yield ("network", link), ("network", profile.links[0])
    if profile.entries.chip:
        yield CHIP, ("remove", "card")
