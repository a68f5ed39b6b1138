"""Which states of the flows runs came to, and which moves between states they took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from terminal_sim.bench import STAY, AnyFlow, TraceEntry, contents

Change = tuple[str, str]
"""The states that a move leads from and to; a state that a flow ends in is `done`."""


@dataclass(slots=True)
class Coverage:
    """What was seen, by the names of the flows. It is a subscriber of a trace; `wants_frames` and `wants_bytes` are those of `Subscriber`."""

    wants_frames: bool = False
    wants_bytes: bool = False
    seen: dict[str, Counter[Change]] = field(default_factory=dict)

    def take(self, entry: TraceEntry) -> None:
        if isinstance(entry.content, contents.StateChanged):
            self.add(entry.content.flow, entry.content.source, entry.content.dest)

    def add(self, flow: str, source: str, dest: str) -> None:
        """The flow went from one state to another; `source` is empty where it began."""
        self.seen.setdefault(flow, Counter())[source, dest] += 1

    def of(self, flow: AnyFlow) -> FlowCoverage:
        """What was seen of one flow."""
        return FlowCoverage(flow, self.seen.get(flow.name, Counter()))


@dataclass(frozen=True, slots=True)
class FlowCoverage:
    """How much of a flow was seen. A move that stays in its state is no change, and counts nowhere."""

    flow: AnyFlow
    seen: Mapping[Change, int]

    @property
    def states(self) -> frozenset[str]:
        """The states that were come to."""
        came_to = {dest for _, dest in self.seen} | {source for source, _ in self.seen}
        return frozenset(state.name for state in self.flow.states if state.name in came_to)

    @property
    def changes(self) -> frozenset[Change]:
        """The changes of state that the table has and that were taken."""
        return frozenset(change for change in changes_of(self.flow) if self.seen.get(change))

    @property
    def missing_states(self) -> tuple[str, ...]:
        return tuple(state.name for state in self.flow.states if state.name not in self.states)

    @property
    def missing_changes(self) -> tuple[Change, ...]:
        return tuple(change for change in changes_of(self.flow) if not self.seen.get(change))


def changes_of(flow: AnyFlow) -> tuple[Change, ...]:
    """Every change of state that the table of a flow has, once, in its order."""
    return tuple(
        dict.fromkeys(
            (source, move.dest)
            for move in flow.moves
            for source in move.sources
            if move.dest is not STAY and move.dest != source
        )
    )
