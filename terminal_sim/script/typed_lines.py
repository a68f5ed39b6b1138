"""Lines of the script language that come one at a time: from a keyboard, from a page, from another program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from terminal_sim.bench import Bench, TerminalUnderTest
from terminal_sim.script.bind import Call, FromState, VerbCall, bind
from terminal_sim.script.complete import Completion, complete
from terminal_sim.script.file_names import file_name
from terminal_sim.script.line_of import WrongArgument, line_of, said
from terminal_sim.script.parse import parse_step
from terminal_sim.script.perform import Performer, Stopped
from terminal_sim.script.scope import Scope
from terminal_sim.script.tree import Form, ScriptError, Value
from terminal_sim.script.values import judge
from terminal_sim.script.vocabulary import vocabulary
from terminal_sim.verbs import BadScript, Tester, Verb
from terminal_sim.verbs.mask import Mask
from terminal_sim.verbs.pictures import StoredPictures, TakenPictures
from terminal_sim.verbs.signature import ValueKind

_TYPED = Path("line")


class TypedLines:
    """Does lines at one terminal. `macros` are the calls of the macros that calls may name, `decks` folders of further cards.

    Without `keeps_files` no line writes a file: another program says what is done at the bench, and not to this machine's folders; pictures are `taken` into memory then.
    """

    def __init__(
        self,
        bench: Bench,
        terminal: TerminalUnderTest,
        macros: Mapping[str, Sequence[Call]] | None = None,
        decks: Sequence[Path] = (),
        *,
        keeps_files: bool = True,
    ) -> None:
        self._keeps_files = keeps_files
        self.pictures = StoredPictures(
            Path("pictures"), lambda name: file_name(name, terminal.profile.id, terminal.locale), update=True
        )
        self.taken = TakenPictures()
        variables = {"profile": terminal.profile.id, "locale": terminal.locale}
        self.tester = Tester(
            bench, terminal, variables=variables, pictures=self.pictures if keeps_files else self.taken
        )
        names = vocabulary()
        self._scope = Scope(names, (terminal.profile,), names.cards(decks), tuple(decks))
        self._performer = Performer(self.tester, macros or {}, self._scope)

    def say(self, line: str) -> None:
        """Do what a line says. Raises `BadScript` for one that cannot be meant, and what `perform` raises."""
        self.perform(self.read(line))

    def read(self, line: str) -> Call:
        """What a line means at this terminal. Raises `BadScript`."""
        wrong: list[str] = []

        def diagnose(_: Value, sentence: str) -> None:
            wrong.append(sentence)

        try:
            step = parse_step(line, _TYPED)
        except ScriptError as error:
            raise BadScript(error.problems[0].sentence) from None
        if not step.values:
            raise BadScript("the line says nothing: it is empty, or a remark")
        call = bind(step, {}, diagnose)
        if wrong or call is None:
            raise BadScript(wrong[0])
        if isinstance(call, FromState):
            raise BadScript("from state is for scenarios of a file: here the terminal goes on as it is")
        if isinstance(call, VerbCall):
            self._check(call)
            if not self._keeps_files and any(
                state.form is Form.STRING for state in call.of_kind(ValueKind.STATE)
            ):
                raise BadScript("a state is kept by a name here, and not in a file")
        return call

    def call(self, verb: Verb, given: Mapping[str, object]) -> Call:
        """What `verb` with arguments by name means; its step has the line. Raises `WrongArgument` and `BadScript`."""
        return self.read(line_of(verb, given))

    def perform(self, call: Call) -> None:
        """Raises `ExpectationFailed` where it does not hold, `BenchMisuse` where the bench refuses it, and `BadScript`."""
        try:
            self._performer.perform([call])
        except Stopped as stopped:
            raise stopped.why from None

    def complete(self, before: str) -> Completion:
        """What the line so far may go on with, by the table of verbs and the names that there are."""
        return complete(before, self._scope)

    @property
    def mask(self) -> Mask:
        """What of a text may be shown after all that was done here."""
        return self.tester.mask

    def _check(self, call: VerbCall) -> None:
        """A typed line has not gone through the check of a file; values with variables wait for the performer."""
        for argument in call.arguments:
            wrong = "" if argument.value.variables else judge(argument, self._scope)
            if wrong:
                raise WrongArgument(said(argument.parameter), wrong)
