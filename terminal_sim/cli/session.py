"""One terminal that takes lines of the script language one at a time, and shows what each of them changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from terminal_sim.bench import Bench, BenchMisuse, TerminalUnderTest
from terminal_sim.cli.console import as_user_errors
from terminal_sim.datafiles.printable import printable
from terminal_sim.display.appearance import Appearance
from terminal_sim.script.bind import Call
from terminal_sim.script.typed_lines import TypedLines
from terminal_sim.verbs import BadScript
from terminal_sim.verbs.mask import Mask


class ShellSession:
    """`macros` are the calls of the macros that calls may name. What came of them is read with `news`."""

    def __init__(
        self, bench: Bench, terminal: TerminalUnderTest, macros: Mapping[str, Sequence[Call]] | None = None
    ) -> None:
        self.terminal = terminal
        self._lines = TypedLines(bench, terminal, macros)
        self._shown: Appearance | None = None
        self._receipts = 0

    def say(self, line: str) -> None:
        """Do what a typed line says. Raises `UserError` for one that cannot be meant, `ExpectationFailed` where it does not hold."""
        with as_user_errors(BadScript, BenchMisuse):
            self._lines.say(line)

    def perform(self, call: Call) -> None:
        """The same for a call of a checked script."""
        with as_user_errors(BadScript, BenchMisuse):
            self._lines.perform(call)

    def completions(self, before: str) -> list[str]:
        """The words that may come after the line so far."""
        return self._lines.completions(before)

    @property
    def mask(self) -> Mask:
        """What of a text may be shown after all that was done here."""
        return self._lines.mask

    def news(self) -> list[str]:
        """What the device shows and sounds where that changed since the last call, the receipts that came out, notes, and where pictures are."""
        shown = self.terminal.appearance()
        news = shown.since(self._shown)
        self._shown = shown
        printed = self.terminal.receipts
        news += [_paper(receipt.text) for receipt in printed[self._receipts :]]
        self._receipts = len(printed)
        notes, pictures = self._lines.tester.notes, self._lines.pictures.taken
        news += [f"# {self.mask(note)}" for note in notes]
        notes.clear()
        news += [f"# picture {file}" for file in pictures.values()]
        pictures.clear()
        return list(map(printable, news))


def _paper(text: str) -> str:
    """A receipt as it hangs out of the printer."""
    lines = text.splitlines()
    edge = "~" * (max(map(len, lines), default=0) + 4)
    return "\n".join([edge, *(f"  {line}".rstrip() for line in lines), edge])
