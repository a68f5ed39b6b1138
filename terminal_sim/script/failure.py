"""What a failed scenario says, within forty lines and masked."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from itertools import zip_longest

from terminal_sim.display.timeline import clock
from terminal_sim.script.perform import Stopped
from terminal_sim.verbs.mask import Mask
from terminal_sim.verbs.waiting import ExpectationFailed, ScreenSnapshot

LINES = 40
_WIDTH = 110
_CALLERS = 5
_BELOW = "\n" + " " * len("  there was  ")


def report(stopped: Stopped, scenario: Sequence[str], rerun: str, mask: Mask) -> str:
    """The lines of a failure. `scenario` names the scenario and what it runs on; `rerun` is the command that runs it again."""
    why = stopped.why
    head = [f"{stopped.step.place}: {stopped.step.source}"]
    callers = [f"  called by {step.place}: {step.source}" for step in reversed(stopped.callers)]
    if len(callers) > _CALLERS:
        callers[_CALLERS:] = [f"  and so on, {len(callers) - _CALLERS} calls more"]
    head += callers
    head += [f"  {line}" for line in scenario]
    if isinstance(why, ExpectationFailed):
        head += [f"  expected   {why.expected}", f"  there was  {why.nearest}".replace("\n", _BELOW)]
    else:
        head += [f"  {why}", f"  event      {stopped.event}"]
    if stopped.conditions:
        head += [f"  meanwhile  {', '.join(stopped.conditions)}"]
    tail = ["  last of the trace:", *(_cut(f"  {line}") for line in stopped.trace)]
    tail += [f"  again: {rerun}"]
    screens = (
        _screens(why.before, why.now, LINES - len(head) - len(tail))
        if isinstance(why, ExpectationFailed)
        else []
    )
    return mask("\n".join(head + screens + tail))


def command(path: str, title: str, options: Sequence[str]) -> str:
    """The command line that runs one scenario of a file."""
    return shlex.join(["terminal-sim", "run", path, *options, "-k", title])


def _screens(before: ScreenSnapshot, now: ScreenSnapshot, room: int) -> list[str]:
    """Both screens side by side, cut to `room` lines; one where nothing changed."""
    was, shown = before.text.splitlines(), now.text.splitlines()
    times = (f"screen when the step began, {_moment(before)}", f"screen now, {_moment(now)}")
    if was == shown:
        rows = [f"screen when the step began, {_moment(before)}, and now, {_moment(now)}", *shown]
    else:
        rows = side_by_side((times[0], *was), (times[1], *shown))
    if len(rows) > room:
        rows = [*rows[: room - 1], f"... and {len(rows) - room + 1} lines more"]
    return [f"  {row}" for row in rows]


def side_by_side(left: Sequence[str], right: Sequence[str]) -> list[str]:
    """The lines of both, each of `left` with that of `right` beside it."""
    width = max(map(len, left), default=0)
    pairs = zip_longest(left, right, fillvalue="")
    return [f"{a.ljust(width)}   {b}".rstrip() for a, b in pairs]


def _moment(snapshot: ScreenSnapshot) -> str:
    return f"{clock(snapshot.mono)}, event {snapshot.event}"


def _cut(line: str) -> str:
    """The beginning of a trace line: a journal row is long, and its first fields distinguish it."""
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 3]}..."
