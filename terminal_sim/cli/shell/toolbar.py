"""The line below the prompt: how the line that is typed is written, and how the bench stands."""

from __future__ import annotations

from terminal_sim.cli.shell.commands import COMMANDS
from terminal_sim.cli.shell.deadlines import described
from terminal_sim.cli.shell.session import ShellSession
from terminal_sim.verbs import VERBS
from terminal_sim.verbs.signature import NEGATION


def status(session: ShellSession, columns: int, *, runs: bool) -> str:
    """Terminal, clock, network, slot and what is due next, the first of them that fit."""
    terminal, bench = session.terminal, session.bench
    parts = [
        terminal.profile.id,
        f"{bench.now.civil:%H:%M:%S}{' running' if runs else ''}",
        f"network {'up' if terminal.network_is_up else 'down'}",
        f"slot {terminal.card_in_slot or 'empty'}",
        f"next: {described(session)}",
    ]
    while len(parts) > 1 and len(" | ".join(parts)) > columns:
        parts.pop()
    return " | ".join(parts)[:columns]


def form_of(line: str) -> str:
    """How the line that has begun so is written; "" where it is not known yet."""
    words = line.split()
    no = len(words) > 1 and words[1] == NEGATION
    said = tuple([words[0], *words[2:]] if no else words)
    forms = [(verb.words, verb.form) for verb in VERBS.values()]
    forms += [(command.words, command.form) for command in COMMANDS]
    begun = [(words, form) for words, form in forms if words == said[: len(words)]]
    return max(begun, key=lambda one: len(one[0]))[1] if begun else ""
