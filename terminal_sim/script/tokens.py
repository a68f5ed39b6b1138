"""The tokens of one line of a script, as `grammar.lark` has them.

A line of words, texts, patterns and pairs that is of the form is read by one regular expression. Rows of tables, and each line that
the expression cannot read, go to the grammar, which then names what is wrong. A test holds the two to each other.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from lark import Lark

Start = Literal["line", "row"]

_TOKEN = re.compile(
    r"""
    (?P<BLANK> \s+ | \#.* )
  | (?P<PAIR> [A-Za-z][\w.-]*= (?: "(?:\\.|[^"\\])*"(?=\s|$) | [^\s"]\S* | (?=\s|$) ) )
  | (?P<STRING> "(?:\\.|[^"\\])*"(?=\s|$) )
  | (?P<PATTERN> /(?:\\.|[^/\\])+/(?=\s|$) )
  | (?P<WORD> [^\s"#/]\S* )
    """,
    re.VERBOSE,
)


class LineToken(NamedTuple):
    """`kind` is the name of a terminal of the grammar; `column` counts from 1."""

    kind: str
    text: str
    column: int


class UnreadableLine(Exception):
    """The line is not of the form from `column` on, where `found` stands."""

    def __init__(self, column: int, found: str) -> None:
        super().__init__(f"{found!r} in column {column}")
        self.column = column
        self.found = found


@cache
def grammar() -> Lark:
    """The parser of single lines; made once, and only when there is something to parse."""
    from lark import Lark

    text = (files("terminal_sim.script") / "grammar.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", start=["line", "row", "selection"], maybe_placeholders=True)


def tokens(line: str, start: Start = "line") -> list[LineToken | None]:
    """The tokens of `line`, None for an empty cell of a row. Raises `UnreadableLine`."""
    plain = _plain(line) if start == "line" else None
    return parsed(line, start) if plain is None else plain


def parsed(line: str, start: Start) -> list[LineToken | None]:
    """The same by the grammar. Raises `UnreadableLine`."""
    from lark import Token
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    try:
        tree = grammar().parse(line, start=start)
    except UnexpectedCharacters as wrong:
        raise UnreadableLine(wrong.column, wrong.char) from None
    except UnexpectedToken as wrong:
        raise UnreadableLine(wrong.column, str(wrong.token)) from None
    return [
        LineToken(each.type, str(each), each.column or 1) if isinstance(each, Token) else None
        for each in tree.children  # the grammar nests nothing
    ]


def _plain(line: str) -> list[LineToken | None] | None:
    """The tokens of a line in which every character belongs to one; None for another."""
    found: list[LineToken | None] = []
    at = 0
    while at < len(line):
        token = _TOKEN.match(line, at)
        if token is None:
            return None
        kind = token.lastgroup or ""
        if kind != "BLANK":
            found.append(LineToken(kind, token[0], at + 1))
        at = token.end()
    return found
