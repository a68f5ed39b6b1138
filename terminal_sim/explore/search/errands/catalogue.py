"""Every errand of a profile: to each entry of the menus, payments of every kind and what follows them, and the same again as often as a number of the profile says.

Every value comes from the profile and the cards: each amount that is a bound with its neighbour, each passcode right and wrong, each time with a second more.
"""

from __future__ import annotations

from collections.abc import Mapping

from terminal_sim.bench import Profile
from terminal_sim.explore.search.errands.accounts import accounts
from terminal_sim.explore.search.errands.afterwards import afterwards
from terminal_sim.explore.search.errands.brims import brims
from terminal_sim.explore.search.errands.circumstances import circumstances
from terminal_sim.explore.search.errands.every_card import every_card
from terminal_sim.explore.search.errands.every_kind import every_kind
from terminal_sim.explore.search.errands.hindered import hindered
from terminal_sim.explore.search.errands.interrupted import interrupted
from terminal_sim.explore.search.errands.kept import kept
from terminal_sim.explore.search.errands.offline import offline
from terminal_sim.explore.search.errands.passcodes import passcodes
from terminal_sim.explore.search.errands.payments import bounds, payments
from terminal_sim.explore.search.errands.point_of_sale import point_of_sale
from terminal_sim.explore.search.errands.results import results
from terminal_sim.explore.search.errands.settlement import settlement
from terminal_sim.explore.search.errands.typed import typed
from terminal_sim.explore.search.errands.unanswered import unanswered
from terminal_sim.explore.search.errands.way import Errand, menu_ways


def errands(profile: Profile, numbers: Mapping[str, str], pins: Mapping[str, str]) -> tuple[Errand, ...]:
    """Every errand of a terminal of this profile, from its home screen. `numbers` and `pins` are those of the cards by their names."""
    ways = list(menu_ways(profile))
    found: list[Errand] = [way.acts for way in ways]
    for each in (
        payments(profile, pins),
        every_card(profile, numbers, pins),
        bounds(profile, ways),
        afterwards(profile, ways),
        every_kind(profile, ways, pins),
        typed(profile, ways, numbers),
        brims(profile, ways, pins),
        passcodes(profile, ways),
        offline(profile, ways),
        kept(profile, ways),
        hindered(profile, ways),
        circumstances(profile, ways),
        interrupted(profile, ways, numbers),
        point_of_sale(profile, numbers),
        results(profile, ways, numbers),
        settlement(profile, ways),
        unanswered(profile, ways),
        accounts(profile, ways),
    ):
        found += each
    return tuple(dict.fromkeys(found))
