"""The flows of a point of sale as tables: every state is reached, and left by somebody, by time, or for a reason that is said."""

from __future__ import annotations

import pytest

from terminal_sim.core.events import Trigger
from terminal_sim.core.flow import DONE, STAY, AnyFlow
from terminal_sim.flows import load
from tests.contracts.states import ELSEWHERE

FLOWS = [flow for name, flow in load().items() if name in ELSEWHERE]
each_flow = pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)

# What neither time nor Cancel ends.
STAYS = {
    ("checkout", "pad"): "home",
    ("sign-in", "out"): "nobody is signed in: somebody has to sign in",
    ("tampered", "stopped"): "only service ends it",
}
# What time does not end, and Cancel does.
LOOKED_AT = {("orders", "list"): "a list of what comes in stays while one looks at it"}
# What Cancel does not end.
DECIDED_ELSEWHERE = {"authorising", "completing", "remove-card", "voiding"}


def reached(flow: AnyFlow, start: str, triggers: set[Trigger]) -> set[str]:
    found, ahead = {start}, [start]
    while ahead:
        state = ahead.pop()
        for move in flow.moves:
            if state in move.sources and move.trigger in triggers and move.dest not in (STAY, *found):
                found.add(str(move.dest))
                ahead.append(str(move.dest))
    return found


def test_the_flows_are_the_ones_that_are_meant() -> None:
    assert {flow.name for flow in FLOWS} == ELSEWHERE


@each_flow
def test_every_state_is_reached(flow: AnyFlow) -> None:
    assert {state.name for state in flow.states} <= reached(flow, flow.initial, set(Trigger))


@each_flow
def test_time_alone_ends_every_state_but_those_that_stay(flow: AnyFlow) -> None:
    for state in flow.states:
        ends = reached(flow, state.name, {Trigger.TIMEOUT, Trigger.RETURNED})
        stays = (flow.name, state.name) in STAYS or (flow.name, state.name) in LOOKED_AT
        assert (DONE in ends) is not stays, state.name


@each_flow
def test_cancel_leaves_every_state_that_nobody_else_decides(flow: AnyFlow) -> None:
    stuck = {
        state.name
        for state in flow.states
        if not any(
            state.name in move.sources and move.trigger is Trigger.CANCEL and move.dest is not STAY
            for move in flow.moves
        )
    }
    # The card is being read, and a bench never stops there for anybody to press a key.
    stays = {state for name, state in STAYS if name == flow.name}
    assert stuck - DECIDED_ELSEWHERE == stays


@each_flow
def test_no_move_stands_behind_one_that_always_goes_first(flow: AnyFlow) -> None:
    for state in flow.states:
        for trigger in Trigger:
            guards = [m.guard for m in flow.moves if state.name in m.sources and m.trigger is trigger]
            assert all(guards[:-1]), (state.name, trigger)
