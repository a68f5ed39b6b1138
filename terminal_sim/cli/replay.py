"""`terminal-sim replay`: does the run of a bundle again and says that it is the same, byte for byte, or where it differs.

`--to N` stops when event N has happened and opens the shell there; `--step` shows each act with the screen after it, and waits for a key at
a person's keyboard.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Iterator

from terminal_sim.cli import UserError
from terminal_sim.cli.console import as_user_errors
from terminal_sim.cli.shell import converse
from terminal_sim.cli.shell.session import ShellSession
from terminal_sim.datafiles.printable import printable
from terminal_sim.display.timeline import clock
from terminal_sim.explore import product
from terminal_sim.explore.bundle import Bundle, BundleError
from terminal_sim.explore.bundle_file import read
from terminal_sim.explore.comparison import TraceDifference
from terminal_sim.explore.data_files import other_files
from terminal_sim.explore.replay import Replay
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.script.failure import side_by_side

_WIDTH = 160  # characters of a line of a trace; the beginning of a long one distinguishes it
_LEAVING = ("q", "quit")


def run(given: Namespace) -> int:
    with as_user_errors(BundleError):
        bundle = read(given.file)
        if given.to is not None and not 1 <= given.to <= bundle.last_event:
            raise UserError(
                f"{given.file}: this run has the events 1 to {bundle.last_event}, and not {given.to}"
            )
        if given.firmware:
            return _on_another(given, bundle)
        with Replay(bundle, os.environ) as replay:
            if given.to is not None:
                return _opened(replay, given.to)
            if not _done(replay, step=given.step):
                return ExitCode.HELD
            difference, broken = replay.difference, replay.broken
    about = f"{given.file}: {bundle.head.scenario.title} on {bundle.head.terminals[0].profile}"
    code = _told(about, bundle, difference)
    if broken is not None and difference is None:
        print(printable(f"and the bench broke as it did then: {type(broken).__name__}: {broken}"))
    return code


def _told(about: str, bundle: Bundle, difference: TraceDifference | None) -> ExitCode:
    if difference is None:
        counted = f"{len(bundle.acts)} acts, {len(bundle.trace)} lines of trace"
        print(printable(f"{about}: the same, byte for byte ({counted})"))
        return ExitCode.HELD
    print(printable(f"{about}: another from event {difference.event} on"))
    for line in _explained(difference, bundle):
        print(printable(line))
    return ExitCode.UNMET


def _on_another(given: Namespace, bundle: Bundle) -> ExitCode:
    """Does the run on another firmware. Raises `BundleError` where that is none, or cannot."""
    from terminal_sim.explore.firmware import firmware_at  # most replays run here

    if given.to is not None or given.step:
        raise UserError("--firmware does the whole run in another process: leave --to and --step out")
    with firmware_at(given.firmware) as firmware:
        answer = firmware.replay(given.file, os.environ)
    title, model = bundle.head.scenario.title, bundle.head.terminals[0].profile
    about = f"{given.file}: {title} on {model}, by {given.firmware} ({answer.version})"
    return _told(about, bundle, answer.difference)


def _done(replay: Replay, *, step: bool) -> bool:
    """Do all acts; False where the person at the keyboard left before the last one."""
    if not step:
        for _ in replay.acts():
            pass
        return True
    session = ShellSession(replay.bench, replay.terminal)
    _print_news(session)
    for act in replay.acts():
        print(printable(f"{act.n:>6} {clock(act.mono)}  {act.line}"))
        _print_news(session)
        if sys.stdin.isatty() and input("Enter goes on, q leaves: ").strip() in _LEAVING:
            return False
    _print_news(session)
    return True


def _opened(replay: Replay, event: int) -> int:
    """Stop when the event has happened, and talk with whoever is at the keyboard."""
    for _ in replay.acts(event):
        pass
    if replay.difference is not None:
        print(printable(f"this replay is another from event {replay.difference.event} on"), file=sys.stderr)
    moment = clock(replay.bench.now.mono)
    print(f"event {replay.event} at {moment}")
    return converse(ShellSession(replay.bench, replay.terminal))


def _print_news(session: ShellSession) -> None:
    for text in session.news():
        print(text, flush=True)


def _explained(difference: TraceDifference, bundle: Bundle) -> Iterator[str]:
    """Both lines, both screens, and what of the product is another than when the bundle was made."""
    yield f"  bundle  {_cut(difference.wanted or 'nothing more')}"
    yield f"  replay  {_cut(difference.got or 'nothing more')}"
    left = ("screen in the bundle", *difference.wanted_screen.splitlines())
    right = ("screen in the replay", *difference.got_screen.splitlines())
    yield from (f"  {line}" for line in side_by_side(left, right))
    here = {"version": product.VERSION, "commit": product.commit(), "Python": product.PYTHON}
    then = {"version": bundle.head.version, "commit": bundle.head.commit, "Python": bundle.head.python}
    for name, value in then.items():
        if value != here[name]:
            yield f"  the bundle was made by {name} {value or 'unknown'}, and this is {here[name] or 'unknown'}"
    for other in other_files(bundle):
        yield f"  {other} is not as it was when the bundle was made"


def _cut(line: str) -> str:
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 3]}..."
