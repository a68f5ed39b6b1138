"""A pattern of a person is read within bounds, and none is taken that may look for ever."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.display.patterns import LONGEST_PATTERN, PatternError, compiled

FOR_EVER = [
    "(a+)+$", "(a*)*b", "(a|a)*$", "(?:a|ab)+c", "(x+x+)+y", "(?:(a+))+", "((a)+)+$", "(.*a){20}", "(?P<n>a+)*", "(a?){20}a",
    "([a-z]+)*=", "(a{2,})*", "((?:ab)+c)+", "(?i:a+)+", "(a+|b)*?x", r"(\)+)*x", "([)]+)*x",
]  # fmt: skip
TAKEN = [
    "a+b+", "(approved|declined)", "(?:Approved|Declined)$", "Start|Payment", r"\d+(,\d+)?", "(?>a+)+$", "(?:a++)+$", "(?:a+)++", "[(+*]+",
    r"\(a+\)+", "(abc)+", "(?i)a+", r"(\w+) \1", "(a+){2}", r"reference=([0-9A-Z]+)", "[]a]+", "(?:ab){3,}", "[[]",
]  # fmt: skip
OUT_OF_MEASURE = [
    "(" * 900 + ")" * 900, "(" * 1500, "[" * 1500, "{" * 1500, "a" * (LONGEST_PATTERN + 1), "a{99999999999}", "\\" * 999,
]  # fmt: skip


@pytest.mark.parametrize("text", FOR_EVER)
def test_a_pattern_that_may_look_for_ever_is_refused_with_the_cure(text: str) -> None:
    with pytest.raises(PatternError, match="leave one repetition out, or write"):
        compiled(text)


@pytest.mark.parametrize("text", TAKEN)
def test_any_other_pattern_is_taken(text: str) -> None:
    compiled(text).search("a" * 2_000 + "!")


@pytest.mark.parametrize("text", OUT_OF_MEASURE, ids=lambda text: text[:4])
def test_a_pattern_out_of_measure_is_taken_or_refused(text: str) -> None:
    try:
        compiled(text)
    except PatternError as wrong:
        assert "pattern" in str(wrong) or "regular expression" in str(wrong)  # noqa: PT017 - some can be compiled


@given(st.text(alphabet="ab()[]{}|*+?\\.1,^$", max_size=40))
def test_garbage_gives_a_pattern_or_its_error_and_nothing_else(text: str) -> None:
    with suppress(PatternError):
        compiled(text)
