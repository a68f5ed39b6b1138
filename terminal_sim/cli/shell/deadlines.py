"""What is due next, in words."""

from __future__ import annotations

from terminal_sim.bench import Duration
from terminal_sim.cli.shell.session import ShellSession

_SECOND = 1_000_000
_WORDS = {
    "state": "the time-out of the screen",
    "host": "an answer of the acquirer",
    "reversal": "the next try of a reversal",
    "forward": "the next try to forward an offline payment",
    "offline": "the end of what offline payments wait for",
    "beside": "what the service for points of sale does next",
}
"""What each deadline of a terminal is, by its name in the trace."""


def due(name: str, screen: str) -> str:
    """What the deadline `name` is while the screen `screen` stands."""
    return f"{_WORDS[name]} {screen}" if name == "state" else _WORDS.get(name, name)


def described(session: ShellSession) -> str:
    """What is due next and in how long; `nothing` where nothing is."""
    deadline = session.bench.next_deadline()
    if deadline is None:
        return "nothing"
    what = due(deadline.name, session.terminal.view().screen.id)
    left = max(deadline.at - session.bench.now.mono, 0)
    whole = left - left % _SECOND if left > _SECOND else left
    return f"{what} in {Duration(whole)}"
