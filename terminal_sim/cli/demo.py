"""`terminal-sim demo`: the bundled demonstrations, line by line, with the screens and receipts that each line brings."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from textwrap import indent

from terminal_sim.bench import Bench, BenchMisuse, JournalError, ProfileError
from terminal_sim.cli import UserError
from terminal_sim.cli.console import as_user_errors, styled
from terminal_sim.cli.scripts import programs_of
from terminal_sim.cli.shell.session import ShellSession
from terminal_sim.datafiles.bundled import bundled
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.script.program import Play, Program
from terminal_sim.verbs import ExpectationFailed
from terminal_sim.verbs.mask import Mask

_BOLD = "1"


def run(given: Namespace) -> int:
    programs = programs_of(_files(given.names), locale=given.locale)
    if programs is None:
        return ExitCode.WRONG
    held = [
        _play(program, play, profile)
        for program in programs
        for play in program.plays
        for profile in program.settings.profiles
    ]
    if not held:
        print(f"no terminal of these demonstrations speaks {given.locale}")
        return ExitCode.NOTHING
    print(
        "\n`terminal-sim serve v400m square-terminal` opens a bench in the browser: the link that it prints is the page."
    )
    return ExitCode.HELD if all(held) else ExitCode.UNMET


def _play(program: Program, play: Play, profile: str) -> bool:
    """Plays one scenario on one terminal, and returns whether it held to its end."""
    print(f"\n{styled(play.scenario.name, _BOLD)} ({profile})")
    mask = Mask(program.settings.secrets.values())
    with (
        as_user_errors(BenchMisuse, JournalError, ProfileError),
        Bench(clock=program.settings.clock or None) as bench,
    ):
        session = ShellSession(
            bench,
            bench.add_terminal(play.profiles[profile], locale=program.settings.locale or None),
            program.macros,
        )
        _print_news(session)
        for call in program.setup + play.calls:
            if call.step.values[0].word != "note":  # its text is printed as news
                print(f"\n  {styled(mask(call.step.source), _BOLD)}")
            try:
                session.perform(call)
            except ExpectationFailed as unmet:
                print(f"  not so: expected {unmet.expected}; there was {unmet.nearest}")
                return False
            _print_news(session)
    return True


def _print_news(session: ShellSession) -> None:
    for text in session.news():
        print(indent(text, "  "), flush=True)


def _files(names: list[str]) -> list[Path]:
    known = {path.stem: path for path in sorted((bundled() / "demo").glob("*.keys"))}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UserError(f"there is no demonstration {unknown[0]!r}; there are {', '.join(known) or 'none'}")
    return [known[name] for name in names or known]
