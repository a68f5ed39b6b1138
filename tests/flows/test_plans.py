"""The plans that events run by are held against stock `transitions`: same calls in the same order, same state, same answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.core.events import Alarm, Event, Trigger
from terminal_sim.core.flow import DONE, STAY, AnyFlow, Context, Flow, Move, State
from terminal_sim.core.screen import Screen
from terminal_sim.flows import load
from tests.examples import examples

GUARDS = ("guard_0", "guard_1", "guard_2")
ACTIONS = ("action_0", "action_1", "action_2", "action_raises")
STATES = ("a", "b", "c", "d")
TRIGGERS = (Trigger.DIGIT, Trigger.CONFIRM, Trigger.CANCEL, Trigger.SELECT)


class Recorder(Context):
    """A context that writes down what is called; `holds` says which guards hold."""

    __slots__ = ("calls", "holds")

    def __init__(self, holds: frozenset[str]) -> None:
        self.state = ""
        self.holds = holds
        self.calls: list[str] = []

    def screen(self) -> Screen:
        return Screen("chart")

    def action_raises(self, _: Event) -> None:
        self.calls.append(f"action_raises in {self.state}")
        raise RuntimeError("planted")


def _guard(name: str) -> Callable[[Recorder, Event], bool]:
    def guard(self: Recorder, _: Event) -> bool:
        self.calls.append(f"{name} in {self.state}")
        return name in self.holds

    guard.__name__ = name
    return guard


def _action(name: str) -> Callable[[Recorder, Event], None]:
    def action(self: Recorder, _: Event) -> None:
        self.calls.append(f"{name} in {self.state}")

    action.__name__ = name
    return action


for _name in GUARDS:
    setattr(Recorder, _name, _guard(_name))
for _name in ("action_0", "action_1", "action_2"):
    setattr(Recorder, _name, _action(_name))


OPTIONAL_ACTIONS = (None, *(getattr(Recorder, name) for name in ACTIONS))
moves = st.builds(
    Move,
    trigger=st.sampled_from(TRIGGERS),
    source=st.one_of(
        st.sampled_from(STATES), st.lists(st.sampled_from(STATES), min_size=1, unique=True).map(tuple)
    ),
    dest=st.sampled_from((*STATES, DONE, STAY)),
    guard=st.sampled_from((None, *(getattr(Recorder, name) for name in GUARDS))),
    action=st.sampled_from(OPTIONAL_ACTIONS),
)
charts = st.builds(
    lambda enters, table: Flow(
        "chart",
        Recorder,
        "a",
        tuple(State(name, Recorder.screen, enter=enter) for name, enter in zip(STATES, enters, strict=True)),
        tuple(table),
    ),
    st.lists(st.sampled_from(OPTIONAL_ACTIONS), min_size=4, max_size=4),
    st.lists(moves, max_size=14),
)


def stock(flow: AnyFlow, context: Recorder, trigger: Trigger, event: Event) -> bool:
    """The library's own way to fire."""
    known = flow.machine.events.get(trigger.value)
    return bool(known is not None and known.transitions.get(context.state) and known.trigger(context, event))


def outcome(fire: Callable[[], bool], context: Recorder) -> tuple[object, str, list[str]]:
    try:
        answer: object = fire()
    except RuntimeError as error:
        answer = str(error)
    return answer, context.state, context.calls


@examples(150)
@given(
    charts,
    st.sampled_from(STATES),
    st.lists(st.sampled_from(TRIGGERS), max_size=6),
    st.sets(st.sampled_from(GUARDS)),
)
def test_a_plan_does_what_the_library_does(
    flow: AnyFlow, start: str, triggers: list[Trigger], holding: set[str]
) -> None:
    planned, library = Recorder(frozenset(holding)), Recorder(frozenset(holding))
    planned.state = library.state = start
    event = Alarm("x")
    for trigger in triggers:
        ours = outcome(lambda t=trigger: flow.fire(planned, t, event), planned)  # type: ignore[misc]
        theirs = outcome(lambda t=trigger: stock(flow, library, t, event), library)  # type: ignore[misc]
        assert ours == theirs
        if planned.state == DONE:
            break


@pytest.mark.parametrize("name", sorted(load()))
def test_every_move_of_a_flow_is_in_a_plan(name: str) -> None:
    flow = load()[name]
    planned = {key: [plan.dest for plan in plans] for key, plans in flow.plans.items()}
    written: dict[tuple[str, Trigger], list[str | None]] = {}
    for move in flow.moves:
        for source in move.sources:
            written.setdefault((source, move.trigger), []).append(move.dest)
    assert planned == written


def test_a_machine_serves_all_terminals_and_registers_none() -> None:
    for flow in load().values():
        assert flow.machine.models == []
