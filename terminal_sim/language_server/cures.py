"""What is wrong with a document, exactly as `terminal-sim check` says it, and the cures that an editor can carry out."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from terminal_sim.datafiles.text_file import LARGEST_FILE
from terminal_sim.language_server.document import Document, Span
from terminal_sim.script.check import check
from terminal_sim.script.parse import VERSION, parse_text
from terminal_sim.script.tree import Problem, ScriptError
from terminal_sim.script.vocabulary import vocabulary

_MEANT = re.compile(r"(?P<before>.*); did you mean '(?P<word>.+?)'\?", re.DOTALL)
_QUOTED = re.compile(r"'([^']+)'")
_UNQUOTED = re.compile(r"put (?:visible |the )?text in quotation marks")


class ProblemCode(Enum):
    """What is looked at where a problem is found: the form of a line, or what it means."""

    FORM = "form"
    MEANING = "meaning"


@dataclass(frozen=True, slots=True)
class ScriptFinding:
    """A problem of the document at its place."""

    span: Span
    sentence: str
    code: ProblemCode


@dataclass(frozen=True, slots=True)
class Cure:
    """A change that mends a problem: `text` in the place of `span`."""

    title: str
    span: Span
    text: str


def problems_of(document: Document, unsaved: Mapping[Path, str]) -> list[ScriptFinding]:
    """Everything that is wrong with the document, or with the files that it uses, these at the line that uses them.

    `unsaved` has the texts of the files that are open in the editor.
    """
    if document.is_too_large:
        sentence = f"larger than {LARGEST_FILE >> 20} MiB; split it into smaller files"
        return [ScriptFinding(Span(0, 0, 0), f"cannot be read: {sentence}", ProblemCode.FORM)]
    try:
        script = parse_text(document.text, document.path)
    except ScriptError as wrong:
        return [_found(document, problem, is_form=True) for problem in wrong.problems]
    try:
        check(script, vocabulary(), environ=os.environ, unsaved=unsaved)
    except ScriptError as wrong:
        form = {*script.problems}
        return [_found(document, problem, is_form=problem in form) for problem in wrong.problems]
    return []


def _found(document: Document, problem: Problem, *, is_form: bool) -> ScriptFinding:
    code = ProblemCode.FORM if is_form else ProblemCode.MEANING
    if problem.path != document.path:
        used = document.settings.get("use", ())
        named = [one.span for one in used if document.path.parent / one.text.strip('"') == problem.path]
        span = next(iter([*named, *(one.span for one in used)]), Span(0, 0, 0))
        return ScriptFinding(span, f"{problem.path}:{problem.line}: {problem.sentence}", code)
    line = problem.line - 1
    start = min(problem.column - 1, len(document.line(line)))
    return ScriptFinding(
        Span(line, start, min(start + problem.width, len(document.line(line)))), problem.sentence, code
    )


def cures_of(document: Document, span: Span, sentence: str) -> Iterator[Cure]:
    """What can be done about a problem at a place."""
    written = document.line(span.line)[span.start : span.end]
    meant = _MEANT.match(sentence)
    if meant is not None:
        yield _instead(written, meant["before"], meant["word"], span)
    elif _UNQUOTED.match(sentence) and written:
        quoted = '"' + written.replace("\\", r"\\").replace('"', r"\"") + '"'
        yield Cure(f"Write {quoted}", span, quoted)
    elif sentence.startswith(f"the first line is `keys {VERSION}`"):
        yield Cure(f"Write keys {VERSION} above", Span(0, 0, 0), f"keys {VERSION}\n")


def _instead(written: str, sentence: str, word: str, span: Span) -> Cure:
    """The right word in the place of the wrong one, which the sentence quotes and which may be a part of what is marked."""
    wrong = next((each for each in _QUOTED.findall(sentence) if each and each in written), written)
    start = span.start + max(written.rfind(wrong) if written.endswith(wrong) else written.find(wrong), 0)
    return Cure(f"Write {word}", Span(span.line, start, start + len(wrong)), word)
