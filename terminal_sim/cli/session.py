"""One terminal that takes lines of the script language one at a time, and shows what each of them changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from terminal_sim.bench import Bench, TerminalUnderTest
from terminal_sim.cli import UserError
from terminal_sim.datafiles.printable import printable
from terminal_sim.display.appearance import Appearance
from terminal_sim.script.bind import Call, FromState, VerbCall, bind
from terminal_sim.script.complete import completions
from terminal_sim.script.file_names import file_name
from terminal_sim.script.parse import parse_step
from terminal_sim.script.perform import Performer, Stopped
from terminal_sim.script.tree import ScriptError, Value
from terminal_sim.script.values import Scope, judge
from terminal_sim.script.vocabulary import vocabulary
from terminal_sim.verbs import ExpectationFailed, Tester
from terminal_sim.verbs.mask import Mask
from terminal_sim.verbs.pictures import StoredPictures

_TYPED = Path("line")


class ShellSession:
    """`macros` are the calls of the macros that calls may name. What came of them is read with `news`."""

    def __init__(
        self, bench: Bench, terminal: TerminalUnderTest, macros: Mapping[str, Sequence[Call]] | None = None
    ) -> None:
        self.terminal = terminal
        variables = {"profile": terminal.profile.id, "locale": terminal.locale}
        self._pictures = StoredPictures(
            Path("pictures"), lambda name: file_name(name, terminal.profile.id, terminal.locale), update=True
        )
        self._tester = Tester(bench, terminal, variables=variables, pictures=self._pictures)
        names = vocabulary()
        self._scope = Scope(names, (terminal.profile,), names.cards(()))
        self._performer = Performer(self._tester, macros or {}, self._scope)
        self._shown: Appearance | None = None
        self._receipts = 0

    def say(self, line: str) -> None:
        """Do what a typed line says. Raises `UserError` for one that cannot be meant, `ExpectationFailed` where it does not hold."""
        wrong: list[str] = []

        def diagnose(_: Value, sentence: str) -> None:
            wrong.append(sentence)

        try:
            call = bind(parse_step(line, _TYPED), {}, diagnose)
        except ScriptError as error:
            raise UserError(error.problems[0].sentence) from None
        if wrong or call is None:
            raise UserError(wrong[0])
        if isinstance(call, FromState):
            raise UserError("from state is for scenarios of a file: here the terminal goes on as it is")
        if isinstance(call, VerbCall):
            self._check(call)
        self.perform(call)

    def completions(self, before: str) -> list[str]:
        """The words that may come after the line so far."""
        return completions(before.split(), self._scope)

    def perform(self, call: Call) -> None:
        """The same for a call of a checked script."""
        try:
            self._performer.perform([call])
        except Stopped as stopped:
            if isinstance(stopped.why, ExpectationFailed):
                raise stopped.why from None
            raise UserError(str(stopped.why)) from None

    @property
    def mask(self) -> Mask:
        """What of a text may be shown after all that was done here."""
        return self._tester.mask

    def news(self) -> list[str]:
        """What the device shows and sounds where that changed since the last call, the receipts that came out, notes, and where pictures are."""
        shown = self.terminal.appearance()
        news = shown.since(self._shown)
        self._shown = shown
        printed = self.terminal.receipts
        news += [_paper(receipt.text) for receipt in printed[self._receipts :]]
        self._receipts = len(printed)
        news += [f"# {self.mask(note)}" for note in self._tester.notes]
        self._tester.notes.clear()
        news += [f"# picture {file}" for file in self._pictures.taken.values()]
        self._pictures.taken.clear()
        return list(map(printable, news))

    def _check(self, call: VerbCall) -> None:
        """A typed line has not gone through the check of a file; values with variables wait for the performer."""
        for argument in call.arguments:
            wrong = "" if argument.value.variables else judge(argument, self._scope)
            if wrong:
                raise UserError(wrong)


def _paper(text: str) -> str:
    """A receipt as it hangs out of the printer."""
    lines = text.splitlines()
    edge = "~" * (max(map(len, lines), default=0) + 4)
    return "\n".join([edge, *(f"  {line}".rstrip() for line in lines), edge])
