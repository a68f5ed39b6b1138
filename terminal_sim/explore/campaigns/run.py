"""The run of a campaign: rounds of jobs, whose results are put together in the order of their numbers, whoever did them and whenever they came.

1. All jobs of a round begin with what the rounds before have learned; so what is found is a function of the campaign alone.
2. A result is written down when it comes. What the store has already is not done again.
3. The sessions that broke a rule are made short at the end of their round, each by a job of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TypeVar

from msgspec import json, msgpack, structs

from terminal_sim.explore.campaigns.campaign import Campaign, JobTurn, turns
from terminal_sim.explore.campaigns.job import (
    ExploreJob,
    ExploreResult,
    JobGround,
    JobRefused,
    JobResult,
    SessionRow,
    ShrinkJob,
    ShrinkResult,
    ground_of,
    job_ground,
)
from terminal_sim.explore.campaigns.store import CampaignStore
from terminal_sim.explore.campaigns.workers import Workers, WorkersLost
from terminal_sim.explore.compare.corpus_gathering import corpus_of, done_elsewhere, errand_item
from terminal_sim.explore.compare.gathered import GatheredSession
from terminal_sim.explore.coverage import Coverage
from terminal_sim.explore.coverage_summary import CoverageSummary
from terminal_sim.explore.firmware import SELF
from terminal_sim.explore.product import digest
from terminal_sim.explore.search.beyond import beyond_a_script
from terminal_sim.explore.search.causes import KnownCauses, told_of
from terminal_sim.explore.search.exploration import prints_alike
from terminal_sim.explore.search.finding import ExplorerFinding
from terminal_sim.explore.search.ground import Ground
from terminal_sim.explore.search.memory import ExplorerMemory
from terminal_sim.oracles.choice import OracleChoice, classes_of
from terminal_sim.oracles.oracle import OracleAlarm
from terminal_sim.oracles.own_file import NamedOracleFile

_Result = TypeVar("_Result", ExploreResult, ShrinkResult)


def definition(campaign: Campaign, own: Sequence[NamedOracleFile] = ()) -> str:
    """What the rows of the campaign depend on besides the firmware that does it, as text; `own` are the files with rules of a user, of which what they say counts and not where they stand."""
    text = json.encode(replace(campaign, firmware=SELF)).decode()
    return " ".join((text, *(one.digest for one in own)))


@dataclass(frozen=True, slots=True)
class ExploredGround:
    """A variant of a terminal, as a value for jobs, too, with what all jobs have learned on it, and the sessions that covered something new."""

    ground: Ground
    job_ground: JobGround
    memory: ExplorerMemory = field(default_factory=ExplorerMemory)
    gathered: list[GatheredSession] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Broken:
    """A session in which a rule was broken that is worth being made short."""

    turn: JobTurn
    row: SessionRow
    alarm: OracleAlarm


class CampaignRun:
    """`sessions`, `acts`, `cpu` (microseconds) and `coverage` are those of all jobs that were put together so far; `known` is what was found.

    `own` are files with rules of a user, by which sessions are judged besides. Raises `ProfileError` for a terminal that there is not, and `OracleFileError`.
    """

    def __init__(
        self,
        campaign: Campaign,
        workers: Workers,
        store: CampaignStore,
        own: tuple[NamedOracleFile, ...] = (),
    ) -> None:
        self.campaign = campaign
        self.sessions = 0
        self.acts = 0
        self.cpu = 0
        self.coverage = Coverage()
        self.known = KnownCauses()
        classes = classes_of(campaign.oracles)
        judges = OracleChoice(classes, tuple(rule for file in own for rule in file.rules()))
        self.terminals = tuple(
            tuple(
                ExploredGround(ground, job_ground(ground, own))
                for ground in terminal.grounds(judges.oracles, classes)
            )
            for terminal in campaign.terminals
        )
        self._workers = workers
        self._store = store

    @property
    def grounds(self) -> tuple[ExploredGround, ...]:
        """All variants of all terminals."""
        return tuple(ground for terminal in self.terminals for ground in terminal)

    @property
    def summaries(self) -> tuple[CoverageSummary, ...]:
        """What was covered of what each terminal and its variants allow."""
        models = [[one.ground.model for one in terminal] for terminal in self.terminals]
        return tuple(
            CoverageSummary.of(self.coverage, plain, others, beyond_a_script) for plain, *others in models
        )

    def gathered(self) -> Iterator[tuple[Ground, list[GatheredSession]]]:
        """The corpus of each ground: sessions that hold, cover together all that was covered, and stay at each place."""
        return done_elsewhere(
            (
                one.ground,
                corpus_of(one.ground, one.gathered, [other.memory.archive for other in (one, *terminal)]),
            )
            for terminal in self.terminals
            for one in terminal
        )

    @property
    def places(self) -> int:
        """In how many states of flows a terminal was."""
        return len({place for one in self.grounds for place in one.memory.archive.cells})

    def run(self, goes_on: Callable[[CampaignRun], bool]) -> Iterator[ExplorerFinding]:
        """Each finding at the end of the round that found it, for as long as `goes_on` says so between two jobs. Raises `WorkersLost` and `StoreError`."""
        begins, variants = 0, tuple(map(len, self.terminals))
        while given := turns(self.campaign, variants, begins):
            broken: dict[tuple[str, str], _Broken] = {}
            stops = False
            with closing(self._explored(given)) as explored:
                for turn, result in explored:
                    for one in self._put_together(turn, result):
                        broken.setdefault(told_of(one.alarm), one)
                    if not goes_on(self):
                        stops = True
                        break
            yield from self._made_short([*broken.values()])
            if stops:
                return
            begins += self.campaign.round_jobs

    def _explored(self, given: Sequence[JobTurn]) -> Generator[tuple[JobTurn, ExploreResult], None, None]:
        """The jobs of a round with their results, in the order of their numbers."""
        jobs = {turn.number: self._job(turn, given) for turn in given}
        there = {number: found for number in jobs if (found := self._store.result(number)) is not None}
        missing = [number for number in jobs if number not in there]
        with closing(self._workers.results([msgpack.encode(jobs[number]) for number in missing])) as arriving:
            for turn in given:
                while turn.number not in there:
                    at, encoded = next(arriving)
                    result = _decoded(encoded, ExploreResult)
                    self._store.keep(missing[at], result)
                    there[missing[at]] = result
                yield turn, there.pop(turn.number)

    def _job(self, turn: JobTurn, given: Sequence[JobTurn]) -> ExploreJob:
        here = self._ground(turn)
        beside = [one.number for one in given if self._ground(one) is here]
        variants = self.terminals[turn.terminal]
        moves = tuple(sorted(set().union(*(one.memory.covered for one in variants))))
        return ExploreJob(
            firmware=digest(),
            ground=here.job_ground,
            seed=self.campaign.seed,
            first=turn.first,
            sessions=turn.sessions,
            share=(beside.index(turn.number), len(beside)),
            before=tuple(
                one.job_ground for one in variants[: turn.variant] if prints_alike(one.ground, here.ground)
            ),
            learned=structs.replace(here.memory.learned(), moves=moves),
        )

    def _put_together(self, turn: JobTurn, result: ExploreResult) -> Iterator[_Broken]:
        """The sessions that may have broken a rule for a new cause."""
        self._ground(turn).memory.learn(result.learned)
        self.sessions += len(result.sessions)
        for row in result.sessions:
            self.acts += row.done
            self.cpu += row.cpu
            new = Coverage.of_lines(row.covered).without(self.coverage)
            self.coverage.add(new)
            if (new.keys or row.errands) and not row.alarms:
                items = (*row.covered, *map(errand_item, row.errands))
                self._ground(turn).gathered.append(GatheredSession(row.number, row.acts, items))
            for alarm in self.known.worth_shrinking(row.alarms):
                yield _Broken(turn, row, alarm)

    def _made_short(self, broken: Sequence[_Broken]) -> Iterator[ExplorerFinding]:
        there = {
            at: found
            for at, one in enumerate(broken)
            if (found := self._store.shrunk(one.row.number, one.alarm.code)) is not None
        }
        missing = [at for at in range(len(broken)) if at not in there]
        jobs = [msgpack.encode(self._shrink_job(broken[at])) for at in missing]
        with closing(self._workers.results(jobs)) as arriving:
            for at, one in enumerate(broken):
                while at not in there:
                    which, encoded = next(arriving)
                    result = _decoded(encoded, ShrinkResult)
                    came = broken[missing[which]]
                    self._store.keep_shrunk(came.row.number, came.alarm.code, result)
                    there[missing[which]] = result
                finding = self._finding(one, there[at])
                if self.known.add(one.alarm, finding) and finding is not None:
                    yield finding

    def _shrink_job(self, one: _Broken) -> ShrinkJob:
        return ShrinkJob(
            firmware=digest(),
            ground=self._ground(one.turn).job_ground,
            plain=self.terminals[one.turn.terminal][0].job_ground,
            session=one.row.number,
            code=one.alarm.code,
            acts=one.row.acts,
        )

    def _finding(self, one: _Broken, result: ShrinkResult) -> ExplorerFinding | None:
        if result.found is None:
            return None
        return ExplorerFinding(
            alarm=result.found.alarm,
            ground=ground_of(result.found.ground),
            acts=result.found.acts,
            session=one.row.number,
            length=len(one.row.acts),
            runs=result.found.runs,
            expected=result.found.expected,
        )

    def _ground(self, turn: JobTurn) -> ExploredGround:
        return self.terminals[turn.terminal][turn.variant]


def _decoded(encoded: bytes, kind: type[_Result]) -> _Result:
    result = msgpack.decode(encoded, type=JobResult)
    if isinstance(result, JobRefused):
        raise WorkersLost(result.why)
    if not isinstance(result, kind):
        raise WorkersLost("a worker has answered something else than it was asked")
    return result
