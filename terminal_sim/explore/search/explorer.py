"""The explorer: one session after the other, each from the seed and its number alone, and what is wrong in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from terminal_sim.bench import Duration
from terminal_sim.explore.search.act import Act
from terminal_sim.explore.search.errands import Errand, errands
from terminal_sim.explore.search.ground import ExploredSession, Ground
from terminal_sim.explore.search.offers import cures, offers
from terminal_sim.oracles.oracle import OracleAlarm
from terminal_sim.oracles.watch import HEALED

_LONGEST = 40  # acts of an ordinary session


@dataclass(frozen=True, slots=True)
class ExploredEnd:
    """A session that is over: what was done, and what was wrong."""

    number: int
    acts: list[Act] = field(repr=False)
    alarms: list[OracleAlarm]


class Explorer:
    """Explores one ground. `acts` counts what was done."""

    def __init__(self, ground: Ground, seed: int) -> None:
        self.ground = ground
        self.acts = 0
        self.sessions = 0
        self.places: set[object] = set()
        self._seed = seed
        self._errands = errands(ground.model)

    def run(self) -> Iterator[ExploredEnd]:
        """Sessions without end."""
        while True:
            self.sessions += 1
            yield self._session(self.sessions)

    def _session(self, number: int) -> ExploredEnd:
        chance = Random(f"{self._seed}/{self.ground.profile}/{sorted(self.ground.options.items())}/{number}")
        with self.ground.session() as session:
            while len(session.acts) < _LONGEST and not session.alarms:
                if session.terminal.view().screen.id == "home" and chance.random() < 0.6:
                    self._run_errand(session, chance.choice(self._errands), chance)
                    continue
                found = offers(session)
                act = chance.choices([one.act for one in found], [one.weight for one in found])[0]
                session.do(act)
                self.places.add(tuple(session.terminal.running_flows[-1:]))
            heal(session)
            self.acts += len(session.acts)
            return ExploredEnd(number, session.acts, session.verdict())

    def _run_errand(self, session: ExploredSession, errand: Errand, chance: Random) -> None:
        """Goes the way, now and then with something else in between, until a step of it cannot be done."""
        for act in errand:
            if session.alarms:
                return
            if chance.random() < 0.05:
                found = offers(session)
                session.do(chance.choices([one.act for one in found], [one.weight for one in found])[0])
            session.do(act)
            self.places.add(tuple(session.terminal.running_flows[-1:]))


def heal(session: ExploredSession) -> None:
    """Cure everything around the terminal, and let the time pass after which nothing may be in doubt."""
    if session.alarms:
        return
    for _ in range(2):
        for _ in range(4):
            for act in cures(session.terminal):
                session.do(act)
        session.do(("wait", str(Duration(HEALED))))
