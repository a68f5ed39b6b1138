"""The sessions of a folder of scripts, as `explore` leaves it: scenarios whose steps are acts.

`watch` and `verify` say what rules think of a session and are no acts; a line with an expectation, a variable or a macro is refused, since what
it does depends on the firmware.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from terminal_sim.bench import BenchMisuse
from terminal_sim.explore.compare.observed import CorpusSession
from terminal_sim.explore.recorded_act import SAVE_STATE, TAP, is_act, words_of
from terminal_sim.explore.search.act import PRESS_BLINDLY, TAP_BLINDLY, WAIT, Act
from terminal_sim.script.parse import parse
from terminal_sim.script.tree import Scenario, Script, ScriptError, ScriptStep
from terminal_sim.script.vocabulary import check_clock

_SETTINGS = ("terminal", "locale", "clock", "with")
_ID = "id:"
_JUDGING = ("watch", "verify")


class CorpusError(Exception):
    """A corpus that cannot be run, in one sentence with file and line."""


def sessions_of(folder: Path) -> list[CorpusSession]:
    """The sessions of all scripts in `folder`, in the order of their names. Raises `CorpusError`."""
    files = sorted(folder.glob("*.keys")) if folder.is_dir() else []
    if not files:
        raise CorpusError(
            f"{folder}: no corpus is here: terminal-sim explore leaves one in corpus/ of its folder"
        )
    return [session for file in files for session in _sessions(file)]


def _sessions(file: Path) -> Iterator[CorpusSession]:
    try:
        script = parse(file)
    except ScriptError as wrong:
        raise CorpusError(str(wrong.problems[0])) from None
    if script.problems:
        raise CorpusError(str(script.problems[0]))
    others = (one.place for part in (script.macros, script.setup, script.teardown) for one in part)
    for place in others:
        raise CorpusError(f"{place}: a corpus has scenarios, and no macro, setup or teardown")
    settings = _settings(script)
    for scenario in script.scenarios:
        if scenario.examples is not None or scenario.options:
            raise CorpusError(
                f"{scenario.place}: a session of a corpus has no examples and no options of its own"
            )
        yield CorpusSession(
            file=file.name,
            title=scenario.name,
            profile=settings.get("terminal", ""),
            locale=settings.get("locale", ""),
            options={key: value for key, value in settings.items() if key not in _SETTINGS},
            acts=tuple(_acts(scenario)),
            clock=settings.get("clock", ""),
        )


def _settings(script: Script) -> dict[str, str]:
    """The terminal, the language, and each option by its key."""
    found: dict[str, str] = {}
    for setting in script.settings:
        if setting.name not in _SETTINGS:
            raise CorpusError(
                f"{setting.place}: a corpus has the settings {', '.join(_SETTINGS)}, and not {setting.name}"
            )
        if setting.name == "with":
            found |= {value.name: value.text for value in setting.values}
        elif len(setting.values) == 1:
            found[setting.name] = setting.values[0].text
        else:
            raise CorpusError(f"{setting.place}: a session of a corpus has one {setting.name}")
        if setting.name == "clock":
            try:
                check_clock(found["clock"])
            except BenchMisuse as wrong:
                raise CorpusError(f"{setting.place}: {wrong}") from None
    if "terminal" not in found:
        raise CorpusError(f"{script.path}: a corpus says its terminal: terminal v400m")
    return found


def _acts(scenario: Scenario) -> Iterator[Act]:
    for step in scenario.steps:
        words = words_of(step.source)
        if words[0] not in _JUDGING:
            yield _act(step, words)


def _act(step: ScriptStep, words: Act) -> Act:
    if any(value.variables for value in step.values):
        raise CorpusError(f"{step.place}: a session of a corpus has no variables: {step.source}")
    if words[0] in (TAP, TAP_BLINDLY) and words[-1].startswith(_ID):
        words = TAP, *words[1:-1], words[-1].removeprefix(_ID)
    elif words[0] in (TAP, TAP_BLINDLY):
        raise CorpusError(
            f"{step.place}: a session of a corpus touches by the id, as in tap id:charge: {step.source}"
        )
    blind = words[0] == PRESS_BLINDLY or (words[0] == WAIT and len(words) == 2)
    if not blind and (not is_act(words) or words[:2] == SAVE_STATE):
        raise CorpusError(f"{step.place}: this is no act that a session of a corpus has: {step.source}")
    return words
