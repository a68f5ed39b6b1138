"""Rules of the charts: each finds its defect in a table, and none in the tables of the product."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from terminal_sim import profile
from terminal_sim.bench import AnyFlow, Bench
from terminal_sim.core.events import Trigger
from terminal_sim.core.flow import Flow, State
from terminal_sim.flows import load
from terminal_sim.oracles.chart import CHART, REACHED, chart_alarms, promised, unreached

Defect = Callable[[AnyFlow], AnyFlow]
ONE = {rule.code: rule for rule in CHART}


def with_states(change: Callable[[State[Any]], State[Any]]) -> Defect:
    """A table whose states are changed, with the moves of a time-out for those alone that have one."""

    def made(flow: AnyFlow) -> AnyFlow:
        states = tuple(map(change, flow.states))
        waiting = {state.name for state in states if state.timeout}
        moves = tuple(
            replace(move, source=sources)
            for move in flow.moves
            for sources in [
                tuple(one for one in move.sources if move.trigger is not Trigger.TIMEOUT or one in waiting)
            ]
            if sources
        )
        return Flow(flow.name, flow.context, flow.initial, states, moves, flow.starts, flow.needs)

    return made


def without_trigger(trigger: Trigger) -> Defect:
    return lambda flow: replace(flow, moves=tuple(move for move in flow.moves if move.trigger is not trigger))


def guarded_last(flow: AnyFlow) -> AnyFlow:
    """The moves in their reverse order: the one without a guard comes first."""
    return replace(flow, moves=flow.moves[::-1])


DEFECTS: dict[str, tuple[str, Defect]] = {
    "C-time-1": ("passcode", with_states(lambda state: replace(state, timeout=""))),
    "C-state-1": ("moto", without_trigger(Trigger.HOST_REPLY)),
    "C-move-1": ("home", guarded_last),
    REACHED[0]: ("history", lambda flow: flow),
}


@pytest.mark.parametrize("code", [code for code in DEFECTS if code in ONE])
def test_a_defect_of_a_table_breaks_its_rule_and_the_sound_table_none(code: str) -> None:
    name, defect = DEFECTS[code]
    sound = load()[name]
    assert list(ONE[code].judge(defect(sound))) != []
    assert [detail for one in CHART for detail in one.judge(sound)] == []


def test_a_screen_that_rests_until_a_point_of_sale_asks_needs_no_time_out() -> None:
    assert list(ONE["C-time-1"].judge(load()["orders"])) == []


@pytest.mark.parametrize("name", profile.names())
def test_no_chart_of_a_bundled_profile_breaks_a_rule(name: str) -> None:
    with Bench() as bench:
        assert chart_alarms(bench.add_terminal(profile.load(name))) == []


def test_a_flow_that_a_menu_promises_and_nobody_came_to_is_told() -> None:
    model = profile.load("s1f2")
    told = unreached(model, promised(model) - {"history"})
    assert [(one.code, one.detail) for one in told] == [(REACHED[0], "history was never come to")]
    assert unreached(model, promised(model)) == []


def test_what_a_switch_of_the_profile_takes_out_of_a_menu_is_not_promised() -> None:
    assert "refund" not in promised(profile.load("s1f2"))
    assert "refund" in promised(profile.load("s1f2", {"refunds.unreferenced": "true"}))
