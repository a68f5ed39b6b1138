"""Results for machines, one after the other while the run goes on: JSON lines, and TAP.

A line of JSON is an object with the fields of `ResultLine`, whose names and meanings stay; more may come. TAP is version 14
(testanything.org), with the failure as a YAML block.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from terminal_sim.run_report.steps import failed_step
from terminal_sim.script.results import RunResult, ScenarioOutcome


class FailedStep(Struct, frozen=True, kw_only=True):
    """The step that failed: its file, line and words, what it expected and what there was, and the last event of the trace that it caused."""

    file: str
    line: int
    source: str
    why: str
    event: int


class ResultLine(Struct, frozen=True, kw_only=True):
    """A scenario. `outcome` is held, flaky, failed, skipped or broken; `seconds` are those of the wall, `virtual_us` microseconds of virtual time.

    `text` says why it was skipped or failed; `pictures` are the files of its screenshots by name, `differing` those that are not as they are stored.
    """

    file: str
    line: int
    scenario: str
    profile: str
    locale: str
    tags: tuple[str, ...]
    outcome: ScenarioOutcome
    seconds: float
    virtual_us: int
    tries: int
    notes: tuple[str, ...]
    text: str
    step: FailedStep | None
    pictures: dict[str, str]
    differing: dict[str, str]
    bundle: str | None


def json_line(result: RunResult) -> str:
    """One object on one line."""
    case, place = result.case, result.case.play.scenario.place
    failed = failed_step(result)
    line = ResultLine(
        file=str(place.path),
        line=place.line,
        scenario=case.title,
        profile=case.profile,
        locale=case.program.settings.locale,
        tags=tuple(tag.removeprefix("@") for tag in case.play.scenario.tags),
        outcome=result.outcome,
        seconds=round(result.seconds, 4),
        virtual_us=int(result.took),
        tries=result.tries,
        notes=result.notes,
        text=result.text,
        step=None
        if failed is None
        else FailedStep(
            file=failed.line.file,
            line=failed.line.line,
            source=failed.line.source,
            why=failed.why,
            event=failed.last,
        ),
        pictures={name: str(file) for name, file in result.pictures.items()},
        differing={one.name: str(one.side_by_side or one.got) for one in result.differing},
        bundle=str(result.bundle) if result.bundle is not None else None,
    )
    return msgspec.json.encode(line).decode()


def tap_head(planned: int) -> str:
    """The version and the plan, which stand before all results."""
    return f"TAP version 14\n1..{planned}"


def tap_lines(number: int, result: RunResult) -> str:
    """A test point, and what a failure says below it. A flaky scenario is not ok, since it has not held."""
    place = result.case.play.scenario.place
    is_ok = not result.outcome.is_failure
    said = f"{place.path}: {result.case.title} on {result.case.profile}".replace("\\", "\\\\").replace(
        "#", "\\#"
    )
    point = f"{'ok' if is_ok else 'not ok'} {number} - {said}"
    if result.outcome is ScenarioOutcome.SKIPPED:
        return f"{point} # SKIP {result.text}"
    if is_ok:
        return point
    step = failed_step(result)
    block = [
        "---",
        f"outcome: {result.outcome.value}",
        f"file: {msgspec.json.encode(str(place.path)).decode()}",
        f"line: {step.line.line if step is not None else place.line}",
        f"seconds: {result.seconds:.3f}",
        "message: |",
        *(f"  {line}" for line in result.text.splitlines()),
        "...",
    ]
    return "\n".join([point, *(f"  {line}".rstrip() for line in block)])
