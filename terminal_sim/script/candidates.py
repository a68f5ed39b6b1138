"""The values that a parameter may take, as candidates: each with its kind and what it means."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from pathlib import Path

from terminal_sim.bench import Bench, ProfileError
from terminal_sim.bench.faults import FAULTS
from terminal_sim.bench.words import HOST_FIELDS, JOURNAL_FIELDS, REPORT_FIELDS, RULES, SALES_FIELDS
from terminal_sim.script import meanings
from terminal_sim.script.scope import Scope
from terminal_sim.script.tree import Macro
from terminal_sim.verbs import Parameter, ValueKind
from terminal_sim.verbs.variables import passcode_variables


class CandidateKind(Enum):
    """What a candidate is."""

    ACT = "act"
    CARD = "card"
    FAULT = "fault"
    FIELD = "field"
    HEADING = "heading"
    ID = "id"
    KEY = "key"
    KEYWORD = "keyword"
    MACRO = "macro"
    STATE = "state"
    TEXT = "text"
    VALUE = "value"
    VARIABLE = "variable"


@dataclass(frozen=True, slots=True)
class CompletionCandidate:
    """`text` is the word as it is written, `meaning` one sentence in Markdown, `form` how the line goes on, where that is known."""

    text: str
    kind: CandidateKind
    meaning: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True)
class ScriptNames:
    """The names that a script gives: its macros and those it uses, its variables, and the states that it saves."""

    macros: Mapping[str, Macro] = field(default_factory=dict)
    variables: tuple[str, ...] = ()
    states: tuple[str, ...] = ()


def values_of(parameter: Parameter, scope: Scope, names: ScriptNames) -> Iterator[CompletionCandidate]:
    """The values of a parameter that can be listed."""
    for word in parameter.choices:
        yield CompletionCandidate(word, CandidateKind.VALUE)
    if parameter.kind is ValueKind.STATE:
        yield from (
            CompletionCandidate(name, CandidateKind.STATE, "a state that is saved") for name in names.states
        )
    else:
        yield from _LISTS.get(parameter.kind, _nothing)(scope)


def fields_of(rows: str, kind: str) -> Iterator[CompletionCandidate]:
    """The fields of such rows, as they are written: `amount=`; `kind` is that of journal rows, "" where none is said."""
    known = {
        "": (),
        "host": HOST_FIELDS,
        "journal": JOURNAL_FIELDS.get(kind, ()),
        "report": REPORT_FIELDS,
        "pos": SALES_FIELDS,
    }
    for name in known[rows]:
        yield CompletionCandidate(f"{name}=", CandidateKind.FIELD, meanings.FIELDS.get(name, ""))


def field_values(name: str) -> Iterator[CompletionCandidate]:
    """The values of a field that are few."""
    known = {"state": meanings.STATES, "entry": meanings.ENTRIES}.get(name, {})
    yield from _explained(known, CandidateKind.VALUE)


def variables_of(scope: Scope, names: ScriptNames) -> Iterator[CompletionCandidate]:
    """The built-in variables and those of the script, as they are written: `${name}`."""
    for name, meaning in meanings.VARIABLES.items():
        yield CompletionCandidate(f"${{{name}}}", CandidateKind.VARIABLE, meaning)
    for name in sorted(passcode_variables(scope.profiles)):
        yield CompletionCandidate(f"${{{name}}}", CandidateKind.VARIABLE, meanings.PASSCODE_VARIABLE)
    for name in names.variables:
        yield CompletionCandidate(f"${{{name}}}", CandidateKind.VARIABLE, "a variable of this script")


def fault_arguments(fault: str, place: int) -> Iterator[CompletionCandidate]:
    """The words that the argument of a fault at a place may be, where they are few."""
    arguments = next((one.arguments for one in FAULTS if one.name == fault), ())
    if place < len(arguments) and "|" in arguments[place].word:
        yield from (
            CompletionCandidate(word, CandidateKind.VALUE) for word in arguments[place].word.split("|")
        )


@cache
def card_meanings(names: frozenset[str], decks: tuple[Path, ...]) -> Mapping[str, str]:
    """What each card is, and how it can be presented; "" for one whose file is wrong."""
    found = {}
    with Bench(decks=decks) as bench:
        for name in sorted(names):
            try:
                card = bench.card(name)
            except ProfileError:
                found[name] = ""
                continue
            faces = [face for face in ("chip", "contactless", "stripe") if getattr(card, face) is not None]
            found[name] = f"{card.personality.name} ({', '.join(faces)})"
    return found


def _nothing(_: Scope) -> Iterator[CompletionCandidate]:
    return iter(())


def _explained(names: Mapping[str, str], kind: CandidateKind) -> Iterator[CompletionCandidate]:
    for name, meaning in names.items():
        yield CompletionCandidate(name, kind, meaning)


def _cards(scope: Scope) -> Iterator[CompletionCandidate]:
    known = card_meanings(scope.cards, scope.decks)
    yield from (CompletionCandidate(name, CandidateKind.CARD, known[name]) for name in sorted(scope.cards))


def _keys(scope: Scope) -> Iterator[CompletionCandidate]:
    """The keys of the profiles by name and by colour."""
    for profile in scope.profiles:
        for key in (*(key for row in profile.keypad.layout for key in row), *profile.keypad.keys):
            yield CompletionCandidate(key, CandidateKind.KEY, meanings.KEYS.get(key, ""))
        for key, face in profile.keypad.keys.items():
            if face.colour != "grey":
                yield CompletionCandidate(face.colour.upper(), CandidateKind.KEY, f"the key {key}")


def _selectors(scope: Scope) -> Iterator[CompletionCandidate]:
    """The ids with their wordings, and the wordings that are the same whenever they are shown."""
    texts = scope.vocabulary.texts
    locales = {one.languages[0]: None for one in scope.profiles} or dict.fromkeys(texts.languages)
    catalogues = [texts.catalogue(locale) for locale in locales]
    for name in scope.vocabulary.ids:
        wordings = dict.fromkeys(known[name] for known in catalogues)
        yield CompletionCandidate(f"id:{name}", CandidateKind.ID, " / ".join(wordings))
        for wording in wordings:
            if "{" not in wording:
                escaped = wording.replace("\\", r"\\").replace('"', r"\"")
                yield CompletionCandidate(f'"{escaped}"', CandidateKind.TEXT, f"id:{name}")


def _lights(scope: Scope) -> Iterator[CompletionCandidate]:
    for profile in scope.profiles:
        for light in profile.lights:
            yield CompletionCandidate(light, CandidateKind.VALUE, f"a light of {profile.id}")
        for how in ("chip", "contactless", "stripe"):
            if getattr(profile.entries, how):
                yield CompletionCandidate(how, CandidateKind.VALUE, "a way in that waits for a card")


def _displays(scope: Scope) -> Iterator[CompletionCandidate]:
    for profile in scope.profiles:
        for display in profile.displays:
            yield CompletionCandidate(display, CandidateKind.VALUE, f"a display of {profile.id}")


def _answers(_: Scope) -> Iterator[CompletionCandidate]:
    for form, (example, meaning) in meanings.ANSWERS.items():
        yield CompletionCandidate(example, CandidateKind.VALUE, meaning, form)


def _scripts(_: Scope) -> Iterator[CompletionCandidate]:
    for form, (example, meaning) in meanings.SCRIPTS.items():
        yield CompletionCandidate(example.split()[0], CandidateKind.VALUE, meaning, form)


def _faults(_: Scope) -> Iterator[CompletionCandidate]:
    yield from (CompletionCandidate(one.name, CandidateKind.FAULT, one.meaning, str(one)) for one in FAULTS)


def _oracles(scope: Scope) -> Iterator[CompletionCandidate]:
    return _explained(scope.vocabulary.oracles, CandidateKind.VALUE)


def _packs(scope: Scope) -> Iterator[CompletionCandidate]:
    yield CompletionCandidate("none", CandidateKind.VALUE, "no pack is in force")
    for name in scope.vocabulary.packs:
        yield CompletionCandidate(name, CandidateKind.VALUE, "endings of amounts that decide")


def _kinds(_: Scope) -> Iterator[CompletionCandidate]:
    yield from (
        CompletionCandidate(kind, CandidateKind.VALUE, "a kind of journal row") for kind in JOURNAL_FIELDS
    )


def _table(names: Mapping[str, str]) -> Callable[[Scope], Iterator[CompletionCandidate]]:
    return lambda _: _explained(names, CandidateKind.VALUE)


_LISTS: Mapping[ValueKind, Callable[[Scope], Iterator[CompletionCandidate]]] = {
    ValueKind.ANSWER: _answers,
    ValueKind.CARD: _cards,
    ValueKind.DISPLAY: _displays,
    ValueKind.FAULT: _faults,
    ValueKind.HIDDEN: _selectors,
    ValueKind.KEY: _keys,
    ValueKind.KEYS: _keys,
    ValueKind.KIND: _kinds,
    ValueKind.LIGHT: _lights,
    ValueKind.LIGHT_STATE: _table(meanings.LIGHT_STATES),
    ValueKind.MESSAGE: _table(meanings.MESSAGES),
    ValueKind.ORACLE: _oracles,
    ValueKind.PACK: _packs,
    ValueKind.RULE: _table(RULES),
    ValueKind.SCRIPT: _scripts,
    ValueKind.SELECTOR: _selectors,
    ValueKind.STEP: _table(meanings.STEPS),
    ValueKind.TARGET: _selectors,
    ValueKind.TIME: _table(meanings.TIMES),
}
