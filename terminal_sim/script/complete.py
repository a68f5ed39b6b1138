"""What may come next on a line that is being typed: the candidates for its last word, each with its kind and what it means.

The table of verbs, the vocabulary and the names of the script are all that it knows; a shell adds what its screen offers. The line is
not parsed, since a line that is being typed is rarely whole: a text may lack its second quotation mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from terminal_sim.profile import options
from terminal_sim.script.bind import FROM_STATE
from terminal_sim.script.candidates import (
    CandidateKind,
    CompletionCandidate,
    ScriptNames,
    fault_arguments,
    field_values,
    fields_of,
    values_of,
    variables_of,
)
from terminal_sim.script.headings import HEADINGS
from terminal_sim.script.meanings import FEATURES
from terminal_sim.script.scope import Scope
from terminal_sim.verbs import VERBS, Parameter, ValueKind, Verb
from terminal_sim.verbs.signature import NEGATION

_TOKEN = re.compile(
    r'[A-Za-z][\w.-]*="(?:\\.|[^"\\])*"?|"(?:\\.|[^"\\])*"?|/(?:\\.|[^/\\])+/?(?=\s|$)|\S+', re.ASCII
)
_OPEN_VARIABLE = re.compile(r"\$\{?[^{}\s]*$")
_NAMED = re.compile(r"([A-Za-z][\w.-]*)=(.*)", re.ASCII)
_BEFORE_TEXT = re.compile(r'"|id:|\$\{')


@dataclass(frozen=True, slots=True)
class Completion:
    """The candidates for the word that begins at the index `start` of the line, in alphabetical order."""

    start: int
    candidates: tuple[CompletionCandidate, ...] = ()


def complete(line: str, scope: Scope, names: ScriptNames | None = None) -> Completion:
    """What the line of a step may go on with; `line` ends where it is typed. With `names` it is a line of a file, without a typed one."""
    begun = _begun(line)
    if begun is None:
        return Completion(len(line))
    words, typed, start = begun
    known = names or ScriptNames()
    variable = _OPEN_VARIABLE.search(typed)
    if variable is not None and words:
        return _completion(start + variable.start(), variable[0], variables_of(scope, known))
    if words[:1] == ["with"] and names is not None:
        return _completion(start, typed, _options(typed, scope))
    found = [*_words_of_verbs(words), *_values(words, typed, scope, known)]
    if not words:
        found += _macros(known)
    if names is not None:
        found += _only_in_files(words, known)
    return _completion(start, typed, found)


def complete_heading(line: str, scope: Scope) -> Completion:
    """The same for a line that begins in the first column: a setting, or the head of a section."""
    begun = _begun(line)
    if begun is None:
        return Completion(len(line))
    words, typed, start = begun
    return _completion(start, typed, _heading(words, typed, scope))


def verbs_in_full() -> Iterator[CompletionCandidate]:
    """Each verb with all its words and its form, for an editor that fills in the whole line."""
    for words, verb in VERBS.items():
        yield CompletionCandidate(" ".join(words), CandidateKind.ACT, verb.doc, verb.form)


def _begun(line: str) -> tuple[list[str], str, int] | None:
    """The words before the one that is typed, that word as far as it goes, and where it begins; None within a comment."""
    tokens = list(_TOKEN.finditer(line))
    if any(token[0].startswith("#") for token in tokens):
        return None
    if not tokens or tokens[-1].end() < len(line):
        return [token[0] for token in tokens], "", len(line)
    *before, last = tokens
    return [token[0] for token in before], last[0], last.start()


def _completion(start: int, typed: str, found: Iterable[CompletionCandidate]) -> Completion:
    wanted = _BEFORE_TEXT.sub("", typed, count=1).casefold()
    fitting = {
        one.text: one
        for one in found
        if one.text.casefold().startswith(typed.casefold())
        or (
            wanted == typed.casefold()
            and _BEFORE_TEXT.sub("", one.text, count=1).casefold().startswith(wanted)
        )
    }
    return Completion(start, tuple(fitting[text] for text in sorted(fitting)))


def _is_negated(words: Sequence[str]) -> bool:
    return len(words) > 1 and words[1] == NEGATION


def _spoken(words: Sequence[str]) -> tuple[str, ...]:
    """The words without the `no` of `expect no`."""
    return (words[0], *words[2:]) if _is_negated(words) else tuple(words)


def _words_of_verbs(words: Sequence[str]) -> Iterator[CompletionCandidate]:
    """The next words of the verbs that have begun so."""
    spoken, no = _spoken(words), _is_negated(words)
    there = [
        verb
        for verb in VERBS.values()
        if len(verb.words) > len(spoken)
        and verb.words[: len(spoken)] == spoken
        and (verb.negatable or not no)
    ]
    for word in dict.fromkeys(verb.words[len(spoken)] for verb in there):
        meant = [verb for verb in there if verb.words[len(spoken)] == word]
        yield CompletionCandidate(
            word, CandidateKind.ACT, _meaning(meant), meant[0].form if len(meant) == 1 else ""
        )
    if len(spoken) == 1 and not no and any(verb.negatable for verb in there):
        yield CompletionCandidate(
            NEGATION, CandidateKind.KEYWORD, "it must not be there, now or with `for` for a time"
        )


def _meaning(verbs: Sequence[Verb]) -> str:
    """What one verb does, or the forms of several."""
    return verbs[0].doc if len(verbs) == 1 else "\n".join(f"- `{verb.form}`" for verb in verbs)


def _values(
    words: Sequence[str], typed: str, scope: Scope, names: ScriptNames
) -> Iterator[CompletionCandidate]:
    spoken = _spoken(words)
    verb = max(
        (one for one in VERBS.values() if spoken[: len(one.words)] == one.words),
        key=lambda one: len(one.words),
        default=None,
    )
    if verb is None:
        return
    said = _said(verb, spoken[len(verb.words) :])
    if said.awaited is not None:
        yield from _listed(said.awaited, scope, names)
        return
    named = _NAMED.fullmatch(typed)
    if named is not None:
        parameter = verb.named.get(named[1])
        found = values_of(parameter, scope, names) if parameter is not None else field_values(named[1])
        yield from (CompletionCandidate(f"{named[1]}={one.text}", one.kind, one.meaning) for one in found)
        return
    if len(said.placed) < len(verb.values):
        yield from _listed(verb.values[len(said.placed)], scope, names)
    elif verb.rest is not None:
        yield from _listed(verb.rest, scope, names)
    if verb.values and verb.values[0].kind is ValueKind.FAULT and said.placed:
        yield from fault_arguments(said.placed[0], len(said.placed) - 1)
    if all(p.required is False for p in verb.values[len(said.placed) :]):
        yield from _named(verb, said)
    yield from (_keyword(p) for word, p in verb.introduced.items() if p.repeated or word not in said.keywords)


@dataclass(frozen=True, slots=True)
class _SaidSoFar:
    """What a line says after the words of its verb; `awaited` is the parameter whose value comes next after its keyword."""

    placed: tuple[str, ...]
    names: frozenset[str]
    keywords: frozenset[str]
    awaited: Parameter | None


def _said(verb: Verb, words: Sequence[str]) -> _SaidSoFar:
    placed, names, keywords = [], set(), set()
    awaited = None
    for word in words:
        named = _NAMED.fullmatch(word)
        if awaited is not None:
            awaited = None
        elif word in verb.introduced:
            keywords.add(word)
            awaited = verb.introduced[word]
        elif named is not None:
            names.add(named[1])
        else:
            placed.append(word)
    return _SaidSoFar(tuple(placed), frozenset(names), frozenset(keywords), awaited)


def _listed(parameter: Parameter, scope: Scope, names: ScriptNames) -> Iterator[CompletionCandidate]:
    yield from values_of(parameter, scope, names)
    if parameter.kind in (ValueKind.KEYS, ValueKind.ASSIGNED, ValueKind.COUNT, ValueKind.VALUE):
        yield from variables_of(scope, names)


def _named(verb: Verb, said: _SaidSoFar) -> Iterator[CompletionCandidate]:
    for name, parameter in verb.named.items():
        if name not in said.names:
            yield CompletionCandidate(f"{name}=", CandidateKind.FIELD, parameter.meaning)
    if verb.fields:
        kind = said.placed[0] if said.placed else ""
        yield from (one for one in fields_of(verb.fields, kind) if one.text[:-1] not in said.names)


def _keyword(parameter: Parameter) -> CompletionCandidate:
    return CompletionCandidate(
        parameter.keyword, CandidateKind.KEYWORD, parameter.meaning, f"{parameter.keyword} {parameter.form}"
    )


def _macros(names: ScriptNames) -> Iterator[CompletionCandidate]:
    for macro in names.macros.values():
        form = " ".join([macro.name, *(f"${{{name}}}" for name in macro.parameters)])
        yield CompletionCandidate(macro.name, CandidateKind.MACRO, f"a macro of {macro.place}", form)


def _only_in_files(words: Sequence[str], names: ScriptNames) -> Iterator[CompletionCandidate]:
    """What only the lines of a scenario can say."""
    if tuple(words) == FROM_STATE[: len(words)] and len(words) < len(FROM_STATE):
        meaning = "The scenario goes on from a state that another one saves."
        yield CompletionCandidate(FROM_STATE[len(words)], CandidateKind.ACT, meaning, "from state NAME")
    elif tuple(words) == FROM_STATE:
        yield from (
            CompletionCandidate(name, CandidateKind.STATE, "a state that is saved") for name in names.states
        )
    if not words:
        for one in HEADINGS:
            if one.word in ("with", "examples"):
                yield CompletionCandidate(one.word, CandidateKind.HEADING, one.meaning, one.form)


def _heading(words: Sequence[str], typed: str, scope: Scope) -> Iterator[CompletionCandidate]:
    if not words:
        for one in HEADINGS:
            yield CompletionCandidate(one.word, CandidateKind.HEADING, one.meaning, one.form)
        return
    value = CandidateKind.VALUE
    match words[0]:
        case "keys":
            yield CompletionCandidate("1", value, "the version of the language")
        case "terminal":
            yield CompletionCandidate("all", value, "every profile that has what `requires` names")
            yield from (
                CompletionCandidate(name, value, "a bundled profile") for name in scope.vocabulary.profiles
            )
        case "locale":
            spoken = dict.fromkeys(language for one in scope.profiles for language in one.languages)
            yield from (
                CompletionCandidate(language, value, "a language of the terminal") for language in spoken
            )
        case "requires":
            for feature in sorted(scope.vocabulary.features):
                yield CompletionCandidate(feature, value, FEATURES.get(feature, ""))
        case "with":
            yield from _options(typed, scope)


def _options(typed: str, scope: Scope) -> Iterator[CompletionCandidate]:
    """The options of the profiles as they are written, `offline.allowed=`, and the values of a switch."""
    for profile in scope.profiles:
        for option in options(profile):
            meaning = f"{option.meaning}; {profile.id} has {option.value or 'none'}"
            yield CompletionCandidate(f"{option.key}=", CandidateKind.FIELD, meaning)
            if typed.startswith(f"{option.key}=") and option.value in ("true", "false"):
                yield CompletionCandidate(f"{option.key}=true", CandidateKind.VALUE)
                yield CompletionCandidate(f"{option.key}=false", CandidateKind.VALUE)
