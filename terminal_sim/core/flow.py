"""A flow is a table: states with their screens and time-outs, moves with trigger, guard and action.

One flat `transitions.Machine` is built from each table and shared by all terminals; what a terminal keeps of a flow is
a small slotted `Context` that the machine never registers. The table is the only source: diagrams, coverage and the
contract tests read it too.

Rules:
1. Guards are pure. Actions order effects through the context and never fire a trigger.
2. `DONE` is the only exit: entering it takes the flow off the terminal's stack.
3. Guards, actions, entries and screens are references to methods of the context, which type checkers follow. They are resolved by
   their name on the flow's own context, so that a subclass overrides them.
4. Making a flow checks every state, guard, action, screen and time-out, since the library finds a wrong name only when it
   fires it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeAlias, TypeVar

from terminal_sim.core.events import Event, Trigger
from terminal_sim.core.flow_table import (
    DONE,
    NOTHING,
    STAY,
    Move,
    Moves,
    State,
    States,
    name_of,
    on_each,
    problems,
)
from terminal_sim.core.memory import ContextMemory
from terminal_sim.core.payment_request import TerminalRequest
from terminal_sim.core.screen import Screen
from terminal_sim.core.services import RequestDesk, Services

if TYPE_CHECKING:
    from transitions import Machine

    from terminal_sim.core.config import MenuEntry

__all__ = [
    "DONE",
    "NOTHING",
    "STAY",
    "AnyFlow",
    "Context",
    "Firmware",
    "Flow",
    "FlowDesk",
    "FlowError",
    "Move",
    "Moves",
    "Plan",
    "State",
    "States",
    "name_of",
    "on_each",
]  # fmt: skip


class FlowError(Exception):
    """A flow's table contradicts itself; the text names the flow and the place."""


class FlowDesk(RequestDesk, Protocol):
    """The desk of a terminal whose requests flows serve."""

    def take(self, request: TerminalRequest, serving: Context) -> None: ...


class Firmware(Services, Protocol):
    """The terminal as its flows see it: one that puts a flow on top of the one that runs."""

    @property
    def requests(self) -> FlowDesk: ...
    def push(self, context: Context) -> None: ...


class Context:
    """What one terminal keeps of one running flow. Subclasses add slots, guards, actions and screens.

    `locale` is set while the flow speaks to the cardholder; `accepted` is what the flow below learns by `Returned`. A customer's
    display shows the screens of a flow that `faces_customer`.
    """

    __slots__ = ("accepted", "flow", "locale", "state", "terminal")
    faces_customer = False
    flow: AnyFlow

    def __init__(self, terminal: Firmware) -> None:
        self.terminal = terminal
        self.state = ""
        self.locale = ""
        self.accepted = False

    def snapshot(self) -> ContextMemory:
        """What this flow remembers; all of it is values that never change."""
        return ContextMemory(self.flow.name, {slot: getattr(self, slot) for slot in self.slots()})

    def restore(self, memory: ContextMemory) -> None:
        """Be where the context stood that gave `memory`."""
        for slot in self.slots():
            setattr(self, slot, memory.slots[slot])

    @classmethod
    def slots(cls) -> tuple[str, ...]:
        """The slots of the class and its bases, but for the terminal and the flow's table."""
        known = _SLOTS.get(cls)
        if known is None:
            every = (slot for base in cls.__mro__ for slot in base.__dict__.get("__slots__", ()))
            known = _SLOTS[cls] = tuple(slot for slot in every if slot not in ("terminal", "flow"))
        return known

    def chosen_by(self, entry: MenuEntry) -> None:
        """Take what the menu entry that starts the flow says of it; most flows have nothing to be told."""

    def deadline(self, timeout: str) -> int:
        """When the state is left that waits for the profile's time-out of this name: in microseconds of virtual time, from now."""
        waits: int = getattr(self.terminal.profile.timeouts, timeout)
        return self.terminal.now.mono + waits

    def go_home(self, _: Event) -> None:
        """Leave this flow and every other but the lowest: the action of a move to `DONE`."""
        self.terminal.unwind()

    def make_way(self, event: Event) -> None:
        """As `go_home`, where what is open gives way to the request of a point of sale."""
        self.go_home(event)
        self.terminal.post(event)


_SLOTS: dict[type, tuple[str, ...]] = {}  # of the classes that were asked for


Ctx = TypeVar("Ctx", bound=Context, covariant=True)


class Plan(NamedTuple):
    """A move with its methods resolved. `name` has the words flow, state, trigger, destination and guard, `-` for none."""

    guards: tuple[Callable[[Context, Event], bool], ...]
    actions: tuple[Callable[[Context, Event], None], ...]
    dest: str | None
    enter: tuple[Callable[[Context, Event], None], ...]
    name: str


def _words(*words: str | None) -> str:
    """The name of a move: flow, state, trigger, destination and guard."""
    return " ".join(word or NOTHING for word in words)


@dataclass(frozen=True)
class Flow(Generic[Ctx]):
    """`initial` is entered when the flow starts, as if from nowhere: its `enter` runs and its time-out starts.

    `starts` are the flows that it puts on top of itself, by name. A terminal without the feature `needs` never runs it.
    """

    name: str
    context: type[Ctx]
    initial: str
    states: States[Ctx]
    moves: Moves[Ctx]
    starts: tuple[str, ...] = ()
    needs: str = ""

    def __post_init__(self) -> None:
        problem = next(problems(self.context, self.initial, self.states, self.moves), None)
        if problem:
            raise FlowError(f"flow {self.name!r}: {problem}")

    @cached_property
    def table(self) -> dict[str, State[Ctx]]:
        return {state.name: state for state in self.states}

    def begin(self, terminal: Firmware) -> Ctx:
        """A context of this flow for `terminal`, to be given what it needs and then pushed."""
        context = self.context(terminal)
        context.flow = self
        return context

    def enter(self, context: Context, event: Event) -> None:
        """Put `context` into the initial state."""
        context.state = self.initial
        enter = self.table[self.initial].enter
        if enter is not None:
            getattr(context, name_of(enter))(event)

    def screen(self, context: Context) -> Screen:
        """The screen of the state that `context` is in."""
        return self._screens[context.state](context)

    @cached_property
    def _screens(self) -> dict[str, Callable[[Context], Screen]]:
        return {state.name: getattr(self.context, name_of(state.screen)) for state in self.states}

    @cached_property
    def machine(self) -> Machine:
        # Imported here: a terminal that shows its first screen has had no event yet.
        from transitions import Machine

        return Machine(
            model=None,
            states=[{"name": s.name, "on_enter": name_of(s.enter) or None} for s in self.states] + [DONE],
            transitions=[
                {
                    "trigger": move.trigger.value,
                    "source": source,
                    "dest": move.dest,
                    "conditions": name_of(move.guard) or None,
                    "before": name_of(move.action) or None,
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
        states, context = self.machine.states, self.context
        return {
            (source, Trigger(event.name)): tuple(
                Plan(
                    tuple(getattr(context, str(condition.func)) for condition in one.conditions),
                    tuple(getattr(context, str(name)) for name in one.before),
                    one.dest,
                    tuple(getattr(context, str(name)) for name in states[one.dest].on_enter)
                    if one.dest
                    else (),
                    _words(
                        self.name,
                        source,
                        event.name,
                        one.dest,
                        *([str(condition.func) for condition in one.conditions] or [""]),
                    ),
                )
                for one in transitions
            )
            for event in self.machine.events.values()
            for source, transitions in event.transitions.items()
        }

    def called(self, source: str, move: Move[Ctx]) -> str:
        """The name that the plan of `move` has in the state `source`."""
        return _words(self.name, source, move.trigger.value, move.dest, name_of(move.guard))

    def fire(self, context: Context, trigger: Trigger, event: Event) -> bool:
        """Whether a move took the event. An exception of a guard or action leaves the context in its old state."""
        plan = self._plan(context, trigger, event)
        if plan is None:
            return False
        self._make(plan, context, event)
        return True

    def _make(self, plan: Plan, context: Context, event: Event) -> None:
        for action in plan.actions:
            action(context, event)
        if plan.dest is not STAY:
            context.state = plan.dest
            for action in plan.enter:
                action(context, event)

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


AnyFlow: TypeAlias = Flow[Context]
