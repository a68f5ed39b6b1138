"""Bugs of the field, planted one at a time: the simulation finds each, by the invariant that it breaks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from terminal_sim.explore.simulation.simulation import simulate
from terminal_sim.flows import load
from tests.explore.planted.planting import planted
from tests.explore.simulation.field_bugs import BUGS as TERMINAL_BUGS
from tests.explore.simulation.field_bugs import FieldBug
from tests.explore.simulation.host_bugs import HOST_BUGS
from tests.proof import ProofCount

BUGS = (*TERMINAL_BUGS, *HOST_BUGS)
MOST, SOAK_MOST = 300, 2_000  # seeds


def find(bug: FieldBug, seeds: int) -> tuple[int, str]:
    """The first seed that finds the bug, and what is wrong there; (-1, "") where none does."""
    load()  # before a patch: a flow checks its methods by their names when it is made
    with planted(bug.planted):
        for seed in range(seeds):
            end = simulate(seed)
            if end.violations:
                return seed, end.violations[0]
    return -1, ""


def _sized() -> Iterator[object]:
    """Every fifth of the bugs that show soon always, the others in soak."""
    for number, bug in enumerate(bug for bug in BUGS if not bug.rare):
        yield pytest.param(bug, id=bug.what, marks=[pytest.mark.soak] if number % 5 else [])


@pytest.mark.parametrize("bug", tuple(_sized()))
def test_a_planted_bug_is_found(bug: FieldBug, proof: ProofCount) -> None:
    seed, wrong = find(bug, MOST)
    assert wrong
    proof(planted=1)
    print(f"{seed} {wrong} {bug.what}")


@pytest.mark.soak
@pytest.mark.parametrize("bug", [bug for bug in BUGS if bug.rare], ids=lambda bug: bug.what)
def test_a_planted_bug_that_seldom_shows_is_found(bug: FieldBug, proof: ProofCount) -> None:
    seed, wrong = find(bug, SOAK_MOST)
    assert wrong
    proof(planted=1)
    print(f"{seed} {wrong} {bug.what}")


def test_no_two_bugs_are_one() -> None:
    assert len({bug.what for bug in BUGS}) == len(BUGS) > 40
