"""A recording as a Python test: each line as the method of the fixture that the verb is, laid out as ruff formats it.

A line of the test has at most 88 characters, which is what ruff and black keep where nobody says otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from terminal_sim.script.bind import VerbArgument, VerbCall, bind
from terminal_sim.script.parse import parse_step
from terminal_sim.script.recorder.script_head import ScriptHead
from terminal_sim.script.tree import Form, Value
from terminal_sim.verbs import ValueKind
from terminal_sim.verbs.signature import NEGATION
from terminal_sim.verbs.spelling import quoted
from terminal_sim.verbs.states import state_of

_WIDTH = 88
_INDENT = "    "
_RECORDED = Path("recorded")
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_BUILT_IN = ("card.", "passcode.")
_SELECTORS = (ValueKind.SELECTOR, ValueKind.TARGET, ValueKind.HIDDEN)
_MARKED = re.compile(r"id:|region:|/.+/$|\".*\"$")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


def python_test(
    head: ScriptHead,
    title: str,
    steps: Sequence[str],
    remarks: Sequence[str],
    secrets: Iterable[str],
    state_file: str,
) -> str:
    """The text of a test file. `state_file` is the state that it goes on from, "" for none."""
    marks = [_literal(head.profile), f"locale={_literal(head.locale)}"]
    marks += [f"seed={head.seed}"] if head.seed else []
    for name, value in (
        ("pack", head.pack),
        ("clock", head.clock),
        ("cards", head.cards),
        ("state", state_file),
    ):
        marks += [f"{name}={_literal(value)}"] if value else []
    options = [f"{_literal(key)}: {_literal(value)}" for key, value in head.written_options.items()]
    options += [f"{_literal(key)}: {_from_environment(name)}" for name, key in head.kept_back.items()]
    lines = [
        *(["import os", ""] if [*secrets, *head.kept_back] else []),
        "import pytest",
        "",
        "",
        *(f"# {remark}" for remark in remarks),
        *_marker(marks, options),
        f"def {_name(title)}(terminal):",
    ]
    for step in steps:
        method, arguments = _spoken(step)
        lines += _call(f"terminal.{method}", arguments, _INDENT)
    return "\n".join(lines) + "\n"


def _name(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    return f"test_{_NOT_IN_NAMES.sub('_', plain).strip('_') or 'recorded'}"


def _spoken(step: str) -> tuple[str, list[str]]:
    """The method for a line, and its arguments as Python writes them."""
    wrong: list[str] = []

    def diagnose(_: Value, sentence: str) -> None:
        wrong.append(sentence)

    call = bind(parse_step(step, _RECORDED), {}, diagnose)
    if not isinstance(call, VerbCall) or wrong:
        raise ValueError(f"{step}: {wrong}")
    arguments = [_argument(argument) for argument in call.values]
    arguments += [f"{each.parameter.name}={_argument(each)}" for each in call.named]
    arguments += [f"{name.replace('-', '_')}={_text(value.text)}" for name, value in call.fields.items()]
    return call.verb.method, [*arguments, *([f"{NEGATION}=True"] if call.no else [])]


def _argument(argument: VerbArgument) -> str:
    kind, value = argument.parameter.kind, argument.value
    text = value.text
    if kind in _SELECTORS:
        if value.form is Form.PATTERN:
            text = f"/{text}/"
        elif value.form is Form.STRING and _MARKED.match(text):
            text = quoted(text)
    elif kind is ValueKind.STATE:
        text = state_of(text, quoted=value.form is Form.STRING)
    elif kind is ValueKind.COUNT and text == str(int(text)):
        return text
    return _text(text)


def _text(text: str) -> str:
    """A text with its variables in it, as an expression."""
    names = _VARIABLE.findall(text)
    if not names:
        return _literal(text)
    if text == f"${{{names[0]}}}":
        return _variable(names[0], '"')
    parts = _VARIABLE.split(text)
    escaped = [
        part.replace("{", "{{").replace("}", "}}") if at % 2 == 0 else f"{{{_variable(part, chr(39))}}}"
        for at, part in enumerate(parts)
    ]
    return f"f{_literal(''.join(escaped), double=True)}"


def _variable(name: str, quote: str) -> str:
    if name.startswith(_BUILT_IN):
        return f"terminal.value({quote}{name}{quote})"
    return _from_environment(name, quote)


def _from_environment(name: str, quote: str = '"') -> str:
    return f"os.environ[{quote}{name}{quote}]"


def _literal(text: str, *, double: bool = False) -> str:
    """The text as ruff writes it: in double quotation marks unless that costs more backslashes."""
    quote = "'" if not double and text.count('"') > text.count("'") else '"'
    shown = "".join(
        f"\\{letter}"
        if letter in (quote, "\\")
        else letter
        if letter.isprintable()
        else letter.encode("unicode_escape").decode()
        for letter in text
    )
    return f"{quote}{shown}{quote}"


def _marker(marks: Sequence[str], options: Sequence[str]) -> list[str]:
    """The marker of the test; `options` are the pairs of its option `options`."""
    name = "@pytest.mark.terminal"
    if not options:
        return _call(name, marks, "")
    lines = _call(name, [*marks, f"options={{{', '.join(options)}}}"], "")
    if all(len(line) <= _WIDTH for line in lines):
        return lines
    inner = [f"{_INDENT}options={{", *(f"{_INDENT * 2}{pair}," for pair in options), f"{_INDENT}}},"]
    return [*lines[:-2], *inner, lines[-1]]


def _call(name: str, arguments: Sequence[str], indent: str) -> list[str]:
    """A call on one line where it fits, else its arguments on one line of their own, else each on one."""
    inside = ", ".join(arguments)
    one = f"{indent}{name}({inside})"
    if len(one) <= _WIDTH or not arguments:
        return [one]
    further = indent + _INDENT
    if len(further + inside) <= _WIDTH:
        return [f"{indent}{name}(", f"{further}{inside}", f"{indent})"]
    return [f"{indent}{name}(", *(f"{further}{each}," for each in arguments), f"{indent})"]
