"""`terminal-sim shell`: a place to work at one terminal, by lines of the script language and what the shell adds to them.

At a window it draws the device in its place and has an editor for the line. In a pipe, where `TERM` is `dumb`, where `NO_COLOR` is set, over a slow ssh and
with `--plain` it reads one line after the other and prints what changed.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from terminal_sim.bench import BenchMisuse, JournalError, ProfileError, Trace
from terminal_sim.cli.console import as_user_errors
from terminal_sim.cli.output_file import TRACE, OutputFile
from terminal_sim.cli.printing import printer_at
from terminal_sim.cli.shell.conversation import Conversation, Lines
from terminal_sim.cli.shell.distance import answers_soon
from terminal_sim.cli.shell.history import History, state_folder
from terminal_sim.cli.shell.pace import WallPace
from terminal_sim.cli.shell.plain import PipedLines, PromptedLines
from terminal_sim.cli.shell.recording import ShellRecording
from terminal_sim.cli.shell.session import ShellSession
from terminal_sim.cli.shell.setup import ShellSetup
from terminal_sim.cli.trace_file import TraceLines
from terminal_sim.readers.opening import DriverError
from terminal_sim.script.recorder import ScriptHead

_HISTORY = "history"


def run(given: Namespace) -> int:
    trace = Trace()
    with as_user_errors(BenchMisuse, DriverError, JournalError, ProfileError), ExitStack() as files:
        printer = files.enter_context(printer_at(given.printer))
        setup = ShellSetup(given, trace, () if printer is None else (printer,))
        traced = None
        if given.trace is not None:
            traced = TraceLines(files.enter_context(OutputFile(given.trace, TRACE)))
            trace.subscribe(traced)
        session = begun(setup)
        try:
            return converse(session, plain=given.plain, traced=traced, head=setup.head)
        finally:
            session.bench.close()


def begun(setup: ShellSetup) -> ShellSession:
    """A session on a bench of its own; who ends it closes the bench."""
    bench, terminal = setup.begin()
    return ShellSession(
        bench,
        terminal,
        decks=setup.decks,
        again=None if setup.forever else setup.again,
        forever=setup.forever,
    )


def converse(
    session: ShellSession,
    *,
    plain: bool = False,
    traced: TraceLines | None = None,
    head: Callable[[Path], ScriptHead] | None = None,
    recording: ShellRecording | None = None,
) -> int:
    """Talk with the person at the keyboard, or the program at the other end of the pipe; returns the exit code of the lines.

    `traced` takes the trace of the session, and is written after each line. `head` gives what a recorded script in a folder says before its steps,
    and `recording` is one that is under way.
    """
    pace = WallPace()
    lines = _lines(session, pace, plain=plain)
    try:
        return Conversation(session, lines, pace, traced=traced, head=head, recording=recording).hold()
    finally:
        session.close()


def _lines(session: ShellSession, pace: WallPace, *, plain: bool) -> Lines:
    if not sys.stdin.isatty():
        return PipedLines(session)
    prompt = f"{session.terminal.profile.id}> "
    history = History(state_folder() / _HISTORY)
    if plain or not _is_window() or not answers_soon():
        return PromptedLines(session, prompt, history)
    from terminal_sim.cli.shell.editor import (
        EditedLines,  # its library takes as long to import as the first screen
    )

    return EditedLines(session, prompt, history, pace)


def _is_window() -> bool:
    """Whether the output is a window in which a cursor moves, and colours are wanted."""
    return sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb" and not os.environ.get("NO_COLOR")
