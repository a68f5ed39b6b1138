"""Closed lists of the core that scripts, reference and checks name: each is read from the one table that has it."""

from __future__ import annotations

from terminal_sim.core.message import MessageKind

MESSAGE_KINDS = tuple(kind.value for kind in MessageKind)
"""The kinds of host messages."""

RECORDED_KINDS = tuple(kind.value for kind in MessageKind if kind.facts.report)
"""The kinds of host messages that have journal rows of their own."""
