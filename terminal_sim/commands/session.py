"""One terminal that takes lines of the script language one at a time, and tells what they changed."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from terminal_sim.bench import Bench, BenchMisuse, Seat
from terminal_sim.commands import UserError
from terminal_sim.script.bind import Call, MacroCall, VerbCall, bind
from terminal_sim.script.parse import parse_step
from terminal_sim.script.perform import of_card
from terminal_sim.script.tree import ScriptError, Value
from terminal_sim.script.values import Terms, filled, judge, spoken
from terminal_sim.script.vocabulary import vocabulary
from terminal_sim.verbs import BadScript, Tester
from terminal_sim.wording import NEGATION

_TYPED = Path("line")


class Session:
    """`macros` are the calls of the macros that calls may name. What came of them is read with `news`."""

    def __init__(
        self, bench: Bench, seat: Seat, macros: Mapping[str, tuple[Call, ...]] | None = None
    ) -> None:
        self.seat = seat
        self._macros = macros or {}
        variables = {"profile": seat.profile.id, "locale": seat.locale}
        self._tester = Tester(bench, seat, variables=variables)
        names = vocabulary()
        self._terms = Terms(names, (seat.profile,), names.cards(()))
        self._screen = ""
        self._receipts = 0

    def say(self, line: str) -> None:
        """Do what a typed line says. Raises `UserError` for one that cannot be meant, `Unmet` where it does not hold."""
        wrong: list[str] = []

        def complain(_: Value, sentence: str) -> None:
            wrong.append(sentence)

        try:
            call = bind(parse_step(line, _TYPED), {}, complain)
        except ScriptError as error:
            raise UserError(error.problems[0].sentence) from None
        if wrong or call is None:
            raise UserError(wrong[0])
        self.perform(call)

    def perform(self, call: Call, local: Mapping[str, str] | None = None) -> None:
        """The same for a call of a script; `local` are the variables of its example or macro."""
        here = dict(local or {})
        variables = ChainMap(here, self._tester.variables, of_card(self.seat))
        try:
            if isinstance(call, VerbCall):
                self._verb(call, variables)
            elif isinstance(call, MacroCall):
                given = [filled(value, variables) for value in call.values]
                inside = {**here, **dict(zip(call.macro.parameters, given, strict=True))}
                for step in self._macros[call.macro.name]:
                    self.perform(step, inside)
            else:
                raise UserError("from state is for scenarios of a file: here the terminal goes on as it is")
        except (BadScript, BenchMisuse) as error:
            raise UserError(str(error)) from None

    def news(self) -> list[str]:
        """The screen where it changed since the last call, the receipts that came out, and notes."""
        told = []
        screen = self.seat.view().text
        if screen != self._screen:
            told.append(screen)
            self._screen = screen
        printed = self.seat.receipts
        told += [_paper(receipt.text) for receipt in printed[self._receipts :]]
        self._receipts = len(printed)
        told += [f"# {note}" for note in self._tester.notes]
        self._tester.notes.clear()
        return told

    def _verb(self, call: VerbCall, variables: Mapping[str, str]) -> None:
        """What a runner does, with each value judged now that it has no variables left."""
        for argument in call.arguments:
            value = replace(argument.value, text=filled(argument.value, variables))
            wrong = judge(replace(argument, value=value), self._terms)
            if wrong:
                raise UserError(wrong)
        values = [spoken(argument, variables) for argument in call.values]
        named = {argument.parameter.name: spoken(argument, variables) for argument in call.named}
        fields = {name: filled(value, variables) for name, value in call.fields.items()}
        negation = {NEGATION: True} if call.no else {}
        getattr(self._tester, call.verb.method)(*values, **named, **fields, **negation)


def _paper(text: str) -> str:
    """A receipt as it hangs out of the printer."""
    lines = text.splitlines()
    edge = "~" * (max(map(len, lines), default=0) + 4)
    return "\n".join([edge, *(f"  {line}".rstrip() for line in lines), edge])
