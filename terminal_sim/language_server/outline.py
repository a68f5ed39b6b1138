"""The shape of a script for an editor: what can be folded, and the kinds of its words for colours."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from terminal_sim.language_server.document import Document, Span
from terminal_sim.script.headings import HEADINGS
from terminal_sim.verbs import VERBS
from terminal_sim.verbs.signature import NEGATION

_HEADS = frozenset(one.word for one in HEADINGS)
_LONGEST = max(map(len, VERBS))


class WordKind(Enum):
    """The kinds of words that are coloured, by their names in the protocol."""

    KEYWORD = "keyword"
    FUNCTION = "function"
    STRING = "string"
    PATTERN = "regexp"
    VARIABLE = "variable"
    FIELD = "property"
    TAG = "decorator"
    COMMENT = "comment"


def folds_of(document: Document) -> Iterator[tuple[int, int]]:
    """The first and last lines of what can be folded: sections, tables of examples, and comments of several lines."""
    for section in document.sections:
        if section.last > section.first:
            yield section.first, section.last
        if 0 <= section.table < section.last:
            yield section.table, section.last
    first = -1
    for number, line in enumerate([*document.lines, ""]):
        if line.lstrip().startswith("#"):
            first = number if first < 0 else first
        else:
            if 0 <= first < number - 1:
                yield first, number - 1
            first = -1


def words_of(document: Document, macros: frozenset[str]) -> Iterator[tuple[Span, WordKind]]:
    """The coloured words in the order of the text."""
    for number, line in enumerate(document.lines):
        said = document.tokens(number)
        words = [token.word for token in said]
        act = 0 if document.is_row(number) else _words_of_act(words, document.is_heading(number))
        for at, token in enumerate(said):
            if at < act:
                is_macro = at == 0 and token.text in macros
                yield token.span, WordKind.FUNCTION if is_macro else WordKind.KEYWORD
            elif token.kind == "STRING":
                yield token.span, WordKind.STRING
            elif token.kind == "PATTERN":
                yield token.span, WordKind.PATTERN
            elif token.kind == "PAIR":
                start = token.span.start
                yield Span(number, start, start + token.text.index("=")), WordKind.FIELD
            elif token.text.startswith("${"):
                yield token.span, WordKind.VARIABLE
            elif token.text.startswith("@") and document.is_heading(number):
                yield token.span, WordKind.TAG
        end = said[-1].span.end if said else 0
        comment = line.find("#", end)
        if comment >= 0:
            yield Span(number, comment, len(line)), WordKind.COMMENT


def _words_of_act(words: list[str], is_heading: bool) -> int:
    """How many words at the beginning of a line say what it does."""
    if is_heading or words[:1] == ["examples"] or words[:1] == ["with"]:
        return 1 if words and words[0] in _HEADS else 0
    no = words[1:2] == [NEGATION]
    spoken = [*words[:1], *words[2:]] if no else words
    for length in range(min(_LONGEST, len(spoken)), 0, -1):
        if tuple(spoken[:length]) in VERBS:
            return length + no
    return 1 if words and words[0] else 0
