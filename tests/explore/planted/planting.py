"""How a bug is planted: a patch of the sound firmware that holds for as long as a `with` block lasts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from terminal_sim.core import durable_state
from terminal_sim.core.events import Trigger
from terminal_sim.core.flow import Move
from terminal_sim.flows import load

Plant = Callable[[pytest.MonkeyPatch], None]
_MADE_ONCE = ("machine", "plans", "table", "_screens")
V400M, S1F2, SQUARE, REGISTER = "v400m", "s1f2", "square-terminal", "square-register"
STAND, READER = "square-stand", "square-reader"
ALLOWED = {"offline.allowed": "true"}
REFUNDS = {"refunds.unreferenced": "true"}
KEEPING = {"offline.enabled": "true", "offline.limit": "5000", "offline.limit_max": "5000", **ALLOWED}
"""The options with which a standalone terminal keeps payments up to 50.00 while the acquirer is out of reach."""


@dataclass(frozen=True, slots=True)
class PlantedBug:
    """`what` is wrong, on which `profile`; `patch` makes it so, and `options` are set besides."""

    what: str
    profile: str
    patch: Plant = field(repr=False)
    options: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def planted(bug: PlantedBug) -> Iterator[None]:
    """The firmware with the bug in it; what its tables have resolved once is resolved anew, then and afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        bug.patch(patch)
        _resolve_anew()
        yield
    _resolve_anew()


def _resolve_anew() -> None:
    for flow in load().values():
        for name in _MADE_ONCE:
            flow.__dict__.pop(name, None)


# Patches of methods.


def put(owner: Any, **values: Any) -> Any:
    """The object, with attributes set."""
    for name, value in values.items():
        setattr(owner, name, value)
    return owner


def sets(owner: Any, name: str, value: Any) -> Plant:
    """A patch that puts `value` in the place of an attribute; a property stays one."""
    made = property(value) if isinstance(vars(owner).get(name), property) else value
    return lambda patch: patch.setattr(owner, name, made)


def wraps(owner: Any, name: str, make: Callable[[Any], Any]) -> Plant:
    """A patch that makes the new method of the sound one."""
    sound = vars(owner)[name]
    return sets(owner, name, make(sound.fget if isinstance(sound, property) else sound))


def always(value: object) -> Callable[..., Any]:
    """A method that gives `value`, whatever it is asked."""
    return lambda *_given, **_named: value


nothing = always(None)
"""A method that does nothing."""


def before(name: str, value: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    """Makes a method that sets an attribute of the context to `value(context, event)`, and then does what the sound one does."""

    def make(sound: Any) -> Any:
        def method(self: Any, event: Any) -> None:
            setattr(self, name, value(self, event))
            sound(self, event)

        return method

    return make


def behind(name: str, value: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    """The same, the other way round."""

    def make(sound: Any) -> Any:
        def method(self: Any, event: Any) -> None:
            sound(self, event)
            setattr(self, name, value(self, event))

        return method

    return make


def doing(action: Callable[[Any], object]) -> Callable[[Any], Any]:
    """Makes a method that does what the sound one does, and then `action` with its context or object."""

    def make(sound: Any) -> Any:
        def method(self: Any, *given: Any, **named: Any) -> Any:
            found = sound(self, *given, **named)
            action(self)
            return found

        return method

    return make


def every(*patches: Plant) -> Plant:
    """Several patches as one."""

    def patch(patch: pytest.MonkeyPatch) -> None:
        for one in patches:
            one(patch)

    return patch


def fold(row: type, make: Callable[[Any], Any]) -> Plant:
    """A patch of what the durable state makes of a kind of row, made of what the sound one makes of it."""
    made = make(durable_state._FOLDS[row])
    return lambda patch: patch.setitem(durable_state._FOLDS, row, made)


def without_fold(row: type) -> Plant:
    """A patch by which a kind of row changes nothing."""
    return lambda patch: patch.delitem(durable_state._FOLDS, row)


# Patches of the flows' tables.


def timeout(flow: str, state: str, name: str) -> Plant:
    """A patch by which a state of a flow waits as long as another time-out of the profile says, or for ever."""

    def patch(patch: pytest.MonkeyPatch) -> None:
        found = load()[flow]
        states = tuple(replace(one, timeout=name) if one.name == state else one for one in found.states)
        patch.setitem(found.__dict__, "states", states)

    return patch


def moves(flow: str, trigger: Trigger, source: str, **change: Any) -> Plant:
    """A patch of the moves that a trigger makes from a state of a flow: `guard`, `action` or `dest` are set anew."""

    def patch(patch: pytest.MonkeyPatch) -> None:
        found = load()[flow]
        made = tuple(
            part
            for move in found.moves
            for part in (
                _parted(move, source, change)
                if move.trigger is trigger and source in move.sources
                else (move,)
            )
        )
        patch.setitem(found.__dict__, "moves", made)

    return patch


def _parted(move: Move[Any], source: str, change: Mapping[str, Any]) -> tuple[Move[Any], ...]:
    rest = tuple(one for one in move.sources if one != source)
    changed = replace(move, source=source, **change)
    return (changed, replace(move, source=rest)) if rest else (changed,)


def without_move(flow: str, trigger: Trigger, source: str, guard: str = "") -> Plant:
    """A patch by which a trigger makes no move from a state of a flow, or not the one behind `guard`."""

    def patch(patch: pytest.MonkeyPatch) -> None:
        found = load()[flow]
        made: list[Move[Any]] = []
        for move in found.moves:
            named = move.guard.__name__ if move.guard is not None else ""
            if move.trigger is not trigger or source not in move.sources or (guard and named != guard):
                made.append(move)
            elif rest := tuple(one for one in move.sources if one != source):
                made.append(replace(move, source=rest))
        patch.setitem(found.__dict__, "moves", tuple(made))

    return patch
