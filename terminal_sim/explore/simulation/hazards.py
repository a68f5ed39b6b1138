"""What can go wrong in a simulated shop: faults by their kinds, and which of them a seed has switched on.

A seed that has every fault on hides what only some of them together show. So each seed draws its own few kinds of faults, and how often
they strike (swarm testing: Groce and others, 2012).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from terminal_sim.bench import Profile, TerminalUnderTest
from terminal_sim.explore.search.act import WAIT, Act
from terminal_sim.explore.search.standing_offers import durations
from terminal_sim.explore.search.world import cures, faults

RATES = (0.03, 0.1, 0.25)
CURE_RATES = (0.01, 0.05, 0.2)
POWER_ON_RATE = 0.3
WAIT_RATES = (0.02, 0.1)
SHARES = (0.1, 0.3, 0.6)
RARE = {"tamper": 0.1}
"""Faults that end the life of a terminal, with how often a seed that drew them keeps them."""
NEAR_MONEY = ("host", "commit", "disk", "power", "network down", "service down", "tear", "card-answer-lost")
"""What the kinds begin with that strike between a request and its end: they strike three times as often as others."""
_ANSWERS = (
    ("timeout", "timeout"),
    ("late:65s",),
    ("late:70s", "timeout"),
    ("timeout", "late:90s"),
    ("declined:91", "declined:91"),
    ("approved", "partial:300"),
)
_MORE: tuple[Act, ...] = (
    *(("host", "answers", *answers) for answers in _ANSWERS),
    *(("fault", "power-cut-after", str(n)) for n in range(4, 20)),
)
_WAITS = ("1s", "10s", "1min", "10min", "1h", "23h", "24h", "25h")


def kinds_of(profile: Profile) -> Mapping[str, tuple[Act, ...]]:
    """The faults that a terminal of this profile can have, by their kinds."""
    kinds: dict[str, tuple[Act, ...]] = {}
    for fault in (*faults(profile), *_MORE):
        kind = kind_of(fault)
        kinds[kind] = (*kinds.get(kind, ()), fault)
    return kinds


def kind_of(fault: Act) -> str:
    """The kind of a fault: its name in the catalogue, what the host answers, or else its first two words."""
    if fault[0] == "host":
        return " ".join(("host", *dict.fromkeys(word.partition(":")[0] for word in fault[2:])))
    return fault[1] if fault[0] == "fault" else " ".join(fault[:2])


class Hazards:
    """The kinds of faults that one seed has switched on, and how often they strike."""

    def __init__(self, profiles: Sequence[Profile], chance: Random) -> None:
        self._faults = {profile.id: kinds_of(profile) for profile in profiles}
        known = dict.fromkeys(kind for faults_of in self._faults.values() for kind in faults_of)
        share = chance.choice(SHARES)
        drawn = [kind for kind in known if chance.random() < share]
        self.on = tuple(kind for kind in drawn if chance.random() < RARE.get(kind, 1))
        self._weights = [3 if kind.startswith(NEAR_MONEY) else 1 for kind in self.on]
        self._rate = chance.choice(RATES) if self.on else 0.0
        self._cure_rate = chance.choice(CURE_RATES)
        self._wait_rate = chance.choice(WAIT_RATES)

    def strike(self, terminal: TerminalUnderTest, chance: Random) -> Act | None:
        """The fault, the cure or the passing of time that comes now, where one comes."""
        if chance.random() < self._rate:
            (kind,) = chance.choices(self.on, self._weights)
            found = self._faults[terminal.profile.id].get(kind)
            return chance.choice(found) if found else None
        if not terminal.is_on and chance.random() < POWER_ON_RATE:
            return "power", "on"
        if chance.random() < self._cure_rate and (cure := cures(terminal)):
            return chance.choice(cure)
        if chance.random() < self._wait_rate:
            return WAIT, chance.choice((*_WAITS, *map(str, durations(terminal.profile))))
        return None
