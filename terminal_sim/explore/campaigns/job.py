"""What goes out to a process or a machine, and what comes back: values alone, so that it matters to nobody where a job is done.

A job holds all that its result depends on. One explores so many sessions from what was learned before; the other makes one session short that broke a rule.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from msgspec import Struct, msgpack

from terminal_sim import collector
from terminal_sim.bench import BenchMisuse, ProfileError
from terminal_sim.explore.product import digest
from terminal_sim.explore.search.act import Act
from terminal_sim.explore.search.errands.catalogue import errands
from terminal_sim.explore.search.errands.way import Errand
from terminal_sim.explore.search.exploration import shrunk
from terminal_sim.explore.search.explorer import ExploredEnd, Explorer
from terminal_sim.explore.search.ground import Ground
from terminal_sim.explore.search.learned import Learned
from terminal_sim.oracles.choice import OracleChoice, classes_of
from terminal_sim.oracles.oracle import OracleAlarm
from terminal_sim.oracles.own_file import NamedOracleFile, OracleFileError

_OTHER_FIRMWARE = "a worker has another firmware than this process: install the same terminal-sim on every machine of the cluster"


class JobGround(Struct, frozen=True, array_like=True):
    """A terminal to explore, as a value: see `Ground`. `oracles` are the letters of the classes that judge it, `own` the files with rules of a user."""

    profile: str
    options: tuple[tuple[str, str], ...]
    locale: str
    reader: str
    clock: str
    oracles: str
    own: tuple[NamedOracleFile, ...]


class ExploreJob(Struct, frozen=True, tag="explore"):
    """`sessions` sessions from number `first` on, in a round in which `share` says which errands are this job's; those of the grounds `before` are first gone there. `firmware` is the digest of the product that shall do it."""

    firmware: str
    ground: JobGround
    seed: int
    first: int
    sessions: int
    share: tuple[int, int]
    before: tuple[JobGround, ...]
    learned: Learned


class ShrinkJob(Struct, frozen=True, tag="shrink"):
    """The session `session`, whose `acts` break the rule `code`, is to be made short; on the `plain` ground where the same happens there."""

    firmware: str
    ground: JobGround
    plain: JobGround
    session: int
    code: str
    acts: tuple[Act, ...]


class SessionRow(Struct, frozen=True, array_like=True):
    """A session: how many acts were done in it, processor time in microseconds, what it covered that its job neither knew of nor had covered before, what was wrong, and the numbers of the errands that were gone for the first time in it.

    `acts` are there where something was covered or wrong, or an errand gone.
    """

    number: int
    done: int
    cpu: int
    covered: tuple[str, ...] = ()
    alarms: tuple[OracleAlarm, ...] = ()
    acts: tuple[Act, ...] = ()
    errands: tuple[int, ...] = ()


class ExploreResult(Struct, frozen=True, tag="explored"):
    """The sessions of a job, and what it has learned that it was not told."""

    sessions: tuple[SessionRow, ...]
    learned: Learned


class ShrunkAlarm(Struct, frozen=True, array_like=True):
    """The alarm of a session that was made short, the ground on which it was heard, the acts that are left, and how many candidates were tried. `expected` as in `ExplorerFinding`."""

    alarm: OracleAlarm
    ground: JobGround
    acts: tuple[Act, ...]
    runs: int
    expected: str


class ShrinkResult(Struct, frozen=True, tag="shrunk"):
    """None where the session did not break the rule a second time."""

    found: ShrunkAlarm | None


class JobRefused(Struct, frozen=True, tag="refused"):
    """The job cannot be done there: one sentence."""

    why: str


Job = ExploreJob | ShrinkJob
JobResult = ExploreResult | ShrinkResult | JobRefused


def carry_out(job: bytes) -> bytes:
    """Do an encoded job and give its encoded result; equal jobs give equal results but for the processor time."""
    with collector.giving_back():  # what a process has read and kept before is none of what a job makes
        given: Job = msgpack.decode(job, type=Job)
        return msgpack.encode(JobRefused(_OTHER_FIRMWARE) if given.firmware != digest() else _done(given))


def _done(job: Job) -> JobResult:
    try:
        return _explore(job) if isinstance(job, ExploreJob) else _shrink(job)
    except (BenchMisuse, ProfileError, OracleFileError) as wrong:
        return JobRefused(str(wrong))


def job_ground(ground: Ground, own: tuple[NamedOracleFile, ...]) -> JobGround:
    """A ground as a value, where the rules of a user are those of the files `own`."""
    return JobGround(
        profile=ground.profile,
        options=tuple(sorted(ground.options.items())),
        locale=ground.locale,
        reader=ground.reader,
        clock=ground.clock,
        oracles=OracleChoice(ground.classes).letters,
        own=own,
    )


@lru_cache(maxsize=64)
def ground_of(given: JobGround) -> Ground:
    """Made once a process."""
    classes = classes_of(given.oracles)
    choice = OracleChoice(classes, tuple(rule for file in given.own for rule in file.rules()))
    ground = Ground.of(
        given.profile, dict(given.options), choice.oracles, locale=given.locale, classes=classes
    )
    return replace(ground, reader=given.reader, clock=given.clock)


@lru_cache(maxsize=64)
def _errands_of(given: JobGround) -> frozenset[Errand]:
    ground = ground_of(given)
    return frozenset(errands(ground.model, ground.numbers, ground.pins))


def _explore(job: ExploreJob) -> ExploreResult:
    explorer = Explorer(
        ground_of(job.ground), job.seed, learned=job.learned, first=job.first, share=job.share
    )
    for ground in job.before:
        explorer.leave_out(_errands_of(ground), ground_of(ground).model.kernel)
    rows: list[SessionRow] = []
    covered = set(explorer.coverage.lines)
    running = explorer.run()
    try:
        began = time.process_time()
        for end in islice(running, job.sessions):
            new = set(explorer.coverage.lines) - covered
            covered |= new
            now = time.process_time()
            rows.append(_row(end, tuple(sorted(new)), int((now - began) * 1_000_000)))
            began = now
    finally:
        running.close()
    return ExploreResult(tuple(rows), explorer.memory.learned().without(job.learned))


def _row(end: ExploredEnd, covered: tuple[str, ...], cpu: int) -> SessionRow:
    acts = tuple(end.acts) if end.alarms or covered or end.errands else ()
    return SessionRow(end.number, len(end.acts), cpu, covered, tuple(end.alarms), acts, end.errands)


def _shrink(job: ShrinkJob) -> ShrinkResult:
    ground, plain = ground_of(job.ground), ground_of(job.plain)
    found = shrunk(ground, job.acts, job.code, plain, job.session)
    if found is None:
        return ShrinkResult(None)
    where = job_ground(found.ground, job.ground.own)
    return ShrinkResult(ShrunkAlarm(found.alarm, where, found.acts, found.runs, found.expected))
