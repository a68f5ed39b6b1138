"""One scenario of a report, as a value that stands for itself: it goes from a worker to the run's own process as JSON."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from msgspec import Struct

from terminal_sim.script.results import RunResult, ScenarioOutcome
from terminal_sim.script.try_record import TryRecord
from terminal_sim.verbs.mask import Mask
from terminal_sim.verbs.pictures import DifferingPicture


class PictureDifference(Struct, frozen=True, kw_only=True):
    """A picture that is not as it is stored, as PNG; `why` is one line. All but `got` are None where none is stored."""

    name: str
    why: str
    got: bytes
    expected: bytes | None = None
    differs: bytes | None = None


class ScenarioReport(Struct, frozen=True, kw_only=True):
    """A scenario that was run, or skipped, on one profile. `took` is virtual time in microseconds, `seconds` that of the wall.

    `text` says why it was skipped or what failed. `bundle` is the file in which the run is kept, where it is. `records` has what each try did, in their order.
    """

    file: str
    line: int
    title: str
    profile: str
    outcome: ScenarioOutcome
    locale: str = ""
    tags: tuple[str, ...] = ()
    text: str = ""
    took: int = 0
    seconds: float = 0.0
    tries: int = 1
    notes: tuple[str, ...] = ()
    bundle: str = ""
    differing: tuple[PictureDifference, ...] = ()
    records: tuple[TryRecord, ...] = ()

    @property
    def key(self) -> str:
        """What it is known by from run to run."""
        return f"{self.file}::{self.title} [{self.profile}]"


def reported(result: RunResult, root: Path | None = None) -> ScenarioReport:
    """What a report says of a result; its file as seen from `root`, the current folder by default."""
    case, settings = result.case, result.case.program.settings
    scenario = case.play.scenario
    locale = settings.locale or (
        case.play.profiles[case.profile].languages[0] if case.profile in case.play.profiles else ""
    )
    return ScenarioReport(
        file=_below(scenario.place.path, root or Path.cwd()),
        line=scenario.place.line,
        title=Mask(settings.secrets.values())(case.title),
        profile=case.profile,
        outcome=result.outcome,
        locale=locale,
        tags=tuple(tag.removeprefix("@") for tag in scenario.tags),
        text=result.text,
        took=int(result.took),
        seconds=result.seconds,
        tries=result.tries,
        notes=result.notes,
        bundle=str(result.bundle) if result.bundle is not None else "",
        differing=tuple(filter(None, map(_difference, result.differing))),
        records=result.records,
    )


def without_evidence(result: RunResult) -> RunResult:
    """The result with the lines of its steps and without pictures and timelines, which weigh more than all else."""
    slim = tuple(TryRecord(steps=record.steps, pictures={}, timeline=()) for record in result.records)
    return replace(result, records=slim)


def _difference(one: DifferingPicture) -> PictureDifference | None:
    """None where a file of it is gone: the text of the failure still says what differs."""
    try:
        return PictureDifference(
            name=one.name,
            why=one.why,
            got=one.got.read_bytes(),
            expected=one.expected.read_bytes() if one.expected is not None else None,
            differs=one.differs.read_bytes() if one.differs is not None else None,
        )
    except OSError:
        return None


def _below(path: Path, root: Path) -> str:
    """The way from `root`, with slashes on every platform, or the path as it is."""
    whole = path.resolve()
    return whole.relative_to(root).as_posix() if whole.is_relative_to(root) else path.as_posix()
