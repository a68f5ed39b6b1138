"""The explorer: one session after the other, each from the seed and its number alone, and what is wrong in them.

Four kinds of sessions take turns: errands with something else in between; an archived moment and ordinary acts from there; an archived moment, a fault that was not
tried at its place, ordinary acts, its cure and ordinary acts; and days at the till, woven from ways that led from home to home. Each ends with the cure of everything, and
a day and more in which nothing may stay in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from random import Random

from terminal_sim.bench import Duration
from terminal_sim.explore.search.act import Act
from terminal_sim.explore.search.archive import Archive, ArchiveCell
from terminal_sim.explore.search.errands.catalogue import errands
from terminal_sim.explore.search.errands.way import Errand
from terminal_sim.explore.search.ground import ExploredSession, Ground, SessionMoment
from terminal_sim.explore.search.learned import Learned
from terminal_sim.explore.search.offers import cures, faults, offers
from terminal_sim.oracles.oracle import OracleAlarm
from terminal_sim.oracles.watch import HEALED

_LONGEST = 40  # acts of an ordinary session
_ERRANDS_FIRST = 4  # as long as there are errands that were never gone, three sessions of four go some
_FROM_HERE = 8  # ordinary acts behind an archived moment
NOTHING_LEARNED = Learned()


@dataclass(frozen=True, slots=True)
class ExploredEnd:
    """A session that is over: what was done, and what was wrong."""

    number: int
    acts: list[Act] = field(repr=False)
    alarms: list[OracleAlarm]


class Explorer:
    """Explores one ground on one bench. `acts` counts what was done, `sessions` how often it began anew; `untried` are the numbers of the errands that it has to go first.

    Of several explorers of one ground that begin with what was `learned` before, each has a `share` of the errands that were never gone: (which, of how many).
    Sessions are numbered from `first`.
    """

    def __init__(
        self,
        ground: Ground,
        seed: int,
        *,
        learned: Learned = NOTHING_LEARNED,
        first: int = 1,
        share: tuple[int, int] = (0, 1),
    ) -> None:
        self.ground = ground
        self.acts = 0
        self.sessions = 0
        self.archive = Archive()
        self.archive.learn(learned)
        self._seed = seed
        self._first = first
        self._errands = errands(ground.model, ground.numbers, ground.pins)
        numbers = list(range(len(self._errands)))
        Random(seed).shuffle(numbers)
        which, of = share
        self.untried = [one for one in numbers if one not in self.archive.errands][which::of]
        self._kinds: tuple[Callable[[ExploredSession, Random], None], ...] = (
            self._errand_session,
            self._from_archive,
            self._errand_session,
            self._sweep,
            self._errand_session,
            self._day,
        )

    def run(self) -> Generator[ExploredEnd, None, None]:
        """Sessions without end."""
        with self.ground.session() as session:
            begins = session.moment()
            while begins is not None:
                self.sessions += 1
                yield self._session(session, begins, self._first + self.sessions - 1)

    def _session(self, session: ExploredSession, begins: SessionMoment, number: int) -> ExploredEnd:
        chance = Random(f"{self._seed}/{self.ground.profile}/{sorted(self.ground.options.items())}/{number}")
        session.go_back(begins)
        kind = self._kinds[number % len(self._kinds)]
        if self.untried and number % _ERRANDS_FIRST:
            kind = self._errand_session
        kind(session, chance)
        self.acts += len(session.acts)
        heal(session)
        return ExploredEnd(number, session.acts, session.verdict())

    # The kinds of sessions.

    def _errand_session(self, session: ExploredSession, chance: Random) -> None:
        """Errands, those first that were never gone, with ordinary acts behind each."""
        while len(session.acts) < _LONGEST and not session.alarms:
            if not self._is_home(session):
                self._ordinary(session, chance, chance.randint(1, 6))
                if not self._is_home(session):
                    self._go_home(session)
                continue
            self._way(session, self._errand(chance), chance)

    def _from_archive(self, session: ExploredSession, chance: Random) -> None:
        chosen = self.archive.choose(chance)
        if chosen is None:
            self._errand_session(session, chance)
            return
        self._go_to(session, chosen[1])
        self._ordinary(session, chance, _FROM_HERE)
        if not session.alarms and chance.random() < 0.5:
            self._go_home(session)
            self._way(session, chance.choice(self._errands), chance)

    def _sweep(self, session: ExploredSession, chance: Random) -> None:
        chosen = self.archive.choose(chance)
        if chosen is None:
            self._errand_session(session, chance)
            return
        place, cell = chosen
        self._go_to(session, cell)
        self._do(session, self.archive.unswept(place, faults(self.ground.model), chance))
        self._ordinary(session, chance, chance.randint(2, 6))
        if session.alarms:
            return
        for cure in cures(session.terminal):
            self._do(session, cure)
        self._ordinary(session, chance, chance.randint(2, 5))

    def _day(self, session: ExploredSession, chance: Random) -> None:
        """Two to five ways one after the other, now and then the same twice, with a fault between."""
        if not self.archive.ways:
            self._errand_session(session, chance)
            return
        for _ in range(chance.randint(2, 5)):
            way = self.archive.way(chance)
            for _ in range(2 if chance.random() < 0.4 else 1):
                self._way(session, way, chance)
                self._go_home(session)
            if chance.random() < 0.3:
                self._do(session, chance.choice(faults(self.ground.model)))
            if session.alarms:
                return

    # What they are made of.

    def _errand(self, chance: Random) -> Errand:
        if not self.untried:
            return chance.choice(self._errands)
        number = self.untried.pop()
        self.archive.errands[number] = None
        return self._errands[number]

    @staticmethod
    def _go_to(session: ExploredSession, cell: ArchiveCell) -> None:
        """From the beginning of a session, by the acts that lead there the first time."""
        if cell.moment is not None:
            session.go_back(cell.moment)
            return
        for act in cell.acts:
            session.do(act)
        cell.moment = session.moment()

    def _ordinary(self, session: ExploredSession, chance: Random, count: int) -> None:
        for _ in range(count):
            if session.alarms:
                return
            found = offers(session)
            self._do(session, chance.choices([one.act for one in found], [one.weight for one in found])[0])

    def _way(self, session: ExploredSession, errand: Errand, chance: Random) -> None:
        """Goes a way, seldom with something else in between."""
        begun, rows = len(session.acts), len(session.watch.facts.rows)
        begins_at_home = self._is_home(session)
        for act in errand:
            if session.alarms:
                return
            if chance.random() < 0.02:
                self._ordinary(session, chance, 1)
            self._do(session, act)
        if begins_at_home:
            kinds = tuple(sorted({row.kind for row in session.watch.facts.rows[rows:]}))
            self.archive.add_way(kinds, tuple(session.acts[begun:]))

    def _go_home(self, session: ExploredSession) -> None:
        """By the red key, by what the screen has, and by waiting at last."""
        for act in (
            ("press", "CANCEL"),
            ("tap", "home"),
            ("press", "OK"),
            ("remove", "card"),
            ("press", "CANCEL"),
            ("wait", "3min"),
        ):
            if session.alarms or self._is_home(session):
                return
            self._do(session, act)

    def _do(self, session: ExploredSession, act: Act) -> None:
        if not session.do(act) or session.alarms or not session.terminal.is_on:
            return
        place, signature = session.terminal.running_flows[-1], self.archive.signature_of(session.terminal)
        if self.archive.wants(place, signature, session.acts):
            moment = session.moment()
            if moment is not None:
                self.archive.keep(place, signature, moment.acts, moment)

    @staticmethod
    def _is_home(session: ExploredSession) -> bool:
        return session.terminal.is_on and session.terminal.view().screen.id == "home"


def heal(session: ExploredSession) -> None:
    """Cure everything around the terminal, and let the time pass after which nothing may be in doubt."""
    if session.alarms:
        return
    for _ in range(2):
        for _ in range(4):
            for act in cures(session.terminal):
                session.do(act)
        session.do(("wait", str(Duration(HEALED))))
