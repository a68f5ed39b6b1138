"""What a profile alone says of the guards of a flow: which can never hold on a terminal of it, and by which keys.

A guard is read from its source. Whatever it asks of the profile is known, everything else is not, and `and`, `or` and `not` are worked out with
that (Kleene's logic of three values). What cannot be read counts as unknown, so that a move is forbidden only where that is certain.
"""

from __future__ import annotations

import ast
import inspect
import operator
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Any

from terminal_sim.bench import AnyFlow, Profile


class _Place(Enum):
    """What is no value: the context, its terminal, and what is not known."""

    CONTEXT = "context"
    TERMINAL = "terminal"
    UNKNOWN = "unknown"


UNKNOWN = _Place.UNKNOWN


@dataclass(frozen=True, slots=True)
class Reading:
    """What an expression is, and the dotted keys of the profile that it hangs on; `path` is the key of a part of the profile."""

    value: Any
    keys: frozenset[str] = field(default_factory=frozenset)
    path: str | None = None

    @property
    def is_known(self) -> bool:
        return not isinstance(self.value, _Place)


_NOTHING_KNOWN = Reading(UNKNOWN)
_COMPARED: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda one, many: one in many,
    ast.NotIn: lambda one, many: one not in many,
}
_BUILT_IN: Mapping[str, Callable[[Any], Any]] = {"bool": bool, "len": len}


class GuardReader:
    """Reads the guards of a flow on terminals of a profile."""

    def __init__(self, flow: AnyFlow, profile: Profile) -> None:
        self._flow = flow
        self._context: type = flow.context
        self._profile = profile
        self._deep = 0

    def read(self, guard: Callable[..., object]) -> Reading:
        """What the guard answers whatever happens; `UNKNOWN` where that hangs on more than the profile."""
        tree = _tree(guard)
        if tree is None or self._deep > 5:
            return _NOTHING_KNOWN
        self._deep += 1
        try:
            return self._body(tree.body, {tree.args.args[0].arg: Reading(_Place.CONTEXT)}, guard)
        finally:
            self._deep -= 1

    def _body(
        self, statements: list[ast.stmt], names: dict[str, Reading], of: Callable[..., object]
    ) -> Reading:
        for statement in statements:
            match statement:
                case ast.Expr():
                    continue
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    names[name] = self._of(value, names, of)
                case ast.Return(value=ast.expr() as value):
                    return self._of(value, names, of)
                case ast.If(test=test, body=body, orelse=orelse):
                    asked = self._of(test, names, of)
                    if not asked.is_known:
                        return _NOTHING_KNOWN
                    chosen = body if asked.value else orelse
                    if chosen and isinstance(chosen[-1], ast.Return):
                        found = self._body(chosen, names, of)
                        return Reading(found.value, found.keys | asked.keys)
                    if chosen:
                        return _NOTHING_KNOWN
                case _:
                    return _NOTHING_KNOWN
        return _NOTHING_KNOWN

    def _of(self, node: ast.expr, names: dict[str, Reading], of: Callable[..., object]) -> Reading:
        match node:
            case ast.Constant(value=value):
                return Reading(value)
            case ast.Name(id=name):
                if name in names:
                    return names[name]
                known = getattr(of, "__globals__", {}).get(name, UNKNOWN)
                return Reading(known) if isinstance(known, str | int | Enum | tuple) else _NOTHING_KNOWN
            case ast.Attribute(value=inner, attr=name):
                return self._attribute(self._of(inner, names, of), name)
            case ast.BoolOp(op=op, values=values):
                return _joined([self._of(one, names, of) for one in values], isinstance(op, ast.Or))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                found = self._of(operand, names, of)
                return Reading(not found.value, found.keys) if found.is_known else _NOTHING_KNOWN
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARED:
                one, two = self._of(left, names, of), self._of(right, names, of)
                if one.is_known and two.is_known:
                    return Reading(_COMPARED[type(op)](one.value, two.value), one.keys | two.keys)
                return _NOTHING_KNOWN
            case ast.Call(func=ast.Name(id=name), args=[one]) if name in _BUILT_IN:
                found = self._of(one, names, of)
                return Reading(_BUILT_IN[name](found.value), found.keys) if found.is_known else found
            case ast.Call(func=ast.Attribute(value=inner, attr=name)):
                if self._of(inner, names, of).value is _Place.CONTEXT:
                    method = getattr(self._context, name, None)
                    return self.read(method) if callable(method) else _NOTHING_KNOWN
                return _NOTHING_KNOWN
            case _:
                return _NOTHING_KNOWN

    def _attribute(self, inner: Reading, name: str) -> Reading:
        if inner.value is _Place.CONTEXT and name == "terminal":
            return Reading(_Place.TERMINAL)
        if inner.value is _Place.CONTEXT and name == "flow":  # of flows that share a class, each its own
            return Reading(self._flow, frozenset({f"flow {self._flow.name}"}))
        if inner.value is _Place.CONTEXT:
            found = inspect.getattr_static(self._context, name, None)
            if isinstance(found, Enum):  # the same for every flow of the class, whatever the profile says
                return Reading(found, frozenset({f"{name} {found.value}"}))
            return self.read(found.fget) if isinstance(found, property) and found.fget else _NOTHING_KNOWN
        if inner.value is _Place.TERMINAL and name == "profile":
            return Reading(self._profile, path="")
        if not inner.is_known or not hasattr(inner.value, name):
            return _NOTHING_KNOWN
        if inner.path is None:
            return Reading(getattr(inner.value, name), inner.keys)
        path = f"{inner.path}.{name}".removeprefix(".")
        return Reading(getattr(inner.value, name), frozenset({path}), path)


def _joined(found: list[Reading], is_or: bool) -> Reading:
    """What `and` and `or` come to: one that decides does so whatever the others are."""
    for one in found:
        if one.is_known and bool(one.value) is is_or:
            return Reading(is_or, one.keys)
    if all(one.is_known for one in found):
        return Reading(not is_or, frozenset().union(*(one.keys for one in found)))
    return _NOTHING_KNOWN


@cache
def _tree(function: Callable[..., object]) -> ast.FunctionDef | None:
    """The definition of a function; None where it has none, as a lambda, whose lines need not be statements by themselves."""
    try:
        source = textwrap.dedent(inspect.getsource(function))
        (first, *_) = ast.parse(source).body
    except (OSError, TypeError, SyntaxError):
        return None
    return first if isinstance(first, ast.FunctionDef) and first.args.args else None
