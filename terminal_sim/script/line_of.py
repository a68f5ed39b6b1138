"""The line of the language that a verb with its arguments by name is: what other programs send as fields, a script has as a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from terminal_sim.datafiles.suggest import suggest
from terminal_sim.verbs import BadScript, Parameter, Verb
from terminal_sim.verbs.signature import NEGATION, ValueKind

_ESCAPED = re.compile(r'["\\]')
_BARE = re.compile(r'[^\s"/#=]+')
_SELECTORS = (ValueKind.SELECTOR, ValueKind.TARGET)
FIELDS = "fields"
"""The name under which the free `name=value` of a verb are given, as an object."""


class WrongArgument(BadScript):
    """`argument` is the name of what is wrong, as it was given."""

    def __init__(self, argument: str, sentence: str) -> None:
        super().__init__(sentence)
        self.argument = argument


def line_of(verb: Verb, given: Mapping[str, object]) -> str:
    """The line. Raises `WrongArgument` for an argument that the verb has not, or lacks, or that no line can say."""
    taken = {said(parameter): parameter for parameter in parameters(verb)}
    for name in given:
        if (
            name not in taken
            and not (name == FIELDS and verb.fields)
            and not (name == NEGATION and verb.negatable)
        ):
            raise WrongArgument(name, f"{' '.join(verb.words)} has no {name!r}{suggest(name, taken)}")
    for name, parameter in taken.items():
        if parameter.required and name not in given:
            raise WrongArgument(name, f"{name} is missing: {verb.form}")
    return " ".join(_words(verb, given))


def said(parameter: Parameter) -> str:
    """The name under which an argument is given: `for`, where Python has to say `for_`."""
    return parameter.name.rstrip("_")


def parameters(verb: Verb) -> tuple[Parameter, ...]:
    """Every parameter of the verb, in the order of its form."""
    rest = (verb.rest,) if verb.rest is not None else ()
    return (*verb.values, *rest, *verb.named.values(), *verb.introduced.values())


def _words(verb: Verb, given: Mapping[str, object]) -> Iterator[str]:
    first, *others = verb.words
    yield first
    if given.get(NEGATION):
        yield NEGATION
    yield from others
    for parameter in verb.values:
        if said(parameter) in given:
            yield _value(parameter, given[said(parameter)])
    if verb.rest is not None:
        several = given.get(said(verb.rest), ())
        for one in several if isinstance(several, list | tuple) else [several]:
            yield _value(verb.rest, one)
    free = given.get(FIELDS, {})
    if not isinstance(free, Mapping):
        raise WrongArgument(FIELDS, "fields are an object: each name with its value")
    for name, value in free.items():
        if not _BARE.fullmatch(name):
            raise WrongArgument(f"{FIELDS}.{name}", f"{name!r} is no name of a field")
        yield f"{name}={_plain(f'{FIELDS}.{name}', value)}"
    for name, parameter in verb.named.items():
        if name in given:
            yield f"{name}={_value(parameter, given[name])}"
    for word, parameter in verb.introduced.items():
        if said(parameter) in given:
            yield f"{word} {_value(parameter, given[said(parameter)])}"


def _value(parameter: Parameter, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise WrongArgument(said(parameter), f"{said(parameter)} is a text or a number: {parameter.form}")
    text = str(value)
    if parameter.kind is ValueKind.PATTERN:
        return f"/{text.strip('/')}/"
    if parameter.kind is ValueKind.TEXT:
        return _quoted(said(parameter), text)
    if parameter.kind in _SELECTORS:
        is_written = text.startswith(("id:", '"')) or (len(text) > 2 and text[0] == text[-1] == "/")
        return text if is_written and text.isprintable() else _quoted(said(parameter), text)
    return _plain(said(parameter), text)


def _plain(name: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise WrongArgument(name, f"{name} is a text or a number")
    text = str(value)
    return text if _BARE.fullmatch(text) else _quoted(name, text)


def _quoted(name: str, text: str) -> str:
    if not text.isprintable():
        raise WrongArgument(name, f"{name} has a character that no line can have")
    return '"' + _ESCAPED.sub(r"\\\g<0>", text) + '"'
