"""The tokens of a line: the regular expression reads what the grammar reads, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.script.tokens import LineToken, UnreadableLine, parsed, tokens

# What the form of a line turns on, and characters that are blanks to some and not to others.
_PIECES = [
    '"',
    "/",
    "\\",
    "#",
    "=",
    "|",
    " ",
    "\t",
    "\u00a0",
    "\u2028",
    "\x85",
    "a",
    "B-1.",
    "é",
    "${x}",
    "@t",
]
LINES = st.lists(st.sampled_from(_PIECES), max_size=14).map("".join) | st.text(
    st.characters(exclude_characters="\n\r"), max_size=20
)


Read = list[LineToken | None] | tuple[int, str]


def outcome(read: Callable[[], list[LineToken | None]]) -> Read:
    """The tokens, or the column and the text of what cannot be read."""
    try:
        return read()
    except UnreadableLine as wrong:
        return wrong.column, wrong.found


@given(LINES)
def test_a_line_has_the_tokens_that_the_grammar_gives_it(line: str) -> None:
    assert outcome(lambda: tokens(line)) == outcome(lambda: parsed(line, "line"))


@pytest.mark.parametrize(
    ("meaning", "line", "kinds"),
    [
        ("words and a comment", "  press OK # the green key", ["WORD", "WORD"]),
        ("a number sign within a word", "note#1", ["WORD"]),
        ("a text and a pattern", 'expect "a \\" b" /c \\/ d/', ["WORD", "STRING", "PATTERN"]),
        ("pairs: bare, quoted, empty", 'a=1 b="x y" c=', ["PAIR", "PAIR", "PAIR"]),
        ("a word with a quotation mark in it", 'a="x', ["WORD"]),
        ("a text that nothing ends", 'say "x', None),
        ("a text that a word follows", '"x"y', None),
    ],
)
def test_a_line_is_read_as_its_form_says(meaning: str, line: str, kinds: list[str] | None) -> None:
    if kinds is None:
        with pytest.raises(UnreadableLine):
            tokens(line)
    else:
        assert [token.kind for token in tokens(line) if token is not None] == kinds, meaning


def test_an_empty_cell_of_a_row_has_no_token() -> None:
    bar = LineToken("BAR", "|", 1)
    assert tokens("||", "row") == [bar, None, LineToken("BAR", "|", 2), None]
