"""What can go wrong in a simulated shop: the faults of each terminal, those of its clock, and which of them a seed has switched on.

A seed that has every fault on hides what only some of them together show. So each seed draws its own few kinds of faults, and how often
they strike (swarm testing: Groce and others, 2012).
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from terminal_sim.bench import Profile, TerminalUnderTest
from terminal_sim.explore.search.act import WAIT, Act
from terminal_sim.explore.search.values import durations
from terminal_sim.explore.search.world import cures, faults

RATES = (0.02, 0.05, 0.1, 0.2)
SHARES = (0.1, 0.3, 0.6)
RARE = {"tamper": 0.1}
"""Faults that end the life of a terminal, with how often a seed that drew them keeps them."""
_WAITS = ("1s", "10s", "1min", "10min", "1h", "23h", "24h", "25h")


def kinds_of(profile: Profile) -> tuple[str, ...]:
    """The kinds of faults that a terminal of this profile can have."""
    return tuple(dict.fromkeys(kind_of(act) for act in faults(profile)))


def kind_of(fault: Act) -> str:
    """The kind of a fault: its name in the catalogue, or else its first two words."""
    if fault[0] == "host":
        return " ".join(("host", fault[2].partition(":")[0]))
    return fault[1] if fault[0] == "fault" else " ".join(fault[:2])


class Hazards:
    """The faults that one seed has switched on, and how often they strike."""

    def __init__(self, profiles: Sequence[Profile], chance: Random) -> None:
        known = tuple(dict.fromkeys(kind for profile in profiles for kind in kinds_of(profile)))
        share = chance.choice(SHARES)
        drawn = [kind for kind in known if chance.random() < share]
        self.on = tuple(kind for kind in drawn if chance.random() < RARE.get(kind, 1))
        self.rate = chance.choice(RATES) if self.on else 0.0
        self.cure_rate = chance.choice((0.02, 0.1, 0.3))
        self.waits = chance.choice((0.02, 0.1))

    def strike(self, terminal: TerminalUnderTest, chance: Random) -> Act | None:
        """The fault, the cure or the passing of time that comes now, where one comes."""
        if chance.random() < self.rate:
            found = [act for act in faults(terminal.profile) if kind_of(act) in self.on]
            return chance.choice(found) if found else None
        if chance.random() < self.cure_rate and (found := cures(terminal)):
            return chance.choice(found)
        if chance.random() < self.waits:
            spans = [*_WAITS, *map(str, durations(terminal.profile))]
            return WAIT, chance.choice(spans)
        return None
