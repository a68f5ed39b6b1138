"""One exploration from its beginning to its end: sessions, what is wrong in them made short, each cause told once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import chain, count
from typing import Protocol

from terminal_sim import collector
from terminal_sim.explore.coverage import Coverage
from terminal_sim.explore.coverage_summary import CoverageSummary
from terminal_sim.explore.search.act import Act
from terminal_sim.explore.search.archive import Archive
from terminal_sim.explore.search.beyond import beyond_a_script
from terminal_sim.explore.search.causes import KnownCauses
from terminal_sim.explore.search.explorer import ExploredEnd, Explorer
from terminal_sim.explore.search.finding import ExplorerFinding
from terminal_sim.explore.search.ground import Ground
from terminal_sim.explore.search.relating import of_code, related
from terminal_sim.explore.search.shrink import Shrinker
from terminal_sim.explore.search.variants import set_by, variants
from terminal_sim.oracles.choice import ALL_CLASSES, OracleClass
from terminal_sim.oracles.oracle import Oracle, OracleAlarm
from terminal_sim.oracles.relations import Relation

_OWN_FIRST = 2  # grounds in the terminal's own language, before those in its others
_HOARDED = 24  # sessions after which the archive has grown by what is worth setting aside


class ExplorationFollower(Protocol):
    """Hears of each session when it is over."""

    def take(self, explorer: Explorer, end: ExploredEnd) -> None: ...


@dataclass(slots=True)
class Exploration:
    """One explorer for each variant of the profile, the profile as it is first; `coverage` is what all of them saw, and `known` what was found.
    `followers` hear of each session.
    """

    explorers: tuple[Explorer, ...]
    coverage: Coverage
    known: KnownCauses = field(default_factory=KnownCauses)
    followers: list[ExplorationFollower] = field(default_factory=list)

    @property
    def findings(self) -> list[ExplorerFinding]:
        """Those so far, in their order."""
        return self.known.findings

    @property
    def unrepeated(self) -> list[OracleAlarm]:
        """Alarms that a session done again did not give."""
        return self.known.unrepeated

    @property
    def acts(self) -> int:
        """How many acts were done."""
        return sum(one.acts for one in self.explorers)

    @property
    def sessions(self) -> int:
        """How many sessions there were."""
        return sum(one.sessions for one in self.explorers)

    @property
    def places(self) -> int:
        """In how many states of flows the terminal was."""
        return len({place for one in self.explorers for place in one.memory.archive.cells})

    @property
    def summary(self) -> CoverageSummary:
        """What was covered of what the profile and its variants allow."""
        first, *others = [one.ground.model for one in self.explorers]
        return CoverageSummary.of(self.coverage, first, others, beyond_a_script)

    def run(self, goes_on: Callable[[Exploration], bool]) -> Iterator[ExplorerFinding]:
        """Each finding when it is found, for as long as `goes_on` says so between two sessions."""
        with ExitStack() as running:
            keep = running.enter_context(collector.hoarding())
            sessions = [one.run() for one in self.explorers]
            for each in sessions:
                running.callback(each.close)
            for number in count():
                turn = turn_of(number, len(self.explorers))
                explorer, end = self.explorers[turn], next(sessions[turn])
                for follower in self.followers:
                    follower.take(explorer, end)
                yield from self._found(explorer, end)
                if number % _HOARDED == 0:
                    keep()
                if not goes_on(self):
                    return

    def _found(self, explorer: Explorer, end: ExploredEnd) -> Iterator[ExplorerFinding]:
        for alarm in self.known.worth_shrinking(end.alarms):
            plain, archive = self.explorers[0].ground, explorer.memory.archive
            finding = shrunk(explorer.ground, end.acts, alarm.code, plain, end.number, archive)
            if self.known.add(alarm, finding) and finding is not None:
                yield finding


def exploration(
    profile: str,
    options: Mapping[str, str],
    oracles: Sequence[Oracle],
    seed: int,
    locale: str = "",
    classes: frozenset[OracleClass] = ALL_CLASSES,
) -> Exploration:
    """An exploration of a profile and its variants. Raises `ProfileError` for a profile or options that there are not."""
    grounds = varied(Ground.of(profile, options, oracles, locale=locale, classes=classes))
    coverage = Coverage()
    explorers = tuple(Explorer(ground, seed, coverage=coverage) for ground in grounds)
    for number, one in enumerate(explorers):
        for other in explorers[:number]:
            if prints_alike(one.ground, other.ground):
                one.leave_out(frozenset(other.errands), other.ground.model.kernel)
    return Exploration(explorers, coverage)


def prints_alike(one: Ground, other: Ground) -> bool:
    """Whether the receipts of two grounds come out by the same rules: where they do not, a payment ends on other screens, and an errand is gone on both."""
    policies = [(each.model.receipts.merchant, each.model.receipts.customer) for each in (one, other)]
    return policies[0] == policies[1]


def varied(plain: Ground) -> tuple[Ground, ...]:
    """The ground and its variants, it itself first. Raises `ProfileError`.

    Where no locale is given, the third speaks the next language of the profile; that is the profile as it is, where there are fewer variants.
    """
    options = [*variants(plain.model, plain.options)]
    others = plain.model.languages[1:] if not plain.locale else ()
    spoken = [*([plain.locale] * min(len(options), _OWN_FIRST)), *others]
    spoken += [plain.locale] * (len(options) - len(spoken))
    options += [dict(plain.options)] * (len(spoken) - len(options))
    return tuple(
        Ground.of(plain.profile, each, plain.oracles, locale=locale, classes=plain.classes)
        for each, locale in zip(options, spoken, strict=True)
    )


def turn_of(number: int, count: int) -> int:
    """Which of `count` grounds has the turn `number`: the first has every third one, and the rest share what is left."""
    return 0 if number % 3 == 0 or count == 1 else 1 + (number - number // 3 - 1) % (count - 1)


def shrunk(
    ground: Ground,
    acts: Sequence[Act],
    code: str,
    plain: Ground,
    session: int,
    archive: Archive | None = None,
) -> ExplorerFinding | None:
    """The finding of a session that broke the rule `code`, made short, on the `plain` ground where the same happens there. `archive` is that of who explored it.

    None where the session does not break the rule when it is done again from its beginning.
    """
    with Shrinker(ground, code, archive) as shrinker:
        short = shrinker.shrunk(acts)
    if (one := of_code(code)) is not None:
        return _of_relation(one, (plain, ground), short, session, len(acts), shrinker.runs)
    for where in (plain, ground):
        done, alarms = where.alarms(short)
        said = next((one for one in alarms if one.code == code), None)
        if said is not None:
            return _by_option(
                ExplorerFinding(
                    alarm=said,
                    ground=where,
                    acts=tuple(done),
                    session=session,
                    length=len(acts),
                    runs=shrinker.runs,
                )
            )
    return None


def _by_option(found: ExplorerFinding) -> ExplorerFinding:
    """The finding with options of the profile in the place of acts that set them, where that is shorter by more than the options."""
    each = [*set_by(found.acts, found.ground.model)]
    together = dict(chain.from_iterable(one.items() for one in each))
    for options in (together, *each) if len(each) > 1 else each:
        if options.keys() & found.ground.options.keys():
            continue
        ground, code = found.ground.switched(options), found.alarm.code
        with Shrinker(ground, code) as shrinker:
            short = shrinker.shrunk(found.acts)
        done, alarms = ground.alarms(short)
        said = next((one for one in alarms if one.code == code), None)
        if said is not None and len(done) < len(found.acts) - len(options):
            runs = found.runs + shrinker.runs
            return replace(found, alarm=said, ground=ground, acts=tuple(done), runs=runs)
    return found


def _of_relation(
    one: Relation, grounds: Sequence[Ground], acts: Sequence[Act], session: int, length: int, runs: int
) -> ExplorerFinding | None:
    """The finding of what a relation found different, with the acts of the changed session."""
    for where in grounds:
        breach = related(one, where, acts)
        if breach is not None:
            return ExplorerFinding(
                alarm=breach.alarm,
                ground=breach.ground,
                acts=breach.acts,
                session=session,
                length=length,
                runs=runs,
                expected=breach.expected,
            )
    return None
