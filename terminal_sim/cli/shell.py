"""`terminal-sim shell`: script lines typed at a terminal, and what it shows and sounds after each of them.

1. Piped input works too: then nothing prompts, and the exit code says whether every line held.
2. At a keyboard Ctrl-C gives up the line, the one that is typed or the one that waits for a person or a reader; `quit` or Ctrl-D leaves.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import suppress

from terminal_sim.bench import Bench, BenchMisuse, JournalError, ProfileError
from terminal_sim.cli import UserError
from terminal_sim.cli.console import as_user_errors, options_of
from terminal_sim.cli.help import help_of
from terminal_sim.cli.session import ShellSession
from terminal_sim.datafiles.text_file import BYTE_ORDER_MARK
from terminal_sim.readers.opening import VIRTUAL
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.verbs import ExpectationFailed

_LEAVING = ("quit", "exit")


def run(given: Namespace) -> int:
    with (
        as_user_errors(BenchMisuse, JournalError, ProfileError),
        Bench(seed=given.seed, pack=given.pack, state=given.state) as bench,
    ):
        terminal = bench.add_terminal(
            given.profile,
            options=options_of(given.options),
            locale=given.locale or None,
            reader=given.reader or VIRTUAL,
        )
        session = ShellSession(bench, terminal)
        return _converse(session, terminal.profile.id)


def _converse(session: ShellSession, prompt: str) -> int:
    interactive = sys.stdin.isatty()
    worst = ExitCode.HELD
    _print_news(session)
    for line in _typed(prompt, session) if interactive else _piped():
        typed = line.strip()
        if typed in _LEAVING:
            break
        if typed.split()[:1] == ["help"]:
            print(help_of(typed.split()[1:]))
        elif typed and not typed.startswith("#"):
            try:
                worst = max(worst, _answer(session, typed))
            except KeyboardInterrupt:
                if not interactive:
                    raise
                print(session.mask(f"\n{typed}: interrupted; quit leaves"), file=sys.stderr)
                _print_news(session)
    return ExitCode.HELD if interactive else worst


def _piped() -> Iterator[str]:
    """The lines of the standard input, as an editor may have saved them. Raises `UserError` where they are not UTF-8."""
    try:
        for number, line in enumerate(sys.stdin):
            yield line if number else line.removeprefix(BYTE_ORDER_MARK)
    except UnicodeDecodeError:
        raise UserError("the input is not UTF-8; save it as UTF-8") from None


def _answer(session: ShellSession, line: str) -> ExitCode:
    """Do the line and show what came of it; what is wrong with it goes to the error output."""
    try:
        session.say(line)
    except UserError as error:
        print(session.mask(f"{line}: {error}"), file=sys.stderr)
        return ExitCode.WRONG
    except ExpectationFailed as unmet:
        _print_news(session)
        there = f"; there was {unmet.nearest}" if unmet.nearest else ""
        print(session.mask(f"{line}: expected {unmet.expected}{there}"), file=sys.stderr)
        return ExitCode.UNMET
    _print_news(session)
    return ExitCode.HELD


def _print_news(session: ShellSession) -> None:
    for text in session.news():
        print(text, flush=True)


def _typed(prompt: str, session: ShellSession) -> Iterator[str]:
    """Lines from the keyboard, with a history and completion by the tabulator key where the platform has readline."""
    with suppress(ImportError):
        import readline

        def complete(word: str, state: int) -> str | None:
            before = readline.get_line_buffer()[: readline.get_begidx()]
            found = [f"{one} " for one in session.completions(before) if one.startswith(word)]
            return found[state] if state < len(found) else None

        readline.set_completer(complete)
        readline.set_completer_delims(" ")
        readline.parse_and_bind("tab: complete")
    print("Script lines, `help` for their forms, `help WORD` for what one does, `quit` to leave.")
    while True:
        try:
            yield input(f"{prompt}> ")
        except KeyboardInterrupt:
            print()
        except EOFError:
            print()
            return
