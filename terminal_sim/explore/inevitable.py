"""Where a failure became inevitable: from each moment of a session one goes on at random a number of times, and counts how often the failure comes.

A moment from which it always comes is too late; the act before it is where to look.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from terminal_sim.bench import Bench, BenchMisuse, TerminalUnderTest
from terminal_sim.explore.search.acting import heal
from terminal_sim.explore.search.ground import ExploredSession, Ground, SessionMoment
from terminal_sim.explore.search.offers import offers
from terminal_sim.oracles.oracle import OracleAlarm

GOINGS_ON = 20
"""How many times one goes on from a moment."""
_ACTS = 8

Step = tuple[str, Callable[[Bench, TerminalUnderTest], None]]
"""What was done, as a line, and how it is done again at another bench."""


class NotBroken(Exception):
    """The rule is not broken by what was done; the text says which are."""


@dataclass(frozen=True, slots=True)
class TurningPoint:
    """The moment after the act `line`, "" for the beginning: of `tries` times of going on from there, so many `failed`."""

    line: str
    failed: int
    tries: int

    @property
    def is_too_late(self) -> bool:
        return self.failed == self.tries


@dataclass(frozen=True, slots=True)
class Inevitability:
    """The alarm, and how it came from each moment; `from_here` is the first of those from which, and after which, it always came."""

    alarm: OracleAlarm
    points: tuple[TurningPoint, ...]

    @property
    def from_here(self) -> TurningPoint | None:
        late = None
        for point in reversed(self.points):
            if not point.is_too_late:
                break
            late = point
        return late


def broken_rules(ground: Ground, steps: Sequence[Step]) -> list[OracleAlarm]:
    """Does the steps at a new terminal, cures everything, and gives the first alarm of each rule that is broken then."""
    with ground.session() as session:
        for _, do in steps:
            do(session.bench, session.terminal)
            session.watch.settle()
        heal(session)
        return list({alarm.code: alarm for alarm in reversed(session.verdict())}.values())[::-1]


def inevitability(
    ground: Ground, steps: Sequence[Step], code: str, *, tries: int = GOINGS_ON, seed: int = 1
) -> Inevitability:
    """Does the steps at a new terminal, and goes on from each moment. Raises `NotBroken` where the rule `code` is not broken at the end."""
    with ground.session() as session:
        moments = [("", session.moment())]
        for line, do in steps:
            do(session.bench, session.terminal)
            session.watch.settle()
            moments.append((line, session.moment()))
        heal(session)
        found = {alarm.code: alarm for alarm in session.verdict()}
        if code not in found:
            broken = ", ".join(sorted(found)) or "none"
            raise NotBroken(f"{code} is not broken by what was done here; rules that are: {broken}")
        points = []
        for number, (line, moment) in enumerate(moments):
            if moment is not None:
                failed = sum(_fails(session, moment, code, f"{seed}/{number}/{one}") for one in range(tries))
                points.append(TurningPoint(line, failed, tries))
        return Inevitability(found[code], tuple(points))


def _fails(session: ExploredSession, moment: SessionMoment, code: str, seed: str) -> bool:
    """Whether the rule is broken where one goes on from the moment as the seed says."""
    chance = Random(seed)
    session.go_back(moment)
    for _ in range(_ACTS):
        offered = offers(session)
        session.do(chance.choices([one.act for one in offered], [one.weight for one in offered])[0])
        if session.crashed is not None:
            break
    try:
        heal(session)
    except BenchMisuse:
        return True  # a bench that cannot be healed has nothing that saves it
    return any(alarm.code == code for alarm in session.verdict())
