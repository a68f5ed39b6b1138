"""Which rules are asked: by what has happened, and by the screens before and after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from terminal_sim.bench import contents
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import Occurrence
from terminal_sim.oracles.oracle import Oracle, asked_of, oracle


def nothing_wrong(_: SessionFacts, __: Occurrence) -> Iterator[str]:
    yield from ()


ALWAYS = oracle("X-1", "each time")(nothing_wrong)
SCREENS = oracle("X-2", "after a screen", contents.ScreenShown)(nothing_wrong)
LEFT = oracle("X-3", "behind a field", left=("amount", "home"))(nothing_wrong)
SHOWS = oracle("X-4", "on a menu or a result", shows=("approved", "menu-*"))(nothing_wrong)
ANEW = oracle("X-5", "on a new screen", anew=True)(nothing_wrong)
SAME = oracle("X-6", "on the same screen", anew=False)(nothing_wrong)
RULES = (SAME, ANEW, SHOWS, LEFT, SCREENS, ALWAYS)
KEY, SCREEN = contents.KeyPress, contents.ScreenShown


@pytest.mark.parametrize(
    ("kinds", "before", "now", "asked"),
    [
        ({KEY}, "home", "home", (SAME, LEFT, ALWAYS)),
        ({KEY, SCREEN}, "amount", "approved", (ANEW, SHOWS, LEFT, SCREENS, ALWAYS)),
        ({SCREEN}, "off", "menu-admin", (ANEW, SHOWS, SCREENS, ALWAYS)),
        ({SCREEN}, "menu-admin", "menu-admin", (SAME, SHOWS, SCREENS, ALWAYS)),
        ({SCREEN}, "approved", "menu", (ANEW, SCREENS, ALWAYS)),
    ],
)
def test_a_rule_is_asked_where_it_says_in_the_order_of_the_catalogue(
    kinds: set[type[contents.Content]], before: str, now: str, asked: tuple[Oracle, ...]
) -> None:
    there = asked_of(RULES)
    assert there.where(frozenset(kinds), before, now) == asked
    assert there.where(frozenset(kinds), before, now) == asked  # and the second time


def test_watches_with_the_same_rules_work_out_once_where_they_are_asked() -> None:
    assert asked_of(RULES) is asked_of((*RULES,))
