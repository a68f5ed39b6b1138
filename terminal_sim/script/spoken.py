"""A value of a script as its verb takes it: with its variables in it, a selector as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from terminal_sim.bench import Selector
from terminal_sim.display.region import PREFIX as REGION
from terminal_sim.display.region import Region
from terminal_sim.script.bind import VerbArgument
from terminal_sim.script.tree import Form, TextTooLong, Value
from terminal_sim.verbs.scenario import hidden_part
from terminal_sim.verbs.signature import ValueKind
from terminal_sim.verbs.spelling import quoted
from terminal_sim.verbs.states import state_of
from terminal_sim.verbs.waiting import BadScript, selector

ID = "id:"


def filled(value: Value, variables: Mapping[str, str]) -> str:
    """The text of a value with its variables in it. Raises `BadScript` for one that has no value."""
    try:
        return value.filled(variables)
    except KeyError as missing:
        raise BadScript(f"${{{missing.args[0]}}} has no value") from None
    except TextTooLong as wrong:
        raise BadScript(str(wrong)) from None


def spoken(argument: VerbArgument, variables: Mapping[str, str]) -> str | Selector | Region:
    """The value as the verb takes it. Raises `BadScript`."""
    text = filled(argument.value, variables)
    if argument.parameter.kind is ValueKind.STATE:
        return state_of(text, quoted=argument.value.form is Form.STRING)
    if (
        argument.parameter.kind is ValueKind.HIDDEN
        and argument.value.form is Form.WORD
        and text.startswith(REGION)
    ):
        return hidden_part(text)
    if argument.parameter.kind not in (ValueKind.SELECTOR, ValueKind.TARGET, ValueKind.HIDDEN):
        return text
    return selector_of(as_meant(replace(argument.value, text=text)))


def as_meant(value: Value) -> Value:
    """A selector that a variable holds may be visible text, too: only what reads as an id or a pattern is one."""
    text = value.text
    if not value.is_variable or text.startswith(ID):
        return value
    if len(text) > 2 and text[0] == text[-1] == "/":
        return replace(value, text=text[1:-1], form=Form.PATTERN)
    return replace(value, form=Form.STRING)


def selector_of(value: Value) -> Selector:
    """The selector that a value is written as. Raises `BadScript`."""
    if value.form is Form.STRING:
        return selector(quoted(value.text))
    return selector(f"/{value.text}/" if value.form is Form.PATTERN else value.text)
