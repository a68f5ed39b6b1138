"""Follows the calls of a scenario as a run would, into macros, and judges each value with what is known by then.

A value whose variable comes from the terminal (`capture`, the card) is not known before the run and is judged there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from terminal_sim.datafiles.suggest import suggest
from terminal_sim.script.bind import Call, FromState, MacroCall, VerbCall
from terminal_sim.script.diagnostics import Diagnostics
from terminal_sim.script.expansion import Expansion
from terminal_sim.script.scope import Scope
from terminal_sim.script.tree import Form, TextTooLong, Value
from terminal_sim.script.values import VARIABLES, judge, judge_field, rehearse
from terminal_sim.verbs import ValueKind
from terminal_sim.verbs.variables import CARD_VARIABLES, passcode_variables

# What is known of a variable at a step: its value, or None where only a run will have it.
Known = dict[str, str | None]


class Dataflow:
    """`macros` are the bound calls of each macro by name, and `expansion` says which of them can be followed; `fixed` are variables that no step may set."""

    def __init__(
        self,
        scope: Scope,
        macros: Mapping[str, Sequence[Call]],
        expansion: Expansion,
        fixed: frozenset[str],
        diagnostics: Diagnostics,
    ) -> None:
        self._scope = scope
        self._macros = macros
        self._expansion = expansion
        self._fixed = fixed | {*VARIABLES}
        self._passcodes = passcode_variables(scope.profiles)
        self._diagnostics = diagnostics

    def walk(self, calls: Sequence[Call], known: Known) -> list[str]:
        """Judges the calls, adds to `known` what they make known, and returns the states that they save."""
        saved: list[str] = []
        for call in calls:
            if isinstance(call, MacroCall):
                saved += self._into(call, known)
            elif isinstance(call, VerbCall):
                self._judge(call, known)
                self._learn(call, known)
                saved += [v.text for v in call.of_kind(ValueKind.STATE) if v.form is not Form.STRING]
        return saved

    def _into(self, call: MacroCall, known: Known) -> list[str]:
        macro = call.macro
        given = [self._filled(value, known) for value in call.values]
        if len(given) != len(macro.parameters) or not self._expansion.follows(macro.name):
            return []
        arguments: Known = dict(zip(macro.parameters, map(_text, given), strict=True))
        inside: Known = {**known, **arguments}
        saved = self.walk(self._macros[macro.name], inside)
        known.update({name: value for name, value in inside.items() if name not in arguments})
        return saved

    def _judge(self, call: VerbCall, known: Known) -> None:
        right = True
        journal_kinds: list[str] = []
        for argument in call.arguments:
            value = self._filled(argument.value, known)
            if value is None:
                continue
            meant = argument if value is argument.value else replace(argument, value=value)
            if wrong := judge(meant, self._scope):
                right = False
                self._diagnostics.report(argument.value, wrong)
            elif argument.parameter.kind is ValueKind.KIND:
                journal_kinds.append(value.text)
        kinds = journal_kinds or [""]
        words = [self._filled(argument.value, known) for argument in call.values]
        wrong = rehearse(call.verb, words, self._scope) if right else ""
        if wrong:
            self._diagnostics.report(call.values[0].value, wrong)
        for name, value in call.fields.items():
            self._filled(value, known)
            for wrong in filter(None, (judge_field(call.verb.fields, kind, name) for kind in kinds)):
                self._diagnostics.report(value, wrong)
        said = {argument.parameter.name for argument in call.named}
        if call.no and "within" in said:
            self._diagnostics.report(
                call.step.values[0], "what must not be there must not be there now: write `for TIME`"
            )
        if call.verb.negatable and not call.no and "for_" in said:
            self._diagnostics.report(
                call.step.values[0], "`for TIME` goes with `expect no`; here it is `within TIME`"
            )

    def _learn(self, call: VerbCall, known: Known) -> None:
        if any(parameter.kind is ValueKind.CARD for parameter in call.verb.values):
            known.update(dict.fromkeys(CARD_VARIABLES))
        assigned = [self._filled(value, known) for value in call.of_kind(ValueKind.ASSIGNED)]
        for name in call.of_kind(ValueKind.VARIABLE):
            if name.text in self._fixed:
                self._diagnostics.report(name, f"${{{name.text}}} has a meaning already; choose another name")
            known[name.text] = _text(assigned[0]) if assigned else None

    def _filled(self, value: Value, known: Known) -> Value | None:
        """The value with its variables, None where one is not known yet; reports those that never will be."""
        if not value.variables:
            return value
        for name in value.variables:
            if name in known or name in self._passcodes:
                continue
            if name in CARD_VARIABLES:
                self._diagnostics.report(
                    value, f"${{{name}}} is of the card last named, and no card is named before this"
                )
            else:
                self._diagnostics.report(
                    value, f"${{{name}}} has no value here{suggest(name, [*known, *self._passcodes])}"
                )
        values = {name: text for name in value.variables if (text := known.get(name)) is not None}
        if len(values) < len({*value.variables}):
            return None
        try:
            return replace(value, text=value.filled(values))
        except TextTooLong as wrong:
            self._diagnostics.report(value, str(wrong))
            return None


def _text(value: Value | None) -> str | None:
    return None if value is None else value.text


def starts_from(calls: Sequence[Call], diagnostics: Diagnostics) -> str:
    """The state that a scenario goes on from, "" for a fresh terminal; it can only stand first."""
    for call in calls[1:]:
        if isinstance(call, FromState):
            diagnostics.report(call.name, "from state stands first in its scenario")
    return next((call.state for call in calls[:1] if isinstance(call, FromState)), "")


def variables_of(calls: Sequence[Call]) -> Iterator[str]:
    """Every variable that the calls name."""
    for call in calls:
        if isinstance(call, VerbCall):
            values = [*(argument.value for argument in call.arguments), *call.fields.values()]
        else:
            values = list(call.values) if isinstance(call, MacroCall) else [call.name]
        for value in values:
            yield from value.variables
