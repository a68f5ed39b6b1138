"""The words that may come next on a line follow from the table of verbs."""

from __future__ import annotations

import pytest

from terminal_sim.script.complete import completions
from terminal_sim.script.values import Scope
from terminal_sim.script.vocabulary import vocabulary
from terminal_sim.verbs import VERBS


@pytest.fixture(scope="module")
def scope() -> Scope:
    names = vocabulary()
    return Scope(names, (names.load("v400m"),), names.cards(()))


def test_a_line_begins_with_the_first_word_of_any_verb(scope: Scope) -> None:
    assert completions([], scope) == sorted({words[0] for words in VERBS})


def test_every_verb_is_reached_word_by_word(scope: Scope) -> None:
    for words in VERBS:
        for count, word in enumerate(words):
            assert word in completions(words[:count], scope), words


@pytest.mark.parametrize(
    ("before", "has", "lacks"),
    [
        ("expect", {"no", "screen", "host"}, {"press"}),
        ("expect no", {"screen"}, {"no"}),
        ("network", {"up", "down", "slow"}, {"press"}),
        ("network slow", set(), {"up"}),
        ("insert", {"visa-credit"}, {"OK"}),
        ("press", {"OK", "CANCEL"}, {"visa-credit"}),
        ("press OK", {"OK"}, set()),
        ("hold CANCEL", {"for"}, {"OK"}),
        ("hold CANCEL for", set(), {"for", "OK"}),
        ("capture x /(a)/ from", {"screen", "receipt"}, {"from"}),
        ("expect no screen id:home", {"for", "within", "on"}, {"no"}),
        ("expect screen id:home on", {"main"}, {"within"}),
    ],
)
def test_what_may_come_next(scope: Scope, before: str, has: set[str], lacks: set[str]) -> None:
    found = set(completions(before.split(), scope))
    assert has <= found
    assert not lacks & found


def test_after_a_word_that_no_verb_begins_with_comes_nothing(scope: Scope) -> None:
    assert completions(["prss"], scope) == []
