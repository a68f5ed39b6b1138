"""The words that may come next on a line follow from the table of verbs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from terminal_sim.script.candidates import CandidateKind, ScriptNames
from terminal_sim.script.complete import complete, complete_heading
from terminal_sim.script.parse import parse_text
from terminal_sim.script.scope import Scope
from terminal_sim.script.vocabulary import vocabulary
from terminal_sim.verbs import VERBS


@pytest.fixture(scope="module")
def scope() -> Scope:
    names = vocabulary()
    return Scope(names, (names.load("v400m"),), names.cards(()))


def completions(before: Sequence[str], scope: Scope) -> list[str]:
    """The words that may follow these."""
    return [one.text for one in complete(" ".join([*before, ""]), scope).candidates]


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
        ("expect why", {"risk.floor-limit", "oda.not-performed"}, {"OK"}),
        ("host sends", {"71", "72", "block-card"}, {"OK"}),
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


@pytest.mark.parametrize(
    ("line", "start", "has"),
    [
        ("expect scr", 7, {"screen"}),
        ('expect screen "App', 14, {'"Approved"'}),
        ("expect screen id:app", 14, {"id:approved"}),
        ("expect screen Appr", 14, {'"Approved"', "id:approved"}),
        ("tap visa", 4, set()),
        ("insert visa-credit at", 19, {"at"}),
        ("expect journal sale ", 20, {"amount=", "state=", "count=", "within"}),
        ("expect journal sale state=COM", 20, {"state=COMPLETED"}),
        ("expect journal sale amount=5 cou", 29, {"count="}),
        ("expect receipt copy=", 15, {"copy=merchant", "copy=customer"}),
        ("expect host ", 12, {"sale", "reversal", "entry=", "no"} - {"no"}),
        ("expect light light-1 ", 21, {"green", "off"}),
        ("press ${card.p", 6, {"${card.pin}", "${card.pan}"}),
        ('note "the number is ${car', 20, {"${card.last4}"}),
        ("fault wir", 6, {"wire", "wire-mend"}),
        ("fault wire ", 11, {"hang", "unplug"}),
        ("host answers approved ", 22, {"declined", "late:30s"}),
        ("tear card after ", 16, {"genac1", "apdu"}),
        ("capture x /(a b)/ from scr", 23, {"screen"}),
        ("press OK # and ", 15, set()),
    ],
)
def test_the_word_that_is_being_typed_is_completed(
    scope: Scope, line: str, start: int, has: set[str]
) -> None:
    found = complete(line, scope)
    assert found.start == start
    texts = {one.text for one in found.candidates}
    assert has <= texts
    assert has or not texts


def test_a_text_is_completed_with_its_quotation_marks_within_it_escaped(scope: Scope) -> None:
    for one in complete('expect screen "', scope).candidates:
        (value,) = (
            parse_text(f'keys 1\nscenario "a"\n  tap {one.text}', Path("a")).scenarios[0].steps[0].values[1:]
        )
        assert value.text


def test_what_only_a_file_can_say_is_completed_in_a_file_alone(scope: Scope) -> None:
    script = parse_text("keys 1\nmacro buy ${minor}\n  press ${minor} OK", Path("a.keys"))
    names = ScriptNames({one.name: one for one in script.macros}, ("total",), ("paid",))
    first = {one.text: one for one in complete("", scope, names).candidates}
    assert {"buy", "from", "with", "examples"} <= first.keys()
    assert (first["buy"].kind, first["buy"].form) == (CandidateKind.MACRO, "buy ${minor}")
    assert [one.text for one in complete("from state ", scope, names).candidates] == ["paid"]
    assert "${total}" in {one.text for one in complete("press ${", scope, names).candidates}
    assert "offline.allowed=false" in {
        one.text for one in complete("with offline.allowed=", scope, names).candidates
    }


@pytest.mark.parametrize(
    ("line", "has"),
    [
        ("", {"keys", "terminal", "scenario", "teardown"}),
        ("sc", {"scenario"}),
        ("terminal s1f2 ", {"all", "v400m"}),
        ("locale ", {"en-CA", "fr-CA"}),
        ("requires ", {"printer", "offline"}),
        ("with timeouts.p", {"timeouts.pin="}),
        ("keys ", {"1"}),
    ],
)
def test_settings_and_sections_are_completed_in_the_first_column(
    scope: Scope, line: str, has: set[str]
) -> None:
    found = {one.text for one in complete_heading(line, scope).candidates}
    assert has <= found


def test_every_candidate_says_what_it_means_where_more_than_its_word_is_to_be_known(scope: Scope) -> None:
    lines = [
        "",
        "expect ",
        "insert ",
        "fault ",
        "expect screen ",
        "expect journal sale ",
        "expect host ",
        "tear card after ",
    ]
    assert [
        (line, one.text) for line in lines for one in complete(line, scope).candidates if not one.meaning
    ] == []
