"""Every rule has a history that breaks it, and one that looks as if it did and does not."""

from __future__ import annotations

import pytest

from terminal_sim.explore.search.act import TAP, Act
from terminal_sim.explore.search.ground import Ground
from terminal_sim.journal.invariants import RESOLVED
from terminal_sim.oracles.catalogue import CODES, ORACLES
from tests.explore.planted.bugs import BUGS
from tests.explore.planted.planting import planted
from tests.journal.test_invariants import PLANTED
from tests.oracles.histories import HISTORIES, OTHER_SIDES, BrokenHistory
from tests.oracles.test_chart import DEFECTS
from tests.oracles.test_relations import LEAKS

NAMED = {bug.what: bug for bug in BUGS}


def acts_of(lines: str) -> list[Act]:
    """The acts that lines of a script with semicolons between say."""
    words = [line.split() for line in lines.split("; ")]
    return [(TAP, one[1].removeprefix("id:")) if one[0] == TAP else tuple(one) for one in words]


def broken(history: BrokenHistory) -> set[str]:
    """The codes of the rules that a history breaks, where the firmware is as it is now."""
    bug = NAMED[history.bug]
    acts = acts_of(history.acts)
    _, alarms = Ground.of(bug.profile, bug.options, ORACLES).alarms(acts)
    return {alarm.code for alarm in alarms}


@pytest.mark.parametrize(
    ("code", "history"),
    [*HISTORIES.items(), *OTHER_SIDES],
    ids=[*HISTORIES, *(code for code, _ in OTHER_SIDES)],
)
def test_a_history_breaks_its_rule_and_at_a_sound_terminal_none(code: str, history: BrokenHistory) -> None:
    with planted(NAMED[history.bug]):
        assert code in broken(history)
    assert broken(history) == set()


def test_every_rule_has_a_history() -> None:
    told = {*HISTORIES, *DEFECTS, *LEAKS, *(f"I-{code}" for code, _ in PLANTED)}
    assert told - CODES.keys() == set(), "there is no such rule"
    assert CODES.keys() - told <= {f"I-{one.code}" for one in RESOLVED}, "these have no history"
