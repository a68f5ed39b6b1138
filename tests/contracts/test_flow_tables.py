"""What every flow's table must be, whatever the flow: read from the tables, so a new flow is held to it by being there."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

import pytest

from terminal_sim import flows
from terminal_sim.core.events import Trigger
from terminal_sim.core.flow import DONE, STAY, AnyFlow, Context, Move, name_of
from terminal_sim.flows import load
from tests.contracts.drive import NAMES, full
from tests.contracts.states import ELSEWHERE, NO_CANCEL, PASSING, WAYS, Place, has

FLOWS = {name: flow for name, flow in load().items() if name not in ELSEWHERE}
PLACES: list[Place] = [(flow.name, state.name) for flow in FLOWS.values() for state in flow.states]
each_flow = pytest.mark.parametrize("flow", FLOWS.values(), ids=FLOWS.keys())
HOME = ("home", "idle")
STAYS = ("orders", "list")  # a kitchen works from it: it is left by hand, or for what a point of sale asks


def moves_from(flow: AnyFlow, state: str, triggers: Iterable[Trigger] = Trigger) -> list[Move[Context]]:
    wanted = set(triggers)
    return [move for move in flow.moves if state in move.sources and move.trigger in wanted]


def reached(flow: AnyFlow, start: str, triggers: Iterable[Trigger] = Trigger) -> set[str]:
    """Every state that moves of these triggers lead to, `start` among them; `DONE` too."""
    wanted = list(triggers)
    found, ahead = {start}, [start]
    while ahead:
        state = ahead.pop()
        for move in moves_from(flow, state, wanted) if state != DONE else ():
            if move.dest is not STAY and move.dest not in found:
                found.add(move.dest)
                ahead.append(move.dest)
    return found


@each_flow
def test_every_state_is_reachable_from_the_initial_one(flow: AnyFlow) -> None:
    assert {state.name for state in flow.states} - reached(flow, flow.initial) == set()


@each_flow
def test_every_state_is_left_by_time_alone(flow: AnyFlow) -> None:
    """A table at which nobody does anything any more comes home: by its time-outs, or where the flow above it returns."""
    for state in flow.states:
        if (flow.name, state.name) in (HOME, STAYS):
            continue
        ends = reached(flow, state.name, (Trigger.TIMEOUT, Trigger.RETURNED))
        assert DONE in ends or (flow.name == "home" and "idle" in ends), state.name


@each_flow
def test_every_state_is_left_by_cancel_unless_it_is_said_why_not(flow: AnyFlow) -> None:
    stuck = {
        (flow.name, state.name)
        for state in flow.states
        if not any(move.dest is not STAY for move in moves_from(flow, state.name, (Trigger.CANCEL,)))
    }
    assert stuck - {HOME} == {place for place in NO_CANCEL if place[0] == flow.name} - passing_only(flow)


def passing_only(flow: AnyFlow) -> set[Place]:
    """Passing states that can be cancelled although a bench never gets to: nothing to explain."""
    return {
        (flow.name, state.name)
        for state in flow.states
        if (flow.name, state.name) in PASSING and moves_from(flow, state.name, (Trigger.CANCEL,))
    }


@each_flow
def test_cancel_and_time_never_go_round_in_circles(flow: AnyFlow) -> None:
    """Guards choose between moves, but some choice of every state leads out by cancel and time-out alone."""
    for state in flow.states:
        ends = reached(flow, state.name, (Trigger.CANCEL, Trigger.TIMEOUT, Trigger.RETURNED))
        assert DONE in ends or flow.name == "home", state.name


@each_flow
def test_going_home_and_leaving_the_flow_are_one_step(flow: AnyFlow) -> None:
    """`go_home` marks the stack for unwinding: on a move that stays, some later flow would be thrown away with it."""
    assert [m for m in flow.moves if name_of(m.action) == "go_home" and m.dest != DONE] == []


@each_flow
def test_no_move_stands_behind_one_that_always_goes_first(flow: AnyFlow) -> None:
    for state in flow.states:
        for trigger in Trigger:
            moves = moves_from(flow, state.name, (trigger,))
            unguarded = [at for at, move in enumerate(moves) if not move.guard]
            assert unguarded in ([], [len(moves) - 1]), f"{state.name} {trigger.value}"


def test_no_guard_or_action_is_dead() -> None:
    """Every method of the flows that takes an event is named in a table or called by other code."""
    every = load().values()
    named = {
        name for flow in every for move in flow.moves for name in (name_of(move.guard), name_of(move.action))
    }
    named |= {name_of(state.enter) for flow in every for state in flow.states}
    trees = [ast.parse(file.read_text()) for file in Path(flows.__file__).parent.glob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    rows = [
        node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Move", "State")
    ]
    in_tables = {id(value) for row in rows for value in (*row.args, *(each.value for each in row.keywords))}
    called = {node.attr for node in nodes if isinstance(node, ast.Attribute) and id(node) not in in_tables}
    takes_event = {
        node.name
        for node in nodes
        if isinstance(node, ast.FunctionDef)
        if [ast.unparse(each.annotation) for each in node.args.args[1:] if each.annotation] == ["Event"]
    }
    assert takes_event - named - called == set()


def test_every_state_has_a_way_and_every_way_a_state() -> None:
    assert set(WAYS) == set(PLACES)


def test_every_state_can_be_had_on_some_profile() -> None:
    assert [place for place in PLACES if not any(has(full(name), place) for name in NAMES)] == []


def test_what_is_said_of_states_is_said_of_states_that_exist() -> None:
    assert (PASSING | set(NO_CANCEL)) - set(PLACES) == set()
