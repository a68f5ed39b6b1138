"""What was learned of acts at each place: which led on from there, and which were refused."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from terminal_sim.explore.search.act import WAIT, Act
from terminal_sim.explore.search.learned import Place
from terminal_sim.explore.search.standing_offers import OfferedAct

_REFUSED_OFTEN = 2


@dataclass(slots=True)
class TriedActs:
    """How often an act that was done at a place `led_on` to another one, and how often it `stayed`."""

    led_on: Counter[tuple[Place, Act]] = field(default_factory=Counter)
    stayed: Counter[tuple[Place, Act]] = field(default_factory=Counter)

    def learn(self, place: Place, act: Act, *, led_on: bool) -> None:
        """Count what came of an act."""
        (self.led_on if led_on else self.stayed)[place, _counted(act)] += 1

    def tries(self, place: Place, act: Act) -> int:
        """How often the act was done there."""
        counted = _counted(act)
        return self.led_on.get((place, counted), 0) + self.stayed.get((place, counted), 0)

    def weight(self, place: Place, offered: OfferedAct) -> int:
        """How much the act is preferred there: what led on is, what was refused is not."""
        counted = _counted(offered.act)
        if (place, counted) in self.led_on:
            return 2 * offered.weight
        if self.stayed.get((place, counted), 0) >= _REFUSED_OFTEN:
            return max(offered.weight // 3, 1)
        return offered.weight


def _counted(act: Act) -> Act:
    """What the act is counted as: waits are as long as the deadline is away, and one of them is like another."""
    return (WAIT,) if act[0] == WAIT else act
