"""A flow is a table: states with their screens and time-outs, moves with trigger, guard and action.

One flat `transitions.Machine` is built from each table and shared by all terminals; what a terminal keeps of a flow is
a small slotted `Context` that the machine never registers. The table is the only source: diagrams, coverage and the
contract tests read it too.

Rules:
1. Guards are pure. Actions order effects through the context and never fire a trigger.
2. `DONE` is the only exit: entering it takes the flow off the terminal's stack.
3. Loading a flow checks every state, guard, action, screen and time-out, for the library finds a wrong name only when it
   fires it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, NamedTuple

from transitions import Machine

from terminal_sim.core.config import Timeouts
from terminal_sim.core.events import Event, Trigger
from terminal_sim.core.firmware import Firmware

# The library builds a log record for each ignored event; at ERROR that costs a third (measured 11.8 -> 3.7 us).
logging.getLogger("transitions").setLevel(logging.ERROR)

DONE = "done"
STAY = None
_TIMEOUTS = {f.name for f in fields(Timeouts)}


class FlowError(Exception):
    """A flow's table contradicts itself; the text names the flow and the place."""


@dataclass(frozen=True, slots=True)
class State:
    """`screen` and `enter` name methods of the context; `timeout` names a time-out of the profile.

    A `free` state is left for another tab at any time, where the home screen has tabs.
    """

    name: str
    screen: str
    timeout: str = ""
    enter: str = ""
    free: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """`dest` is a state, `DONE` to leave the flow, or `STAY` to act without leaving the state."""

    trigger: Trigger
    source: str | tuple[str, ...]
    dest: str | None
    guard: str = ""
    action: str = ""

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.source,) if isinstance(self.source, str) else self.source


_Method = Callable[[Any, Event], Any]


class Plan(NamedTuple):
    """A move with its methods resolved."""

    guards: tuple[_Method, ...]
    actions: tuple[_Method, ...]
    dest: str | None
    enter: tuple[_Method, ...]


class Context:
    """What one terminal keeps of one running flow. Subclasses add slots, guards, actions and screens.

    `locale` is set while the flow speaks to the cardholder; `result` is what the flow below hears. A customer's display shows
    the screens of a flow that `faces_customer`.
    """

    __slots__ = ("flow", "locale", "result", "state", "terminal")
    faces_customer = False

    def __init__(self, terminal: Firmware, flow: Flow) -> None:
        self.terminal = terminal
        self.flow = flow
        self.state = ""
        self.locale = ""
        self.result: object = None


@dataclass(frozen=True)
class Flow:
    """`initial` is entered when the flow starts, as if from nowhere: its `enter` runs and its time-out starts."""

    name: str
    context: type[Context]
    initial: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]

    def __post_init__(self) -> None:
        problem = next(self._problems(), None)
        if problem:
            raise FlowError(f"flow {self.name!r}: {problem}")

    @cached_property
    def table(self) -> dict[str, State]:
        return {state.name: state for state in self.states}

    @cached_property
    def machine(self) -> Machine:
        return Machine(
            model=None,
            states=[{"name": s.name, "on_enter": s.enter or None} for s in self.states] + [DONE],
            transitions=[
                {
                    "trigger": move.trigger.value,
                    "source": source,
                    "dest": move.dest,
                    "conditions": move.guard or None,
                    "before": move.action or None,
                }
                for move in self.moves
                for source in move.sources
            ],
            initial=None,
            auto_transitions=False,
            ignore_invalid_triggers=True,
        )

    @cached_property
    def plans(self) -> dict[tuple[str, Trigger], tuple[Plan, ...]]:
        """What the machine does with a trigger in a state, read once from the machine's own tables.

        The library works this out anew for each event, which is most of what an event costs; a differential test holds the
        plans against the machine.
        """
        states = self.machine.states

        def methods(names: Iterable[object]) -> tuple[_Method, ...]:
            return tuple(getattr(self.context, str(name)) for name in names)

        return {
            (source, Trigger(event.name)): tuple(
                Plan(
                    methods(condition.func for condition in one.conditions),
                    methods(one.before),
                    one.dest,
                    methods(states[one.dest].on_enter) if one.dest else (),
                )
                for one in transitions
            )
            for event in self.machine.events.values()
            for source, transitions in event.transitions.items()
        }

    def fire(self, context: Context, trigger: Trigger, event: Event) -> bool:
        """Whether a move took the event. An exception of a guard or action leaves the context in its old state."""
        plan = self._plan(context, trigger, event)
        if plan is None:
            return False
        for action in plan.actions:
            action(context, event)
        if plan.dest is not STAY:
            context.state = plan.dest
            for action in plan.enter:
                action(context, event)
        return True

    def takes(self, context: Context, trigger: Trigger, event: Event) -> bool:
        """Whether a move would take the event, without making it."""
        return self._plan(context, trigger, event) is not None

    def _plan(self, context: Context, trigger: Trigger, event: Event) -> Plan | None:
        for plan in self.plans.get((context.state, trigger), ()):
            for guard in plan.guards:
                if not guard(context, event):
                    break
            else:
                return plan
        return None

    def _problems(self) -> Iterator[str]:
        names = [state.name for state in self.states]
        known = set(names)
        if len(known) != len(names) or DONE in known:
            yield "state names are not unique, or one is called 'done'"
        if self.initial not in known:
            yield f"the initial state {self.initial!r} is not in the table"
        for state in self.states:
            if state.timeout and state.timeout not in _TIMEOUTS:
                yield f"state {state.name!r} waits for {state.timeout!r}, which no profile has"
            yield from self._missing(f"state {state.name!r}", (state.screen, state.enter))
        for move in self.moves:
            where = f"move {move.trigger.value} from {move.source!r}"
            for place in (*move.sources, *((move.dest,) if move.dest not in (STAY, DONE) else ())):
                if place not in known:
                    yield f"{where}: there is no state {place!r}"
            yield from self._missing(where, (move.guard, move.action))
        for state in self.states:
            waits = any(m.trigger is Trigger.TIMEOUT and state.name in m.sources for m in self.moves)
            if bool(state.timeout) != waits:
                yield f"state {state.name!r} has a time-out or a move for it, but not both"

    def _missing(self, where: str, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            if name and not callable(getattr(self.context, name, None)):
                yield f"{where}: {self.context.__name__} has no method {name!r}"
