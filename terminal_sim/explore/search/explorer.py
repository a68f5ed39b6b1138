"""The explorer: one session after the other, each from the seed and its number and from what was learned before, and what is wrong in them.

Five kinds of sessions take turns: errands with something else in between; moves that were not made yet, gone for one after the other; an archived moment and ordinary acts from
there; an archived moment, a fault that was not tried at its place, ordinary acts, its cure and ordinary acts; and days at the till, woven from ways that led from home to home. Each
ends with the cure of everything, and a day and more in which nothing may stay in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Generator
from dataclasses import dataclass, field
from random import Random

from terminal_sim.bench import Subscriber
from terminal_sim.explore.coverage import Coverage
from terminal_sim.explore.search.act import Act, takes_long
from terminal_sim.explore.search.acting import Acting, heal
from terminal_sim.explore.search.errands.catalogue import errands
from terminal_sim.explore.search.errands.payments import decides
from terminal_sim.explore.search.errands.way import Errand
from terminal_sim.explore.search.ground import ExploredSession, Ground, SessionMoment
from terminal_sim.explore.search.guards import GuardedSurroundings
from terminal_sim.explore.search.learned import Learned
from terminal_sim.explore.search.memory import ExplorerMemory
from terminal_sim.explore.search.probing import Probing
from terminal_sim.explore.search.relating import applicable, marked, related
from terminal_sim.explore.search.sweep import Swept
from terminal_sim.explore.search.uncovered import UncoveredMoves
from terminal_sim.explore.search.ways import Written
from terminal_sim.explore.search.world import faults
from terminal_sim.oracles import chart, relations
from terminal_sim.oracles.choice import OracleClass
from terminal_sim.oracles.oracle import OracleAlarm
from terminal_sim.oracles.relations import Relation

_LONGEST = 40  # acts of an ordinary session
_SHORT = 20  # acts of an errand
_ERRANDS_FIRST = 4  # as long as there are errands that were never gone, three sessions of four go some
_FROM_HERE = 8  # ordinary acts behind an archived moment
_RELATED_EVERY = 8  # a session in which nothing was wrong is done twice more, and held to a relation
_RELATED_SHARE = 0.15  # of the acts that are done, as many at most are done again for relations
_LONG_RELATED_EVERY = 2  # one with a long wait: few have one
_CLOCK_FIRST = 0.7  # of these: what counts time by the wall clock shows itself there alone
NOTHING_LEARNED = Learned()


@dataclass(frozen=True, slots=True)
class ExploredEnd:
    """A session that is over: what was done, what was wrong, and the numbers of the errands that were gone for the first time in it."""

    number: int
    acts: list[Act] = field(repr=False)
    alarms: list[OracleAlarm]
    errands: tuple[int, ...] = ()


class Explorer:
    """Explores one ground on one bench. `acts` counts what was done, `sessions` how often it began anew; `untried` are the numbers of the errands that it has to go first. `coverage` follows its bench.

    Of several explorers of one ground that begin with what was `learned` before, each has a `share` of the errands that were never gone: (which, of how many).
    Sessions are numbered from `first`. `subscribers` take the trace of its bench.
    """

    def __init__(
        self,
        ground: Ground,
        seed: int,
        *,
        learned: Learned = NOTHING_LEARNED,
        first: int = 1,
        share: tuple[int, int] = (0, 1),
        coverage: Coverage | None = None,
    ) -> None:
        self.ground = ground
        self.acts = 0
        self.sessions = 0
        self.coverage = Coverage() if coverage is None else coverage
        covered = self.coverage.keys.setdefault(ground.model.id, set())
        self.memory = ExplorerMemory(
            covered, swept=Swept(faults(ground.model)), guards=GuardedSurroundings(self.coverage)
        )
        self.memory.learn(learned)
        self._probing = Probing(UncoveredMoves.of(ground.allowed, covered), self.memory)
        self.subscribers: list[Subscriber] = []
        self._related_acts = 0
        self._gone: tuple[int, ...] = ()
        self._hindered: set[int] = set()
        self._relations = applicable(ground) if OracleClass.RELATIONS in ground.classes else []
        self._seed = seed
        self._first = first
        self.errands = errands(ground.model, ground.numbers, ground.pins)
        numbers = list(range(len(self.errands)))
        Random(seed).shuffle(numbers)
        which, of = share
        self.untried = [one for one in numbers if one not in self.memory.errands][which::of]

    def leave_out(self, errands: Container[Errand], kernel: str) -> None:
        """Go these errands only when their turn comes: another explorer goes them first, with the kernel that is configured so. Where ours is not, a card that decides by itself does otherwise."""
        ours = self.ground.model.kernel == kernel
        self.untried = [
            one
            for one in self.untried
            if self.errands[one] not in errands or (decides(self.errands[one]) and not ours)
        ]

    def run(self) -> Generator[ExploredEnd, None, None]:
        """Sessions without end."""
        with self.ground.session() as session:
            self.coverage.follow(session.bench)
            session.bench.observe(self.memory.guards)
            for one in self.subscribers:
                session.bench.trace.subscribe(one)
            begins = session.moment()
            while begins is not None:
                self.sessions += 1
                yield self._session(session, begins, self._first + self.sessions - 1)

    def _session(self, session: ExploredSession, begins: SessionMoment, number: int) -> ExploredEnd:
        chance = Random(f"{self._seed}/{self.ground.profile}/{sorted(self.ground.options.items())}/{number}")
        acting = Acting(session, begins, chance, self.memory)
        kind = _KINDS[number % len(_KINDS)]
        if self.untried and number % _ERRANDS_FIRST:
            kind = Explorer._errand_session
        self._gone = ()
        kind(self, acting)
        self.acts += acting.count
        acts = [*session.acts]
        self.memory.guards.now = ()
        heal(session)
        alarms = session.verdict()
        is_long = any(map(takes_long, acts))
        every = _LONG_RELATED_EVERY if is_long and len(acts) <= _LONGEST else _RELATED_EVERY
        dear = self._related_acts > self.acts * _RELATED_SHARE
        if alarms or number % every or dear or not self._relations:
            return ExploredEnd(number, session.acts, alarms, self._gone)
        one = self._relations[number // every % len(self._relations)]
        if is_long and chance.random() < _CLOCK_FIRST:
            one = relations.clock
        return self._related(number, acts, one, chance)

    def _related(self, number: int, acts: list[Act], one: Relation, chance: Random) -> ExploredEnd:
        """Hold a session, in which no rule was broken, to a relation."""
        self._related_acts += 2 * len(acts)
        told = marked(one, acts, self.ground, chance)
        breach = related(one, self.ground, told) if told is not None else None
        if told is None or breach is None:
            return ExploredEnd(number, acts, [], self._gone)
        return ExploredEnd(number, told, [breach.alarm], self._gone)

    def _errand_session(self, acting: Acting) -> None:
        """Errands, those first that were never gone, undisturbed and with nothing wrong around the terminal, and with ordinary acts behind each."""
        while len(acting.session.acts) < _LONGEST and not acting.over:
            if not acting.is_home:
                acting.ordinary(acting.chance.randint(1, 6))
                if not acting.is_home:
                    acting.go_home()
                continue
            if not self.untried:
                acting.go(acting.chance.choice(self.errands))
                continue
            acting.mend()
            is_first = not acting.session.acts
            spoilt = not is_first and acting.session.terminal.conditions()
            number = None if spoilt else self._next_untried(is_first=is_first)
            if number is None:
                return
            before, errand = len(acting.session.acts), self.errands[number]
            acting.go(errand, undisturbed=True)
            if is_first or 2 * (len(acting.session.acts) - before) >= len(errand):
                self.memory.errands[number] = None
                self._gone += (number,)
            else:
                self._hindered.add(number)
                self.untried.insert(0, number)

    def _next_untried(self, *, is_first: bool) -> int | None:
        """An errand that was never gone. Two kinds begin their session: a long one, which counts payments, as those of another errand would be too many, and one of which less than half could be done behind another."""
        for at in range(len(self.untried) - 1, -1, -1):
            number = self.untried[at]
            if is_first or (len(self.errands[number]) <= _SHORT and number not in self._hindered):
                return self.untried.pop(at)
        return None

    def _from_archive(self, acting: Acting) -> None:
        """Ordinary acts from the least tried moment, and now and then an errand behind them."""
        chosen = self.memory.archive.choose(acting.chance)
        if chosen is None:
            self._errand_session(acting)
            return
        acting.go_to(chosen[1])
        acting.ordinary(_FROM_HERE)
        if not acting.over and acting.chance.random() < 0.5:
            acting.go_home()
            acting.go(acting.chance.choice(self.errands))

    def _go_for_moves(self, acting: Acting) -> None:
        """Moves that were not made yet; where all were made that one can come near to, from the archive."""
        if not self._probing.go(acting):
            self._from_archive(acting)

    def _sweep(self, acting: Acting) -> None:
        """A fault at a place where it was least tried, ordinary acts, its cure and ordinary acts."""
        chance = acting.chance
        chosen = self.memory.swept.choose(self.memory.archive, chance)
        if chosen is None:
            self._errand_session(acting)
            return
        cell, fault = chosen
        acting.go_to(cell)
        acting.do(fault)
        acting.ordinary(chance.randint(2, 6))
        acting.mend()
        acting.ordinary(chance.randint(2, 5))

    def _day(self, acting: Acting) -> None:
        """Two to five ways one after the other, now and then the same twice, with a fault between."""
        if not self.memory.ways.known:
            self._errand_session(acting)
            return
        chance = acting.chance
        before: Written | None = None
        for _ in range(chance.randint(2, 5)):
            before, way = self.memory.ways.choose(before, chance)
            for _ in range(2 if chance.random() < 0.4 else 1):
                acting.go(way)
                acting.go_home()
            if chance.random() < 0.3:
                acting.do(chance.choice(self.memory.swept.faults))
            if acting.over:
                return


_KINDS: tuple[Callable[[Explorer, Acting], None], ...] = (
    Explorer._errand_session,
    Explorer._go_for_moves,
    Explorer._from_archive,
    Explorer._go_for_moves,
    Explorer._sweep,
    Explorer._go_for_moves,
    Explorer._day,
    Explorer._go_for_moves,
)


def unreached(explorer: Explorer) -> list[OracleAlarm]:
    """An alarm for each flow that the menus promise and that was never come to, once each way of the menus was gone."""
    if explorer.untried:
        return []
    return chart.unreached(
        explorer.ground.model, frozenset(flow for flow, _ in explorer.memory.archive.cells)
    )
