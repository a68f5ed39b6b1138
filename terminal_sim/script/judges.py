"""What a value of each kind must be: one judge a kind, which says what is wrong with a value, "" where nothing is."""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from terminal_sim.bench import ProfileError
from terminal_sim.bench.words import JOURNAL_FIELDS, MESSAGE_KINDS, RULES, SCRIPT_WORDS
from terminal_sim.datafiles.suggest import suggest
from terminal_sim.display.region import PREFIX as REGION
from terminal_sim.script.scope import Scope
from terminal_sim.script.spoken import ID, as_meant, selector_of
from terminal_sim.script.tree import Form, Value
from terminal_sim.script.vocabulary import TEAR_STEPS, check_answer, is_message
from terminal_sim.verbs.expectations import one_group
from terminal_sim.verbs.scenario import hidden_part
from terminal_sim.verbs.signature import ValueKind
from terminal_sim.verbs.states import is_name
from terminal_sim.verbs.surroundings import percent
from terminal_sim.verbs.waiting import duration, number


def listing(names: Sequence[str]) -> str:
    """What there is instead of a wrong name that is like none of `names`."""
    return f": it has {', '.join(names)}"


def _judge_selector(value: Value, scope: Scope) -> str:
    value = as_meant(value)
    if value.form is Form.WORD and not value.text.startswith(ID):
        return f'put visible text in quotation marks: "{value.text}"; or write id:NAME or /pattern/'
    selector_of(value)
    name = value.text.removeprefix(ID)
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
    value = as_meant(value)
    ids = words.worded(value.text) if value.form is Form.STRING else {value.text.removeprefix(ID)}
    for profile in scope.profiles:
        if ids and all(words.is_missing(name, profile) for name in ids):
            return f"no menu of {profile.id} offers {selector_of(value)}"
    return ""


def _judge_light(value: Value, scope: Scope) -> str:
    for profile in scope.profiles:
        entries = [how for how in ("chip", "contactless", "stripe") if getattr(profile.entries, how)]
        lights = [*profile.lights, *entries]
        if value.text not in lights:
            return f"{profile.id} has no light {value.text!r}{suggest(value.text, lights) or listing(lights)}"
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
class ValueRule:
    """What a value of one kind must be. `written` is the error where it is written in another form."""

    judge: Callable[[Value, Scope], str] = _anything
    forms: tuple[Form, ...] = (Form.WORD, Form.STRING)
    written: str = "a pattern cannot stand here"


ANY_VALUE = ValueRule()
RULE_OF = {
    ValueKind.ANSWER: ValueRule(_reads(check_answer)),
    ValueKind.CARD: ValueRule(_judge_card),
    ValueKind.COUNT: ValueRule(_reads(number)),
    ValueKind.DISPLAY: ValueRule(_judge_display),
    ValueKind.HIDDEN: ValueRule(_judge_hidden, (Form.WORD, Form.STRING, Form.PATTERN)),
    ValueKind.KEY: ValueRule(_judge_keys, (Form.WORD,), "a key is written without quotation marks"),
    ValueKind.KEYS: ValueRule(_judge_keys, (Form.WORD,), "keys are written without quotation marks"),
    ValueKind.KIND: ValueRule(_judge_kind),
    ValueKind.LIGHT: ValueRule(_judge_light),
    ValueKind.MESSAGE: ValueRule(_judge_message),
    ValueKind.NAME: ValueRule(_judge_name),
    ValueKind.ORACLE: ValueRule(_judge_oracle),
    ValueKind.PACK: ValueRule(_judge_name),
    ValueKind.PATTERN: ValueRule(
        _reads(one_group), (Form.PATTERN,), "this is a pattern: write it between slashes, /one (group)/"
    ),
    ValueKind.PERCENT: ValueRule(_reads(percent)),
    ValueKind.RULE: ValueRule(_judge_rule),
    ValueKind.SCRIPT: ValueRule(_judge_script),
    ValueKind.SELECTOR: ValueRule(_judge_selector, (Form.WORD, Form.STRING, Form.PATTERN)),
    ValueKind.STATE: ValueRule(_judge_state, (Form.WORD, Form.STRING)),
    ValueKind.STEP: ValueRule(_judge_step),
    ValueKind.TARGET: ValueRule(_judge_target, (Form.WORD, Form.STRING, Form.PATTERN)),
    ValueKind.TEXT: ValueRule(forms=(Form.STRING,), written="put the text in quotation marks"),
    ValueKind.TIME: ValueRule(_reads(duration)),
    ValueKind.VARIABLE: ValueRule(_judge_name),
}
"""The rules of those kinds whose values are not all right; a kind that has none here takes any value."""
