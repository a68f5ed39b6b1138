"""Acts in one session, and what they teach: the places that were come to, the ways home, the values that led on."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from terminal_sim.bench import Duration
from terminal_sim.explore.search.act import Act, with_new_tickets
from terminal_sim.explore.search.archive import ArchiveCell, around_of
from terminal_sim.explore.search.ground import ExploredSession, SessionMoment
from terminal_sim.explore.search.learned import Place
from terminal_sim.explore.search.memory import ExplorerMemory
from terminal_sim.explore.search.offers import offers
from terminal_sim.explore.search.recipes import LONGEST, ActsAt
from terminal_sim.explore.search.standing_offers import OfferedAct
from terminal_sim.explore.search.ways import written_by
from terminal_sim.explore.search.world import cures
from terminal_sim.oracles.watch import HEALED

_ELSE = 0.02  # how often something else is done within a way
_HOMEWARD: tuple[Act, ...] = (
    ("press", "CANCEL"), ("tap", "home"), ("press", "OK"), ("remove", "card"), ("press", "CANCEL"), ("wait", "3min"),
)  # fmt: skip


class Acting:
    """Acts in `session`, each choice by `chance`. `count` is how many acts were done, those of moments that were left included."""

    def __init__(
        self, session: ExploredSession, beginning: SessionMoment, chance: Random, memory: ExplorerMemory
    ) -> None:
        self.session = session
        self.chance = chance
        self.count = 0
        self._beginning = beginning
        self._memory = memory
        self._steps: list[ActsAt] = []
        session.go_back(beginning)
        self._home = session.terminal.running_flows
        self._look_around()
        self._since_home()

    @property
    def over(self) -> bool:
        """Whether a rule is broken already: what comes after it says nothing more."""
        return bool(self.session.alarms)

    @property
    def is_home(self) -> bool:
        """Whether the terminal stands where the session began."""
        return self.session.terminal.running_flows == self._home

    @property
    def place(self) -> Place | None:
        """The flow on top and its state, None while the terminal is off."""
        running = self.session.terminal.running_flows
        return running[-1] if running else None

    def go_to(self, cell: ArchiveCell) -> None:
        """Go on from a cell of the archive; it is come to by its acts the first time."""
        if cell.moment is not None:
            self.session.go_back(cell.moment)
        else:
            self.session.go_back(self._beginning)
            self._memory.guards.now = ()
            for act in cell.acts:
                self.session.do(act)
            cell.moment = self.session.moment()
        self._look_around()
        self._since_home()
        self._begun = cell.from_home

    def do(self, act: Act) -> bool:
        """Do the act, where it can be done."""
        session, before, was_home = self.session, self.place, self.is_home
        acts = len(session.acts)
        done = session.do(act)
        self.count += len(session.acts) - acts
        self._learn_recipes(before, tuple(session.acts[acts:]))
        place = self.place
        if before is not None:
            self._memory.tried_acts.learn(before, act, led_on=done and place != before)
        if place is None:
            self._memory.guards.now = ()
        if not done or self.over or place is None:
            return done
        if self.is_home and not was_home:
            rows = session.watch.facts.rows[self._rows :]
            self._memory.ways.add(written_by(rows), tuple(session.acts[self._begun :]))
            self._since_home()
        archive, stack = self._memory.archive, session.terminal.running_flows
        signature = archive.signature_of(session.terminal)
        self._memory.guards.look(around_of(signature), act)
        if archive.wants(place, signature, session.acts):
            moment = session.moment()
            if moment is not None:
                archive.keep(stack, signature, moment.acts, self._begun, moment)
        return True

    def ordinary(self, count: int) -> None:
        """So many sensible acts, those preferred that led on from here before."""
        for _ in range(count):
            if self.over:
                return
            found, place = offers(self.session), self.place
            weights = [self._weight(place, one) for one in found]
            self.do(self.chance.choices([one.act for one in found], weights)[0])

    def go(self, acts: Iterable[Act], *, undisturbed: bool = False) -> None:
        """Go a way, seldom with something else in between; never where it is gone `undisturbed`."""
        for act in with_new_tickets(acts, self.session.bench.sales_count):
            if self.over:
                return
            if not undisturbed and self.chance.random() < _ELSE:
                self.ordinary(1)
            self.do(act)

    def go_home(self) -> None:
        """By the red key, by what the screen has, and by waiting at last."""
        for act in _HOMEWARD:
            if self.over or self.is_home:
                return
            self.do(act)

    def surround(self, guard: str, trigger: str) -> None:
        """Bring about what was around the terminal whenever the guard held and the trigger came."""
        for act in self._memory.guards.missing(guard, trigger):
            if self.over:
                return
            self.do(act)

    def mend(self) -> None:
        """Make right what is wrong around the terminal."""
        for cure in cures(self.session.terminal):
            if self.over:
                return
            self.do(cure)

    def _weight(self, place: Place | None, offered: OfferedAct) -> int:
        return offered.weight if place is None else self._memory.tried_acts.weight(place, offered)

    def _learn_recipes(self, place: Place | None, done: tuple[Act, ...]) -> None:
        """After these acts at a place: they are the last step to whatever was done for the first time."""
        if place is None:
            self._steps.clear()
        elif done:
            self._steps = [*self._steps[1 - LONGEST :], ActsAt(place, done)]
        made = self._memory.guards.made
        for key in made:
            self._memory.recipes.learn(key, self._steps)
        made.clear()

    def _look_around(self) -> None:
        """Know what surrounds the terminal where the session was taken to, and that no step led there."""
        self._steps.clear()
        self._memory.guards.now = around_of(self._memory.archive.signature_of(self.session.terminal))

    def _since_home(self) -> None:
        self._begun, self._rows = len(self.session.acts), len(self.session.watch.facts.rows)


def heal(session: ExploredSession) -> None:
    """Cure everything around the terminal, and let the time pass after which nothing may be in doubt."""
    if session.alarms:
        return
    for _ in range(2):
        for _ in range(4):
            for act in cures(session.terminal):
                session.do(act)
        session.do(("wait", str(Duration(HEALED))))
