"""The screens of a trace, as the invariants hold them against the journal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from terminal_sim.runtime.contents import ScreenShown
from terminal_sim.runtime.trace import TraceEntry


class ToldScreen(NamedTuple):
    """The screen with the id `screen` came up at a `terminal`; `mono` in microseconds of virtual time."""

    number: int
    mono: int
    terminal: str
    screen: str


def told(entries: Iterable[TraceEntry]) -> Iterator[ToldScreen]:
    """The screens that these entries have, in their order."""
    for entry in entries:
        if isinstance(entry.content, ScreenShown):
            yield ToldScreen(entry.number, entry.at.mono, entry.terminal, entry.content.screen)
