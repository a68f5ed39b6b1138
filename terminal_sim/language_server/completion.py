"""What an editor offers at a place of a script: the candidates of `script.complete`, and whole lines with places to fill in."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

from terminal_sim.language_server.document import Document, Span
from terminal_sim.language_server.names import scripts_in
from terminal_sim.script.candidates import CandidateKind, CompletionCandidate, ScriptNames
from terminal_sim.script.complete import complete, complete_heading
from terminal_sim.script.scope import Scope
from terminal_sim.verbs import VERBS, Parameter, Verb

_CLOSING = {'"': '"', "${": "}"}
_FILE = re.compile(r"(?:(use)\s+(?:\S+\s+)*|\s+examples\s+(from)\s+)(\"[^\"]*)?$")
_PLACE = re.compile(r"\$\{([A-Za-z_][\w-]*)\}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Offer:
    """A candidate, the part of the line whose place it takes, and a snippet that goes in with it, "" where the text is all."""

    candidate: CompletionCandidate
    span: Span
    snippet: str = ""


def offers_at(document: Document, line: int, index: int, scope: Scope, names: ScriptNames) -> list[Offer]:
    """What may stand at an index of a line. In a table nothing is offered."""
    text = document.line(line)
    before = text[:index]
    if document.is_row(line):
        return []
    heading = bool(before) and not before[0].isspace()
    if not before:  # an empty line may become either; what is typed in the first column begins a section
        heading = True
    file = _FILE.match(before)
    if file is not None:
        typed = file[3] or ""
        span = Span(line, index - len(typed), index + _closed(typed, text[index:]))
        return [Offer(one, span) for one in _files(document, file[1] or "") if one.text.startswith(typed)]
    found = complete_heading(before, scope) if heading else complete(before, scope, names)
    offers = [
        Offer(
            one,
            Span(line, found.start, index + _closed(before[found.start :], text[index:])),
            _snippet_of(one),
        )
        for one in found.candidates
    ]
    first = before[: found.start].strip() == ""
    if first and heading:
        return [_section(one) for one in offers]
    return [*offers, *_lines(before[found.start :], Span(line, found.start, index))] if first else offers


def _files(document: Document, word: str) -> Iterator[CompletionCandidate]:
    """The files that a line may name, as they are seen from the folder of the script: scripts, or tables."""
    here = document.path.parent
    found = scripts_in(here) if word == "use" else here.glob("*.csv")
    for path in sorted(found):
        if path != document.path:
            name = os.path.relpath(path, here.resolve()).replace(os.sep, "/")
            yield CompletionCandidate(f'"{name}"', CandidateKind.TEXT, "a file beside the script")


def _closed(typed: str, after: str) -> int:
    """How much behind the cursor an editor has put there by itself: a quotation mark or a bracket."""
    return next(
        (len(end) for begin, end in _CLOSING.items() if typed.startswith(begin) and after.startswith(end)), 0
    )


def _snippet_of(candidate: CompletionCandidate) -> str:
    """A macro with its arguments to fill in."""
    if candidate.kind is not CandidateKind.MACRO:
        return ""
    numbers = iter(range(1, 1 + len(_PLACE.findall(candidate.form))))
    return _PLACE.sub(lambda found: f"${{{next(numbers)}:{found[1]}}}", candidate.form)


def _section(offer: Offer) -> Offer:
    """The head of a section with the beginning of its first step."""
    snippets = {
        "scenario": 'scenario "${1:NAME}"\n  $0',
        "macro": "macro ${1:NAME}\n  $0",
        "setup": "setup\n  $0",
        "teardown": "teardown\n  $0",
    }
    return Offer(offer.candidate, offer.span, snippets.get(offer.candidate.text, ""))


def _lines(typed: str, span: Span) -> Iterator[Offer]:
    """Each verb of several words or values as a whole line."""
    for words, verb in VERBS.items():
        text = " ".join(words)
        snippet = snippet_of(verb)
        if text.startswith(typed) and snippet != text:
            yield Offer(CompletionCandidate(verb.form, CandidateKind.ACT, verb.doc, verb.form), span, snippet)


def snippet_of(verb: Verb) -> str:
    """The line of a verb with what it cannot do without, as a snippet: `hold ${1:KEY} for ${2:TIME}`."""
    parts = [" ".join(verb.words)]
    for parameter in verb.parameters:
        if parameter.required:
            parts.append(_before(parameter) + _filled_in(parameter, len(parts)))
    return " ".join(parts)


def _before(parameter: Parameter) -> str:
    if parameter.is_named:
        return f"{parameter.name}="
    return f"{parameter.keyword} " if parameter.keyword else ""


def _filled_in(parameter: Parameter, number: int) -> str:
    if parameter.choices:
        return f"${{{number}|{','.join(parameter.choices)}|}}"
    form = parameter.form
    quote = '"' if form.startswith('"') else ""
    text = form.strip('"').replace("}", r"\}").replace("$", r"\$")
    return f"{quote}${{{number}:{text}}}{quote}"
