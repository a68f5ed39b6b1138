"""The run of a scenario as acts of the explorer, each with the moment before it, to be gone back to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from terminal_sim.bench import Bench, Duration
from terminal_sim.explore.bundle import Bundle, BundleError
from terminal_sim.explore.bundle_file import read
from terminal_sim.explore.bundles import OneBundle
from terminal_sim.explore.recorded_act import PRESS
from terminal_sim.explore.search.act import WAIT, Act
from terminal_sim.explore.search.ground import ExploredSession, Ground, SessionMoment
from terminal_sim.explore.secret_words import SecretWords, details_of
from terminal_sim.oracles.oracle import Oracle
from terminal_sim.script.options import Options
from terminal_sim.script.plan import Case
from terminal_sim.script.results import ScenarioOutcome
from terminal_sim.script.run import Runner

_FAR = 100_000_000
"""A fault that counts, armed so far away, strikes nothing and tells how much was counted."""


class SweepError(Exception):
    """A scenario that is not swept, in one sentence with its cure."""


@dataclass(frozen=True, slots=True)
class SweptStep:
    """An act of the run, as `line` of a script, with the moment before it; `frames` and `effects` count what it makes the terminal send to its reader, and do."""

    line: str
    act: Act
    before: SessionMoment = field(repr=False)
    frames: int
    effects: int


@dataclass(frozen=True, slots=True)
class SweptRun:
    """The steps of a run, and the moment behind the last one."""

    steps: tuple[SweptStep, ...]
    end: SessionMoment = field(repr=False)

    def before(self, step: int) -> SessionMoment:
        """The moment before the step number `step`, or behind the last one."""
        return self.steps[step].before if step < len(self.steps) else self.end

    def acts(self, step: int = 0) -> list[Act]:
        """The acts from a step on."""
        return [one.act for one in self.steps[step:]]


def ground_of(case: Case, oracles: tuple[Oracle, ...]) -> tuple[Ground, Bundle]:
    """Runs the scenario once: where its terminal begins, and what was done. Raises `SweepError` for one that does not hold, or begins elsewhere."""
    with TemporaryDirectory(prefix="terminal-sim-") as folder:
        file = Path(folder) / "run.tsim"
        result = Runner(Options(keeper=OneBundle(file))).run(case)
        if result.outcome is not ScenarioOutcome.HELD:
            raise SweepError(f"{case.title} does not hold by itself: terminal-sim run says why")
        try:
            bundle = read(file)
        except BundleError as wrong:
            raise SweepError(str(wrong)) from None
    settings = case.program.settings
    if bundle.state or settings.decks or settings.clock:
        raise SweepError(
            f"{case.title} begins from a state, with cards of its own or at a time of its own: sweep does what begins at a fresh terminal with bundled cards"
        )
    own = {value.name: value.text for value in case.play.scenario.options}
    options = {**settings.options, **own, **settings.overruling}
    place = str(settings.places[case.profile])
    return Ground.of(place, options, oracles, seed=bundle.head.seed, locale=settings.locale), bundle


def run_of(session: ExploredSession, bundle: Bundle, environ: Mapping[str, str]) -> SweptRun:
    """Does the run at a new session, up to its end; `environ` has its secrets. Raises `SweepError` where a moment of it cannot be kept."""
    return SweptRun(tuple(_steps(session, bundle, environ)), _moment(session, "its end"))


def _moment(session: ExploredSession, place: str) -> SessionMoment:
    found = session.moment()
    if found is None:
        raise SweepError(f"before {place} the bench cannot be kept: its reader does not answer")
    return found


def _steps(session: ExploredSession, bundle: Bundle, environ: Mapping[str, str]) -> Iterator[SweptStep]:
    for line, act in _acts(session, bundle, environ):
        before = _moment(session, line)
        counted = []
        for counting in (("fault", "wire", "drop"), ("fault", "power-cut-after")):
            session.do((*counting, str(_FAR)))
            session.do(act)
            counted.append(_counted(session, " ".join(counting)))
            session.go_back(before)
        session.do(act)
        yield SweptStep(line, act, before, *counted)


def _acts(session: ExploredSession, bundle: Bundle, environ: Mapping[str, str]) -> Iterator[tuple[str, Act]]:
    """Each act, with the time between two of them as one that waits; the moments are those of the run."""
    with Bench(trace=False) as other:
        details = details_of(other)
    secrets = {name: environ[name] for name in bundle.head.secrets if environ.get(name)}
    words, bench = SecretWords(details, session.ground.model, secrets), session.bench
    for recorded in bundle.acts:
        yield from _wait(recorded.mono - bench.now.mono)
        act = recorded.act
        yield recorded.line, (PRESS, *map(words.value, act[1:])) if act[0] == PRESS else act
    yield from _wait(bundle.head.end.mono - bench.now.mono)


def _wait(left: int) -> Iterator[tuple[str, Act]]:
    if left > 0:
        span = str(Duration(left))
        yield f"{WAIT} {span}", (WAIT, span)


def _counted(session: ExploredSession, words: str) -> int:
    """How many of `_FAR` were counted by a fault that is still to come."""
    left = (said.removeprefix(words) for said in session.terminal.conditions() if said.startswith(words))
    return next((_FAR - int(one) for one in left), 0)
