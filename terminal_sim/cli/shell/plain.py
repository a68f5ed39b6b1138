"""The shell as a line reader: in a pipe, and at a keyboard whose terminal takes no more than one line after the other."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress

from terminal_sim.cli import UserError
from terminal_sim.cli.shell.history import History
from terminal_sim.cli.shell.offered import offered
from terminal_sim.cli.shell.session import ShellSession
from terminal_sim.datafiles.text_file import BYTE_ORDER_MARK

GREETING = "Script lines, `help` for their forms, `help WORD` for what one does, `help shell` for what the shell adds, `quit` to leave."


class PipedLines:
    """The lines of the standard input, as an editor may have saved them. Nothing prompts."""

    is_interactive = False

    def __init__(self, session: ShellSession) -> None:
        self._session = session
        self._lines = self._typed()

    def read(self) -> str | None:
        """The next line; None at the end. Raises `UserError` where the input is not UTF-8."""
        return next(self._lines, None)

    def show(self, texts: Iterable[str]) -> None:
        """Print the texts, and what the device shows and sounds anew."""
        for text in [*texts, *self._session.news()]:
            print(text, flush=True)

    def remember(self, line: str) -> None:
        """Nobody asks for a line of a pipe again."""

    def leave(self) -> None:
        """All that came stands in the output."""

    def _typed(self) -> Iterator[str]:
        try:
            for number, line in enumerate(sys.stdin):
                yield line if number else line.removeprefix(BYTE_ORDER_MARK)
        except UnicodeDecodeError:
            raise UserError("the input is not UTF-8; save it as UTF-8") from None


class PromptedLines:
    """Lines from a keyboard, with history and completion by the tabulator key where the platform has readline."""

    is_interactive = True

    def __init__(self, session: ShellSession, prompt: str, history: History) -> None:
        self._session = session
        self._prompt = prompt
        self._history = history
        with suppress(ImportError):
            self._use_readline()
        print(GREETING)

    def read(self) -> str | None:
        """The next line; None where the person leaves. Raises `KeyboardInterrupt` where the line is given up."""
        try:
            return input(self._prompt)
        except EOFError:
            print()
            return None

    def show(self, texts: Iterable[str]) -> None:
        """Print the texts, and what the device shows and sounds anew."""
        for text in [*texts, *self._session.news()]:
            print(text, flush=True)

    def remember(self, line: str) -> None:
        """Offer a line, in which nothing is secret, again: now, and in later sessions."""
        self._history.remember(line)
        with suppress(ImportError):
            import readline

            readline.add_history(line)

    def leave(self) -> None:
        """All that came stands in the window."""

    def _use_readline(self) -> None:
        import readline

        def complete(word: str, state: int) -> str | None:
            found = offered(readline.get_line_buffer()[: readline.get_endidx()], self._session)
            begun = (
                readline.get_begidx() - found.start
            )  # how much of a text readline takes for words of their own
            words = [one.text[begun:] for one in found.candidates if one.text[begun:].startswith(word)]
            return f"{words[state]} " if state < len(words) else None

        readline.set_completer(complete)
        readline.set_completer_delims(" ")
        readline.set_auto_history(False)
        readline.clear_history()
        for line in self._history.lines:
            readline.add_history(line)
        readline.parse_and_bind("tab: complete")
