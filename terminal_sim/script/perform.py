"""Does the calls of a script at a terminal: fills in variables, goes into macros, and says where it stopped."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from terminal_sim.bench import BenchMisuse, Selector
from terminal_sim.display.region import Region
from terminal_sim.script.bind import Call, MacroCall, VerbArgument, VerbCall
from terminal_sim.script.scope import Scope
from terminal_sim.script.spoken import filled, spoken
from terminal_sim.script.step_log import StepLog
from terminal_sim.script.tree import ScriptStep
from terminal_sim.script.values import judge
from terminal_sim.verbs import Tester
from terminal_sim.verbs.signature import NEGATION
from terminal_sim.verbs.variables import built_in
from terminal_sim.verbs.waiting import TRACE_LINES, BadScript, ExpectationFailed

Why = ExpectationFailed | BadScript | BenchMisuse


class Stopped(Exception):
    """`step` failed for the reason `why`; `callers` are the macro calls that led to it, outermost first.

    `line` is the step with the values of the script's own variables, `event` is the number of the last entry of the trace before, `trace` are the last lines, and `conditions` what was not as it should be around the terminal.
    """

    def __init__(
        self,
        step: ScriptStep,
        callers: tuple[ScriptStep, ...],
        why: Why,
        tester: Tester,
        variables: Mapping[str, str],
    ) -> None:
        super().__init__(f"{step.place}: a step failed")
        self.step = step
        self.line = step.filled(variables)
        self.callers = callers
        self.why = why
        self.event = tester.bench.trace.number
        self.trace = tester.bench.trace.tail(TRACE_LINES)
        self.conditions = tester.terminal.conditions()


class Performer:
    """Carries out calls through one tester. `macros` are the calls of each macro by its name; `log` writes the steps down, where it is there."""

    def __init__(
        self,
        tester: Tester,
        macros: Mapping[str, Sequence[Call]],
        scope: Scope,
        log: StepLog | None = None,
    ) -> None:
        self._tester = tester
        self._macros = macros
        self._scope = scope
        self._log = log

    def perform(
        self,
        calls: Sequence[Call],
        local: Mapping[str, str] | None = None,
        callers: tuple[ScriptStep, ...] = (),
    ) -> None:
        """Raises `Stopped` for a fault of the script or its user; any other exception is a fault of the bench.

        `local` are the arguments of the macro that the calls are in. `from state` does nothing here: the runner makes the bench from that state.
        """
        here = dict(local or {})
        for call in calls:
            variables = ChainMap(here, self._tester.variables, built_in(self._tester.terminal))
            try:
                if isinstance(call, VerbCall):
                    with self._logged(call.step, callers):
                        self._say(call, variables)
                elif isinstance(call, MacroCall):
                    given = self._given(call, variables, callers)
                    inside = here | dict(zip(call.macro.parameters, given, strict=True))
                    self.perform(self._macros[call.macro.name], inside, (*callers, call.step))
            except (ExpectationFailed, BadScript, BenchMisuse) as why:
                raise Stopped(call.step, callers, why, self._tester, self._tester.variables | here) from None

    def _given(
        self, call: MacroCall, variables: Mapping[str, str], callers: tuple[ScriptStep, ...]
    ) -> list[str]:
        """The arguments of a macro. The call is no step by itself unless it stops here."""
        try:
            return [filled(value, variables) for value in call.values]
        except BadScript:
            with self._logged(call.step, callers):
                raise

    def _logged(self, step: ScriptStep, callers: tuple[ScriptStep, ...]) -> AbstractContextManager[None]:
        return nullcontext() if self._log is None else self._log.step(self._tester, step, callers)

    def _say(self, call: VerbCall, variables: Mapping[str, str]) -> None:
        for argument in call.arguments:
            self._judge(argument, variables)
        values = [spoken(argument, variables) for argument in call.values]
        named: dict[str, str | Selector | Region] = {}
        repeated: dict[str, list[str | Selector | Region]] = {}
        for argument in call.named:
            said, name = spoken(argument, variables), argument.parameter.name
            if argument.parameter.repeated:
                repeated.setdefault(name, []).append(said)
            else:
                named[name] = said
        fields = {name: filled(value, variables) for name, value in call.fields.items()}
        negation = {NEGATION: True} if call.no else {}
        getattr(self._tester, call.verb.method)(*values, **named, **repeated, **fields, **negation)

    def _judge(self, argument: VerbArgument, variables: Mapping[str, str]) -> None:
        """What the check could not judge, since it had no value yet."""
        if argument.value.variables:
            value = replace(argument.value, text=filled(argument.value, variables))
            wrong = judge(replace(argument, value=value), self._scope)
            if wrong:
                raise BadScript(wrong)
