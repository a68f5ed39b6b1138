"""The rows of a flow's table: its states and its moves, and what must hold between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Generic, TypeAlias, TypeVar

from terminal_sim.core.config import Timeouts
from terminal_sim.core.events import Event, Trigger
from terminal_sim.core.payment_request import Awaited
from terminal_sim.core.screen import Screen

DONE = "done"
STAY = None
NOTHING = "-"  # in the name of a move that stays, or asks no guard
_TIMEOUTS = {f.name for f in fields(Timeouts)}

# A table made for one context serves every subclass of it, hence contravariant.
C = TypeVar("C", contravariant=True)


@dataclass(frozen=True, slots=True)
class State(Generic[C]):
    """`screen` and `enter` are methods of the context; `timeout` names a time-out of the profile.

    A `free` state is left for another tab at any time, where the home screen has tabs. A point of sale is told what the state `awaits`. What a `sellers`
    state shows is the seller's to read, and in the terminal's language whichever card is paid with.
    """

    name: str
    screen: Callable[[C], Screen]
    timeout: str = ""
    enter: Callable[[C, Event], None] | None = None
    free: bool = False
    awaits: Awaited | None = None
    sellers: bool = False


@dataclass(frozen=True, slots=True)
class Move(Generic[C]):
    """`dest` is a state, `DONE` to leave the flow, or `STAY` to act without leaving the state."""

    trigger: Trigger
    source: str | tuple[str, ...]
    dest: str | None
    guard: Callable[[C, Event], bool] | None = None
    action: Callable[[C, Event], None] | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.source,) if isinstance(self.source, str) else self.source


States: TypeAlias = tuple[State[C], ...]
Moves: TypeAlias = tuple[Move[C], ...]


def on_each(triggers: Iterable[Trigger], source: str | tuple[str, ...], dest: str | None) -> Moves[object]:
    """A move for each of `triggers` that asks no guard and does nothing else."""
    return tuple(Move(trigger, source, dest) for trigger in triggers)


def name_of(reference: Callable[..., object] | None) -> str:
    """The name that a guard, action, entry or screen is resolved by; empty where there is none."""
    return reference.__name__ if reference is not None else ""


def problems(context: type, initial: str, states: States[C], moves: Moves[C]) -> Iterator[str]:
    """Where a table contradicts itself, or names a method that `context` has not."""
    names, methods = [state.name for state in states], _methods_of(context)
    known = set(names)
    if len(known) != len(names) or DONE in known:
        yield "state names are not unique, or one is called 'done'"
    if initial not in known:
        yield f"the initial state {initial!r} is not in the table"
    for state in states:
        if state.timeout and state.timeout not in _TIMEOUTS:
            yield f"state {state.name!r} waits for {state.timeout!r}, which no profile has"
        yield from _missing(context.__name__, methods, f"state {state.name!r}", (state.screen, state.enter))
    for move in moves:
        where = f"move {move.trigger.value} from {move.source!r}"
        for place in (*move.sources, *((move.dest,) if move.dest not in (STAY, DONE) else ())):
            if place not in known:
                yield f"{where}: there is no state {place!r}"
        yield from _missing(context.__name__, methods, where, (move.guard, move.action))
    for state in states:
        waits = any(m.trigger is Trigger.TIMEOUT and state.name in m.sources for m in moves)
        if bool(state.timeout) != waits:
            yield f"state {state.name!r} has a time-out or a move for it, but not both"


def _missing(
    named: str, methods: frozenset[int], where: str, references: Iterable[Callable[..., object] | None]
) -> Iterator[str]:
    for reference in references:
        if reference is not None and id(reference) not in methods:
            yield f"{where}: {named} has no method {getattr(reference, '__name__', reference)!r}"


def _methods_of(context: type) -> frozenset[int]:
    """The identities of the methods that `context` and the classes that it is made from have by their own names."""
    return frozenset(
        id(value)
        for each in context.__mro__
        for name, value in vars(each).items()
        if callable(value) and getattr(value, "__name__", "") == name
    )
