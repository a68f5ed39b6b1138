"""The talk of a person, or of another program, with a shell: a line, what comes of it, the next line.

1. What a line makes wrong is told and ends nothing; the exit code of lines that are piped in says whether every one held.
2. Ctrl-C gives up the line, the one that is typed or the one that waits for a person or a reader. What an interrupted line has done is taken
   back where that can be.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from terminal_sim.cli import UserError
from terminal_sim.cli.shell.commands import command_of
from terminal_sim.cli.shell.pace import WallPace
from terminal_sim.cli.shell.recording import ShellRecording
from terminal_sim.cli.shell.session import ShellSession
from terminal_sim.cli.trace_file import TraceLines
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.script.recorder import ScriptHead
from terminal_sim.verbs import ExpectationFailed


class Lines(Protocol):
    """Where lines come from, and where what comes of them is shown."""

    @property
    def is_interactive(self) -> bool: ...
    def read(self) -> str | None:
        """The next line, None at the end. Raises `KeyboardInterrupt` where the person gives the line up."""

    def show(self, texts: Iterable[str]) -> None:
        """Show the texts, and what the device shows and sounds now."""

    def remember(self, line: str) -> None:
        """Offer a line, in which nothing is secret, again."""

    def leave(self) -> None:
        """The last line has come."""


class Conversation:
    """One terminal's lines, until they end or one of them leaves.

    `traced` takes the trace of the session, and is written after each line. `head` gives what a recorded script in a folder says before its steps.
    `recording` is under way already; it is written at the end, where no line has ended it.
    """

    def __init__(
        self,
        session: ShellSession,
        lines: Lines,
        pace: WallPace,
        *,
        traced: TraceLines | None = None,
        head: Callable[[Path], ScriptHead] | None = None,
        recording: ShellRecording | None = None,
    ) -> None:
        self.session = session
        self.recording = recording
        self.head = head
        self._traced = traced
        self.pace = pace
        self.has_left = False
        self._lines = lines

    def hold(self) -> ExitCode:
        """What the lines came to: the worst of them where they are piped in."""
        worst = ExitCode.HELD
        self._lines.show([])
        self._write_trace()
        while not self.has_left:
            try:
                line = self._lines.read()
                if line is None:
                    break
                worst = max(worst, self._taken(line.strip()))
            except KeyboardInterrupt:
                if not self._lines.is_interactive:
                    raise
        if self.recording is not None:
            worst = max(worst, self._taken("record stop"))
        self._lines.leave()
        return ExitCode.HELD if self._lines.is_interactive else worst

    def _taken(self, line: str) -> ExitCode:
        if not line or line.startswith("#"):
            return ExitCode.HELD
        try:
            return self._answer(line)
        except KeyboardInterrupt:
            if not self._lines.is_interactive:
                raise
            undone = " and taken back" if self.session.cancel() else ""
            self._tell(f"\n{line}: interrupted{undone}; quit leaves")
            self._lines.show([])
            return ExitCode.HELD
        finally:
            self.pace.skip()
            self._lines.remember(self._kept(line))
            self.session.forget()
            self._write_trace()

    def _answer(self, line: str) -> ExitCode:
        """Do the line and show what came of it; what is wrong with it goes to the error output."""
        try:
            if due := self.pace.due():
                self.session.pass_time(due)
            command = command_of(line)
            if command is None:
                self.session.say(line)
                texts = []
            else:
                texts = command[0].do(self, command[1])
        except UserError as error:
            self._tell(f"{line}: {error}")
            return ExitCode.WRONG
        except ExpectationFailed as unmet:
            self._lines.show([])
            there = f"; there was {unmet.nearest}" if unmet.nearest else ""
            self._tell(f"{line}: expected {unmet.expected}{there}")
            return ExitCode.UNMET
        self._lines.show(texts)
        return ExitCode.HELD

    def _kept(self, line: str) -> str:
        """The line as a history may keep it; a command of the shell types nothing."""
        with suppress(UserError):
            if command_of(line) is not None:
                return self.session.mask(line)
        return self.session.kept(line)

    def _write_trace(self) -> None:
        if self._traced is not None:
            try:
                self._traced.write()
            except UserError as error:
                self._tell(str(error))

    def _tell(self, text: str) -> None:
        print(self.session.mask(text), file=sys.stderr)
