"""Failures as annotations of GitHub Actions: each stands at its line of the script in the review of a change.

The form is `::error file=...,line=...,title=...::message` with a percent sign, line ends and, in properties, colon and comma escaped
(docs.github.com, "Workflow commands for GitHub Actions").
"""

from __future__ import annotations

from pathlib import Path

from terminal_sim.run_report.steps import failed_step
from terminal_sim.script.results import RunResult, ScenarioOutcome

_IN_MESSAGE = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTY = {**_IN_MESSAGE, ":": "%3A", ",": "%2C"}


def annotation(result: RunResult, root: Path) -> str:
    """The annotation of a failure, with its file as seen from `root`; a warning for a flaky scenario, "" for one that is no failure."""
    if not result.outcome.is_failure:
        return ""
    place = result.case.play.scenario.place
    step = failed_step(result)
    file, line = (Path(step.line.file), step.line.line) if step is not None else (place.path, place.line)
    command = "warning" if result.outcome is ScenarioOutcome.FLAKY else "error"
    title = f"{result.outcome.value}: {result.case.title} on {result.case.profile}"
    properties = {"file": _below(file, root), "line": str(line), "title": title}
    said = ",".join(f"{name}={_escaped(value, _IN_PROPERTY)}" for name, value in properties.items())
    return f"::{command} {said}::{_escaped(result.text, _IN_MESSAGE)}"


def _below(file: Path, root: Path) -> str:
    whole = file.resolve()
    return whole.relative_to(root).as_posix() if whole.is_relative_to(root) else file.as_posix()


def _escaped(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(character, character) for character in text)
