"""`terminal-sim demo`: the bundled demonstrations, told line by line with the screens and receipts they bring."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from textwrap import indent

from terminal_sim.bench import Bench
from terminal_sim.bundled import bundled
from terminal_sim.commands import UserError, blaming_the_user, is_terminal
from terminal_sim.commands.scripts import programs_of
from terminal_sim.commands.session import Session
from terminal_sim.script.check import Play, Program
from terminal_sim.script.run import ExitCode
from terminal_sim.verbs import Unmet


def run(given: Namespace) -> int:
    programs = programs_of(_files(given.names), locale=given.locale)
    if programs is None:
        return ExitCode.WRONG
    told = [
        _tell(program, play, profile)
        for program in programs
        for play in program.plays
        for profile in program.profiles
    ]
    if not told:
        return ExitCode.NOTHING
    return ExitCode.HELD if all(told) else ExitCode.UNMET


def _tell(program: Program, play: Play, profile: str) -> bool:
    """One scenario on one terminal; whether it held to its end."""
    print(f"\n{_bold(play.scenario.name)} ({profile})")
    with blaming_the_user(), Bench(clock=program.clock or None) as bench:
        session = Session(bench, bench.seat(profile, locale=program.locale or None), program.macros)
        _print_news(session)
        for call in program.setup + play.calls:
            print(f"\n  {_bold(call.step.source)}")
            try:
                session.perform(call)
            except Unmet as unmet:
                print(f"  not so: expected {unmet.expected}; there was {unmet.nearest}")
                return False
            _print_news(session)
    return True


def _print_news(session: Session) -> None:
    for told in session.news():
        print(indent(told, "  "), flush=True)


def _bold(text: str) -> str:
    return f"\x1b[1m{text}\x1b[0m" if is_terminal() else text


def _files(names: list[str]) -> list[Path]:
    known = {path.stem: path for path in sorted((bundled() / "demo").glob("*.keys"))}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UserError(f"there is no demonstration {unknown[0]!r}; there are {', '.join(known) or 'none'}")
    return [known[name] for name in names or known]
