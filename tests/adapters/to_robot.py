"""Scripts as suites of Robot Framework: each run of a scenario is a test of the same steps, so that both can be held against each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from terminal_sim.adapters.robot.keywords import RobotKeyword
from terminal_sim.profile import is_path
from terminal_sim.script.bind import Call, FromState, MacroCall, VerbArgument, VerbCall
from terminal_sim.script.plan import Case
from terminal_sim.script.tree import Form, Macro
from terminal_sim.verbs.signature import ValueKind
from terminal_sim.verbs.states import is_file

_APART = "    "
_ESCAPED = re.compile(r"\\|(?<!\S)#|[@%&]\{")
_NAMED = re.compile(r"^[\w.-]+=")
_LOOKED_FOR = (ValueKind.SELECTOR, ValueKind.TARGET, ValueKind.HIDDEN)


def title(case: Case) -> str:
    """The name of the test."""
    return " ".join(f"{case.title} on {case.profile}".split())


def suite(cases: list[Case]) -> str:
    """The suite of a script, of all its cases."""
    program = cases[0].program
    settings = program.settings
    imported = ["Library", "TerminalSim", *([f"clock={settings.clock}"] if settings.clock else [])]
    imported += [f"cards={deck.absolute()}" for deck in settings.decks]
    lines = ["*** Settings ***", _APART.join(imported), "", "*** Test Cases ***"]
    for case in cases:
        lines += [_escaped(title(case)), *(f"    {line}" for line in _test(case))]
    lines += ["", "*** Keywords ***"]
    everywhere = [
        *program.macros.values(),
        program.setup,
        program.teardown,
        *(play.calls for play in program.plays),
    ]
    for macro in {macro.name: macro for calls in everywhere for macro in _called(calls)}.values():
        arguments = [f"${{{parameter}}}" for parameter in macro.parameters]
        lines += [_macro(macro.name), *([_APART.join(["    [Arguments]", *arguments])] if arguments else [])]
        lines += [f"    {line}" for line in _steps(program.macros[macro.name], "")]
    return "\n".join(lines) + "\n"


def _test(case: Case) -> Iterator[str]:
    program, play = case.program, case.play
    tags = [tag.removeprefix("@") for tag in play.scenario.tags]
    if tags:
        yield _APART.join(["[Tags]", *tags])
    if case.skip:
        yield f"Skip{_APART}{_escaped(case.skip)}"
        return
    settings = program.settings
    options = {
        **settings.options,
        **{value.name: value.text for value in play.scenario.options},
        **settings.overruling,
    }
    begin = ["From State", _state(play.start, case.profile)] if play.start else ["New Terminal"]
    begin += [
        f"profile={_place(case)}",
        *([f"locale={settings.locale}"] if settings.locale else []),
    ]
    yield _APART.join([*begin, *(f"{key}={_escaped(value)}" for key, value in options.items())])
    for name, text in {"profile": case.profile, **settings.secrets, **case.row}.items():
        yield _APART.join(["VAR", f"${{{name}}}", _escaped(text)])
    yield from _steps([*(() if play.start else program.setup), *play.calls, *program.teardown], case.profile)


def _steps(calls: Iterable[Call], profile: str) -> Iterator[str]:
    for call in calls:
        if isinstance(call, VerbCall):
            yield _APART.join(_spoken(call, profile))
        elif isinstance(call, MacroCall):
            yield _APART.join([_macro(call.macro.name), *(_escaped(value.text) for value in call.values)])
        else:
            assert isinstance(call, FromState)


def _spoken(call: VerbCall, profile: str) -> Iterator[str]:
    keyword = RobotKeyword(call.verb, call.no)
    yield keyword.name
    named = {parameter.name: word for word, parameter in keyword.named.items()}
    repeated: dict[str, list[str]] = {}
    for argument in call.arguments:
        text = _text(argument, profile)
        parameter = argument.parameter
        if parameter.name not in named:
            yield _NAMED.sub(lambda found: found[0].replace("=", "\\="), text)
        elif parameter.repeated:
            repeated.setdefault(named[parameter.name], []).append(text)
        else:
            yield f"{named[parameter.name]}={text}"
    for name, texts in repeated.items():
        yield f"{name}=${{{{{texts!r}}}}}"
    yield from (f"{name}={_escaped(value.text)}" for name, value in call.fields.items())


def _text(argument: VerbArgument, profile: str) -> str:
    value, kind = argument.value, argument.parameter.kind
    if kind is ValueKind.STATE:
        return _state(value.text, profile) if value.form is not Form.STRING else _escaped(value.text)
    if value.form is Form.PATTERN:
        return _escaped(f"/{value.text}/")
    if kind in _LOOKED_FOR and value.form is Form.STRING and not value.is_variable:
        return _escaped(f'"{value.text}"')
    return _escaped(value.text)


def _state(name: str, profile: str) -> str:
    """Named states are kept by their names alone, and a script has one for each profile."""
    return f"{name}-{profile}" if profile and not is_file(name) else name


def _place(case: Case) -> str:
    """The profile of a case; a file by its whole path, since a suite stands elsewhere than its script."""
    place = str(case.program.settings.places[case.profile])
    return str(Path(place).absolute()) if is_path(place) else place


def _macro(name: str) -> str:
    return f"Macro {name}"


def _called(calls: Iterable[Call]) -> Iterator[Macro]:
    return (call.macro for call in calls if isinstance(call, MacroCall))


def _escaped(text: str) -> str:
    """A cell of a suite: `${name}` stays a variable, all else is meant as it stands."""
    if not text:
        return "${EMPTY}"
    found = _ESCAPED.sub(lambda match: f"\\{match[0]}", text)
    found = found.replace("\n", "\\n").replace("\t", "\\t").replace("  ", " ${SPACE}")
    return re.sub(r"^ | $", "${SPACE}", found)
