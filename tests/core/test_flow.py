"""A flow's table: what loading refuses, and that asking whether a move would be made is the same as making it."""

from __future__ import annotations

import gc
import re
import sys
import weakref
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.core.events import Event, KeyPressed, Trigger
from terminal_sim.core.flow import DONE, STAY, Context, Flow, FlowError, Move, Moves, State
from terminal_sim.core.screen import Screen


class Door(Context):
    """A door that opens for the right key; `log` is what happened."""

    __slots__ = ("log", "right")

    def __init__(self, terminal: Any) -> None:
        super().__init__(terminal)
        self.log: list[str] = []
        self.right = True

    number = 5

    def key_is_right(self, _: Event) -> bool:
        return self.right

    def turn(self, _: Event) -> None:
        self.log.append(f"turn in {self.state}")

    def creak(self, _: Event) -> None:
        self.log.append(f"creak in {self.state}")

    def screen(self) -> Screen:
        return Screen("door")


class Window(Context):
    """Another context, whose methods are none of a door's."""

    __slots__ = ()

    def may(self, _: Event) -> bool:
        return True

    def slam(self, _: Event) -> None: ...

    def turn(self, _: Event) -> None: ...

    def window(self) -> Screen:
        return Screen("window")


SHUT, OPEN = State("shut", Door.screen), State("open", Door.screen, timeout="menu", enter=Door.creak)
MOVES: Moves[Door] = (
    Move(Trigger.CONFIRM, "shut", "open", guard=Door.key_is_right, action=Door.turn),
    Move(Trigger.CONFIRM, "shut", STAY, action=Door.turn),
    Move(Trigger.DIGIT, "shut", STAY, guard=Door.key_is_right, action=Door.turn),
    Move(Trigger.CANCEL, ("shut", "open"), DONE),
    Move(Trigger.TIMEOUT, "open", "shut"),
)
DOOR = Flow("door", Door, "shut", (SHUT, OPEN), MOVES)
EVENT = KeyPressed("OK")
NOWHERE: Any = None
UNTYPED: Any = Door
ELSEWHERE: Any = Window


def standing(state: str = "shut", *, right: bool = True) -> Door:
    door = DOOR.begin(NOWHERE)
    door.state, door.right = state, right
    return door


# What is wrong, the flow that has it, and the place that the refusal names.
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("an unknown initial state", {"initial": "ajar"}, "'ajar'"),
    ("a move from nowhere", {"moves": (*MOVES, Move(Trigger.UP, "ajar", "open"))}, "up from 'ajar'.*'ajar'"),
    (
        "a move from nowhere among others",
        {"moves": (*MOVES, Move(Trigger.UP, ("open", "ajar"), STAY))},
        "'ajar'",
    ),
    ("a move to nowhere", {"moves": (*MOVES, Move(Trigger.UP, "open", "ajar"))}, "up from 'open'.*'ajar'"),
    (
        "an unknown guard",
        {"moves": (*MOVES, Move(Trigger.UP, "open", STAY, guard=Window.may))},
        "up from 'open'.*Door.*'may'",
    ),
    (
        "an unknown action",
        {"moves": (*MOVES, Move(Trigger.UP, "open", STAY, action=Window.slam))},
        "up from 'open'.*'slam'",
    ),
    (
        "another context's action of a name that the door has too",
        {"moves": (*MOVES, Move(Trigger.UP, "open", STAY, action=ELSEWHERE.turn))},
        "up from 'open'.*'turn'",
    ),
    (
        "an action that is no method",
        {"moves": (*MOVES, Move(Trigger.UP, "open", STAY, action=UNTYPED.number))},
        "no method 5",
    ),
    (
        "a guard that is a slot",
        {"moves": (*MOVES, Move(Trigger.UP, "open", STAY, guard=UNTYPED.right))},
        "'right'",
    ),
    ("an unknown screen", {"states": (replace(SHUT, screen=ELSEWHERE.window), OPEN)}, "'shut'.*'window'"),
    ("an unknown enter", {"states": (SHUT, replace(OPEN, enter=ELSEWHERE.slam))}, "'open'.*'slam'"),
    ("an unknown time-out", {"states": (SHUT, replace(OPEN, timeout="soon"))}, "'open'.*'soon'"),
    ("a time-out that nothing takes", {"states": (replace(SHUT, timeout="menu"), OPEN)}, "'shut'.*not both"),
    (
        "a move for a time-out that is not there",
        {"moves": (*MOVES, Move(Trigger.TIMEOUT, "shut", STAY))},
        "'shut'.*not both",
    ),
    ("two states of one name", {"states": (SHUT, OPEN, SHUT)}, "not unique"),
    ("a state called done", {"states": (SHUT, OPEN, State("done", Door.screen))}, "'done'"),
]


@pytest.mark.parametrize(("meaning", "change", "place"), WRONG)
def test_a_table_that_contradicts_itself_is_refused_with_its_place(
    meaning: str, change: dict[str, Any], place: str
) -> None:
    with pytest.raises(FlowError) as refused:
        replace(DOOR, **change)
    assert re.search(f"flow 'door': .*{place}", str(refused.value)), meaning


def test_the_first_move_whose_guard_holds_is_made() -> None:
    door = standing()
    assert DOOR.fire(door, Trigger.CONFIRM, EVENT)
    assert door.state == "open"
    assert door.log == ["turn in shut", "creak in open"]


def test_a_move_that_stays_acts_and_enters_nothing() -> None:
    door = standing(right=False)
    assert DOOR.fire(door, Trigger.CONFIRM, EVENT)
    assert door.state == "shut"
    assert door.log == ["turn in shut"]


@pytest.mark.parametrize(
    ("meaning", "state", "trigger", "right"),
    [
        ("nothing of the table takes it", "shut", Trigger.BATTERY, True),
        ("another state takes it", "open", Trigger.CONFIRM, True),
        ("the guard does not hold", "shut", Trigger.DIGIT, False),
        ("the flow is over", DONE, Trigger.CANCEL, True),
    ],
)
def test_what_nothing_takes_changes_nothing(meaning: str, state: str, trigger: Trigger, right: bool) -> None:
    door = standing(state, right=right)
    assert not DOOR.takes(door, trigger, EVENT), meaning
    assert not DOOR.fire(door, trigger, EVENT), meaning
    assert (door.state, door.log) == (state, [])


def test_an_action_that_raises_leaves_the_state_as_it_was() -> None:
    class Broken(Door):
        def turn(self, _: Event) -> None:
            raise RuntimeError("the handle came off")

    flow = Flow("broken", Broken, "shut", (SHUT, OPEN), MOVES)
    door = flow.begin(NOWHERE)
    door.state = "shut"
    with pytest.raises(RuntimeError, match="handle"):
        flow.fire(door, Trigger.CONFIRM, EVENT)
    assert door.state == "shut"


@given(
    st.sampled_from([*Trigger]),
    st.sampled_from(["shut", "open", DONE]),
    st.booleans(),
)
def test_takes_says_what_fire_does(trigger: Trigger, state: str, right: bool) -> None:
    door = standing(state, right=right)
    says = DOOR.takes(door, trigger, EVENT)
    assert door.log == []
    assert DOOR.fire(door, trigger, EVENT) is says


# The machine.


def test_one_machine_serves_all_contexts_and_knows_none_of_them() -> None:
    doors = [standing() for _ in range(50)]
    machine = DOOR.machine
    for door in doors:
        DOOR.fire(door, Trigger.CONFIRM, EVENT)
    assert DOOR.machine is machine
    assert machine.models == []
    assert {door.state for door in doors} == {"open"}


def test_a_context_that_nobody_needs_any_more_is_gone() -> None:
    class Tracked(Door):
        __slots__ = ("__weakref__",)

    flow = Flow("tracked", Tracked, "shut", (SHUT, OPEN), MOVES)
    door = flow.begin(NOWHERE)
    door.state = "shut"
    flow.fire(door, Trigger.CONFIRM, EVENT)
    gone = weakref.ref(door)
    del door
    gc.collect()
    assert gone() is None


def test_a_context_is_slotted_and_small() -> None:
    door = standing()
    assert not hasattr(door, "__dict__")
    assert sys.getsizeof(door) < 150


def test_contexts_of_one_flow_do_not_see_each_other() -> None:
    first, second = standing(), standing()
    DOOR.fire(first, Trigger.CONFIRM, EVENT)
    assert (first.state, second.state) == ("open", "shut")
    assert second.log == []
