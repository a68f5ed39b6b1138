"""How a verb reads in a script: its words, and its arguments as its signature declares them.

1. The words of a verb are literal: `expect screen`, `tap-card`, `network slow`.
2. A positional parameter is a value at its place; `*rest` takes one value or more.
3. A keyword-only parameter is introduced by a word (`within 5s`) where its annotation holds `Keyword`, else written `name=value`.
4. `**fields` takes any further `name=value`.
5. A parameter `no` makes `expect no ...` of `expect ...`.
6. The docstring is the verb's help, and the declaration has examples of its line.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

NEGATION = "no"


class ValueKind(Enum):
    """What a value of a script is. The checker, the recorder and the help know a verb by the kinds of its values alone."""

    ANSWER = "what the acquirer answers"
    ASSIGNED = "what the variable of the same line becomes"
    CARD = "a card that is presented; the `${card...}` variables are its own from then on"
    CHOICE = "one of a few words"
    COUNT = "how many, or an amount in minor units"
    DISPLAY = "a display of the terminal"
    FAULT = "a fault of the bench's catalogue"
    HIDDEN = (
        "what a picture leaves out: what to look for on a screen, or region:X,Y,WIDTHxHEIGHT in its pixels"
    )
    KEY = "one key of the keypad"
    KEYS = "keys of the keypad; digits spell themselves"
    KIND = "a kind of journal row"
    LIGHT = "a light of the terminal or its reader"
    LIGHT_STATE = "the state of a light"
    MESSAGE = "a kind of host message, or its type of four digits"
    NAME = "a name"
    ORACLE = "a rule that the simulator holds a session to"
    PACK = "an amount pack of the acquirer, or `none`"
    PATTERN = "a regular expression with one group"
    PERCENT = "0% to 100%"
    READER = "a reader of the terminal: its address, or its protocol where it is the only one"
    RULE = "a rule by which kernel and card decide"
    SCRIPT = "a part of an issuer script: its template, or a command for the card as hex digits"
    SELECTOR = "what to look for on a screen"
    STATE = "the name under which the state of everything is saved"
    STEP = "a step of a card's conversation"
    TARGET = "what to touch on a screen"
    TEXT = "a text"
    TIME = "a duration"
    VALUE = "any value"
    VARIABLE = "the name of a variable that the line gives a value"

    @property
    def form(self) -> str:
        """How the form of a verb names it."""
        return _FORMS.get(self, self.name)


_FORMS = {
    ValueKind.ASSIGNED: "VALUE",
    ValueKind.COUNT: "N",
    ValueKind.HIDDEN: "SELECTOR",
    ValueKind.LIGHT: "NAME",
    ValueKind.LIGHT_STATE: "VALUE",
    ValueKind.MESSAGE: "TYPE",
    ValueKind.PACK: "NAME",
    ValueKind.PATTERN: "/one (group)/",
    ValueKind.STATE: "NAME",
    ValueKind.TARGET: "SELECTOR",
    ValueKind.TEXT: '"TEXT"',
    ValueKind.VARIABLE: "NAME",
}


@dataclass(frozen=True, slots=True)
class Keyword:
    """The word that stands before the value in a script, and what the value is for, where its kind does not say it.

    A `repeated` one may come several times; the method takes the values as a sequence.
    """

    word: str
    meaning: str = ""
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a value is for, where neither its kind nor the doc of its verb says it."""

    text: str


@dataclass(frozen=True, slots=True)
class RowFields:
    """Whose rows have the fields that `**fields` takes: `host`, `journal`, `report` or `pos`."""

    rows: str


@dataclass(frozen=True, slots=True)
class MinCount:
    """How many values `*rest` takes at least, where it is not one."""

    count: int


@dataclass(frozen=True, slots=True)
class Parameter:
    """`choices` are the words it may be, where they are few; `keyword` is the word before it, and `is_named` where it is written `name=value`.

    `meaning` is what it is for, and `default` what it is where a script leaves it out, "" for nothing. A `repeated` one may be said several times.
    """

    name: str
    kind: ValueKind
    required: bool
    keyword: str = ""
    choices: tuple[str, ...] = ()
    meaning: str = ""
    default: str = ""
    repeated: bool = False
    is_named: bool = False

    @property
    def form(self) -> str:
        return "|".join(self.choices) if self.choices else self.kind.form


@dataclass(frozen=True, slots=True)
class Verb:
    """One line of the language: `method` is the name of the method of `Tester` that does it.

    `doc` is what it does, and `examples` are lines of one scenario that show it.
    `named` are the parameters written `name=value`, `introduced` those after a keyword, by it.
    `fields` says whose rows its free fields are of, "" where it takes none.
    The values of a verb with `rehearsed` mean something only together: a check does it at a terminal that is off.
    """

    words: tuple[str, ...]
    method: str
    doc: str
    values: tuple[Parameter, ...] = ()
    rest: Parameter | None = None
    named: Mapping[str, Parameter] = field(default_factory=dict)
    introduced: Mapping[str, Parameter] = field(default_factory=dict)
    fields: str = ""
    negatable: bool = False
    rehearsed: bool = False
    examples: tuple[str, ...] = ()

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """All of them, in the order of the form."""
        rest = () if self.rest is None else (self.rest,)
        return (*self.values, *rest, *self.named.values(), *self.introduced.values())

    @property
    def form(self) -> str:
        """How the line is written: `hold KEY for TIME`, `expect [no] screen SELECTOR [within TIME]`."""
        words = list(self.words)
        if self.negatable:
            words.insert(1, f"[{NEGATION}]")
        parts = [(p.form, p.required) for p in self.values]
        if self.rest is not None:
            parts.append((f"{self.rest.form}...", self.rest.required))
        if self.fields:
            parts.append(("field=value...", False))
        parts += [(f"{p.name}={p.form}", p.required) for p in self.named.values()]
        parts += [(f"{p.keyword} {p.form}", p.required) for p in self.introduced.values() if not p.repeated]
        said = words + [part if required else f"[{part}]" for part, required in parts]
        return " ".join(said + [f"[{p.keyword} {p.form}]..." for p in self.introduced.values() if p.repeated])


_Method = TypeVar("_Method", bound=Callable[..., Any])
_DECLARED = "__verb__"


def verb(words: str, *examples: str, rehearsed: bool = False) -> Callable[[_Method], _Method]:
    """Declares a method of `Tester` as the verb that scripts write with these words; see `Verb` for `examples` and `rehearsed`."""

    def declare(method: _Method) -> _Method:
        setattr(method, _DECLARED, (tuple(words.split()), examples, rehearsed))
        return method

    return declare


def verbs_of(cls: type) -> Mapping[tuple[str, ...], Verb]:
    """The table of all verbs of a class, by their words. Raises `TypeError` where two share their words."""
    table: dict[tuple[str, ...], Verb] = {}
    for name, method in inspect.getmembers(cls, inspect.isfunction):
        declared = getattr(method, _DECLARED, None)
        if declared is None:
            continue
        words, examples, rehearsed = declared
        if words in table:
            raise TypeError(f"{' '.join(words)!r} is the verb of both {table[words].method} and {name}")
        table[words] = _verb(words, name, method, examples, rehearsed)
    return MappingProxyType(table)


def _verb(
    words: tuple[str, ...], name: str, method: Callable[..., Any], examples: tuple[str, ...], rehearsed: bool
) -> Verb:
    hints = get_type_hints(method, include_extras=True)
    values: list[Parameter] = []
    rest: Parameter | None = None
    named: dict[str, Parameter] = {}
    introduced: dict[str, Parameter] = {}
    fields, negatable = "", False
    for item in list(inspect.signature(method).parameters.values())[1:]:
        if item.kind is item.VAR_KEYWORD:
            fields = _rows_of(name, hints[item.name])
            continue
        if item.name == NEGATION:
            negatable = True
            continue
        parameter = _parameter(name, item, hints[item.name])
        if item.kind is item.VAR_POSITIONAL:
            rest = parameter
        elif item.kind is not item.KEYWORD_ONLY:
            values.append(parameter)
        elif parameter.keyword:
            introduced[parameter.keyword] = parameter
        else:
            named[parameter.name] = parameter
    doc = inspect.getdoc(method) or ""
    return Verb(
        words, name, doc, tuple(values), rest, named, introduced, fields, negatable, rehearsed, examples
    )


def _parameter(method: str, item: inspect.Parameter, hint: Any) -> Parameter:
    notes = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    plain = get_args(hint)[0] if notes else hint
    choices = tuple(word for word in _literals(plain) if word)
    kind = next(
        (note for note in notes if isinstance(note, ValueKind)), ValueKind.CHOICE if choices else None
    )
    if kind is None:
        raise TypeError(f"{method}: the annotation of {item.name!r} names no kind of value")
    keyword = next((note for note in notes if isinstance(note, Keyword)), Keyword(""))
    required = item.default is item.empty and MinCount(0) not in notes
    default = "" if item.default in (item.empty, None, ()) else str(item.default)
    said = next((note.text for note in notes if isinstance(note, Meaning)), "")
    meaning = keyword.meaning or said or kind.value
    is_named = item.kind is item.KEYWORD_ONLY and not keyword.word
    return Parameter(
        item.name, kind, required, keyword.word, choices, meaning, default, keyword.repeated, is_named
    )


def _rows_of(method: str, hint: Any) -> str:
    for note in get_args(hint)[1:]:
        if isinstance(note, RowFields):
            return note.rows
    raise TypeError(f"{method}: the annotation of its fields names no rows")


def _literals(hint: Any) -> tuple[str, ...]:
    if get_origin(hint) is Literal:
        return get_args(hint)
    return tuple(word for part in get_args(hint) for word in _literals(part))
