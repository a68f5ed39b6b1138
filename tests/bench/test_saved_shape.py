"""The versions of a saved bench and of a checkpoint follow their shapes: a file of another shape is never half read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from hashlib import sha256
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

from terminal_sim.bench import saved_state, state_checkpoint
from terminal_sim.bench.saved_state import SavedState
from terminal_sim.bench.state_checkpoint import Checkpoint
from terminal_sim.bench.terminal_past import TerminalPast
from terminal_sim.bench.till_past import TillPast
from terminal_sim.cards.catalogue import CardState
from terminal_sim.flows import load

SAVED_BENCH = {39: "edd43d7fe0ebb2be"}
CHECKPOINT = {7: "d4a463e10f719323"}
"""The digest of the shape that each version has."""


def classes_in(hint: Any) -> Iterator[type]:
    if isinstance(hint, type) and not get_args(hint):
        yield hint
    for part in get_args(hint):
        yield from classes_in(part)


def said(hint: Any) -> str:
    """The hint in words that are the same in every version of Python."""
    if get_origin(hint) is Literal:
        return repr(get_args(hint))
    inner = [said(part) for part in get_args(hint)]
    if get_origin(hint) in (Union, UnionType):
        return " or ".join(sorted(inner))
    outer = get_origin(hint) or hint
    name = outer.__qualname__ if isinstance(outer, type) else str(outer)
    return f"{name} of {', '.join(inner)}" if inner else name


def parts(one: type) -> dict[str, Any]:
    """The fields of a value that is saved by its fields, with their types; none of any other class."""
    if issubclass(one, Struct):
        names = one.__struct_fields__
    elif is_dataclass(one):
        names = tuple(each.name for each in fields(one) if each.init)
    else:
        return {}
    hints = get_type_hints(one, localns={"CardState": CardState})
    return {name: hints[name] for name in names}


def shape(*roots: type) -> list[str]:
    """A line for each class that such a value may hold, with its fields or members."""
    lines: list[str] = []
    waiting = list(roots)
    seen = set(waiting)
    while waiting:
        one = waiting.pop()
        if issubclass(one, Enum):
            lines.append(f"{one.__qualname__} is one of {[str(member.value) for member in one]}")
        held = parts(one)
        if held:
            lines.append(f"{one.__qualname__} has {[f'{name}: {said(hint)}' for name, hint in held.items()]}")
        new = {each for hint in held.values() for each in classes_in(hint)} - seen
        seen |= new
        waiting.extend(new)
    return sorted(lines)


def digest(lines: list[str]) -> str:
    return sha256("\n".join(lines).encode()).hexdigest()[:16]


def test_a_saved_bench_of_another_shape_has_another_version() -> None:
    slots = [f"flow {name} remembers {list(flow.context.slots())}" for name, flow in load().items()]
    now = digest(sorted([*shape(SavedState), *slots]))
    assert now == SAVED_BENCH.get(saved_state.VERSION), (
        f"the shape of a saved bench is {now}: raise VERSION in terminal_sim/bench/saved_state.py, and give it this digest here"
    )


def test_a_checkpoint_of_another_shape_has_another_version() -> None:
    now = digest(shape(Checkpoint, TerminalPast, TillPast))
    assert now == CHECKPOINT.get(state_checkpoint.VERSION), (
        f"the shape of a checkpoint is {now}: raise VERSION in terminal_sim/bench/state_checkpoint.py, and give it this digest here"
    )
