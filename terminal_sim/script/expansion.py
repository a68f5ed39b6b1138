"""How much the macros of a script come to, found once for each macro and before any of them is followed.

Seven macros that call each other ten times are ten million steps, so a script has a measure: how deep macros call each other, how many
steps a scenario comes to with them, and how many all scenarios of a file do with their rows. The cost is that of reading every call once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from terminal_sim.script.bind import Call, MacroCall
from terminal_sim.script.diagnostics import Diagnostics
from terminal_sim.script.tree import Form, Macro

DEEPEST = 50
MOST_STEPS = 10_000  # of a scenario or macro
MOST_IN_FILE = 100_000


class Expansion:
    """The macros that can be followed. `bound` are the calls of each macro by its name; what is wrong with one is reported once."""

    def __init__(
        self,
        macros: Mapping[str, Macro],
        bound: Mapping[str, Sequence[Call]],
        diagnostics: Diagnostics,
    ) -> None:
        self._diagnostics = diagnostics
        self._steps: dict[str, int] = {}
        self._depths: dict[str, int] = {}
        self._left = MOST_IN_FILE
        called = {name: _macro_calls(calls) for name, calls in bound.items()}
        ordered, circles = _inner_first({name: macros_of(calls) for name, calls in bound.items()})
        for name in circles:
            inner = next(call for call in called[name] if _name(call) in circles)
            diagnostics.report(inner.step.values[0], f"{inner.macro.name} would call itself")
        for name in ordered:
            self._measure(macros[name], bound[name])

    def follows(self, macro: str) -> bool:
        """Whether the steps of a macro can be followed: what is wrong where they cannot is reported already."""
        return macro in self._steps

    def takes(self, calls: Sequence[Call], rows: int = 1) -> bool:
        """Whether the calls of a scenario can be followed for each of its rows; reports at the first one where they come to too much."""
        steps = self._count(calls)
        if steps is None or self._left < 0:
            return False
        self._left -= steps * rows
        sentence = ""
        if steps > MOST_STEPS:
            sentence = (
                f"with their macros the steps that begin here are {steps:,}; they may be {MOST_STEPS:,}"
            )
        elif self._left < 0:
            sentence = (
                f"with macros and rows this file comes to more than {MOST_IN_FILE:,} steps here; split it"
            )
        if sentence:
            self._diagnostics.report(calls[0].step.values[0], sentence)
        return not sentence

    def _measure(self, macro: Macro, calls: Sequence[Call]) -> None:
        steps = self._count(calls)
        if steps is None:
            return
        depth = 1 + max((self._depths[_name(call)] for call in _macro_calls(calls)), default=0)
        sentence = ""
        if depth > DEEPEST:
            sentence = f"the macros that {macro.name} calls call each other more than {DEEPEST} deep"
        elif steps > MOST_STEPS:
            sentence = f"with the macros that it calls {macro.name} comes to {steps:,} steps; it may have {MOST_STEPS:,}"
        if sentence:
            self._diagnostics.of_name(macro.name, Form.WORD, macro.place, sentence)
            return
        self._steps[macro.name], self._depths[macro.name] = steps, depth

    def _count(self, calls: Sequence[Call]) -> int | None:
        """The steps with those of the macros; None where one of these cannot be followed."""
        inner = _macro_calls(calls)
        if not all(self.follows(_name(call)) for call in inner):
            return None
        return len(calls) - len(inner) + sum(self._steps[_name(call)] for call in inner)


def macros_of(calls: Sequence[Call]) -> set[str]:
    """The names of the macros that are called."""
    return {_name(call) for call in _macro_calls(calls)}


def _macro_calls(calls: Sequence[Call]) -> list[MacroCall]:
    return [call for call in calls if isinstance(call, MacroCall)]


def _name(call: MacroCall) -> str:
    return call.macro.name


def _inner_first(called: Mapping[str, set[str]]) -> tuple[list[str], list[str]]:
    """The names so that each comes after those that it calls; and those left over that call each other in a circle."""
    callers: dict[str, list[str]] = {name: [] for name in called}
    for name, inner in called.items():
        for one in inner:
            callers[one].append(name)
    missing = {name: len(inner) for name, inner in called.items()}
    ordered = [name for name, count in missing.items() if not count]
    for name in ordered:  # it grows while it is walked
        for caller in callers[name]:
            missing[caller] -= 1
            if not missing[caller]:
                ordered.append(caller)
    left = {name for name, count in missing.items() if count}
    while outer := {name for name in left if left.isdisjoint(callers[name])}:
        left -= outer
    return ordered, [name for name in called if name in left]
