"""Checks one value of a script against the kind that its verb takes, and converts it for the verb."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from terminal_sim.bench import Bench, BenchMisuse, Profile, ProfileError, Selector
from terminal_sim.bench.words import (
    HOST_FIELDS,
    JOURNAL_FIELDS,
    MESSAGE_KINDS,
    REPORT_FIELDS,
    RULES,
    SALES_FIELDS,
    SCRIPT_WORDS,
)
from terminal_sim.datafiles.suggest import suggest
from terminal_sim.display.region import PREFIX as REGION
from terminal_sim.display.region import Region
from terminal_sim.script.bind import VerbArgument
from terminal_sim.script.tree import Form, TextTooLong, Value
from terminal_sim.script.vocabulary import (
    TEAR_STEPS,
    Vocabulary,
    check_answer,
    is_message,
)
from terminal_sim.verbs import Tester, Verb
from terminal_sim.verbs.expectations import one_group
from terminal_sim.verbs.rows import comparable
from terminal_sim.verbs.scenario import hidden_part
from terminal_sim.verbs.signature import ValueKind
from terminal_sim.verbs.spelling import quoted
from terminal_sim.verbs.states import is_name, state_of
from terminal_sim.verbs.surroundings import percent
from terminal_sim.verbs.variables import CARD_VARIABLES
from terminal_sim.verbs.waiting import BadScript, duration, number, selector

VARIABLES = ("profile", "locale", *CARD_VARIABLES)

_ID = "id:"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a value is judged by: the names there are, the profiles that the script runs on, and its folders of cards.

    `judged` has what is wrong with each card that was looked at: its file is read once, however often a script names it.
    `rehearsed` has the same of each line that was rehearsed.
    """

    vocabulary: Vocabulary
    profiles: tuple[Profile, ...]
    cards: frozenset[str]
    decks: tuple[Path, ...] = ()
    judged: dict[str, str] = field(default_factory=dict, compare=False)
    rehearsed: dict[str, str] = field(default_factory=dict, compare=False)


def judge(argument: VerbArgument, scope: Scope) -> str:
    """What is wrong with a value that has no variables left; "" where nothing is."""
    parameter, value = argument.parameter, argument.value
    if parameter.choices:
        if value.form is Form.WORD and value.text in parameter.choices:
            return ""
        return (
            f"{value.text!r} is not {' or '.join(parameter.choices)}{suggest(value.text, parameter.choices)}"
        )
    rule = _RULES.get(parameter.kind, _ANY_VALUE)
    if value.form not in rule.forms:
        return rule.written
    try:
        return rule.judge(value, scope)
    except ValueError as wrong:
        return str(wrong)


def rehearse(verb: Verb, values: Sequence[Value | None], scope: Scope) -> str:
    """What is wrong with the values of a verb that mean something only together; "" where nothing is or one is not known.

    It is done at a terminal of each profile that is off and that no scenario uses.
    """
    words = [value.text for value in values if value is not None]
    if not verb.rehearsed or len(words) < max(len(values), len(verb.values)):
        return ""
    said = " ".join((*verb.words, *words))
    if said not in scope.rehearsed:
        scope.rehearsed[said] = _rehearsed(verb, words, scope)
    return scope.rehearsed[said]


def _rehearsed(verb: Verb, words: Sequence[str], scope: Scope) -> str:
    for profile in scope.profiles:
        with Bench() as bench:
            tester = Tester(bench, bench.add_terminal(profile, power=False))
            try:
                getattr(tester, verb.method)(*words)
            except (BadScript, BenchMisuse) as wrong:
                return str(wrong)
    return ""


def judge_field(rows: str, kind: str, name: str) -> str:
    """What is wrong with naming the field `name` of such rows; "" where they have it.

    `rows` is `host`, `journal`, `report` or `pos`; `kind` is that of journal rows, "" where it is not known yet.
    """
    if rows == "journal" and not kind:
        return ""
    what, fields = {
        "host": ("a message to the host", HOST_FIELDS),
        "journal": (f"a journal row of kind {kind!r}", JOURNAL_FIELDS.get(kind, ())),
        "report": ("a row of the report", REPORT_FIELDS),
        "pos": ("a sale of the point of sale", SALES_FIELDS),
    }[rows]
    if comparable(name) in _comparable_of(fields):
        return ""
    return f"{what} has no field {name!r}{suggest(name, fields) or _listing(fields)}"


@cache
def _comparable_of(fields: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(comparable, fields))


def _listing(names: Sequence[str]) -> str:
    return f": it has {', '.join(names)}"


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
    return _selector(_as_meant(replace(argument.value, text=text)))


def _as_meant(value: Value) -> Value:
    """A selector that a variable holds may be visible text, too: only what reads as an id or a pattern is one."""
    text = value.text
    if not value.is_variable or text.startswith(_ID):
        return value
    if len(text) > 2 and text[0] == text[-1] == "/":
        return replace(value, text=text[1:-1], form=Form.PATTERN)
    return replace(value, form=Form.STRING)


def _selector(value: Value) -> Selector:
    if value.form is Form.STRING:
        return selector(quoted(value.text))
    return selector(f"/{value.text}/" if value.form is Form.PATTERN else value.text)


def _judge_selector(value: Value, scope: Scope) -> str:
    value = _as_meant(value)
    if value.form is Form.WORD and not value.text.startswith(_ID):
        return f'put visible text in quotation marks: "{value.text}"; or write id:NAME or /pattern/'
    _selector(value)
    name = value.text.removeprefix(_ID)
    if value.form is not Form.WORD or scope.vocabulary.has_id(name, scope.profiles):
        return ""
    return f"no screen has the id {name!r}{suggest(name, scope.vocabulary.ids)}"


def _judge_hidden(value: Value, scope: Scope) -> str:
    if value.form is Form.WORD and value.text.startswith(REGION):
        hidden_part(value.text)
        return ""
    return _judge_selector(value, scope)


def _judge_target(value: Value, scope: Scope) -> str:
    """A selector as any, and none that only a menu shows which a profile does not have."""
    if (wrong := _judge_selector(value, scope)) or value.form is Form.PATTERN:
        return wrong
    words = scope.vocabulary
    value = _as_meant(value)
    ids = words.worded(value.text) if value.form is Form.STRING else {value.text.removeprefix(_ID)}
    for profile in scope.profiles:
        if ids and all(words.is_missing(name, profile) for name in ids):
            return f"no menu of {profile.id} offers {_selector(value)}"
    return ""


def _judge_light(value: Value, scope: Scope) -> str:
    for profile in scope.profiles:
        entries = [how for how in ("chip", "contactless", "stripe") if getattr(profile.entries, how)]
        lights = [*profile.lights, *entries]
        if value.text not in lights:
            return (
                f"{profile.id} has no light {value.text!r}{suggest(value.text, lights) or _listing(lights)}"
            )
    return ""


def _judge_keys(value: Value, scope: Scope) -> str:
    words = [*value.text] if value.text.isascii() and value.text.isdigit() else [value.text]
    for profile in scope.profiles:
        for word in words:
            if profile.keypad.named(word) is None:
                colours = [face.colour.upper() for face in profile.keypad.keys.values()]
                keys = [key for row in profile.keypad.layout for key in row]
                cure = suggest(word, [*keys, *colours]) or f": it has {' '.join(keys)}"
                return f"{profile.id} has no key {word!r}{cure}"
    return ""


def _judge_display(value: Value, scope: Scope) -> str:
    for profile in scope.profiles:
        if value.text not in profile.displays:
            return f"{profile.id} has no display {value.text!r}: it has {', '.join(profile.displays)}"
    return ""


def _judge_card(value: Value, scope: Scope) -> str:
    if value.text not in scope.cards:
        return f"there is no card {value.text!r}{suggest(value.text, scope.cards)}"
    if value.text not in scope.judged:
        scope.judged[value.text] = _fault_of_card(value.text, scope)
    return scope.judged[value.text]


def _fault_of_card(name: str, scope: Scope) -> str:
    try:
        scope.vocabulary.check_card(name, scope.decks)
    except ProfileError as wrong:
        return str(wrong)
    return ""


def _judge_kind(value: Value, _: Scope) -> str:
    if value.text in JOURNAL_FIELDS:
        return ""
    return f"the journal has no kind {value.text!r}{suggest(value.text, JOURNAL_FIELDS)}"


def _judge_message(value: Value, _: Scope) -> str:
    if is_message(value.text):
        return ""
    cure = suggest(value.text, MESSAGE_KINDS) or f": {', '.join(MESSAGE_KINDS)} or a type such as 0100"
    return f"the host gets no message {value.text!r}{cure}"


def _judge_step(value: Value, _: Scope) -> str:
    if value.text in TEAR_STEPS or (value.text.isascii() and value.text.isdigit()):
        return ""
    cure = suggest(value.text, TEAR_STEPS) or f": {', '.join(TEAR_STEPS)} N"
    return f"a card has no step {value.text!r}{cure}"


def _judge_rule(value: Value, _: Scope) -> str:
    if value.text in RULES:
        return ""
    return f"there is no rule {value.text!r}{suggest(value.text, RULES) or '; `help rules` lists them'}"


def _judge_oracle(value: Value, scope: Scope) -> str:
    from terminal_sim.oracles.catalogue import EXPLORED  # most scripts name none

    codes = scope.vocabulary.oracles
    if value.text in codes:
        return ""
    if value.text in EXPLORED:
        return f"{value.text} looks at more than one session, as `terminal-sim explore` does: expect what has to be seen instead"
    return f"there is no rule {value.text!r}{suggest(value.text, codes) or '; `help oracles` lists them'}"


def _judge_script(value: Value, _: Scope) -> str:
    """A template, a name, or digits of a command or of what belongs to one; what they come to together is found when it is sent."""
    if value.text in SCRIPT_WORDS or all(digit in string.hexdigits for digit in value.text):
        return ""
    cure = suggest(value.text, SCRIPT_WORDS) or f": {', '.join(SCRIPT_WORDS)} or hex digits"
    return f"{value.text!r} is no part of a script for a card{cure}"


def _judge_state(value: Value, scope: Scope) -> str:
    """A bare word is a name; what is quoted is a file, which need not be there yet."""
    if value.form is not Form.STRING:
        return _judge_name(value, scope)
    return "" if value.text.strip() and value.text.isprintable() else f"{value.text!r} is no file"


def _judge_name(value: Value, _: Scope) -> str:
    return "" if is_name(value.text) else f"{value.text!r} is no name: letters, digits, - and _"


def _reads(read: Callable[[str], object]) -> Callable[[Value, Scope], str]:
    """A judge by a function that raises `ValueError` for what it cannot read."""

    def judged(value: Value, _: Scope) -> str:
        read(value.text)
        return ""

    return judged


def _anything(_: Value, __: Scope) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a value of one kind must be. `written` is the error where it is written in another form."""

    judge: Callable[[Value, Scope], str] = _anything
    forms: tuple[Form, ...] = (Form.WORD, Form.STRING)
    written: str = "a pattern cannot stand here"


_ANY_VALUE = _Rule()
_RULES = {
    ValueKind.ANSWER: _Rule(_reads(check_answer)),
    ValueKind.CARD: _Rule(_judge_card),
    ValueKind.COUNT: _Rule(_reads(number)),
    ValueKind.DISPLAY: _Rule(_judge_display),
    ValueKind.HIDDEN: _Rule(_judge_hidden, (Form.WORD, Form.STRING, Form.PATTERN)),
    ValueKind.KEY: _Rule(_judge_keys, (Form.WORD,), "a key is written without quotation marks"),
    ValueKind.KEYS: _Rule(_judge_keys, (Form.WORD,), "keys are written without quotation marks"),
    ValueKind.KIND: _Rule(_judge_kind),
    ValueKind.LIGHT: _Rule(_judge_light),
    ValueKind.MESSAGE: _Rule(_judge_message),
    ValueKind.NAME: _Rule(_judge_name),
    ValueKind.ORACLE: _Rule(_judge_oracle),
    ValueKind.PACK: _Rule(_judge_name),
    ValueKind.PATTERN: _Rule(
        _reads(one_group), (Form.PATTERN,), "this is a pattern: write it between slashes, /one (group)/"
    ),
    ValueKind.PERCENT: _Rule(_reads(percent)),
    ValueKind.RULE: _Rule(_judge_rule),
    ValueKind.SCRIPT: _Rule(_judge_script),
    ValueKind.SELECTOR: _Rule(_judge_selector, (Form.WORD, Form.STRING, Form.PATTERN)),
    ValueKind.STATE: _Rule(_judge_state, (Form.WORD, Form.STRING)),
    ValueKind.STEP: _Rule(_judge_step),
    ValueKind.TARGET: _Rule(_judge_target, (Form.WORD, Form.STRING, Form.PATTERN)),
    ValueKind.TEXT: _Rule(forms=(Form.STRING,), written="put the text in quotation marks"),
    ValueKind.TIME: _Rule(_reads(duration)),
    ValueKind.VARIABLE: _Rule(_judge_name),
}
"""The rules of those kinds whose values are not all right; a kind that has none here takes any value."""
