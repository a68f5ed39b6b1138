"""The reference of the verbs as data: the form of each line, what it does, its values with their defaults, and examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from terminal_sim.verbs import VERBS, Parameter, Verb


@dataclass(frozen=True, slots=True)
class ReferenceArgument:
    """A value of a verb: how it is written, what it is for, the words it may be where they are few, and its default."""

    form: str
    meaning: str
    required: bool
    choices: tuple[str, ...] = ()
    default: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a script can say. `facts` is what else there is to know, by the columns of its topic."""

    name: str
    meaning: str
    form: str = ""
    arguments: tuple[ReferenceArgument, ...] = ()
    examples: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


def verb_entries() -> list[Entry]:
    """Every verb, in alphabetical order."""
    return [_verb(verb) for verb in VERBS.values()]


def _verb(verb: Verb) -> Entry:
    arguments = [_argument(parameter) for parameter in verb.parameters]
    if verb.fields:
        meaning = f"a field of {_ROWS[verb.fields]} and its value (`help fields`)"
        arguments.insert(len(verb.values), ReferenceArgument("field=value", meaning, required=False))
    return Entry(" ".join(verb.words), verb.doc, verb.form, tuple(arguments), verb.examples)


def _argument(parameter: Parameter) -> ReferenceArgument:
    form = parameter.form
    if parameter.keyword:
        form = f"{parameter.keyword} {form}"
    elif parameter.is_named:
        form = f"{parameter.name}={form}"
    meaning = f"{parameter.meaning}; again for more" if parameter.repeated else parameter.meaning
    return ReferenceArgument(form, meaning, parameter.required, parameter.choices, parameter.default)


_ROWS = {
    "host": "a message to the host",
    "journal": "a journal row",
    "report": "a row of the report",
    "pos": "a sale of the point of sale",
}
