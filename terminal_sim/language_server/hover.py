"""What an editor shows of the word under the pointer, in Markdown: what a line does, what a name means, both wordings of an id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from terminal_sim.bench.words import KIND_MEANINGS
from terminal_sim.language_server.document import Document, Span, Token
from terminal_sim.language_server.names import (
    NameKind,
    NamePlace,
    Reads,
    macros_of,
    place_at,
    places_of,
    used_by,
)
from terminal_sim.script import meanings
from terminal_sim.script.bind import VerbCall, bind
from terminal_sim.script.candidates import ScriptNames, values_of, variables_of
from terminal_sim.script.complete import complete_heading
from terminal_sim.script.headings import HEADINGS
from terminal_sim.script.parse import parse_step
from terminal_sim.script.scope import Scope
from terminal_sim.script.tree import Form, ScriptError, Value
from terminal_sim.script.verb_reference import Entry, verb_entries
from terminal_sim.verbs import ValueKind, Verb


def hover_at(
    document: Document, line: int, index: int, scope: Scope, names: ScriptNames, read: Reads
) -> tuple[str, Span] | None:
    """What is told of the word at an index of a line, with its place; None where there is nothing to tell."""
    token = document.token_at(line, index)
    if token is None:
        return None
    place = place_at(document, line, index)
    told = _of_name(place, document, scope, read) if place is not None else ""
    if told and place is not None:
        return told, place.span
    if document.is_heading(line):
        told = _of_heading(document, token, scope)
    elif not document.is_row(line):
        told = _of_step(document, token, scope, names)
    return (told, token.span) if told else None


def _of_name(place: NamePlace, document: Document, scope: Scope, read: Reads) -> str:
    name = place.name
    if name.kind is NameKind.MACRO:
        found = macros_of([document, *used_by(document, read)]).get(name.text)
        if found is None:
            return ""
        home, section = found
        body = "\n".join(home.lines[section.first : section.last + 1])
        return f"A macro of `{home.path.name}`, line {section.first + 1}\n\n```keys\n{body}\n```"
    if name.kind is NameKind.VARIABLE:
        built_in = {one.text: one.meaning for one in variables_of(scope, ScriptNames())}
        if (written := f"${{{name.text}}}") in built_in:
            return f"`{written}`: {built_in[written]}"
        given = [one for one in places_of(document) if one.gives and one.name == name]
        lines = "".join(f"\n    {document.line(one.span.line).strip()}" for one in given[:3])
        return f"`${{{name.text}}}`: a variable that gets its value here:\n{lines}" if given else ""
    return f"`{name.text}`: a state that is saved" if place.gives else f"`{name.text}`: a state to go on from"


def _of_heading(document: Document, token: Token, scope: Scope) -> str:
    first = document.tokens(token.span.line)[0]
    if token == first:
        entry = next((one for one in HEADINGS if one.word == token.text), None)
        return "" if entry is None else _section(entry.form, entry.meaning, entry.example)
    found = complete_heading(f"{first.text} {token.text.partition('=')[0]}", scope).candidates
    written = token.text.partition("=")[0]
    return next(
        (f"`{written}`: {one.meaning}" for one in found if one.text.rstrip("=") == written and one.meaning),
        "",
    )


def _of_step(document: Document, token: Token, scope: Scope, names: ScriptNames) -> str:
    text = document.line(token.span.line)
    if token.text == "with" and token == document.tokens(token.span.line)[0]:
        return _of_heading(document, token, scope)
    try:
        step = parse_step(text, document.path)
    except ScriptError:
        return ""
    call = bind(step, names.macros, lambda *_: None) if step.values else None
    if not isinstance(call, VerbCall):
        return ""
    at = token.span.start + 1
    for argument in call.arguments:
        if argument.value.place.column == at:
            kind = argument.parameter.kind
            known = {one.text: one.meaning for one in values_of(argument.parameter, scope, names)}
            told = _of_value(kind, argument.value, known, scope)
            return f"{told}\n\n_{argument.parameter.meaning}_" if told else f"_{argument.parameter.meaning}_"
    for name, value in call.fields.items():
        if value.place.column == at:
            return f"`{name}`: {meanings.FIELDS.get(name, '')}"
    if token.text in call.verb.introduced:
        parameter = call.verb.introduced[token.text]
        return f"`{parameter.keyword} {parameter.form}`: {parameter.meaning}"
    return _of_verb(call.verb)


def _of_verb(verb: Verb) -> str:
    entry = next(one for one in verb_entries() if one.form == verb.form)
    told = "\n".join(_arguments(entry))
    return _section(entry.form, f"{entry.meaning}\n\n{told}" if told else entry.meaning, entry.examples)


def _arguments(entry: Entry) -> Iterator[str]:
    for one in entry.arguments:
        default = f"; {one.default} by default" if one.default else ""
        yield f"- `{one.form}`: {one.meaning}{default}"


def _section(form: str, meaning: str, example: tuple[str, ...]) -> str:
    lines = "\n".join(example)
    return f"```keys\n{form}\n```\n{meaning}\n\nFor example:\n```keys\n{lines}\n```"


def _of_value(kind: ValueKind, value: Value, known: Mapping[str, str], scope: Scope) -> str:
    if kind in (ValueKind.SELECTOR, ValueKind.TARGET):
        return _of_selector(value, scope)
    if kind is ValueKind.KIND:
        return f"`{value.text}`: {KIND_MEANINGS.get(value.text, '')}"
    meaning = known.get(value.text, "")
    return f"`{value.text}`: {meaning}" if meaning else ""


def _of_selector(value: Value, scope: Scope) -> str:
    """The id with its wording in every language, of an id or of a text that is one wording."""
    texts = scope.vocabulary.texts
    ids = {value.text.removeprefix("id:")} if value.form is Form.WORD else scope.vocabulary.worded(value.text)
    told = []
    for name in sorted(ids & texts.ids):
        wordings = "".join(f"\n- {tag}: {texts.catalogue(tag)[name]}" for tag in texts.languages)
        told.append(f"`id:{name}`\n{wordings}")
    return "\n\n".join(told)
