"""`why CODE`: from which moment on nothing could save a session."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from terminal_sim.bench import Bench, TerminalUnderTest
from terminal_sim.explore.inevitable import NotBroken, Step, inevitability
from terminal_sim.explore.search.ground import Ground
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import Occurrence, screen_id
from terminal_sim.oracles.oracle import oracle
from terminal_sim.verbs import Tester


@oracle("R-test", "no amount above 90.00 is ever typed")
def never_so_much(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if screen_id(seen.after) == "present-card" and "$95.00" in (seen.after.text if seen.after else ""):
        yield "95.00"


def pressed(*keys: str) -> Step:
    def do(bench: Bench, terminal: TerminalUnderTest) -> None:
        Tester(bench, terminal).press(*keys)

    return f"press {' '.join(keys)}", do


STEPS = [pressed("OK"), pressed("9", "5", "0", "0"), pressed("OK"), pressed("CANCEL")]


def test_the_moment_is_found_from_which_a_failure_always_comes() -> None:
    ground = replace(Ground.of("v400m", {}, [never_so_much]), locale="en-CA")
    found = inevitability(ground, STEPS, "R-test", tries=3)
    assert [point.line for point in found.points] == ["", *(line for line, _ in STEPS)]
    assert found.points[0].failed < found.points[0].tries
    assert found.from_here is not None
    assert found.from_here.line == "press OK"
    assert [point.is_too_late for point in found.points][-2:] == [True, True]
    assert inevitability(ground, STEPS, "R-test", tries=3) == found


def test_a_rule_that_is_not_broken_has_no_such_moment() -> None:
    with pytest.raises(NotBroken, match="R-other is not broken by what was done here; rules that are: none"):
        inevitability(Ground.of("v400m", {}, []), STEPS[:1], "R-other")
